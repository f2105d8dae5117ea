//! The last activity of sessions and users, collected in memory and written periodically.

use async_trait::async_trait;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use db::Tx;
use kernel::{AppError, SessionId, Timestamp, UserId};

use super::store::{self, State};
use crate::Accounts;
use crate::rules::session as rules;

/// Activity of a session is recorded at most once in this time.
const GRAIN: Duration = Duration::from_secs(60);
/// The maximum number of collected sessions; the others are recorded a minute later.
const MOST: usize = 100_000;
/// How many rows are written in one transaction.
const AT_ONCE: usize = 100;

/// Activity that is not written yet.
#[derive(Default)]
pub(crate) struct Activity {
    seen: Mutex<HashMap<SessionId, Seen>>,
}

#[derive(Clone, Copy)]
struct Seen {
    user: UserId,
    at: Timestamp,
    expires_at: Timestamp,
}

impl Activity {
    /// Records the use of a session unless it was recorded recently.
    pub(super) fn note(&self, session: SessionId, state: &State, now: Timestamp) {
        if now.since(state.last_used_at) < GRAIN {
            return;
        }
        let mut seen = self.lock();
        if seen.len() < MOST {
            seen.entry(session).or_insert(Seen {
                user: state.user_id,
                at: now,
                expires_at: rules::ends_at(state.created_at, now),
            });
        }
    }

    fn take(&self) -> HashMap<SessionId, Seen> {
        std::mem::take(&mut self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SessionId, Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The last activity of users.
#[async_trait]
pub trait ActivityService: Send + Sync {
    /// Records that these users were active at this time.
    ///
    /// # Errors
    /// Only if the database is unavailable.
    async fn record_activity(&self, mut people: Vec<UserId>, at: Timestamp)
    -> Result<(), AppError>;
}

#[async_trait]
impl ActivityService for Accounts {
    async fn record_activity(
        &self,
        mut people: Vec<UserId>,
        at: Timestamp,
    ) -> Result<(), AppError> {
        people.sort_unstable();
        for some in people.chunks(AT_ONCE) {
            let some: Vec<_> = some.iter().map(|user| (*user, at)).collect();
            self.inner
                .store
                .write(move |tx| write_people(tx, &some))
                .await?;
        }
        Ok(())
    }
}

impl Accounts {
    /// Writes the collected activity; returns the number of sessions.
    ///
    /// Sessions and users are written separately, in small batches ordered by id, so that other
    /// writes do not wait long and cannot deadlock.
    ///
    /// # Errors
    /// Only if the database is unavailable; then the collected activity is lost.
    pub async fn write_activity(&self) -> Result<usize, AppError> {
        let mut sessions: Vec<_> = self.inner.activity.take().into_iter().collect();
        sessions.sort_by_key(|(session, _)| *session);
        let mut people = BTreeMap::new();
        for (_, Seen { user, at, .. }) in &sessions {
            people
                .entry(*user)
                .and_modify(|last: &mut Timestamp| *last = (*last).max(*at))
                .or_insert(*at);
        }
        for some in sessions.chunks(AT_ONCE).map(<[_]>::to_vec) {
            self.inner
                .store
                .write(move |tx| write_sessions(tx, &some))
                .await?;
        }
        let people: Vec<_> = people.into_iter().collect();
        for some in people.chunks(AT_ONCE).map(<[_]>::to_vec) {
            self.inner
                .store
                .write(move |tx| write_people(tx, &some))
                .await?;
        }
        Ok(sessions.len())
    }
}

fn write_sessions(tx: &mut Tx<'_>, seen: &[(SessionId, Seen)]) -> Result<(), AppError> {
    seen.iter()
        .try_for_each(|(session, seen)| store::used(tx.conn, *session, seen.at, seen.expires_at))
}

fn write_people(tx: &mut Tx<'_>, seen: &[(UserId, Timestamp)]) -> Result<(), AppError> {
    seen.iter()
        .try_for_each(|(user, at)| store::active(tx.conn, *user, *at))
}
