//! Telling the other rooms that a person is gone, and taking their name out of what is stored.

use std::sync::Arc;
use std::time::Duration;

use ::store::jobs::Claimed;
use ::store::names::{self, Renamed};
use ::store::{AnyConn, Handler, JobClass, NewJob, Tx};
use async_trait::async_trait;
use kernel::{AppError, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Accounts;
use crate::people::look;

/// Has the other rooms forget a person.
const FORGET: &str = "accounts.forget";
/// Has the name of a person written over wherever it is stored.
const RENAME: &str = "accounts.rename";
/// After how long no transaction is under way any more that began before the deletion, and may
/// store the former name yet.
const GRACE: Duration = Duration::from_secs(60);

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
    pub(crate) fn forgetters(&self) -> [(&'static str, Arc<dyn Handler>); 2] {
        [FORGET, RENAME].map(|kind| {
            let handler: Arc<dyn Handler> = Arc::new(Forgetter(self.clone()));
            (kind, handler)
        })
    }

    /// Has a deleted person forgotten: nobody reads their former name from this transaction on, and
    /// it goes from what is stored in the background.
    pub(super) fn forget(tx: &mut Tx<'_>, user: UserId, former: String) -> Result<(), AppError> {
        let username = Some(former);
        if let Some(renamed) = renamed(tx.conn, user, username.clone())? {
            names::rename(tx, &renamed)?;
        }
        let later = tx.env().now() + GRACE;
        let forgotten = |username| Forgotten { user, username };
        tx.enqueue(NewJob::new(FORGET, &forgotten(None))?)?;
        tx.enqueue(NewJob::new(RENAME, &forgotten(username))?.at(later))
    }
}

/// What a deleted person is called now.
fn renamed(
    conn: &mut AnyConn,
    person: UserId,
    former: Option<String>,
) -> Result<Option<Renamed>, AppError> {
    let summary = look::summaries(conn, &[person])?.remove(&person);
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

/// Tells the other rooms, which may be done again, and replaces the name that others can still read
/// in what was told of the person.
struct Forgetter(Accounts);

#[async_trait]
impl Handler for Forgetter {
    fn class(&self) -> JobClass {
        JobClass::Heavy
    }

    async fn run(&self, job: &Claimed) -> Result<(), AppError> {
        let Forgotten { user, username } = job.arguments()?;
        let inner = &self.0.inner;
        for room in &inner.personal_data {
            room.forget(user).await?;
        }
        if username.is_none() {
            return Ok(());
        }
        let read = move |conn: &mut AnyConn| renamed(conn, user, username);
        match inner.store.read(read).await? {
            Some(renamed) => names::finish_rename(&inner.store, &renamed).await,
            None => Ok(()),
        }
    }
}
