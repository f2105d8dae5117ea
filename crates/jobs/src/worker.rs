//! Runs jobs on this node.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use db::{StatementCounter, Store, Tx, in_background};
use kernel::{AppError, JobClass};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;

use crate::batches::BatchQueue;
use crate::enqueue::{wake_worker, watch_jobs};
use crate::job::{ClaimedJob, JobId, LeaseLost};
use crate::queries::{self, JobQuery, LEASE};
use crate::registration::{Registration, RunJob, Runner};

/// How often the table is looked at for jobs that other nodes added or whose time has come.
const POLL: Duration = Duration::from_secs(1);
/// How often the lease of a running job is renewed, as a part of the lease.
const RENEWALS: u32 = 3;

const CLASSES: [JobClass; 3] = [JobClass::Mail, JobClass::Timer, JobClass::Heavy];

/// How many jobs of a class run at once on one node.
const fn slots(class: JobClass) -> usize {
    match class {
        JobClass::Mail | JobClass::Timer => 4,
        JobClass::Heavy => 2,
    }
}

/// Hears what jobs of a kind have cost: how many they were, and what they asked of the database.
pub type ReportJobs = fn(kind: &str, jobs: usize, cost: &StatementCounter);

/// Claims jobs and gives them to their handlers.
pub struct Worker {
    store: Store,
    queues: Vec<ClassQueue>,
    batches: BatchQueue,
    /// What runs here now. On SQLite this alone keeps a job from being claimed twice when the
    /// wall clock jumps past a lease.
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
    /// A worker that knows no kinds yet.
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
            poll: POLL,
            report: |_, _, _| {},
        }
    }

    /// Takes jobs of these kinds.
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

    /// Tells what jobs have cost.
    #[must_use]
    pub fn report_to(mut self, report: ReportJobs) -> Self {
        self.report = report;
        self.batches.report_to(report);
        self
    }

    /// Looks at the table this often instead of every second.
    #[must_use]
    pub fn every(mut self, poll: Duration) -> Self {
        self.poll = poll;
        self
    }

    /// Works until the future is dropped. Jobs that run then go on, and are taken over by lease
    /// if the process ends first.
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
                Ok(0) => worker.rest(&mut changes).await,
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(error = %error.chain(), "no jobs can be claimed");
                    tokio::time::sleep(worker.poll).await;
                }
            }
        }
    }

    async fn rest(&self, changes: &mut watch::Receiver<()>) {
        tokio::select! {
            // The store outlives its worker, so this cannot fail.
            _ = changes.changed() => {}
            () = tokio::time::sleep(self.poll) => {}
        }
    }

    /// Starts what is due and says how much that was.
    async fn claim_and_start(worker: &Arc<Self>) -> Result<usize, AppError> {
        let wanted = worker.wanted();
        if wanted.is_empty() || !worker.is_any_due(&wanted).await? {
            return Ok(0);
        }
        let claim = move |tx: &mut Tx<'_>| {
            let claimed = wanted.iter().map(|wanted| queries::claim(tx, wanted));
            Ok(claimed.collect::<Result<Vec<_>, _>>()?.concat())
        };
        let claimed = worker.store.write(claim).await?;
        let count = claimed.len();
        claimed.into_iter().for_each(|job| worker.start(job));
        Ok(count)
    }

    /// A cheap look, so that an idle server writes nothing.
    async fn is_any_due(&self, wanted: &[JobQuery]) -> Result<bool, AppError> {
        let kinds: Vec<_> = wanted.iter().flat_map(|one| one.kinds.clone()).collect();
        let now = self.store.env().now();
        self.store
            .read(move |conn| queries::any_due(conn, &kinds, now))
            .await
    }

    /// As many jobs of each class as have a slot: what is claimed runs at once.
    fn wanted(&self) -> Vec<JobQuery> {
        let running = self.running().clone();
        let wanted = |queue: &ClassQueue| JobQuery {
            kinds: queue.handlers.keys().map(ToString::to_string).collect(),
            running: running.clone(),
            most: i64::try_from(queue.slots.available_permits()).unwrap_or_default(),
        };
        let all = self.queues.iter().map(wanted);
        all.filter(|one| one.most > 0 && !one.kinds.is_empty())
            .collect()
    }

    fn start(self: &Arc<Self>, job: ClaimedJob) {
        let kind = job.kind.as_str();
        let found = self.queues.iter().find_map(|queue| {
            let handler = queue.handlers.get(kind)?;
            // Only this task takes permits, and it claims no more than there are.
            let permit = Arc::clone(&queue.slots).try_acquire_owned().ok()?;
            Some((Arc::clone(handler), permit))
        });
        let Some((handler, permit)) = found else {
            return tracing::error!(job = %job.id, kind, "job claimed without a slot");
        };
        let slot = Slot::take(&self.running, job.id, permit);
        tokio::spawn(Self::work(Arc::clone(self), handler, job, slot));
    }

    async fn work(worker: Arc<Self>, handler: Arc<dyn RunJob>, job: ClaimedJob, slot: Slot) {
        let counter = StatementCounter::default();
        let worked = counter.count(async {
            let result = worker.run_and_renew(handler, &job).await;
            worker.settle(&job, result).await
        });
        if let Err(error) = worked.await {
            tracing::warn!(job = %job.id, error = %error.chain(), "a job's end could not be stored");
        }
        (worker.report)(&job.kind, 1, &counter);
        drop(slot);
        wake_worker(&worker.store);
    }

    /// Stops the try when the job is no longer ours.
    async fn run_and_renew(
        &self,
        handler: Arc<dyn RunJob>,
        job: &ClaimedJob,
    ) -> Result<(), AppError> {
        let mut tries = JoinSet::new();
        let held = job.clone();
        let run = in_background(async move { handler.run(&held).await });
        tries.spawn(StatementCounter::current().count(run));
        let mut missed = 0;
        loop {
            tokio::select! {
                ended = tries.join_next() => return result_of(ended),
                () = tokio::time::sleep(LEASE / RENEWALS) => {}
            }
            missed = if self.renew(job).await? {
                0
            } else {
                missed + 1
            };
            if missed == RENEWALS {
                return Err(AppError::internal(LeaseLost));
            }
        }
    }

    /// Whether the lease was renewed: it outlasts a short absence of the database.
    async fn renew(&self, job: &ClaimedJob) -> Result<bool, AppError> {
        let held = job.clone();
        match self.store.write(move |tx| queries::renew(tx, &held)).await {
            Ok(true) => Ok(true),
            Ok(false) => Err(AppError::internal(LeaseLost)),
            Err(error) => {
                tracing::warn!(job = %job.id, error = %error.chain(), "a lease was not renewed");
                Ok(false)
            }
        }
    }

    async fn settle(&self, job: &ClaimedJob, result: Result<(), AppError>) -> Result<(), AppError> {
        let held = job.clone();
        match result {
            Ok(()) => {
                self.store
                    .write(move |tx| queries::remove(tx.conn, &held).map(|_| ()))
                    .await
            }
            Err(error) => {
                let why = error.chain();
                tracing::warn!(job = %job.id, kind = %job.kind, attempt = job.attempt, error = %why, "a job failed");
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

/// What a running job holds, given back however it ends.
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

/// How a try ended; a panic is a failure like others.
fn result_of(
    ended: Option<Result<Result<(), AppError>, tokio::task::JoinError>>,
) -> Result<(), AppError> {
    match ended {
        Some(Ok(result)) => result,
        Some(Err(error)) => Err(AppError::internal(error)),
        None => Err(AppError::internal("the try never began")),
    }
}
