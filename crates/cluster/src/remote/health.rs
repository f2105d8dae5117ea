//! Connection state of the bus.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kernel::{Env, OutageLog};
use tokio::sync::watch;

/// The purpose of a connection.
#[derive(Debug, Clone, Copy)]
pub(super) enum ConnectionRole {
    Publisher,
    Subscriber,
}

pub(super) struct Health {
    connected: watch::Sender<ConnectedRoles>,
    log: Mutex<OutageLog>,
    env: Env,
}

#[derive(Debug, Default, Clone, Copy)]
struct ConnectedRoles {
    publisher: bool,
    subscriber: bool,
}

impl Health {
    pub(super) fn new(env: Env) -> Self {
        Self {
            connected: watch::Sender::default(),
            log: Mutex::default(),
            env,
        }
    }

    pub(super) fn gained(&self, role: ConnectionRole) {
        self.set(role, true);
        if self.is_connected() && self.log().worked() {
            tracing::info!("Redis reconnected");
        }
    }

    /// Logged by [`OutageLog`], not with every attempt.
    pub(super) fn lost(&self, role: ConnectionRole, error: &dyn std::fmt::Display) {
        self.set(role, false);
        let now = self.env.monotonic();
        if let Some(failures) = self.log().failed(now) {
            tracing::warn!(connection = ?role, %error, failures, "Redis connection lost");
        }
    }

    fn set(&self, role: ConnectionRole, connected: bool) {
        self.connected.send_if_modified(|now| {
            let known = match role {
                ConnectionRole::Publisher => &mut now.publisher,
                ConnectionRole::Subscriber => &mut now.subscriber,
            };
            std::mem::replace(known, connected) != connected
        });
    }

    fn log(&self) -> MutexGuard<'_, OutageLog> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_connected(&self) -> bool {
        self.connected.borrow().is_connected()
    }

    /// Waits up to `limit` and returns whether both are connected.
    pub(super) async fn connected_within(&self, limit: Duration) -> bool {
        let mut connected = self.connected.subscribe();
        let whole = connected.wait_for(|now| now.is_connected());
        tokio::time::timeout(limit, whole).await.is_ok()
    }
}

impl ConnectedRoles {
    fn is_connected(self) -> bool {
        self.publisher && self.subscriber
    }
}
