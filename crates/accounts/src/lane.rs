//! Heavy work, off the request threads and no more of it at once than the machine can do.

use std::sync::Arc;
use std::time::Duration;

use kernel::Fault;
use kernel::fault::Common;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A lane that a few pieces of work go through at a time, with a short queue before it. Who finds
/// the queue full is told to come back, which is kinder than a queue that outlasts their patience.
#[derive(Debug, Clone)]
pub struct Lane {
    running: Arc<Semaphore>,
    /// Running and waiting together.
    admitted: Arc<Semaphore>,
}

impl Lane {
    /// A lane for so many pieces of work at once, and so many that wait.
    #[must_use]
    pub fn new(at_once: usize, waiting: usize) -> Self {
        let at_once = at_once.max(1);
        Self {
            running: Arc::new(Semaphore::new(at_once)),
            admitted: Arc::new(Semaphore::new(at_once + waiting)),
        }
    }

    /// Does the work on a thread that may be busy, when its turn has come.
    ///
    /// # Errors
    /// `overloaded` where the queue is full.
    pub async fn run<T, F>(&self, work: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let pass = self.admit()?;
        let turn = Arc::clone(&self.running)
            .acquire_owned()
            .await
            .map_err(Fault::internal)?;
        // The work goes on when its caller is gone, so the permits go with the work.
        let task = move || {
            let result = work();
            drop((turn, pass));
            result
        };
        tokio::task::spawn_blocking(task)
            .await
            .map_err(Fault::internal)
    }

    fn admit(&self) -> Result<OwnedSemaphorePermit, Fault> {
        Arc::clone(&self.admitted)
            .try_acquire_owned()
            .map_err(|_| Common::Overloaded.retry_after(Duration::from_secs(1)))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn refuses_when_the_queue_is_full_and_takes_work_again_after() {
        let lane = Lane::new(1, 1);
        let (open, gate) = mpsc::channel::<()>();
        let (entered, running) = tokio::sync::oneshot::channel();
        let first = tokio::spawn({
            let lane = lane.clone();
            async move {
                lane.run(move || {
                    let _ = entered.send(());
                    gate.recv()
                })
                .await
            }
        });
        running.await.unwrap();
        let mut second = Box::pin(lane.run(|| 2));
        assert!(futures_util::poll!(second.as_mut()).is_pending());
        let third = lane.run(|| 3).await.unwrap_err();
        assert_eq!(third.code(), Common::Overloaded.code());
        open.send(()).unwrap();
        first.await.unwrap().unwrap().unwrap();
        assert_eq!(second.await.unwrap(), 2);
        assert_eq!(lane.run(|| 4).await.unwrap(), 4);
    }

    #[tokio::test]
    async fn a_panic_in_the_work_is_a_fault_and_frees_the_lane() {
        let lane = Lane::new(1, 0);
        let work = || -> u8 { panic!("broken") };
        let fault = lane.run(work).await.unwrap_err();
        assert_eq!(fault.code(), Common::Internal.code());
        assert_eq!(lane.run(|| 1).await.unwrap(), 1);
    }
}
