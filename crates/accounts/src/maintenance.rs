//! Periodic maintenance: recording activity, indexing names that an older server wrote, and
//! deleting expired rows.

use std::time::Duration;

use async_trait::async_trait;
use db::{AnyConn, delete_batch};
use diesel::QueryResult;
use kernel::{AppError, Timestamp};

use crate::deletion::erasure;
use crate::{Accounts, attempts, export, links, login, released_usernames, sessions};

/// How often activity is recorded and names are indexed.
const ACTIVITY_INTERVAL: Duration = Duration::from_secs(10);
/// How often expired rows are deleted.
const PRUNE_INTERVAL: Duration = Duration::from_secs(60 * 60);
/// How long expired rows are kept, so that users are told that something has expired, and returning
/// devices are recognized.
const RETENTION: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Periodic maintenance.
#[async_trait]
pub trait MaintenanceService: Send + Sync {
    /// Records activity, indexes names and deletes expired rows periodically, until the future is
    /// dropped.
    async fn run_maintenance(&self);
}

#[async_trait]
impl MaintenanceService for Accounts {
    async fn run_maintenance(&self) {
        let rounds = PRUNE_INTERVAL.as_secs() / ACTIVITY_INTERVAL.as_secs();
        for round in (0..rounds).cycle() {
            if let Err(error) = self.write_activity().await {
                tracing::warn!(error = %error.chain(), "activity recording failed");
            }
            if let Err(error) = self.index_names().await {
                tracing::warn!(error = %error.chain(), "name indexing failed");
            }
            if round == 0
                && let Err(error) = self.prune().await
            {
                tracing::warn!(error = %error.chain(), "deletion of expired rows failed");
            }
            if round == 0
                && let Err(error) = self.remove_unverified().await
            {
                tracing::warn!(error = %error.chain(), "removal of unverified accounts failed");
            }
            if round == 0
                && let Err(error) = self.finish_overdue_renames().await
            {
                tracing::warn!(error = %error.chain(), "finishing of overdue renames failed");
            }
            tokio::time::sleep(ACTIVITY_INTERVAL).await;
        }
    }
}

impl Accounts {
    /// Deletes expired rows; returns their number.
    ///
    /// # Errors
    /// Only if the database is unavailable.
    pub async fn prune(&self) -> Result<usize, AppError> {
        let prune = |tx: &mut db::Tx<'_>| {
            let now = tx.env().now();
            Ok(prune_tickets(tx.conn, now)?
                + login::prune(tx.conn, now - RETENTION)?
                + links::prune(tx.conn, now - RETENTION)?
                + attempts::prune(tx.conn, now)?
                + released_usernames::prune(tx.conn, now)?
                + export::prune(tx.conn, now - RETENTION)?
                + erasure::prune(tx.conn, now)?
                + sessions::prune(tx.conn, now - RETENTION)?)
        };
        self.inner.store.delete_in_batches(prune).await
    }
}

fn prune_tickets(conn: &mut AnyConn, now: Timestamp) -> QueryResult<usize> {
    delete_batch(conn, "socket_tickets", "hash", "expires_at < $1", now)
}
