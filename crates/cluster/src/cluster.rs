//! Configuration and construction of everything that nodes share.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use kernel::{AppError, Env, Secret};

use crate::local::{LocalBus, LocalExpiringSets, LocalLeases, LocalRateLimiter};
use crate::remote::{RedisBus, RedisClient, RedisExpiringSets, RedisLeases, RedisRateLimiter, tls};
use crate::{Bus, ExpiringSets, Leases, RateLimiter};

/// The Redis server and its timeouts.
#[derive(Debug, Clone)]
pub struct ClusterConfig {
    /// `redis://[user:password@]host:port/[number]`, or `rediss://` for TLS; without it everything stays
    /// in the process.
    pub redis_url: Option<Secret>,
    /// The certificate authorities (PEM) to trust instead of the public ones; needs `rediss://`.
    pub redis_ca_file: Option<PathBuf>,
    /// Prefix of all keys and channels. Nodes with the same prefix belong together.
    pub prefix: String,
    /// Timeout of a command; after it Redis counts as unavailable.
    pub command_timeout: Duration,
    /// Timeout of a rate limit check; after it the node decides alone.
    pub rate_check_timeout: Duration,
    /// Ping interval of idle connections.
    pub ping_interval: Duration,
}

impl Default for ClusterConfig {
    fn default() -> Self {
        Self {
            redis_url: None,
            redis_ca_file: None,
            prefix: "courtside:".to_owned(),
            command_timeout: Duration::from_secs(1),
            rate_check_timeout: Duration::from_millis(250),
            ping_interval: Duration::from_secs(2),
        }
    }
}

/// Why nothing can be shared: the configuration is wrong.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// The URL is invalid.
    #[error("invalid Redis URL: {0}")]
    InvalidUrl(Box<dyn std::error::Error + Send + Sync>),
    /// The URL asks for TLS without verification.
    #[error("invalid Redis URL: certificates are always verified, so `#insecure` is not supported")]
    Insecure,
    /// The CA file is missing or malformed.
    #[error("the CA file {} cannot be used: {reason}", file.display())]
    CaFile {
        /// Its path.
        file: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// There is a CA file, but the URL does not ask for TLS.
    #[error("a CA file needs a rediss:// URL")]
    CaFileWithoutTls,
    /// Redis answers, but its certificate is not trusted, or there is no common version of TLS.
    #[error("no TLS connection to Redis: {0}")]
    Tls(String),
}

impl From<redis::RedisError> for ClusterError {
    fn from(error: redis::RedisError) -> Self {
        Self::InvalidUrl(error.into())
    }
}

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
