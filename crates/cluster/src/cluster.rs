//! Everything that nodes share, and its construction.

use std::fmt;
use std::sync::Arc;

use kernel::{AppError, Env};

use crate::local::{LocalBus, LocalExpiringSets, LocalLeases, LocalRateLimiter};
use crate::remote::{RedisBus, RedisClient, RedisExpiringSets, RedisLeases, RedisRateLimiter, tls};
use crate::{Bus, ClusterConfig, ClusterError, ExpiringSets, Leases, RateLimiter};

/// Everything that nodes share, over Redis or within this process.
#[derive(Clone)]
pub struct Cluster {
    /// Publish and subscribe.
    pub bus: Arc<dyn Bus>,
    /// The leases.
    pub leases: Arc<dyn Leases>,
    /// Sets whose members expire.
    pub expiring_sets: Arc<dyn ExpiringSets>,
    /// Rate limits.
    pub rate_limiter: Arc<dyn RateLimiter>,
    redis: Option<Arc<RedisClient>>,
}

impl fmt::Debug for Cluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.redis.is_some() {
            "Cluster over Redis"
        } else {
            "Cluster in this process"
        })
    }
}

impl Cluster {
    /// Everything within this process.
    #[must_use]
    pub fn local(env: &Env) -> Self {
        Self {
            bus: Arc::new(LocalBus::default()),
            leases: Arc::new(LocalLeases::new(env.clone())),
            expiring_sets: Arc::new(LocalExpiringSets::new(env.clone())),
            rate_limiter: Arc::new(LocalRateLimiter::new(env.clone())),
            redis: None,
        }
    }

    /// Whether Redis answers and is new enough; always `Ok` without Redis.
    ///
    /// # Errors
    /// Unavailable, with the reason as its source.
    pub async fn check(&self) -> Result<(), AppError> {
        match &self.redis {
            Some(redis) => redis.check().await,
            None => Ok(()),
        }
    }
}

/// Connects to Redis if one is configured. An unreachable Redis is no error: the cluster
/// works in this process and reconnects. Must be called within a Tokio runtime, which runs the
/// tasks of the bus. Nodes must not share a random generator: the random tag of a node tells its
/// own messages apart.
///
/// # Errors
/// If the URL or the CA file is invalid, or TLS with Redis fails.
pub async fn connect(config: &ClusterConfig, env: &Env) -> Result<Cluster, ClusterError> {
    let Some(url) = &config.redis_url else {
        return Ok(Cluster::local(env));
    };
    let client = tls::client(url.expose(), config)?;
    tls::check(&client, config).await?;
    let redis = Arc::new(RedisClient::new(&client, config, env.clone())?);
    let bus = RedisBus::open(client, config, env);
    if !bus.connected_within(config.command_timeout).await {
        tracing::warn!("Redis unreachable; node works alone");
    }
    Ok(Cluster {
        bus: Arc::new(bus),
        leases: Arc::new(RedisLeases::new(Arc::clone(&redis), env.clone())),
        expiring_sets: Arc::new(RedisExpiringSets::new(Arc::clone(&redis))),
        rate_limiter: Arc::new(RedisRateLimiter::new(
            Arc::clone(&redis),
            config.rate_check_timeout,
            env.clone(),
        )),
        redis: Some(redis),
    })
}
