//! Leases over Redis.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use async_trait::async_trait;
use kernel::{AppError, Env};
use redis::Script;

use super::RedisClient;
use crate::{Lease, Leases};

static ACQUIRE: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("scripts/acquire.lua")));
static RENEW: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("scripts/renew.lua")));
static RELEASE: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("scripts/release.lua")));

/// Leases that all nodes share.
pub(crate) struct RedisLeases {
    client: Arc<RedisClient>,
    env: Env,
}

impl RedisLeases {
    pub(crate) fn new(client: Arc<RedisClient>, env: Env) -> Self {
        Self { client, env }
    }

    fn key(&self, name: &str) -> String {
        self.client.key("lease", name)
    }
}

#[async_trait]
impl Leases for RedisLeases {
    async fn acquire(
        &self,
        name: &str,
        holder: &str,
        ttl: Duration,
    ) -> Result<Option<Lease>, AppError> {
        let ends = self.env.monotonic() + ttl;
        let mut call = ACQUIRE.prepare_invoke();
        call.key(self.key(name))
            .key(self.client.key("epoch", "newest"));
        call.arg(millis(ttl));
        let call = &call;
        let asked = self
            .client
            .run(|mut redis| async move { call.invoke_async(&mut redis).await });
        let epoch: Option<u64> = asked.await?;
        Ok(epoch.map(|epoch| Lease {
            name: name.to_owned(),
            holder: holder.to_owned(),
            epoch,
            ends,
        }))
    }

    async fn renew(&self, leases: &[Lease], ttl: Duration) -> Result<Vec<Option<Lease>>, AppError> {
        let ends = self.env.monotonic() + ttl;
        let mut call = RENEW.prepare_invoke();
        call.arg(millis(ttl));
        for lease in leases {
            call.key(self.key(&lease.name)).arg(lease.epoch);
        }
        let call = &call;
        let asked = self
            .client
            .run(|mut redis| async move { call.invoke_async(&mut redis).await });
        let renewed: Vec<bool> = asked.await?;
        let pairs = leases.iter().zip(renewed);
        let renew = |lease: &Lease| Lease {
            ends,
            ..lease.clone()
        };
        Ok(pairs
            .map(|(lease, kept)| kept.then(|| renew(lease)))
            .collect())
    }

    async fn release(&self, lease: &Lease) -> Result<(), AppError> {
        let mut call = RELEASE.prepare_invoke();
        call.key(self.key(&lease.name)).arg(lease.epoch);
        let call = &call;
        let asked = self
            .client
            .run(|mut redis| async move { call.invoke_async(&mut redis).await });
        asked.await
    }
}

/// At least one: Redis refuses a time to live of zero.
pub(super) fn millis(ttl: Duration) -> u64 {
    u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX).max(1)
}
