//! Erasing a deleted user from the other domains, and their name from stored documents.

use std::time::Duration;

use async_trait::async_trait;
use contract::streams::StreamName;
use db::names::{self, PendingRenames, Rename};
use db::{AnyConn, Tx};
use diesel::QueryResult;
use jobs::{ClaimedJob, Enqueue, Job, JobClass, JobHandler};
use kernel::{AppError, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::queries;
use crate::Accounts;
use crate::directory;

/// Longer than any transaction that began before the deletion, and may still store the former name.
const TRANSACTION_GRACE: Duration = Duration::from_secs(60);
/// When a rename is overdue because its job has failed for good or was never stored.
const OVERDUE_AFTER: Duration = Duration::from_secs(60 * 60);
/// When a rename that cannot be finished is dropped: no event or kept response is that old.
const DROPPED_AFTER: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Erases a user from the other domains.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct EraseUserDataJob {
    user: UserId,
}

impl Job for EraseUserDataJob {
    const KIND: &'static str = "accounts.forget";
    const CLASS: JobClass = JobClass::Heavy;
}

/// Replaces the former name of a user wherever it is stored, together with other pending renames.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct FinishRenamesJob {
    user: UserId,
}

impl Job for FinishRenamesJob {
    const KIND: &'static str = "accounts.rename";
    const CLASS: JobClass = JobClass::Heavy;
}

impl Accounts {
    /// Erases a deleted user: reads no longer return the former name from this transaction on, and
    /// it is replaced in stored documents in the background.
    pub(super) fn schedule_erasure(
        tx: &mut Tx<'_>,
        user: UserId,
        former: Option<String>,
    ) -> Result<(), AppError> {
        tx.enqueue(EraseUserDataJob { user })?;
        let Some(renamed) = renamed(tx.conn, user, former)? else {
            return Ok(());
        };
        names::record_rename(tx, &renamed)?;
        let later = tx.env().now() + TRANSACTION_GRACE;
        tx.enqueue_at(FinishRenamesJob { user }, later)
    }

    /// Finishes all renames that are older than `age` in one pass, and that of `user`.
    async fn finish_renames(&self, age: Duration, user: Option<UserId>) -> Result<(), AppError> {
        let inner = &self.inner;
        let until = inner.env.now() - age;
        loop {
            let load = move |conn: &mut AnyConn| PendingRenames::load_due(conn, until, user);
            let due = inner.store.read(load).await?;
            if due.is_empty() {
                return Ok(());
            }
            for user in due.users() {
                self.erase_elsewhere(user).await?;
            }
            outbox::finish_renames(&inner.store, &due).await?;
        }
    }

    /// Finishes the renames whose jobs have failed.
    ///
    /// # Errors
    /// Only if the database is unavailable.
    pub async fn finish_overdue_renames(&self) -> Result<(), AppError> {
        self.finish_renames(OVERDUE_AFTER, None).await
    }

    async fn erase_elsewhere(&self, user: UserId) -> Result<(), AppError> {
        for domain in &self.inner.personal_data {
            domain.erase(user).await?;
        }
        Ok(())
    }
}

/// Drops a batch of the renames that cannot be finished.
pub(crate) fn prune(conn: &mut AnyConn, now: Timestamp) -> QueryResult<usize> {
    names::prune(conn, now - DROPPED_AFTER)
}

/// Whether stored documents may contain the name of an unverified user, who cannot act. Mentions
/// are recorded, and anything else that others do with a user is on that user's stream, whose
/// sequence numbers are kept.
pub(super) fn may_be_stored(conn: &mut AnyConn, user: UserId) -> Result<bool, AppError> {
    let (newest, _) = outbox::head(conn, &StreamName::User(user).to_string())?;
    Ok(newest > 0 || queries::is_mentioned(conn, user)?)
}

/// The rename of a deleted user; none if no document contains the former name.
fn renamed(
    conn: &mut AnyConn,
    user: UserId,
    former: Option<String>,
) -> Result<Option<Rename>, AppError> {
    if former.is_none() {
        return Ok(None);
    }
    let summary = directory::queries::summaries(conn, &[user])?.remove(&user);
    let fields = summary.map(serde_json::to_value).transpose()?;
    Ok(match fields {
        Some(Value::Object(fields)) => Some(Rename {
            user,
            former,
            fields,
        }),
        _ => None,
    })
}

/// Idempotent: erasing twice changes nothing.
pub(crate) struct EraseUserDataHandler(pub(crate) Accounts);

#[async_trait]
impl JobHandler<EraseUserDataJob> for EraseUserDataHandler {
    async fn run(&self, job: EraseUserDataJob, _claimed: &ClaimedJob) -> Result<(), AppError> {
        self.0.erase_elsewhere(job.user).await
    }
}

pub(crate) struct FinishRenamesHandler(pub(crate) Accounts);

#[async_trait]
impl JobHandler<FinishRenamesJob> for FinishRenamesHandler {
    async fn run(&self, job: FinishRenamesJob, _claimed: &ClaimedJob) -> Result<(), AppError> {
        self.0
            .finish_renames(TRANSACTION_GRACE, Some(job.user))
            .await
    }
}
