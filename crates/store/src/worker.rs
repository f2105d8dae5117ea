//! Runs jobs on this node.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use kernel::Fault;
use tokio::sync::Semaphore;

use crate::Store;
use crate::jobs::{self, Claimed, JobId, LEASE, Wanted};

/// How often the table is looked at for jobs that other nodes added or whose time has come.
const POLL: Duration = Duration::from_secs(1);
/// Jobs that run at once on this node.
const AT_ONCE: usize = 4;

/// Does the work of one kind of job.
#[async_trait]
pub trait Handler: Send + Sync {
    /// Runs one try. An error puts the job back for later.
    ///
    /// A try can run twice when a node dies at the wrong moment. Where the effect is in the
    /// database, call [`Claimed::complete`] in the transaction that stores it.
    async fn run(&self, job: &Claimed) -> Result<(), Fault>;
}

/// Claims jobs and gives them to their handlers.
pub struct Worker {
    store: Store,
    handlers: HashMap<&'static str, Arc<dyn Handler>>,
    slots: Arc<Semaphore>,
    /// What runs here now. On SQLite this alone keeps a job from being claimed twice when the
    /// wall clock jumps past a lease.
    running: Arc<Mutex<Vec<JobId>>>,
    poll: Duration,
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Worker for {:?}", self.handlers.keys())
    }
}

impl Worker {
    /// A worker that knows no kinds yet.
    #[must_use]
    pub fn new(store: Store) -> Self {
        let slots = Arc::new(Semaphore::new(AT_ONCE));
        Self {
            store,
            handlers: HashMap::new(),
            slots,
            running: Arc::default(),
            poll: POLL,
        }
    }

    /// Takes jobs of this kind.
    #[must_use]
    pub fn handle(mut self, kind: &'static str, handler: Arc<dyn Handler>) -> Self {
        self.handlers.insert(kind, handler);
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
        loop {
            match Self::claim_and_start(&worker).await {
                Ok(0) => worker.rest().await,
                Ok(_) => {}
                Err(fault) => {
                    tracing::warn!(fault = %fault.chain(), "no jobs can be claimed");
                    tokio::time::sleep(worker.poll).await;
                }
            }
        }
    }

    async fn rest(&self) {
        tokio::select! {
            () = self.store.jobs_added() => {}
            () = tokio::time::sleep(self.poll) => {}
        }
    }

    /// Starts what is due and says how much that was.
    async fn claim_and_start(worker: &Arc<Self>) -> Result<usize, Fault> {
        let wanted = worker.wanted();
        if wanted.most == 0 || !worker.anything_due(&wanted).await? {
            return Ok(0);
        }
        let claimed = worker
            .store
            .write(move |tx| jobs::claim(tx, &wanted))
            .await?;
        let count = claimed.len();
        for job in claimed {
            worker.started(&job);
            tokio::spawn(Self::work(Arc::clone(worker), job));
        }
        Ok(count)
    }

    /// A cheap look, so that an idle server writes nothing.
    async fn anything_due(&self, wanted: &Wanted) -> Result<bool, Fault> {
        let (kinds, now) = (wanted.kinds.clone(), self.store.ambient().now());
        let due = self
            .store
            .read(move |conn| jobs::any_due(conn, &kinds, now))
            .await?;
        Ok(due)
    }

    fn wanted(&self) -> Wanted {
        Wanted {
            kinds: self.handlers.keys().map(ToString::to_string).collect(),
            running: self.running().clone(),
            most: i64::try_from(self.slots.available_permits()).unwrap_or_default(),
        }
    }

    async fn work(worker: Arc<Self>, job: Claimed) {
        let permit = worker.slots.acquire().await;
        let result = worker.run_and_renew(&job).await;
        if let Err(fault) = worker.settle(&job, result).await {
            tracing::warn!(job = %job.id, fault = %fault.chain(), "a job's end could not be stored");
        }
        drop(permit);
        worker.running().retain(|id| *id != job.id);
        worker.store.wake_worker();
    }

    async fn run_and_renew(&self, job: &Claimed) -> Result<(), Fault> {
        let Some(handler) = self.handlers.get(job.kind.as_str()) else {
            return Ok(());
        };
        let mut run = handler.run(job);
        loop {
            tokio::select! {
                result = &mut run => return result,
                () = tokio::time::sleep(LEASE / 3) => self.renew(job).await?,
            }
        }
    }

    /// Stops the try when the job is no longer ours.
    async fn renew(&self, job: &Claimed) -> Result<(), Fault> {
        let held = job.clone();
        match self.store.write(move |tx| jobs::renew(tx, &held)).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(Fault::internal(jobs::LeaseLost)),
            // The lease outlasts a short absence of the database.
            Err(fault) => {
                tracing::warn!(job = %job.id, fault = %fault.chain(), "a lease was not renewed");
                Ok(())
            }
        }
    }

    async fn settle(&self, job: &Claimed, result: Result<(), Fault>) -> Result<(), Fault> {
        let held = job.clone();
        match result {
            Ok(()) => {
                self.store
                    .write(move |tx| jobs::remove(tx.conn, &held).map(|_| ()))
                    .await
            }
            Err(fault) => {
                let why = fault.chain();
                tracing::warn!(job = %job.id, kind = %job.kind, attempt = job.attempt, fault = %why, "a job failed");
                self.store
                    .write(move |tx| jobs::put_back(tx, &held, &why))
                    .await
            }
        }
    }

    fn started(&self, job: &Claimed) {
        self.running().push(job.id);
    }

    fn running(&self) -> std::sync::MutexGuard<'_, Vec<JobId>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
