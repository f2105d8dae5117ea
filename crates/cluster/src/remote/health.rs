//! Whether the two halves of the bus are connected.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kernel::Ambient;
use tokio::sync::watch;

use crate::OutageLog;

/// One of the two connections.
#[derive(Debug, Clone, Copy)]
pub(super) enum Half {
    Publisher,
    Subscriber,
}

pub(super) struct Health {
    connected: watch::Sender<Connected>,
    log: Mutex<OutageLog>,
    ambient: Ambient,
}

#[derive(Debug, Default, Clone, Copy)]
struct Connected {
    publisher: bool,
    subscriber: bool,
}

impl Health {
    pub(super) fn new(ambient: Ambient) -> Self {
        Self {
            connected: watch::Sender::default(),
            log: Mutex::default(),
            ambient,
        }
    }

    pub(super) fn gained(&self, half: Half) {
        self.set(half, true);
        if self.is_whole() && self.log().worked() {
            tracing::info!("Redis reached again");
        }
    }

    /// Not logged with each attempt to connect again.
    pub(super) fn lost(&self, half: Half, error: &dyn std::fmt::Display) {
        self.set(half, false);
        let now = self.ambient.monotonic();
        if let Some(failures) = self.log().failed(now) {
            tracing::warn!(connection = ?half, %error, failures, "Redis lost; trying to reach it again");
        }
    }

    fn set(&self, half: Half, connected: bool) {
        self.connected.send_if_modified(|now| {
            let known = match half {
                Half::Publisher => &mut now.publisher,
                Half::Subscriber => &mut now.subscriber,
            };
            std::mem::replace(known, connected) != connected
        });
    }

    fn log(&self) -> MutexGuard<'_, OutageLog> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_whole(&self) -> bool {
        self.connected.borrow().is_whole()
    }

    /// Waits until both are connected, but no longer than this; whether they are.
    pub(super) async fn whole_within(&self, limit: Duration) -> bool {
        let mut connected = self.connected.subscribe();
        let whole = connected.wait_for(|now| now.is_whole());
        tokio::time::timeout(limit, whole).await.is_ok()
    }
}

impl Connected {
    fn is_whole(self) -> bool {
        self.publisher && self.subscriber
    }
}
