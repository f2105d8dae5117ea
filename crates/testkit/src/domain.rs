//! Users, events and jobs in tests of domains.

use std::fmt::Display;

use contract::users::UserSummary;
use db::AnyConn;
use db::types::Json;
use diesel::prelude::*;
use kernel::{Actor, AppError, PageRequest, Role, UserId};
use outbox::{CatchUp, StoredEvent};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::TestStore;

/// The first page of any list.
pub const PAGE: PageRequest = PageRequest {
    limit: 100,
    offset: 0,
};
/// More events than any test emits.
const ALL_EVENTS: i64 = 1_000_000;

diesel::table! {
    use diesel::sql_types::Text;
    use db::{DbJson, DbUuid};

    jobs (id) {
        id -> DbUuid,
        kind -> Text,
        payload -> DbJson,
    }
}

impl TestStore {
    /// A member with this id, a verified email address and a new session.
    #[must_use]
    pub fn actor(&self, user: UserId) -> Actor {
        let env = self.store.env();
        Actor {
            user,
            session: env.id(),
            role: Role::Member,
            verified: true,
            reauthenticated_at: env.now(),
        }
    }

    /// A member with a new id.
    #[must_use]
    pub fn new_actor(&self) -> Actor {
        self.actor(self.store.env().id())
    }

    /// All durable events of a stream.
    ///
    /// # Panics
    /// The database fails, or events are lost.
    #[allow(clippy::panic, reason = "the test has failed")]
    pub async fn events(&self, stream: impl Display) -> Vec<StoredEvent> {
        let stream = stream.to_string();
        let read = move |conn: &mut AnyConn| {
            let (_, epoch) = outbox::head(conn, &stream)?;
            outbox::catch_up(conn, &stream, epoch, 0, ALL_EVENTS)
        };
        match self.store.read(read).await {
            Ok(CatchUp::Events(events)) => events,
            Ok(CatchUp::Resync) => panic!("events are lost"),
            Err(error) => panic!("{}", error.chain()),
        }
    }

    /// The names and data of all durable events of a user.
    ///
    /// # Panics
    /// As [`events`](Self::events).
    pub async fn user_events(&self, user: UserId) -> Vec<(String, Value)> {
        let events = self.events(&format!("user:{user}")).await.into_iter();
        events
            .map(|event| (event.name, parsed(serde_json::from_str(&event.data))))
            .collect()
    }

    /// The queued jobs of a kind, in the order in which they were enqueued.
    ///
    /// # Panics
    /// The database fails, or a job has other arguments.
    #[allow(clippy::panic, reason = "the test has failed")]
    pub async fn jobs<J: DeserializeOwned>(&self, kind: &str) -> Vec<J> {
        let kind = kind.to_owned();
        let read = move |conn: &mut AnyConn| {
            let queued = jobs::table.filter(jobs::kind.eq(kind)).order(jobs::id);
            let payloads: Vec<Json> = queued.select(jobs::payload).load(conn)?;
            Ok(payloads)
        };
        match self.store.read(read).await {
            Ok(jobs) => jobs
                .into_iter()
                .map(|job| parsed(serde_json::from_value(job.0)))
                .collect(),
            Err(error) => panic!("{}", error.chain()),
        }
    }
}

#[allow(clippy::panic, reason = "the test has failed")]
fn parsed<T>(result: serde_json::Result<T>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}

/// The summary of a user with this username.
#[must_use]
pub fn user_summary(user: UserId, username: &str) -> UserSummary {
    UserSummary {
        id: user,
        username: username.to_owned(),
        display_name: username.to_uppercase(),
        avatar: format!("/avatars/{username}"),
        is_deleted: false,
    }
}

/// The code of the error that a call must return.
///
/// # Panics
/// It succeeded.
#[allow(clippy::panic, reason = "the test has failed")]
#[track_caller]
pub fn code<T: std::fmt::Debug>(result: Result<T, AppError>) -> &'static str {
    match result {
        Ok(value) => panic!("no error but {value:?}"),
        Err(error) => error.code().name,
    }
}
