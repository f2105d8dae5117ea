//! When sessions and people were last seen: gathered here, and written now and then in one go.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kernel::{Fault, SessionId, Timestamp, UserId};

use super::store::{self, State};
use crate::Accounts;
use crate::rules::session as rules;

/// A session is noted at most once in this time.
const GRAIN: Duration = Duration::from_secs(60);
/// More than this is not gathered; the next minute brings it again.
const MOST: usize = 100_000;

/// What was seen and is not written yet.
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
    /// Notes that a session is in use, where that is news.
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

impl Accounts {
    /// Writes down who was seen since the last time; how many sessions that were.
    ///
    /// # Errors
    /// Only where the database is away; then that minute is lost.
    pub async fn write_activity(&self) -> Result<usize, Fault> {
        let mut seen: Vec<_> = self.inner.activity.take().into_iter().collect();
        if seen.is_empty() {
            return Ok(0);
        }
        // One order on all nodes, so that two of them never wait for each other in a circle.
        seen.sort_by_key(|(session, seen)| (seen.user, *session));
        let write = move |tx: &mut ::store::Tx<'_>| {
            for (
                session,
                Seen {
                    user,
                    at,
                    expires_at,
                },
            ) in &seen
            {
                store::used(tx.conn, *session, *user, *at, *expires_at)?;
            }
            Ok(seen.len())
        };
        self.inner.store.write(write).await
    }
}
