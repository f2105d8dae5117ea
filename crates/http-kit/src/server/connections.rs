//! The open connections of the process.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kernel::Env;
use socket2::SockRef;
use tokio::net::TcpStream;
use tokio::sync::Notify;

use super::connection::{ConnectionState, DeadlineConnection};
use super::{ServerConfig, descriptors, refusal};
use crate::error::HttpError;
use crate::network::Network;

/// How long there must be no connection until no worker thread is expected to start one that it was
/// given.
const QUIET: Duration = Duration::from_millis(200);

/// The open connections, counted by client address.
pub(super) struct Connections {
    table: Mutex<ConnectionTable>,
    /// Notified when the last connection has ended.
    emptied: Notify,
    draining: Arc<AtomicBool>,
    max_per_address: usize,
    trusted_proxies: Vec<Network>,
    warned: AtomicBool,
    env: Env,
}

#[derive(Default)]
struct ConnectionTable {
    next_id: u64,
    open: HashMap<u64, Arc<ConnectionState>>,
    by_address: HashMap<IpAddr, usize>,
}

/// The entry of a connection, which is removed on drop.
pub(super) struct ConnectionRegistration {
    connections: Arc<Connections>,
    id: u64,
    counted_as: Option<IpAddr>,
}

impl Drop for ConnectionRegistration {
    fn drop(&mut self) {
        self.connections.remove(self.id, self.counted_as);
    }
}

impl Connections {
    pub(super) fn new(config: &ServerConfig, env: Env) -> Self {
        let default = descriptors::connections_per_address();
        Self {
            table: Mutex::default(),
            emptied: Notify::new(),
            draining: Arc::default(),
            max_per_address: config.connections_per_address.unwrap_or(default),
            trusted_proxies: config.trusted_proxies.clone(),
            warned: AtomicBool::new(false),
            env,
        }
    }

    /// Registers a connection.
    ///
    /// # Errors
    /// Its address has too many.
    pub(super) fn admit(
        self: &Arc<Self>,
        stream: TcpStream,
        peer: Option<IpAddr>,
    ) -> io::Result<DeadlineConnection> {
        let counted_as = peer.map(|peer| peer.to_canonical());
        let counted_as = counted_as
            .filter(|peer| !self.is_trusted(*peer))
            .map(network);
        let state = Arc::new(ConnectionState::new(Arc::clone(&self.draining)));
        let Some(id) = self.insert(&state, counted_as) else {
            self.refuse(&stream, counted_as);
            return Err(io::ErrorKind::ConnectionRefused.into());
        };
        let registration = ConnectionRegistration {
            connections: Arc::clone(self),
            id,
            counted_as,
        };
        Ok(DeadlineConnection::new(
            stream,
            state,
            registration,
            self.env.clone(),
        ))
    }

    fn is_trusted(&self, peer: IpAddr) -> bool {
        self.trusted_proxies
            .iter()
            .any(|proxy| proxy.contains(peer))
    }

    fn insert(&self, state: &Arc<ConnectionState>, counted_as: Option<IpAddr>) -> Option<u64> {
        let mut table = self.lock();
        if let Some(address) = counted_as {
            let count = table.by_address.entry(address).or_default();
            if *count >= self.max_per_address {
                return None;
            }
            *count += 1;
        }
        table.next_id += 1;
        let id = table.next_id;
        table.open.insert(id, Arc::clone(state));
        Some(id)
    }

    fn remove(&self, id: u64, counted_as: Option<IpAddr>) {
        let mut table = self.lock();
        table.open.remove(&id);
        if let Some(address) = counted_as
            && let Some(count) = table.by_address.get_mut(&address)
        {
            *count -= 1;
            if *count == 0 {
                table.by_address.remove(&address);
            }
        }
        if table.open.is_empty() {
            self.emptied.notify_waiters();
        }
    }

    /// Responds before anything is read.
    fn refuse(&self, stream: &TcpStream, address: Option<IpAddr>) {
        let refusal = refusal::raw(&HttpError::TooManyConnections.into(), &self.env);
        let _unsent = SockRef::from(stream).send(&refusal);
        metrics::counter!("courtside_connections_refused_total").increment(1);
        if !self.warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                client = address.map(tracing::field::display),
                limit = self.max_per_address,
                "connections refused: one address has too many; a proxy belongs into \
                 --trusted-proxies, and --connections-per-address sets the limit"
            );
        }
    }

    /// Closes each connection as soon as it is idle.
    pub(super) fn drain(&self) {
        self.draining.store(true, Ordering::Release);
        for connection in self.lock().open.values() {
            connection.wake();
        }
    }

    /// Waits until all connections have ended.
    pub(super) async fn emptied(&self) {
        loop {
            let emptied = self.emptied.notified();
            if self.is_empty() {
                tokio::time::sleep(QUIET).await;
                if self.is_empty() {
                    return;
                }
            } else {
                emptied.await;
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.lock().open.is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, ConnectionTable> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What connections are counted by: the address; for IPv6 its /64, which one household has.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64)).into(),
    }
}
