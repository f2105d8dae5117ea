//! Runs the jobs of this node.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use db::{StatementCounter, Store, Tx, in_background};
use kernel::{AppError, JobClass};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;

use crate::batches::BatchQueue;
use crate::completion::LeaseLost;
use crate::enqueue::{wake_worker, watch_jobs};
use crate::job::{ClaimedJob, JobId};
use crate::queries::{self, JobQuery, LEASE};
use crate::registration::{Registration, RunJob, Runner};
use crate::report::ReportJobs;

/// Interval at which the table is read for jobs that other nodes added or that are due.
const POLL_INTERVAL: Duration = Duration::from_secs(1);
/// Renewals of a lease during its time.
const RENEWALS_PER_LEASE: u32 = 3;

/// Each class has a queue.
const CLASSES: [JobClass; 3] = [JobClass::Mail, JobClass::Timer, JobClass::Heavy];

/// Jobs of a class that run concurrently on one node.
const fn slots(class: JobClass) -> usize {
    match class {
        JobClass::Mail | JobClass::Timer => 4,
        JobClass::Heavy => 2,
    }
}

/// Claims jobs and passes them to their handlers.
pub struct Worker {
    store: Store,
    queues: Vec<ClassQueue>,
    batches: BatchQueue,
    /// Jobs that run on this node. On SQLite only this keeps a job from being claimed twice when the
    /// wall clock jumps past its lease.
    running: Arc<Mutex<Vec<JobId>>>,
    poll: Duration,
    report: ReportJobs,
}

/// The jobs of one class.
struct ClassQueue {
    class: JobClass,
    handlers: HashMap<&'static str, Arc<dyn RunJob>>,
    slots: Arc<Semaphore>,
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kinds = self.queues.iter().flat_map(|queue| queue.handlers.keys());
        let kinds = kinds.copied().chain(self.batches.kinds());
        write!(f, "Worker for {:?}", kinds.collect::<Vec<_>>())
    }
}

impl Worker {
    /// A worker without handlers.
    #[must_use]
    pub fn new(store: Store) -> Self {
        let queue = |class: JobClass| ClassQueue {
            class,
            handlers: HashMap::new(),
            slots: Arc::new(Semaphore::new(slots(class))),
        };
        Self {
            store,
            queues: CLASSES.map(queue).into(),
            batches: BatchQueue::default(),
            running: Arc::default(),
            poll: POLL_INTERVAL,
            report: |_, _, _| {},
        }
    }

    /// Adds handlers.
    #[must_use]
    pub fn register(mut self, registrations: impl IntoIterator<Item = Registration>) -> Self {
        for Registration { kind, runner } in registrations {
            match runner {
                Runner::Batch(handler) => self.batches.add(kind, handler),
                Runner::Single(class, handler) => {
                    // There is a queue for each class.
                    let queue = self.queues.iter_mut().find(|queue| queue.class == class);
                    queue.map(|queue| queue.handlers.insert(kind, handler));
                }
            }
        }
        self
    }

    /// Reports the cost of jobs.
    #[must_use]
    pub fn report_to(mut self, report: ReportJobs) -> Self {
        self.report = report;
        self.batches.report_to(report);
        self
    }

    /// Sets the interval at which the table is read; the default is a second.
    #[must_use]
    pub fn poll_interval(mut self, poll: Duration) -> Self {
        self.poll = poll;
        self
    }

    /// Runs jobs until the future is dropped. Jobs in progress continue; if the process ends, other
    /// nodes claim them when their lease expires.
    pub async fn run(self) {
        let worker = Arc::new(self);
        tokio::join!(
            Self::run_claimed(&worker),
            worker.batches.run(&worker.store, worker.poll)
        );
    }

    async fn run_claimed(worker: &Arc<Self>) {
        let mut changes = watch_jobs(&worker.store);
        loop {
            changes.mark_unchanged();
            match Self::claim_and_start(worker).await {
                Ok(0) => worker.wait(&mut changes).await,
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(error = %error.chain(), "claiming jobs failed");
                    tokio::time::sleep(worker.poll).await;
                }
            }
        }
    }

    async fn wait(&self, changes: &mut watch::Receiver<()>) {
        tokio::select! {
            // The worker holds the store, so the sender exists.
            _ = changes.changed() => {}
            () = tokio::time::sleep(self.poll) => {}
        }
    }

    /// Starts due jobs and returns their number.
    async fn claim_and_start(worker: &Arc<Self>) -> Result<usize, AppError> {
        let queries = worker.free_slots();
        if queries.is_empty() || !worker.is_any_due(&queries).await? {
            return Ok(0);
        }
        let claim = move |tx: &mut Tx<'_>| {
            let claimed = queries.iter().map(|query| queries::claim(tx, query));
            Ok(claimed.collect::<Result<Vec<_>, _>>()?.concat())
        };
        let claimed = worker.store.write(claim).await?;
        let count = claimed.len();
        claimed.into_iter().for_each(|job| worker.start(job));
        Ok(count)
    }

    /// Reads only, so that an idle server writes nothing.
    async fn is_any_due(&self, queries: &[JobQuery]) -> Result<bool, AppError> {
        let kinds: Vec<_> = queries
            .iter()
            .flat_map(|query| query.kinds.clone())
            .collect();
        let now = self.store.env().now();
        self.store
            .read(move |conn| queries::any_due(conn, &kinds, now))
            .await
    }

    /// The jobs that free slots of each class can take: a claimed job runs at once.
    fn free_slots(&self) -> Vec<JobQuery> {
        let running = self.running().clone();
        let query = |queue: &ClassQueue| JobQuery {
            kinds: queue.handlers.keys().map(ToString::to_string).collect(),
            running: running.clone(),
            limit: i64::try_from(queue.slots.available_permits()).unwrap_or_default(),
        };
        let queries = self.queues.iter().map(query);
        queries
            .filter(|query| query.limit > 0 && !query.kinds.is_empty())
            .collect()
    }

    fn start(self: &Arc<Self>, job: ClaimedJob) {
        let kind = job.kind.as_str();
        let found = self.queues.iter().find_map(|queue| {
            let handler = queue.handlers.get(kind)?;
            // Only this task takes permits, and it claims no more jobs than there are.
            let permit = Arc::clone(&queue.slots).try_acquire_owned().ok()?;
            Some((Arc::clone(handler), permit))
        });
        let Some((handler, permit)) = found else {
            return tracing::error!(job = %job.id, kind, "job without a slot");
        };
        let slot = Slot::take(&self.running, job.id, permit);
        tokio::spawn(Self::run_job(Arc::clone(self), handler, job, slot));
    }

    async fn run_job(worker: Arc<Self>, handler: Arc<dyn RunJob>, job: ClaimedJob, slot: Slot) {
        let counter = StatementCounter::default();
        let run = counter.count(async {
            let result = worker.run_and_renew(handler, &job).await;
            worker.record_result(&job, result).await
        });
        if let Err(error) = run.await {
            tracing::warn!(job = %job.id, error = %error.chain(), "storing the result of a job failed");
        }
        (worker.report)(&job.kind, 1, &counter);
        drop(slot);
        wake_worker(&worker.store);
    }

    /// Runs one attempt and renews the lease. Stops when another worker has claimed the job.
    async fn run_and_renew(
        &self,
        handler: Arc<dyn RunJob>,
        job: &ClaimedJob,
    ) -> Result<(), AppError> {
        let mut attempt = JoinSet::new();
        let held = job.clone();
        let run = in_background(async move { handler.run(&held).await });
        attempt.spawn(StatementCounter::current().count(run));
        let mut failures = 0;
        loop {
            tokio::select! {
                ended = attempt.join_next() => return result_of(ended),
                () = tokio::time::sleep(LEASE / RENEWALS_PER_LEASE) => {}
            }
            failures = if self.renew(job).await? {
                0
            } else {
                failures + 1
            };
            if failures == RENEWALS_PER_LEASE {
                return Err(AppError::internal(LeaseLost));
            }
        }
    }

    /// Whether the lease was renewed. It outlasts a database that is unavailable for a short time.
    async fn renew(&self, job: &ClaimedJob) -> Result<bool, AppError> {
        let held = job.clone();
        match self.store.write(move |tx| queries::renew(tx, &held)).await {
            Ok(true) => Ok(true),
            Ok(false) => Err(AppError::internal(LeaseLost)),
            Err(error) => {
                tracing::warn!(job = %job.id, error = %error.chain(), "renewing a lease failed");
                Ok(false)
            }
        }
    }

    async fn record_result(
        &self,
        job: &ClaimedJob,
        result: Result<(), AppError>,
    ) -> Result<(), AppError> {
        let held = job.clone();
        match result {
            Ok(()) => {
                self.store
                    .write(move |tx| queries::remove(tx.conn, &held).map(|_| ()))
                    .await
            }
            Err(error) => {
                let why = error.chain();
                tracing::warn!(job = %job.id, kind = %job.kind, attempt = job.attempt, error = %why, "job failed");
                self.store
                    .write(move |tx| queries::retry_or_fail(tx, &held, &why))
                    .await
            }
        }
    }

    fn running(&self) -> MutexGuard<'_, Vec<JobId>> {
        lock(&self.running)
    }
}

/// Held by a running job and released however it ends.
struct Slot {
    running: Arc<Mutex<Vec<JobId>>>,
    id: JobId,
    _permit: OwnedSemaphorePermit,
}

impl Slot {
    fn take(running: &Arc<Mutex<Vec<JobId>>>, id: JobId, permit: OwnedSemaphorePermit) -> Self {
        lock(running).push(id);
        Self {
            running: Arc::clone(running),
            id,
            _permit: permit,
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        lock(&self.running).retain(|id| *id != self.id);
    }
}

fn lock(running: &Mutex<Vec<JobId>>) -> MutexGuard<'_, Vec<JobId>> {
    running.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The result of an attempt; a panic is a failure like others.
fn result_of(
    ended: Option<Result<Result<(), AppError>, tokio::task::JoinError>>,
) -> Result<(), AppError> {
    match ended {
        Some(Ok(result)) => result,
        Some(Err(error)) => Err(AppError::internal(error)),
        None => Err(AppError::internal("the attempt was never started")),
    }
}
