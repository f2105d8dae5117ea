//! The last use of sessions, collected in memory until it is written.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kernel::{SessionId, Timestamp, UserId};

use super::queries::SessionState;
use crate::rules::session as rules;

/// Activity of a session is recorded at most once in this time.
const RECORD_INTERVAL: Duration = Duration::from_secs(60);
/// The maximum number of collected sessions; the others are recorded a minute later.
const MAX_PENDING: usize = 100_000;

/// Activity that is not written yet.
#[derive(Default)]
pub(crate) struct PendingActivity {
    pending: Mutex<HashMap<SessionId, SessionUse>>,
}

/// The last use of a session.
#[derive(Clone, Copy)]
pub(super) struct SessionUse {
    pub(super) user: UserId,
    pub(super) at: Timestamp,
    pub(super) expires_at: Timestamp,
}

impl PendingActivity {
    /// Records the use of a session unless it was recorded recently.
    pub(super) fn record(&self, session: SessionId, state: &SessionState, now: Timestamp) {
        if now.since(state.last_used_at) < RECORD_INTERVAL {
            return;
        }
        let mut pending = self.lock();
        if pending.len() < MAX_PENDING {
            pending.entry(session).or_insert(SessionUse {
                user: state.user_id,
                at: now,
                expires_at: rules::ends_at(state.created_at, now),
            });
        }
    }

    /// All that is not written yet.
    pub(super) fn collected(&self) -> Vec<(SessionId, SessionUse)> {
        let pending = self.lock();
        pending
            .iter()
            .map(|(session, used)| (*session, *used))
            .collect()
    }

    /// Removes what was written.
    pub(super) fn remove(&self, written: &[(SessionId, SessionUse)]) {
        let mut pending = self.lock();
        for (session, _) in written {
            pending.remove(session);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SessionId, SessionUse>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
