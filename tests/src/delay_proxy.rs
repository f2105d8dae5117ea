//! A TCP proxy that delays what passes through it, for clients with a slow connection.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::Instant;

use crate::SeededRandom;

const CHUNK_LEN: usize = 16 * 1024;

/// How long bytes take in one direction.
#[derive(Debug, Clone, Copy)]
pub struct DelayRange {
    /// At least.
    pub min_ms: usize,
    /// At most.
    pub max_ms: usize,
}

/// A proxy in front of a node. Both directions are delayed; bytes stay in their order.
pub struct DelayProxy {
    url: String,
    task: JoinHandle<()>,
}

impl DelayProxy {
    /// Starts a proxy in front of a node (`http://…`).
    pub async fn start(node: &str, range: DelayRange, seed: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let target = node.trim_start_matches("http://").to_owned();
        let delays = Arc::new(Delays {
            range,
            random: Mutex::new(SeededRandom::new(seed)),
        });
        let task = tokio::spawn(serve(listener, target, delays));
        Self { url, task }
    }

    /// Its URL, which stands for that of the node.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for DelayProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Random delays.
struct Delays {
    range: DelayRange,
    random: Mutex<SeededRandom>,
}

impl Delays {
    fn next(&self) -> Duration {
        let DelayRange { min_ms, max_ms } = self.range;
        let more = self.random.lock().unwrap().below(max_ms - min_ms + 1);
        Duration::from_millis((min_ms + more) as u64)
    }
}

/// Carries connections until it is dropped, and they with it.
async fn serve(listener: TcpListener, target: String, delays: Arc<Delays>) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        // A node that is not there closes the connection.
        if let Ok(node) = TcpStream::connect(&target).await {
            connections.spawn(carry(client, node, Arc::clone(&delays)));
        }
    }
}

async fn carry(client: TcpStream, node: TcpStream, delays: Arc<Delays>) {
    for stream in [&client, &node] {
        stream.set_nodelay(true).unwrap();
    }
    let ((from_client, to_client), (from_node, to_node)) = (client.into_split(), node.into_split());
    tokio::join!(
        carry_one_way(from_client, to_node, &delays),
        carry_one_way(from_node, to_client, &delays),
    );
}

#[allow(
    clippy::disallowed_methods,
    reason = "bytes are delayed by the time that really passes"
)]
async fn carry_one_way(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, delays: &Delays) {
    let (sender, mut waiting) = mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
    let reading = async move {
        let mut buffer = vec![0; CHUNK_LEN];
        let mut due = Instant::now();
        while let Ok(count @ 1..) = from.read(&mut buffer).await {
            due = due.max(Instant::now() + delays.next());
            if sender.send((due, buffer[..count].to_vec())).is_err() {
                return;
            }
        }
    };
    let writing = async move {
        while let Some((due, bytes)) = waiting.recv().await {
            tokio::time::sleep_until(due).await;
            if to.write_all(&bytes).await.is_err() {
                return;
            }
        }
        let _ = to.shutdown().await;
    };
    tokio::join!(reading, writing);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    #[allow(clippy::disallowed_methods, reason = "the delay is measured")]
    async fn proxy_delays_both_directions_and_keeps_the_order() {
        let echo = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", echo.local_addr().unwrap());
        let echoing = tokio::spawn(async move {
            let (stream, _) = echo.accept().await.unwrap();
            let (mut from, mut to) = stream.into_split();
            tokio::io::copy(&mut from, &mut to).await.unwrap();
        });
        let range = DelayRange {
            min_ms: 20,
            max_ms: 60,
        };
        let proxy = DelayProxy::start(&url, range, 7).await;
        let address = proxy.url().trim_start_matches("http://");
        let began = Instant::now();
        let mut client = TcpStream::connect(address).await.unwrap();
        for number in 0..20 {
            client.write_all(&[number]).await.unwrap();
            tokio::task::yield_now().await;
        }
        client.shutdown().await.unwrap();
        let mut received = vec![];
        client.read_to_end(&mut received).await.unwrap();
        assert_eq!(received, (0..20).collect::<Vec<u8>>());
        assert!(began.elapsed() >= Duration::from_millis(40));
        echoing.await.unwrap();
    }
}
