//! Jobs, before and after they are claimed.

use db::Tx;
use kernel::{AppError, Job, Timestamp, id_type};

use crate::queries;

id_type!(JobId, JobKind, "job");
id_type!(LeaseId, LeaseKind, "lease of a job");

/// A job to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    pub(crate) kind: &'static str,
    pub(crate) payload: serde_json::Value,
    pub(crate) unique_key: Option<String>,
    pub(crate) run_at: Option<Timestamp>,
}

impl NewJob {
    /// A job that runs at once.
    ///
    /// # Errors
    /// Its arguments are no JSON.
    pub fn new<J: Job>(job: &J) -> Result<Self, AppError> {
        Ok(Self {
            kind: J::KIND,
            payload: serde_json::to_value(job)?,
            unique_key: job.unique_key(),
            run_at: None,
        })
    }

    /// Not before then.
    #[must_use]
    pub fn at(mut self, run_at: Timestamp) -> Self {
        self.run_at = Some(run_at);
        self
    }

    /// Whether it is to run by then.
    pub(crate) fn is_due(&self, now: Timestamp) -> bool {
        self.run_at.is_none_or(|run_at| run_at <= now)
    }
}

/// A job that this worker holds.
#[derive(Debug, Clone)]
pub struct ClaimedJob {
    /// Identifies it.
    pub id: JobId,
    /// Proves that it is ours.
    pub(crate) lease: LeaseId,
    pub(crate) kind: String,
    pub(crate) payload: serde_json::Value,
    /// Number of this attempt, from 1.
    pub attempt: i32,
}

impl ClaimedJob {
    /// Ends the job in the same transaction as its effect. Fails if another worker has taken it
    /// over, so that the effect is rolled back with it: one effect, however many tries.
    pub fn complete(&self, tx: &mut Tx<'_>) -> Result<(), AppError> {
        match queries::remove(tx.conn, self)? {
            0 => Err(AppError::internal(LeaseLost)),
            _ => Ok(()),
        }
    }
}

/// Another worker has the job.
#[derive(Debug, thiserror::Error)]
#[error("another worker has taken this job over")]
pub struct LeaseLost;
