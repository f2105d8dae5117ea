//! Telling the other rooms that a person is gone, and taking their name out of what is stored.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use db::names::{self, PendingRenames, Renamed};
use db::{AnyConn, Tx};
use diesel::QueryResult;
use jobs::ClaimedJob;
use jobs::{Enqueue, JobClass, JobHandler, NewJob};
use kernel::{AppError, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::store;
use crate::Accounts;
use crate::people::queries;

/// Has the other rooms forget a person.
const FORGET: &str = "accounts.forget";
/// Has the names of people written over wherever they are stored.
const RENAME: &str = "accounts.rename";
/// After how long no transaction is under way any more that began before the deletion, and may
/// store the former name yet.
const GRACE: Duration = Duration::from_secs(60);
/// When a rename is overdue: its job has failed for good, or was never stored.
const OVERDUE: Duration = Duration::from_secs(60 * 60);
/// When a rename that cannot be finished is given up: no event or kept answer is as old.
const GIVEN_UP: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Who is to be forgotten.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Forgotten {
    user: UserId,
    /// The name they had, where it is to be written over: it stands in documents of others.
    #[serde(default)]
    username: Option<String>,
}

impl Accounts {
    /// The kinds of the forgetting jobs and who does them.
    pub(crate) fn erase_user_data_handlers(&self) -> [(&'static str, Arc<dyn JobHandler>); 2] {
        [FORGET, RENAME].map(|kind| {
            let handler: Arc<dyn JobHandler> = Arc::new(EraseUserDataHandler(self.clone()));
            (kind, handler)
        })
    }

    /// Has a deleted person forgotten: nobody reads their former name from this transaction on, and
    /// it goes from what is stored in the background.
    pub(super) fn forget(
        tx: &mut Tx<'_>,
        user: UserId,
        former: Option<String>,
    ) -> Result<(), AppError> {
        let forgotten = |username| Forgotten { user, username };
        tx.enqueue(NewJob::new(FORGET, &forgotten(None))?)?;
        let Some(renamed) = renamed(tx.conn, user, former)? else {
            return Ok(());
        };
        names::rename(tx, &renamed)?;
        let later = tx.env().now() + GRACE;
        tx.enqueue(NewJob::new(RENAME, &forgotten(renamed.former))?.at(later))
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
            for user in due.people() {
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
) -> Result<Option<Renamed>, AppError> {
    if former.is_none() {
        return Ok(None);
    }
    let summary = queries::summaries(conn, &[person])?.remove(&person);
    let fields = summary.map(serde_json::to_value).transpose()?;
    Ok(match fields {
        Some(Value::Object(fields)) => Some(Renamed {
            person,
            former,
            fields,
        }),
        _ => None,
    })
}

/// Tells the other rooms, which may be done again, and replaces the names that others can still read
/// in what was told of the person and of others who are renamed by then.
struct EraseUserDataHandler(Accounts);

#[async_trait]
impl JobHandler for EraseUserDataHandler {
    fn class(&self) -> JobClass {
        JobClass::Heavy
    }

    async fn run(&self, job: &ClaimedJob) -> Result<(), AppError> {
        let Forgotten { user, username } = job.arguments()?;
        match username {
            Some(_) => self.0.finish_renames(GRACE, Some(user)).await,
            None => self.0.forget_elsewhere(user).await,
        }
    }
}
