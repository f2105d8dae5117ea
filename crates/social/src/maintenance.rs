//! Throwing away what is over.

use std::time::Duration;

use kernel::AppError;

use crate::{Social, requests};

/// How often what is over is thrown away.
const EVERY: Duration = Duration::from_secs(60 * 60);

impl Social {
    /// Keeps house until the future is dropped.
    pub async fn run_maintenance(self) {
        loop {
            if let Err(error) = self.prune().await {
                tracing::warn!(error = %error.chain(), "ended friend requests stay for now");
            }
            tokio::time::sleep(EVERY).await;
        }
    }

    /// Throws away what is over; how many rows that were.
    ///
    /// # Errors
    /// Only where the database is away.
    pub async fn prune(&self) -> Result<usize, AppError> {
        self.inner.store.delete_in_batches(requests::prune).await
    }
}
