//! A cache of sessions, so that not every request reads the database.
//!
//! An invalidation must not be undone by a concurrent read: a lookup takes the generation of its
//! shard, and its result is stored only if the generation is unchanged.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kernel::{Actor, SessionId, UserId};

/// How long a session is cached.
const TTL: Duration = Duration::from_secs(1);
/// Many shards make contention rare.
const SHARDS: usize = 64;
/// The maximum number of sessions per shard.
const MAX_SHARD_ENTRIES: usize = 512;

/// Recently used sessions.
pub(crate) struct SessionCache {
    shards: Vec<Mutex<CacheShard>>,
}

#[derive(Default)]
struct CacheShard {
    entries: HashMap<SessionId, CachedActor>,
    /// Incremented by each invalidation.
    generation: u64,
}

struct CachedActor {
    actor: Actor,
    /// Monotonic time.
    expires_at: Duration,
}

/// A read of the database that has begun.
pub(crate) struct CacheLookup {
    session: SessionId,
    generation: u64,
}

impl Default for SessionCache {
    fn default() -> Self {
        let shards = (0..SHARDS).map(|_| Mutex::default()).collect();
        Self { shards }
    }
}

impl SessionCache {
    /// The cached actor of a session.
    pub(crate) fn get(&self, session: SessionId, now: Duration) -> Option<Actor> {
        let shard = self.shard(session)?;
        let entry = shard.entries.get(&session)?;
        (now < entry.expires_at).then_some(entry.actor)
    }

    /// Begins a lookup, before the database is read.
    pub(crate) fn begin_lookup(&self, session: SessionId) -> CacheLookup {
        let shard = self.shard(session);
        CacheLookup {
            session,
            generation: shard.map_or(0, |shard| shard.generation),
        }
    }

    /// Stores the result of a lookup unless the shard was invalidated meanwhile.
    pub(crate) fn put(&self, lookup: &CacheLookup, actor: Actor, now: Duration) {
        let Some(mut shard) = self.shard(lookup.session) else {
            return;
        };
        if shard.generation != lookup.generation {
            return;
        }
        if shard.entries.len() >= MAX_SHARD_ENTRIES {
            shard.entries.retain(|_, entry| now < entry.expires_at);
        }
        if shard.entries.len() >= MAX_SHARD_ENTRIES {
            shard.entries.clear();
        }
        let expires_at = now + TTL;
        shard
            .entries
            .insert(lookup.session, CachedActor { actor, expires_at });
    }

    /// Removes these sessions.
    pub(crate) fn invalidate(&self, sessions: &[SessionId]) {
        for session in sessions {
            if let Some(mut shard) = self.shard(*session) {
                shard.generation += 1;
                shard.entries.remove(session);
            }
        }
    }

    /// Removes all sessions of a user whose role or address has changed.
    pub(crate) fn invalidate_user(&self, user: UserId) {
        for shard in &self.shards {
            let mut shard = locked(shard);
            shard.generation += 1;
            shard.entries.retain(|_, entry| entry.actor.user != user);
        }
    }

    fn shard(&self, session: SessionId) -> Option<MutexGuard<'_, CacheShard>> {
        // The last byte of an id is random.
        let [.., last] = *session.uuid().as_bytes();
        self.shards.get(usize::from(last) % SHARDS).map(locked)
    }
}

fn locked(shard: &Mutex<CacheShard>) -> MutexGuard<'_, CacheShard> {
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
            reauthenticated_at: Timestamp::from_micros(0),
        }
    }

    fn known(cache: &SessionCache, actor: Actor, now: Duration) {
        cache.put(&cache.begin_lookup(actor.session), actor, now);
    }

    #[test]
    fn get_expires_after_a_second() {
        let (cache, actor) = (SessionCache::default(), actor(&Env::system()));
        let at = |millis| Duration::from_millis(millis);
        known(&cache, actor, at(500));
        assert_eq!(cache.get(actor.session, at(1_499)), Some(actor));
        assert_eq!(cache.get(actor.session, at(1_500)), None);
    }

    #[test]
    fn put_is_ignored_after_an_invalidation() {
        let (cache, actor) = (SessionCache::default(), actor(&Env::system()));
        let lookup = cache.begin_lookup(actor.session);
        cache.invalidate(&[actor.session]);
        cache.put(&lookup, actor, Duration::ZERO);
        assert_eq!(cache.get(actor.session, Duration::ZERO), None);
        let lookup = cache.begin_lookup(actor.session);
        cache.invalidate_user(actor.user);
        cache.put(&lookup, actor, Duration::ZERO);
        assert_eq!(cache.get(actor.session, Duration::ZERO), None);
    }

    #[test]
    fn invalidate_removes_only_the_given_sessions() {
        let (cache, env) = (SessionCache::default(), Env::system());
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
        cache.invalidate(&[one.session]);
        assert_eq!(have(), [false, true, true]);
        known(&cache, one, Duration::ZERO);
        cache.invalidate_user(one.user);
        assert_eq!(have(), [false, false, true]);
    }

    #[test]
    fn put_keeps_the_cache_bounded() {
        let (cache, env) = (SessionCache::default(), Env::system());
        for _ in 0..3 * SHARDS * MAX_SHARD_ENTRIES {
            known(&cache, actor(&env), Duration::ZERO);
        }
        let sizes = cache.shards.iter().map(|shard| locked(shard).entries.len());
        assert!(sizes.max().is_some_and(|size| size <= MAX_SHARD_ENTRIES));
    }
}
