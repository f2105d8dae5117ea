//! Jobs, before and after they are claimed.

use kernel::{AppError, Job, Timestamp, id_type};

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
