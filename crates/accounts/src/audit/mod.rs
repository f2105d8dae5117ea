//! The audit log: what was done to accounts, and by whom.

mod entry;
mod queries;

use async_trait::async_trait;
use db::Tx;
use kernel::{AppError, Page, PageRequest, UserId};

pub use entry::{AuditAction, AuditRecord};
pub(crate) use entry::{AuditEntry, AuditId};

use crate::Accounts;

impl AuditEntry {
    /// Writes the entry in the transaction of the action itself.
    pub(crate) fn record(self, tx: &mut Tx<'_>) -> Result<(), AppError> {
        queries::insert(tx, self)
    }
}

/// The audit log of accounts.
#[async_trait]
pub trait AuditService: Send + Sync {
    /// Lists the audit log of an account, the newest entry first.
    ///
    /// # Errors
    /// Only if the database is unavailable.
    async fn audit(&self, user: UserId, page: PageRequest) -> Result<Page<AuditRecord>, AppError>;
}

#[async_trait]
impl AuditService for Accounts {
    async fn audit(&self, user: UserId, page: PageRequest) -> Result<Page<AuditRecord>, AppError> {
        self.inner
            .store
            .read(move |conn| queries::of_user(conn, user, page))
            .await
    }
}
