//! How to connect, and everything that comes of it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use kernel::{Ambient, Fault, Secret};

use crate::local::{LocalBus, LocalLeases, LocalRates, LocalRegistry};
use crate::remote::{Link, RedisBus, RedisLeases, RedisRates, RedisRegistry};
use crate::{Bus, Leases, RateCounters, Registry};

/// Where Redis is and how patient to be with it.
#[derive(Debug, Clone)]
pub struct Config {
    /// `redis://[user:password@]host:port/[number]`; without it everything stays in the process.
    pub redis_url: Option<Secret>,
    /// What all keys and channels begin with. Nodes with the same prefix belong together.
    pub prefix: String,
    /// How long a command may take before Redis counts as away.
    pub time_limit: Duration,
    /// How long a request may wait for the verdict of a rate limit before its node decides alone.
    pub verdict_limit: Duration,
    /// How often an idle connection is tested, to notice one that has silently gone.
    pub ping_every: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            redis_url: None,
            prefix: "courtside:".to_owned(),
            time_limit: Duration::from_secs(1),
            verdict_limit: Duration::from_millis(250),
            ping_every: Duration::from_secs(2),
        }
    }
}

/// The address of Redis cannot be understood.
#[derive(Debug, thiserror::Error)]
#[error("not the address of a Redis server: {0}")]
pub struct WrongAddress(pub(crate) Box<dyn std::error::Error + Send + Sync>);

impl From<redis::RedisError> for WrongAddress {
    fn from(error: redis::RedisError) -> Self {
        Self(error.into())
    }
}

/// All that nodes share, over Redis or within this process.
#[derive(Clone)]
pub struct Bundle {
    /// The fan-out.
    pub bus: Arc<dyn Bus>,
    /// The leases.
    pub leases: Arc<dyn Leases>,
    /// The registry.
    pub registry: Arc<dyn Registry>,
    /// The rate counters.
    pub rates: Arc<dyn RateCounters>,
    link: Option<Arc<Link>>,
}

impl fmt::Debug for Bundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.link.is_some() {
            "Bundle over Redis"
        } else {
            "Bundle in this process"
        })
    }
}

impl Bundle {
    /// Everything within this process.
    #[must_use]
    pub fn local(ambient: &Ambient) -> Self {
        Self {
            bus: Arc::new(LocalBus::default()),
            leases: Arc::new(LocalLeases::new(ambient.clone())),
            registry: Arc::new(LocalRegistry::new(ambient.clone())),
            rates: Arc::new(LocalRates::new(ambient.clone())),
            link: None,
        }
    }

    /// Whether Redis answers and is new enough; always well without Redis.
    ///
    /// # Errors
    /// Unavailable, with the reason as its source.
    pub async fn check(&self) -> Result<(), Fault> {
        match &self.link {
            Some(link) => link.check().await,
            None => Ok(()),
        }
    }
}

/// Connects to Redis if one is configured. A Redis that is away does not stop this: the bundle
/// works as far as it can without and heals by itself. Must be called within a Tokio runtime,
/// which then carries the bus. Each node needs a generator of its own, as two with the same draws
/// take each other's messages for their own.
///
/// # Errors
/// If the address is no address.
pub async fn connect(config: &Config, ambient: &Ambient) -> Result<Bundle, WrongAddress> {
    let Some(url) = &config.redis_url else {
        return Ok(Bundle::local(ambient));
    };
    let link = Arc::new(Link::new(url.expose(), config, ambient.clone())?);
    let bus = RedisBus::open(url.expose(), config, ambient)?;
    if !bus.connected_within(config.time_limit).await {
        tracing::warn!("Redis is away; this node works alone until it is there");
    }
    Ok(Bundle {
        bus: Arc::new(bus),
        leases: Arc::new(RedisLeases::new(Arc::clone(&link), ambient.clone())),
        registry: Arc::new(RedisRegistry::new(Arc::clone(&link))),
        rates: Arc::new(RedisRates::new(
            Arc::clone(&link),
            config.verdict_limit,
            ambient.clone(),
        )),
        link: Some(link),
    })
}
