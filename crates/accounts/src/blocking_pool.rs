//! A bounded pool for CPU-intensive work off the request threads.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kernel::AppError;
use kernel::error::Common;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::timeout;

use crate::fair_queue::{FairQueue, QueueClient};

/// When a refused client should retry.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Runs a limited number of tasks concurrently. Waiting tasks are queued fairly among clients, and
/// refused if they would wait too long.
#[derive(Debug, Clone)]
pub struct BlockingPool {
    shared: Arc<Mutex<PoolState>>,
    /// Bounds running and waiting tasks together.
    capacity: Arc<Semaphore>,
    max_wait: Duration,
}

#[derive(Debug)]
struct PoolState {
    /// How many more tasks may run now; zero while tasks wait.
    free: usize,
    waiting: FairQueue<oneshot::Sender<PoolPermit>>,
}

/// The permission to run a task. Dropping it passes it on to the next task in the queue.
#[derive(Debug)]
struct PoolPermit(Arc<Mutex<PoolState>>);

impl Drop for PoolPermit {
    fn drop(&mut self) {
        if let Some(next) = next(&self.0) {
            // If the receiver gives up at this moment, the permit is dropped and passed on.
            drop(next.send(Self(Arc::clone(&self.0))));
        }
    }
}

/// The next task that still waits. If there is none, a slot becomes free.
fn next(shared: &Mutex<PoolState>) -> Option<oneshot::Sender<PoolPermit>> {
    let mut state = lock(shared);
    while let Some(next) = state.waiting.pop() {
        if !next.is_closed() {
            return Some(next);
        }
    }
    state.free += 1;
    None
}

fn lock(shared: &Mutex<PoolState>) -> MutexGuard<'_, PoolState> {
    // The lock cannot be poisoned halfway through a change: nothing panics while it is held.
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl BlockingPool {
    /// A pool that runs `concurrency` tasks at once and lets `max_waiting` more wait for `max_wait`
    /// at most.
    #[must_use]
    pub fn new(concurrency: usize, max_waiting: usize, max_wait: Duration) -> Self {
        let concurrency = concurrency.max(1);
        let state = PoolState {
            free: concurrency,
            waiting: FairQueue::default(),
        };
        Self {
            shared: Arc::new(Mutex::new(state)),
            capacity: Arc::new(Semaphore::new(concurrency + max_waiting)),
            max_wait,
        }
    }

    /// Runs a task on a blocking thread when it is its client's turn. The database deadline of the
    /// request is paused meanwhile.
    ///
    /// # Errors
    /// `overloaded` if the queue is full, or the task would wait too long.
    pub async fn run<T, F>(&self, client: QueueClient, work: F) -> Result<T, AppError>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        db::pause_deadline(self.run_in_turn(client, work)).await
    }

    async fn run_in_turn<T, F>(&self, client: QueueClient, work: F) -> Result<T, AppError>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let reservation = self.reserve()?;
        let permit = self.wait_for_turn(client).await?;
        // The task continues if its caller is dropped, so it owns the permits.
        let task = move || {
            let result = work();
            drop((permit, reservation));
            result
        };
        tokio::task::spawn_blocking(task)
            .await
            .map_err(AppError::internal)
    }

    fn reserve(&self) -> Result<OwnedSemaphorePermit, AppError> {
        Arc::clone(&self.capacity)
            .try_acquire_owned()
            .map_err(|_| overloaded())
    }

    async fn wait_for_turn(&self, client: QueueClient) -> Result<PoolPermit, AppError> {
        match self.acquire(client) {
            Ok(permit) => Ok(permit),
            Err(receiver) => match timeout(self.max_wait, receiver).await {
                Ok(Ok(permit)) => Ok(permit),
                Ok(Err(_)) | Err(_) => Err(overloaded()),
            },
        }
    }

    /// A permit at once, or the receiver of a later one.
    fn acquire(&self, client: QueueClient) -> Result<PoolPermit, oneshot::Receiver<PoolPermit>> {
        let mut state = lock(&self.shared);
        if let Some(free) = state.free.checked_sub(1) {
            state.free = free;
            return Ok(PoolPermit(Arc::clone(&self.shared)));
        }
        let (sender, receiver) = oneshot::channel();
        state
            .waiting
            .push(client, sender, oneshot::Sender::is_closed);
        Err(receiver)
    }
}

fn overloaded() -> AppError {
    Common::Overloaded.retry_after(RETRY_AFTER)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use db::{Store, StoreConfig};
    use futures_util::future::join_all;
    use kernel::{Env, ManualClock, SystemRng, Timestamp};
    use tokio::task::JoinHandle;

    use super::*;

    const LONG: Duration = Duration::from_secs(600);

    fn client(name: &str) -> QueueClient {
        QueueClient::isolated(name.to_owned())
    }

    /// Occupies the pool until the sender is used.
    async fn occupy(blocking_pool: &BlockingPool) -> (mpsc::Sender<()>, JoinHandle<()>) {
        let (open, gate) = mpsc::channel::<()>();
        let (entered, running) = oneshot::channel();
        let blocking_pool = blocking_pool.clone();
        let first = tokio::spawn(async move {
            let work = move || {
                let _ = entered.send(());
                let _ = gate.recv();
            };
            blocking_pool.run(client("first"), work).await.unwrap();
        });
        running.await.unwrap();
        (open, first)
    }

    #[tokio::test]
    async fn run_refuses_while_the_queue_is_full() {
        let blocking_pool = BlockingPool::new(1, 1, LONG);
        let (open, first) = occupy(&blocking_pool).await;
        let mut second = Box::pin(blocking_pool.run(client("b"), || 2));
        assert!(futures_util::poll!(second.as_mut()).is_pending());
        let third = blocking_pool.run(client("c"), || 3).await.unwrap_err();
        assert_eq!(third.code(), Common::Overloaded.code());
        open.send(()).unwrap();
        first.await.unwrap();
        assert_eq!(second.await.unwrap(), 2);
        assert_eq!(blocking_pool.run(client("d"), || 4).await.unwrap(), 4);
    }

    #[tokio::test]
    async fn run_refuses_after_max_wait_and_runs_the_others() {
        let blocking_pool = BlockingPool::new(1, 9, Duration::ZERO);
        let patient = BlockingPool {
            max_wait: LONG,
            ..blocking_pool.clone()
        };
        let (open, first) = occupy(&blocking_pool).await;
        let late = blocking_pool.run(client("b"), || 2).await.unwrap_err();
        assert_eq!(late.code(), Common::Overloaded.code());
        assert_eq!(late.retry_delay(), Some(RETRY_AFTER));
        let mut waits = Box::pin(patient.run(client("c"), || 3));
        assert!(futures_util::poll!(waits.as_mut()).is_pending());
        open.send(()).unwrap();
        assert_eq!(waits.await.unwrap(), 3);
        first.await.unwrap();
        assert_eq!(lock(&blocking_pool.shared).free, 1);
    }

    #[tokio::test]
    async fn run_is_fair_among_clients() {
        let blocking_pool = BlockingPool::new(1, 99, LONG);
        let (open, first) = occupy(&blocking_pool).await;
        let done = Arc::new(Mutex::new(Vec::new()));
        let mut waiting: Vec<_> = ["a", "a", "a", "b"]
            .into_iter()
            .map(|name| {
                let done = Arc::clone(&done);
                Box::pin(blocking_pool.run(client(name), move || done.lock().unwrap().push(name)))
            })
            .collect();
        for one in &mut waiting {
            assert!(futures_util::poll!(one.as_mut()).is_pending());
        }
        open.send(()).unwrap();
        let all = join_all(waiting).await;
        assert!(all.into_iter().all(|one| one.is_ok()));
        first.await.unwrap();
        assert_eq!(*done.lock().unwrap(), ["a", "b", "a", "a"]);
    }

    #[tokio::test]
    async fn run_pauses_the_database_deadline() {
        let clock = Arc::new(ManualClock::at(Timestamp::from_micros(0)));
        let database = testkit::sqlite();
        let config = StoreConfig {
            url: database.url().parse().unwrap(),
            connections: 1,
            migrate: false,
        };
        let env = Env::new(clock.clone(), Arc::new(SystemRng));
        let store = Store::open(&config, env).unwrap();
        let blocking_pool = BlockingPool::new(1, 1, LONG);
        let request = async {
            let work = move || clock.advance(LONG);
            blocking_pool.run(client("a"), work).await.unwrap();
            store.ping().await
        };
        let arrived = store.env().monotonic();
        store.with_request_deadline(arrived, request).await.unwrap();
    }

    #[tokio::test]
    async fn run_reports_a_panic_and_frees_the_slot() {
        let blocking_pool = BlockingPool::new(1, 0, LONG);
        let work = || -> u8 { panic!("broken") };
        let error = blocking_pool.run(client("a"), work).await.unwrap_err();
        assert_eq!(error.code(), Common::Internal.code());
        assert_eq!(blocking_pool.run(client("a"), || 1).await.unwrap(), 1);
    }
}
