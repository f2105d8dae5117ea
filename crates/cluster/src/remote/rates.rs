//! Rate limits over Redis.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use async_trait::async_trait;
use kernel::{Ambient, Fault};
use redis::Script;

use super::Link;
use crate::local::LocalRates;
use crate::rates::{Rate, RateCounters, Step, Verdict};

static HIT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("scripts/hit.lua")));

/// Counters that all nodes see. While Redis is away, each node counts for itself: then a key may
/// have its burst on every node, but nobody is refused or held up for lack of Redis.
pub(crate) struct RedisRates {
    link: Arc<Link>,
    /// How long a request waits before this node decides alone.
    limit: Duration,
    alone: LocalRates,
}

impl RedisRates {
    pub(crate) fn new(link: Arc<Link>, limit: Duration, ambient: Ambient) -> Self {
        let alone = LocalRates::new(ambient);
        Self { link, limit, alone }
    }

    async fn count(&self, key: &str, rule: Rate, cost: u32) -> Result<Verdict, Fault> {
        let mut call = HIT.prepare_invoke();
        call.key(self.link.key("rate", key));
        call.arg(rule.burst).arg(rule.interval()).arg(cost);
        let call = &call;
        let asked = self.link.ask_within(self.limit, |mut redis| async move {
            call.invoke_async(&mut redis).await
        });
        let (allowed, ahead): (bool, u64) = asked.await?;
        Ok(Step { allowed, ahead }.verdict(rule, cost))
    }
}

#[async_trait]
impl RateCounters for RedisRates {
    async fn hit(&self, key: &str, rule: Rate, cost: u32) -> Verdict {
        let counted = self.count(key, rule, cost).await;
        counted.unwrap_or_else(|_| self.alone.count(key, rule, cost))
    }
}
