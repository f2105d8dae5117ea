//! Handlers of jobs, and how a worker gets to know them.

use std::marker::PhantomData;
use std::sync::Arc;

use async_trait::async_trait;
use db::Tx;
use kernel::{AppError, Job, JobClass};
use serde_json::Value;

use crate::ClaimedJob;

/// Does the work of one type of job.
#[async_trait]
pub trait JobHandler<J: Job>: Send + Sync {
    /// Runs one attempt. An error or a panic puts the job back for later.
    ///
    /// An attempt can run twice when a node dies at the wrong moment. Where the effect is in the
    /// database, call [`ClaimedJob::complete`] in the transaction that stores it.
    async fn run(&self, job: J, claimed: &ClaimedJob) -> Result<(), AppError>;
}

/// Does the work of many jobs of one type in the transaction that ends them: for work that is done in
/// the database alone, and of which there is much.
pub trait BatchHandler<J: Job>: Send + Sync {
    /// Does the work of these jobs. Where it fails, each is run alone, so that one bad job holds up
    /// no others.
    fn run(&self, tx: &mut Tx<'_>, jobs: Vec<J>) -> Result<(), AppError>;
}

/// A type of job and its handler, for [`Worker::register`](crate::Worker::register).
pub struct Registration {
    pub(crate) kind: &'static str,
    pub(crate) runner: Runner,
}

/// How the jobs of a kind are run.
pub(crate) enum Runner {
    /// Each alone, in a slot of its class.
    Single(JobClass, Arc<dyn RunJob>),
    /// Many at a time.
    Batch(Arc<dyn RunBatch>),
}

impl Registration {
    /// A handler that runs each job alone.
    pub fn new<J: Job>(handler: impl JobHandler<J> + 'static) -> Self {
        let runner = Arc::new(Typed(handler, PhantomData));
        Self {
            kind: J::KIND,
            runner: Runner::Single(J::CLASS, runner),
        }
    }

    /// A handler that runs many jobs at a time.
    pub fn batch<J: Job>(handler: impl BatchHandler<J> + 'static) -> Self {
        let runner = Arc::new(Typed(handler, PhantomData));
        Self {
            kind: J::KIND,
            runner: Runner::Batch(runner),
        }
    }
}

impl std::fmt::Debug for Registration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Registration of {}", self.kind)
    }
}

/// A [`JobHandler`] of any type of job.
#[async_trait]
pub(crate) trait RunJob: Send + Sync {
    async fn run(&self, claimed: &ClaimedJob) -> Result<(), AppError>;
}

/// A [`BatchHandler`] of any type of job.
pub(crate) trait RunBatch: Send + Sync {
    fn run(&self, tx: &mut Tx<'_>, payloads: Vec<Value>) -> Result<(), AppError>;
}

/// A handler with the type of its jobs.
struct Typed<H, J>(H, PhantomData<fn() -> J>);

#[async_trait]
impl<J: Job, H: JobHandler<J>> RunJob for Typed<H, J> {
    async fn run(&self, claimed: &ClaimedJob) -> Result<(), AppError> {
        self.0.run(J::deserialize(&claimed.payload)?, claimed).await
    }
}

impl<J: Job, H: BatchHandler<J>> RunBatch for Typed<H, J> {
    fn run(&self, tx: &mut Tx<'_>, payloads: Vec<Value>) -> Result<(), AppError> {
        let jobs = payloads.into_iter().map(serde_json::from_value);
        self.0.run(tx, jobs.collect::<Result<_, _>>()?)
    }
}
