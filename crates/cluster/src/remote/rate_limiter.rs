//! Rate limits over Redis.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use async_trait::async_trait;
use kernel::{AppError, Env};
use redis::Script;

use super::RedisClient;
use crate::local::LocalRateLimiter;
use crate::rate_limiter::{GcraStep, Rate, RateDecision, RateLimiter};

static CHECK_RATE: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("scripts/check_rate.lua")));

/// Counters that all nodes share. While Redis is unreachable, each node counts for itself: then a key may
/// have its burst on every node, but nobody is refused or held up for lack of Redis.
pub(crate) struct RedisRateLimiter {
    client: Arc<RedisClient>,
    /// Timeout after which this node decides alone.
    limit: Duration,
    fallback: LocalRateLimiter,
}

impl RedisRateLimiter {
    pub(crate) fn new(client: Arc<RedisClient>, limit: Duration, env: Env) -> Self {
        let fallback = LocalRateLimiter::new(env);
        Self {
            client,
            limit,
            fallback,
        }
    }

    async fn count(&self, key: &str, rule: Rate, cost: u32) -> Result<RateDecision, AppError> {
        let mut call = CHECK_RATE.prepare_invoke();
        call.key(self.client.key("rate", key));
        call.arg(rule.burst).arg(rule.interval()).arg(cost);
        let call = &call;
        let asked = self.client.run_within(self.limit, |mut redis| async move {
            call.invoke_async(&mut redis).await
        });
        let (allowed, ahead): (bool, u64) = asked.await?;
        Ok(GcraStep { allowed, ahead }.decision(rule, cost))
    }
}

#[async_trait]
impl RateLimiter for RedisRateLimiter {
    async fn check(&self, key: &str, rule: Rate, cost: u32) -> RateDecision {
        let counted = self.count(key, rule, cost).await;
        counted.unwrap_or_else(|_| self.fallback.count(key, rule, cost))
    }
}
