//! From ready to gone: what the parts of a running server tell one another about its end.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use tokio::sync::watch;

/// Where in its life the server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Not yet ready for requests.
    Starting,
    /// Ready.
    Serving,
    /// Told to stop: no longer ready, but every request is still answered.
    Stopping,
}

/// The life of the server, shared by all of it.
#[derive(Debug, Clone)]
pub struct Lifecycle(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// Read on every request, so it is no lock.
    phase: AtomicU8,
    changes: watch::Sender<Phase>,
}

impl Default for Lifecycle {
    fn default() -> Self {
        Self(Arc::new(Inner {
            phase: AtomicU8::new(Phase::Starting as u8),
            changes: watch::Sender::new(Phase::Starting),
        }))
    }
}

impl Lifecycle {
    /// From now on requests are welcome.
    pub fn serve(&self) {
        self.enter(Phase::Serving);
    }

    /// From now on the end is near.
    pub fn stop(&self) {
        self.enter(Phase::Stopping);
    }

    fn enter(&self, phase: Phase) {
        self.0.phase.store(phase as u8, Ordering::Release);
        self.0.changes.send_replace(phase);
    }

    /// Whether requests should be sent here.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.0.phase.load(Ordering::Acquire) == Phase::Serving as u8
    }

    /// Whether the end is near.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.0.phase.load(Ordering::Acquire) == Phase::Stopping as u8
    }

    /// Waits until the server is told to stop; for sockets, which then say good-bye.
    pub async fn stopping(&self) {
        let mut changes = self.0.changes.subscribe();
        // The sender lives as long as `self`, so waiting cannot fail.
        let _told = changes.wait_for(|phase| *phase == Phase::Stopping).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn readiness_ends_at_once_and_those_who_wait_are_told() {
        let life = Lifecycle::default();
        assert!(!life.is_ready());
        life.serve();
        assert!(life.is_ready() && !life.is_stopping());
        let told = life.stopping();
        life.stop();
        told.await;
        assert!(!life.is_ready() && life.is_stopping());
    }
}
