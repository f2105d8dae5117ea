//! Whether the two halves of the bus are connected.

use std::time::Duration;

use tokio::sync::watch;

/// One of the two connections.
#[derive(Debug, Clone, Copy)]
pub(super) enum Half {
    Publisher,
    Subscriber,
}

#[derive(Debug, Default)]
pub(super) struct Health {
    connected: watch::Sender<Connected>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Connected {
    publisher: bool,
    subscriber: bool,
}

impl Health {
    pub(super) fn gained(&self, half: Half) {
        if self.set(half, true) {
            tracing::info!(connection = ?half, "connected to Redis");
        }
    }

    /// Said aloud once, not with each attempt to connect again.
    pub(super) fn lost(&self, half: Half, error: &dyn std::fmt::Display) {
        if self.set(half, false) {
            tracing::warn!(connection = ?half, %error, "lost Redis; trying to reach it again");
        } else {
            tracing::debug!(connection = ?half, %error, "Redis is still away");
        }
    }

    /// Whether that was news.
    fn set(&self, half: Half, connected: bool) -> bool {
        self.connected.send_if_modified(|now| {
            let known = match half {
                Half::Publisher => &mut now.publisher,
                Half::Subscriber => &mut now.subscriber,
            };
            std::mem::replace(known, connected) != connected
        })
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
