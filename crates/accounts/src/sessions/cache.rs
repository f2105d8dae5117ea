//! A cache of sessions, so that not every request reads the database.
//!
//! An invalidation must not be undone by a concurrent read: a lookup takes the generation of its
//! shard, and its result is stored only if the generation is unchanged.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kernel::{Actor, SessionId, UserId};

/// How long a session is cached.
const KEPT: Duration = Duration::from_secs(1);
/// Many shards make contention rare.
const SHARDS: usize = 64;
/// The maximum number of sessions per shard.
const SHARD_MAX: usize = 512;

/// Recently used sessions.
pub(crate) struct Cache {
    shards: Vec<Mutex<Shard>>,
}

#[derive(Default)]
struct Shard {
    entries: HashMap<SessionId, Entry>,
    /// Incremented by each invalidation.
    forgotten: u64,
}

struct Entry {
    actor: Actor,
    /// Monotonic time.
    until: Duration,
}

/// A read of the database that has begun.
pub(crate) struct Looking {
    session: SessionId,
    forgotten: u64,
}

impl Default for Cache {
    fn default() -> Self {
        let shards = (0..SHARDS).map(|_| Mutex::default()).collect();
        Self { shards }
    }
}

impl Cache {
    /// The cached actor of a session.
    pub(crate) fn get(&self, session: SessionId, now: Duration) -> Option<Actor> {
        let shard = self.shard(session)?;
        let entry = shard.entries.get(&session)?;
        (now < entry.until).then_some(entry.actor)
    }

    /// Begins a lookup, before the database is read.
    pub(crate) fn lookup(&self, session: SessionId) -> Looking {
        let shard = self.shard(session);
        Looking {
            session,
            forgotten: shard.map_or(0, |shard| shard.forgotten),
        }
    }

    /// Stores the result of a lookup unless the shard was invalidated meanwhile.
    pub(crate) fn put(&self, looking: &Looking, actor: Actor, now: Duration) {
        let Some(mut shard) = self.shard(looking.session) else {
            return;
        };
        if shard.forgotten != looking.forgotten {
            return;
        }
        if shard.entries.len() >= SHARD_MAX {
            shard.entries.retain(|_, entry| now < entry.until);
        }
        if shard.entries.len() >= SHARD_MAX {
            shard.entries.clear();
        }
        let until = now + KEPT;
        shard
            .entries
            .insert(looking.session, Entry { actor, until });
    }

    /// Removes these sessions.
    pub(crate) fn forget(&self, sessions: &[SessionId]) {
        for session in sessions {
            if let Some(mut shard) = self.shard(*session) {
                shard.forgotten += 1;
                shard.entries.remove(session);
            }
        }
    }

    /// Removes all sessions of a user whose role or address has changed.
    pub(crate) fn forget_user(&self, user: UserId) {
        for shard in &self.shards {
            let mut shard = locked(shard);
            shard.forgotten += 1;
            shard.entries.retain(|_, entry| entry.actor.user != user);
        }
    }

    fn shard(&self, session: SessionId) -> Option<MutexGuard<'_, Shard>> {
        // The last byte of an id is random.
        let [.., last] = *session.uuid().as_bytes();
        self.shards.get(usize::from(last) % SHARDS).map(locked)
    }
}

fn locked(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use kernel::{Env, Role, Timestamp};

    use super::*;

    fn actor(env: &Env) -> Actor {
        Actor {
            user: env.id(),
            session: env.id(),
            role: Role::Member,
            verified: true,
            proven_at: Timestamp::from_micros(0),
        }
    }

    fn known(cache: &Cache, actor: Actor, now: Duration) {
        cache.put(&cache.lookup(actor.session), actor, now);
    }

    #[test]
    fn remembers_for_a_second() {
        let (cache, actor) = (Cache::default(), actor(&Env::system()));
        let at = |millis| Duration::from_millis(millis);
        known(&cache, actor, at(500));
        assert_eq!(cache.get(actor.session, at(1_499)), Some(actor));
        assert_eq!(cache.get(actor.session, at(1_500)), None);
    }

    #[test]
    fn what_was_forgotten_does_not_come_back_by_a_read_under_way() {
        let (cache, actor) = (Cache::default(), actor(&Env::system()));
        let looking = cache.lookup(actor.session);
        cache.forget(&[actor.session]);
        cache.put(&looking, actor, Duration::ZERO);
        assert_eq!(cache.get(actor.session, Duration::ZERO), None);
        let looking = cache.lookup(actor.session);
        cache.forget_user(actor.user);
        cache.put(&looking, actor, Duration::ZERO);
        assert_eq!(cache.get(actor.session, Duration::ZERO), None);
    }

    #[test]
    fn forgets_a_session_or_all_of_a_user_and_nobody_else() {
        let (cache, env) = (Cache::default(), Env::system());
        let (one, other) = (actor(&env), actor(&env));
        let second = Actor {
            session: env.id(),
            ..one
        };
        let have =
            || [one, second, other].map(|who| cache.get(who.session, Duration::ZERO).is_some());
        for who in [one, second, other] {
            known(&cache, who, Duration::ZERO);
        }
        cache.forget(&[one.session]);
        assert_eq!(have(), [false, true, true]);
        known(&cache, one, Duration::ZERO);
        cache.forget_user(one.user);
        assert_eq!(have(), [false, false, true]);
    }

    #[test]
    fn stays_bounded_however_many_sessions_come() {
        let (cache, env) = (Cache::default(), Env::system());
        for _ in 0..3 * SHARDS * SHARD_MAX {
            known(&cache, actor(&env), Duration::ZERO);
        }
        let sizes = cache.shards.iter().map(|shard| locked(shard).entries.len());
        assert!(sizes.max().is_some_and(|size| size <= SHARD_MAX));
    }
}
