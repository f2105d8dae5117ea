//! The registry within one process.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use kernel::{Ambient, Fault};

use super::expiring::Expiring;
use crate::{Entry, Member, Registry};

/// The registry of a single node.
pub(crate) struct LocalRegistry {
    ambient: Ambient,
    sets: Mutex<Expiring<Set>>,
}

struct Set(Expiring<Vec<u8>>);

impl Default for Set {
    fn default() -> Self {
        Self(Expiring::new(usize::MAX))
    }
}

impl Set {
    fn list(&self, now: Duration) -> Vec<Member> {
        let members = self.0.iter(now).map(|(name, value)| Member {
            name: name.to_owned(),
            value: value.clone(),
        });
        let mut members: Vec<Member> = members.collect();
        members.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        members
    }
}

impl LocalRegistry {
    /// An empty registry.
    pub(crate) fn new(ambient: Ambient) -> Self {
        Self {
            ambient,
            sets: Mutex::new(Expiring::new(usize::MAX)),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Expiring<Set>> {
        self.sets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Registry for LocalRegistry {
    async fn put(&self, entries: &[Entry<'_>], ttl: Duration) -> Result<(), Fault> {
        let now = self.ambient.monotonic();
        let mut sets = self.lock();
        for entry in entries {
            let set = sets.extend(entry.set, now, now + ttl);
            set.0
                .put(entry.member, now, now + ttl, entry.value.to_vec());
        }
        Ok(())
    }

    async fn remove(&self, members: &[(&str, &str)]) -> Result<(), Fault> {
        let now = self.ambient.monotonic();
        let mut sets = self.lock();
        for (name, member) in members {
            let Some(set) = sets.get_mut(name, now) else {
                continue;
            };
            set.0.remove(member);
            if set.0.is_empty() {
                sets.remove(name);
            }
        }
        Ok(())
    }

    async fn list(&self, sets: &[&str]) -> Result<Vec<Vec<Member>>, Fault> {
        let now = self.ambient.monotonic();
        let known = self.lock();
        let list = |set: &&str| known.get(set, now).map(|set| set.list(now));
        Ok(sets
            .iter()
            .map(|set| list(set).unwrap_or_default())
            .collect())
    }
}
