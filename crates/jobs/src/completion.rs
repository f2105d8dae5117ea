//! The end of a claimed job, in the transaction of its effect.

use db::Tx;
use kernel::AppError;

use crate::job::ClaimedJob;
use crate::queries;

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
