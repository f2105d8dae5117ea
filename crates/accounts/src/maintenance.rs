//! Periodic maintenance: recording activity, indexing names that an older server wrote, and
//! deleting expired rows.

use async_trait::async_trait;
use std::time::Duration;

use db::{AnyConn, delete_batch};
use diesel::QueryResult;
use kernel::{AppError, Timestamp};

use crate::deletion::forget;
use crate::{Accounts, attempts, export, links, released_usernames, sessions, signin};

/// How often activity is recorded and names are indexed.
const ACTIVITY_EVERY: Duration = Duration::from_secs(10);
/// How often expired rows are deleted.
const PRUNE_EVERY: Duration = Duration::from_secs(60 * 60);
/// How long expired rows are kept, so that users are told that something has expired, and returning
/// devices are recognized.
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

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
        let rounds = PRUNE_EVERY.as_secs() / ACTIVITY_EVERY.as_secs();
        for round in (0..rounds).cycle() {
            if let Err(error) = self.write_activity().await {
                tracing::warn!(error = %error.chain(), "who was seen could not be written");
            }
            if let Err(error) = self.index_names().await {
                tracing::warn!(error = %error.chain(), "indexing of names failed");
            }
            if round == 0
                && let Err(error) = self.prune().await
            {
                tracing::warn!(error = %error.chain(), "what is over could not be thrown away");
            }
            if round == 0
                && let Err(error) = self.remove_unverified().await
            {
                tracing::warn!(error = %error.chain(), "removal of unverified accounts failed");
            }
            if round == 0
                && let Err(error) = self.finish_overdue_renames().await
            {
                tracing::warn!(error = %error.chain(), "overdue renames could not be finished");
            }
            tokio::time::sleep(ACTIVITY_EVERY).await;
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
                + signin::prune(tx.conn, now - KEPT)?
                + links::prune(tx.conn, now - KEPT)?
                + attempts::prune(tx.conn, now)?
                + released_usernames::prune(tx.conn, now)?
                + export::prune(tx.conn, now - KEPT)?
                + forget::prune(tx.conn, now)?
                + sessions::prune(tx.conn, now - KEPT)?)
        };
        self.inner.store.delete_in_batches(prune).await
    }
}

fn prune_tickets(conn: &mut AnyConn, now: Timestamp) -> QueryResult<usize> {
    delete_batch(conn, "socket_tickets", "hash", "expires_at < $1", now)
}
