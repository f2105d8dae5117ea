//! Telling the other rooms that a person is gone, and taking their name out of stored events.

use std::sync::Arc;

use ::store::jobs::Claimed;
use ::store::names::Renamed;
use ::store::{AnyConn, Handler, JobClass, outbox};
use async_trait::async_trait;
use kernel::{Fault, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Accounts;
use crate::people::look;

/// Has the other rooms forget a person.
pub(super) const FORGET: &str = "accounts.forget";

/// Who is to be forgotten.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Forgotten {
    pub(super) user: UserId,
    /// The name they had: it stands in events of others.
    #[serde(default)]
    pub(super) username: Option<String>,
}

impl Accounts {
    /// The kind of the forgetting jobs and who does them.
    pub(crate) fn forgetter(&self) -> (&'static str, Arc<dyn Handler>) {
        (FORGET, Arc::new(Forgetter(self.clone())))
    }
}

/// Tells the other rooms.
struct Forgetter(Accounts);

#[async_trait]
impl Handler for Forgetter {
    fn class(&self) -> JobClass {
        JobClass::Heavy
    }

    async fn run(&self, job: &Claimed) -> Result<(), Fault> {
        let Forgotten { user, username } = job.arguments()?;
        for room in &self.0.inner.personal_data {
            room.forget(user).await?;
        }
        self.0.rename_in_events(user, username).await
    }
}

impl Accounts {
    /// Replaces the name that others can still read in what was told of the person.
    async fn rename_in_events(&self, user: UserId, former: Option<String>) -> Result<(), Fault> {
        let read = move |conn: &mut AnyConn| look::summaries(conn, &[user]);
        let Some(summary) = self.inner.store.read(read).await?.remove(&user) else {
            return Ok(());
        };
        let Value::Object(fields) = serde_json::to_value(summary)? else {
            return Ok(());
        };
        let renamed = Renamed {
            person: user,
            former,
            fields,
        };
        outbox::rename(&self.inner.store, &renamed).await
    }
}
