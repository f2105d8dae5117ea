//! A network between a browser and its server that can be unplugged.

use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// Carries connections to a server while it is plugged in.
pub(crate) struct Network {
    address: SocketAddr,
    plugged: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Network {
    /// Starts one in front of a server (`http://…`).
    pub(crate) async fn in_front_of(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let target = server.trim_start_matches("http://").to_owned();
        let (plugged, state) = watch::channel(true);
        let task = tokio::spawn(carry_all(listener, target, state));
        Self {
            address,
            plugged,
            task,
        }
    }

    /// Where it takes the connections of a browser.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends all connections, and carries no new ones.
    pub(crate) fn unplug(&self) {
        self.plugged.send_replace(false);
    }

    /// Carries connections again.
    pub(crate) fn plug_in(&self) {
        self.plugged.send_replace(true);
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn carry_all(listener: TcpListener, target: String, mut plugged: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((client, _)) = accepted else { return };
                if *plugged.borrow() {
                    connections.spawn(carry(client, target.clone()));
                }
            }
            changed = plugged.changed() => {
                if changed.is_err() {
                    return;
                }
                if !*plugged.borrow() {
                    connections.abort_all();
                }
            }
        }
    }
}

async fn carry(mut client: TcpStream, target: String) {
    if let Ok(mut server) = TcpStream::connect(&target).await {
        // An end of either side ends the connection.
        let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
    }
}
