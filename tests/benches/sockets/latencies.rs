//! Received messages of a run and their latencies.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use e2e::RawSocket;
use tokio::task::JoinHandle;

/// The latencies of the received messages of a run.
#[derive(Default)]
pub(crate) struct Latencies {
    pub(crate) messages: AtomicUsize,
    /// The delay of each in microseconds.
    pub(crate) delays: std::sync::Mutex<Vec<u64>>,
}

/// Reads a socket to its end and records the latency of each message.
pub(crate) fn listen(
    mut socket: RawSocket,
    latencies: &Arc<Latencies>,
    start: Instant,
) -> JoinHandle<()> {
    let latencies = Arc::clone(latencies);
    tokio::spawn(async move {
        while socket.fill().await {
            let mut delays = vec![];
            while let Some(frame) = socket.take() {
                let text = String::from_utf8_lossy(&frame.payload);
                let Some((_, sent)) = text.split_once("sent at ") else {
                    continue;
                };
                let digits = sent.split(|c: char| !c.is_ascii_digit()).next();
                let sent: u64 = digits.unwrap().parse().unwrap();
                delays.push(micros(start).saturating_sub(sent));
            }
            latencies
                .messages
                .fetch_add(delays.len(), Ordering::Relaxed);
            latencies.delays.lock().unwrap().extend(delays);
        }
    })
}

pub(crate) fn micros(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_micros()).unwrap()
}

impl Latencies {
    pub(crate) async fn wait_for(&self, count: usize) {
        while self.messages.load(Ordering::Relaxed) < count {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let mut delays = self.delays.lock().unwrap();
        delays.sort_unstable();
        Duration::from_micros(delays[(delays.len() - 1) * percent / 100])
    }
}
