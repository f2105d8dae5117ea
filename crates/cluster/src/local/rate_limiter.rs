//! Rate limits within one process.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use kernel::Env;

use super::expiring_map::ExpiringMap;
use crate::rate_limiter::{Rate, RateDecision, RateLimiter, step};

/// One for each value of a byte: enough that threads rarely meet.
const SHARDS: usize = 256;
/// In all 2^18 keys, some 30 MB; beyond that, the keys that are nearest to having their whole
/// burst again are forgotten.
const KEYS_PER_SHARD: usize = 1 << 10;

/// The counters of a single node. Keys with their whole burst free are not kept.
pub(crate) struct LocalRateLimiter {
    env: Env,
    hasher: RandomState,
    shards: Box<[CounterShard; SHARDS]>,
}

/// The theoretical arrival times, at which the keys may be forgotten.
type CounterShard = Mutex<ExpiringMap<Duration>>;

impl LocalRateLimiter {
    /// Nothing is counted yet.
    pub(crate) fn new(env: Env) -> Self {
        let shard = |_| CounterShard::new(ExpiringMap::new(KEYS_PER_SHARD));
        Self {
            env,
            hasher: RandomState::new(),
            shards: Box::new(std::array::from_fn(shard)),
        }
    }

    /// As [`RateLimiter::check`], at once.
    pub(crate) fn count(&self, key: &str, rule: Rate, cost: u32) -> RateDecision {
        let now = self.env.monotonic();
        let mut entries = self
            .shard(key)
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let ends = entries.get(key, now).copied().unwrap_or(now);
        let ahead = u64::try_from(ends.saturating_sub(now).as_micros()).unwrap_or(u64::MAX);
        let step = step(rule, ahead, cost);
        if step.allowed && cost > 0 {
            let ends = now + Duration::from_micros(step.ahead);
            entries.put(key, now, ends, ends);
        }
        step.decision(rule, cost)
    }

    #[allow(clippy::indexing_slicing, reason = "a byte is always below 256")]
    fn shard(&self, key: &str) -> &CounterShard {
        let [byte, ..] = self.hasher.hash_one(key).to_le_bytes();
        &self.shards[usize::from(byte)]
    }
}

#[async_trait]
impl RateLimiter for LocalRateLimiter {
    async fn check(&self, key: &str, rule: Rate, cost: u32) -> RateDecision {
        self.count(key, rule, cost)
    }
}
