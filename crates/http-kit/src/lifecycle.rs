//! The phase of the running server: starting, serving or stopping.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use tokio::sync::watch;

/// The phase of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LifecyclePhase {
    /// Not yet ready for requests.
    Starting,
    /// Ready.
    Serving,
    /// Asked to stop: no longer ready, but still answering requests.
    Stopping,
}

/// Shared handle to the phase of the server.
#[derive(Debug, Clone)]
pub struct Lifecycle(Arc<LifecycleState>);

#[derive(Debug)]
struct LifecycleState {
    /// Atomic, as each request reads it.
    phase: AtomicU8,
    changes: watch::Sender<LifecyclePhase>,
}

impl Default for Lifecycle {
    fn default() -> Self {
        Self(Arc::new(LifecycleState {
            phase: AtomicU8::new(LifecyclePhase::Starting as u8),
            changes: watch::Sender::new(LifecyclePhase::Starting),
        }))
    }
}

impl Lifecycle {
    /// Makes the server ready.
    pub fn serve(&self) {
        self.enter(LifecyclePhase::Serving);
    }

    /// Begins the shutdown.
    pub fn stop(&self) {
        self.enter(LifecyclePhase::Stopping);
    }

    fn enter(&self, phase: LifecyclePhase) {
        self.0.phase.store(phase as u8, Ordering::Release);
        self.0.changes.send_replace(phase);
    }

    /// Whether the server is ready for requests.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.0.phase.load(Ordering::Acquire) == LifecyclePhase::Serving as u8
    }

    /// Whether the server shuts down.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.0.phase.load(Ordering::Acquire) == LifecyclePhase::Stopping as u8
    }

    /// Waits until the shutdown begins.
    pub async fn stopping(&self) {
        let mut changes = self.0.changes.subscribe();
        // The sender lives as long as `self`, so waiting cannot fail.
        let _closed = changes
            .wait_for(|phase| *phase == LifecyclePhase::Stopping)
            .await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn stop_ends_readiness_and_wakes_waiters() {
        let lifecycle = Lifecycle::default();
        assert!(!lifecycle.is_ready());
        lifecycle.serve();
        assert!(lifecycle.is_ready() && !lifecycle.is_stopping());
        let stopping = lifecycle.stopping();
        lifecycle.stop();
        stopping.await;
        assert!(!lifecycle.is_ready() && lifecycle.is_stopping());
    }
}
