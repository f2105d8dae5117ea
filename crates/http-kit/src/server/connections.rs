//! The open connections of the process.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kernel::Env;
use tokio::sync::Notify;

use super::config::ServerConfig;
use super::connection_state::ConnectionState;
use super::descriptors;
use crate::network::Network;

/// How long there must be no connection until no worker thread is expected to start one that it was
/// given.
const QUIET: Duration = Duration::from_millis(200);

/// The open connections, counted by client address.
pub(super) struct Connections {
    table: Mutex<ConnectionTable>,
    /// Notified when the last connection has ended.
    emptied: Notify,
    pub(super) draining: Arc<AtomicBool>,
    pub(super) max_per_address: usize,
    pub(super) trusted_proxies: Vec<Network>,
    /// Whether a refusal has been logged.
    pub(super) warned: AtomicBool,
    pub(super) env: Env,
}

#[derive(Default)]
struct ConnectionTable {
    next_id: u64,
    open: HashMap<u64, Arc<ConnectionState>>,
    by_address: HashMap<IpAddr, usize>,
}

/// The entry of a connection, which is removed on drop.
pub(super) struct ConnectionRegistration {
    pub(super) connections: Arc<Connections>,
    pub(super) id: u64,
    pub(super) counted_as: Option<IpAddr>,
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

    /// Adds a connection and returns its id; nothing if its address has too many.
    pub(super) fn insert(
        &self,
        state: &Arc<ConnectionState>,
        counted_as: Option<IpAddr>,
    ) -> Option<u64> {
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
