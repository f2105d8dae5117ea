//! Expiring sets within one process.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use kernel::{AppError, Env};

use super::expiring_map::ExpiringMap;
use crate::{ExpiringSets, SetEntry, SetMember};

/// Expiring sets of a single node.
pub(crate) struct LocalExpiringSets {
    env: Env,
    sets: Mutex<ExpiringMap<Set>>,
}

struct Set(ExpiringMap<Vec<u8>>);

impl Default for Set {
    fn default() -> Self {
        Self(ExpiringMap::new(usize::MAX))
    }
}

impl Set {
    fn list(&self, now: Duration) -> Vec<SetMember> {
        let members = self.0.iter(now).map(|(name, value)| SetMember {
            name: name.to_owned(),
            value: value.clone(),
        });
        let mut members: Vec<SetMember> = members.collect();
        members.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        members
    }
}

impl LocalExpiringSets {
    /// No sets.
    pub(crate) fn new(env: Env) -> Self {
        Self {
            env,
            sets: Mutex::new(ExpiringMap::new(usize::MAX)),
        }
    }

    fn lock(&self) -> MutexGuard<'_, ExpiringMap<Set>> {
        self.sets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl ExpiringSets for LocalExpiringSets {
    async fn put(&self, entries: &[SetEntry<'_>], ttl: Duration) -> Result<(), AppError> {
        let now = self.env.monotonic();
        let mut sets = self.lock();
        for entry in entries {
            let set = sets.extend(entry.set, now, now + ttl);
            set.0
                .put(entry.member, now, now + ttl, entry.value.to_vec());
        }
        Ok(())
    }

    async fn remove(&self, members: &[(&str, &str)]) -> Result<(), AppError> {
        let now = self.env.monotonic();
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

    async fn list(&self, sets: &[&str]) -> Result<Vec<Vec<SetMember>>, AppError> {
        let now = self.env.monotonic();
        let known = self.lock();
        let list = |set: &&str| known.get(set, now).map(|set| set.list(now));
        Ok(sets
            .iter()
            .map(|set| list(set).unwrap_or_default())
            .collect())
    }
}
