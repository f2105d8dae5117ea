//! The matchers that run on this node, until it stops.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How long their end is waited for. Leases that are not given back end by themselves.
const MAX_WAIT: Duration = Duration::from_secs(1);

/// The running matchers. Clones share everything.
#[derive(Clone)]
pub(super) struct RunningMatchers {
    is_stopping: Arc<watch::Sender<bool>>,
    tasks: Arc<Mutex<Vec<JoinHandle<()>>>>,
}

impl Default for RunningMatchers {
    fn default() -> Self {
        Self {
            is_stopping: Arc::new(watch::Sender::new(false)),
            tasks: Arc::default(),
        }
    }
}

impl RunningMatchers {
    /// Runs a matcher. It ends soon after the receiver has been told to stop.
    pub(super) fn spawn<F>(&self, run: impl FnOnce(watch::Receiver<bool>) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let task = tokio::spawn(run(self.is_stopping.subscribe()));
        self.tasks().push(task);
    }

    fn tasks(&self) -> MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stops all of them, and waits for their end.
    pub(super) async fn stop(&self) {
        self.is_stopping.send_replace(true);
        let tasks = std::mem::take(&mut *self.tasks());
        let ended = futures_util::future::join_all(tasks);
        if tokio::time::timeout(MAX_WAIT, ended).await.is_err() {
            tracing::warn!("matchers of the queue not stopped in time");
        }
    }
}
