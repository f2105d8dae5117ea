//! Jobs, before and after they are claimed.

use db::Tx;
use kernel::{AppError, Timestamp, id_type};

use crate::queries;

id_type!(JobId, JobKind, "job");
id_type!(LeaseId, LeaseKind, "lease of a job");

/// Work to be done later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    pub(crate) kind: &'static str,
    pub(crate) payload: serde_json::Value,
    pub(crate) unique_key: Option<String>,
    pub(crate) run_at: Option<Timestamp>,
}

impl NewJob {
    /// A job of a kind that some [`JobHandler`](crate::JobHandler) knows, to run at once.
    pub fn new(kind: &'static str, payload: &impl serde::Serialize) -> Result<Self, AppError> {
        let payload = serde_json::to_value(payload)?;
        Ok(Self {
            kind,
            payload,
            unique_key: None,
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

    /// At most one job with this key waits at a time; further ones are dropped.
    #[must_use]
    pub fn once(mut self, key: impl Into<String>) -> Self {
        self.unique_key = Some(key.into());
        self
    }
}

/// A job that this worker holds.
#[derive(Debug, Clone)]
pub struct ClaimedJob {
    /// Which job.
    pub id: JobId,
    /// The proof that it is ours.
    pub(crate) lease: LeaseId,
    /// Its kind.
    pub kind: String,
    /// Its arguments.
    pub payload: serde_json::Value,
    /// Which try this is, from 1.
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

    /// The arguments in their own type.
    pub fn arguments<T: serde::de::DeserializeOwned>(&self) -> Result<T, AppError> {
        Ok(serde_json::from_value(self.payload.clone())?)
    }
}

/// Another worker has the job.
#[derive(Debug, thiserror::Error)]
#[error("another worker has taken this job over")]
pub struct LeaseLost;
