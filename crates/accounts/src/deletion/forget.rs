//! Telling the other rooms that a person is gone, and taking their name out of what is stored.

use std::time::Duration;

use async_trait::async_trait;
use db::names::{self, PendingRenames, Rename};
use db::{AnyConn, Tx};
use diesel::QueryResult;
use jobs::{ClaimedJob, Enqueue, Job, JobClass, JobHandler};
use kernel::{AppError, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::store;
use crate::Accounts;
use crate::people::queries;

/// After how long no transaction is under way any more that began before the deletion, and may
/// store the former name yet.
const GRACE: Duration = Duration::from_secs(60);
/// When a rename is overdue: its job has failed for good, or was never stored.
const OVERDUE: Duration = Duration::from_secs(60 * 60);
/// When a rename that cannot be finished is given up: no event or kept answer is as old.
const GIVEN_UP: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Makes the other domains erase what they know of a person.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct EraseUserDataJob {
    user: UserId,
}

impl Job for EraseUserDataJob {
    const KIND: &'static str = "accounts.forget";
    const CLASS: JobClass = JobClass::Heavy;
}

/// Replaces the former name of a person, and of others who are renamed by then, wherever it is stored.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct FinishRenamesJob {
    user: UserId,
}

impl Job for FinishRenamesJob {
    const KIND: &'static str = "accounts.rename";
    const CLASS: JobClass = JobClass::Heavy;
}

impl Accounts {
    /// Has a deleted person forgotten: nobody reads their former name from this transaction on, and
    /// it goes from what is stored in the background.
    pub(super) fn forget(
        tx: &mut Tx<'_>,
        user: UserId,
        former: Option<String>,
    ) -> Result<(), AppError> {
        tx.enqueue(EraseUserDataJob { user })?;
        let Some(renamed) = renamed(tx.conn, user, former)? else {
            return Ok(());
        };
        names::record_rename(tx, &renamed)?;
        let later = tx.env().now() + GRACE;
        tx.enqueue_at(FinishRenamesJob { user }, later)
    }

    /// Finishes all renames that were noted some time ago, in one pass, and that of this person.
    async fn finish_renames(&self, age: Duration, person: Option<UserId>) -> Result<(), AppError> {
        let inner = &self.inner;
        let until = inner.env.now() - age;
        loop {
            let load = move |conn: &mut AnyConn| PendingRenames::load_due(conn, until, person);
            let due = inner.store.read(load).await?;
            if due.is_empty() {
                return Ok(());
            }
            for user in due.users() {
                self.forget_elsewhere(user).await?;
            }
            outbox::finish_renames(&inner.store, &due).await?;
        }
    }

    /// Finishes the renames whose jobs were set aside.
    ///
    /// # Errors
    /// Only where the database is away.
    pub async fn finish_overdue_renames(&self) -> Result<(), AppError> {
        self.finish_renames(OVERDUE, None).await
    }

    async fn forget_elsewhere(&self, user: UserId) -> Result<(), AppError> {
        for room in &self.inner.personal_data {
            room.forget(user).await?;
        }
        Ok(())
    }
}

/// Gives up a batch of the renames that cannot be finished.
pub(crate) fn prune(conn: &mut AnyConn, now: Timestamp) -> QueryResult<usize> {
    names::prune(conn, now - GIVEN_UP)
}

/// Whether others may have read the name of an unverified person, who can do nothing, in something
/// that is stored: mentions are noted, and whatever else others do with somebody stands on that
/// person's stream too, whose numbers never go.
pub(super) fn is_known_to_others(conn: &mut AnyConn, user: UserId) -> Result<bool, AppError> {
    let (newest, _) = outbox::head(conn, &format!("user:{user}"))?;
    Ok(newest > 0 || store::is_mentioned(conn, user)?)
}

/// What a deleted person is called now; nothing where nobody knows them by a former name.
fn renamed(
    conn: &mut AnyConn,
    person: UserId,
    former: Option<String>,
) -> Result<Option<Rename>, AppError> {
    if former.is_none() {
        return Ok(None);
    }
    let summary = queries::summaries(conn, &[person])?.remove(&person);
    let fields = summary.map(serde_json::to_value).transpose()?;
    Ok(match fields {
        Some(Value::Object(fields)) => Some(Rename {
            user: person,
            former,
            fields,
        }),
        _ => None,
    })
}

/// May run again: erasing twice changes nothing.
pub(crate) struct EraseUserDataHandler(pub(crate) Accounts);

#[async_trait]
impl JobHandler<EraseUserDataJob> for EraseUserDataHandler {
    async fn run(&self, job: EraseUserDataJob, _claimed: &ClaimedJob) -> Result<(), AppError> {
        self.0.forget_elsewhere(job.user).await
    }
}

pub(crate) struct FinishRenamesHandler(pub(crate) Accounts);

#[async_trait]
impl JobHandler<FinishRenamesJob> for FinishRenamesHandler {
    async fn run(&self, job: FinishRenamesJob, _claimed: &ClaimedJob) -> Result<(), AppError> {
        self.0.finish_renames(GRACE, Some(job.user)).await
    }
}
