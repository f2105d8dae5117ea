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
    /// A job that runs as soon as possible.
    ///
    /// # Errors
    /// Its arguments cannot be encoded as JSON.
    pub fn new<J: Job>(job: &J) -> Result<Self, AppError> {
        Ok(Self {
            kind: J::KIND,
            payload: serde_json::to_value(job)?,
            unique_key: job.unique_key(),
            run_at: None,
        })
    }

    /// Sets the time before which it does not run.
    #[must_use]
    pub fn at(mut self, run_at: Timestamp) -> Self {
        self.run_at = Some(run_at);
        self
    }

    /// Whether it may run by then.
    pub(crate) fn is_due(&self, now: Timestamp) -> bool {
        self.run_at.is_none_or(|run_at| run_at <= now)
    }
}

/// A job that this node has claimed.
#[derive(Debug, Clone)]
pub struct ClaimedJob {
    /// Identifies it.
    pub id: JobId,
    /// Identifies the claim.
    pub(crate) lease: LeaseId,
    pub(crate) kind: String,
    pub(crate) payload: serde_json::Value,
    /// Number of this attempt, from 1.
    pub attempt: i32,
}

impl ClaimedJob {
    /// Completes the job in the transaction of its effect, so that it has one effect, however many
    /// attempts.
    ///
    /// # Errors
    /// Another worker has claimed the job: the effect must be rolled back.
    pub fn complete(&self, tx: &mut Tx<'_>) -> Result<(), AppError> {
        match queries::remove(tx.conn, self)? {
            0 => Err(AppError::internal(LeaseLost)),
            _ => Ok(()),
        }
    }
}

/// Another worker has claimed the job.
#[derive(Debug, thiserror::Error)]
#[error("another worker has claimed this job")]
pub struct LeaseLost;
