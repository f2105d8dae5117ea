//! Jobs of a transaction.

use db::{AfterCommit, AfterCommitTask, BulkStatement, Extensions, Store, Tx};
use kernel::{AppError, Job, Timestamp};
use tokio::sync::watch;

use crate::NewJob;
use crate::queries;

/// Adds jobs within a transaction.
pub trait Enqueue {
    /// Adds a job, which some node runs after the commit.
    ///
    /// # Errors
    /// The database is unavailable, or the job cannot be encoded as JSON.
    fn enqueue<J: Job>(&mut self, job: J) -> Result<(), AppError>;

    /// As [`enqueue`](Self::enqueue), for a job that does not run before then.
    ///
    /// # Errors
    /// As [`enqueue`](Self::enqueue).
    fn enqueue_at<J: Job>(&mut self, job: J, run_at: Timestamp) -> Result<(), AppError>;

    /// As [`enqueue`](Self::enqueue), for jobs of any types with one statement.
    ///
    /// # Errors
    /// The database is unavailable.
    fn enqueue_all(&mut self, jobs: Vec<NewJob>) -> Result<(), AppError>;

    /// As [`enqueue_all`](Self::enqueue_all), as a statement that the caller runs together with others.
    fn insertion_of(&mut self, jobs: Vec<NewJob>) -> BulkStatement<'static, ()>;
}

impl Enqueue for Tx<'_> {
    fn enqueue<J: Job>(&mut self, job: J) -> Result<(), AppError> {
        self.enqueue_all(vec![NewJob::new(&job)?])
    }

    fn enqueue_at<J: Job>(&mut self, job: J, run_at: Timestamp) -> Result<(), AppError> {
        self.enqueue_all(vec![NewJob::new(&job)?.at(run_at)])
    }

    fn enqueue_all(&mut self, jobs: Vec<NewJob>) -> Result<(), AppError> {
        self.insertion_of(jobs).execute(self.conn)?;
        Ok(())
    }

    fn insertion_of(&mut self, jobs: Vec<NewJob>) -> BulkStatement<'static, ()> {
        wake_after_commit(self, &jobs);
        queries::insertion(self.env(), jobs)
    }
}

/// A job for later wakes no worker: it is found when it is due.
fn wake_after_commit(tx: &mut Tx<'_>, jobs: &[NewJob]) {
    let now = tx.env().now();
    if jobs.iter().any(|job| job.is_due(now)) {
        tx.after_commit(WakeWorker);
    }
}

/// Notified when jobs are added or completed.
#[derive(Default)]
struct JobSignal(watch::Sender<()>);

/// Wakes the workers of this node when the transaction is committed.
struct WakeWorker;

impl AfterCommit for WakeWorker {
    fn merge(&mut self, _later: Self) {}

    fn committed(self: Box<Self>, extensions: &Extensions) -> Option<AfterCommitTask> {
        extensions.get::<JobSignal>().0.send_replace(());
        None
    }
}

/// Notified when jobs are added or completed on this node.
pub(crate) fn watch_jobs(store: &Store) -> watch::Receiver<()> {
    store.extension::<JobSignal>().0.subscribe()
}

/// Makes the workers of this node look for due jobs now.
pub fn wake_worker(store: &Store) {
    store.extension::<JobSignal>().0.send_replace(());
}
