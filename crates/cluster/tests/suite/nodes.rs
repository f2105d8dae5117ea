//! Nodes to test with.

use std::sync::Arc;
use std::time::Duration;

use cluster::{Cluster, ClusterConfig, connect};
use kernel::{Env, ManualClock, Secret, SystemRng, Timestamp};

/// Time as a test sees it.
pub(crate) enum Time {
    /// It moves when told to.
    Manual(Arc<ManualClock>),
    /// It is that of a Redis server, which cannot be moved.
    Real,
}

impl Time {
    /// Lets this much time pass.
    pub(crate) async fn pass(&self, by: Duration) {
        match self {
            Self::Manual(clock) => clock.advance(by),
            Self::Real => tokio::time::sleep(by).await,
        }
    }
}

/// An implementation: how to make nodes of it that belong together.
pub(crate) struct Variant {
    pub(crate) name: &'static str,
    pub(crate) time: Time,
    config: ClusterConfig,
    env: Env,
}

impl Variant {
    /// A node. Within one process there is but one, so use it for everything.
    pub(crate) async fn node(&self) -> Cluster {
        let node = connect(&self.config, &self.env).await.unwrap();
        assert!(node.bus.is_healthy(), "{}", self.name);
        node
    }

    /// How many members Redis keeps of this set, dead or alive.
    pub(crate) async fn stored_members(&self, set: &str) -> Option<usize> {
        let client = redis::Client::open(self.config.redis_url.as_ref()?.expose()).unwrap();
        let mut redis = client.get_multiplexed_async_connection().await.unwrap();
        let key = format!("{}set:{set}", self.config.prefix);
        let length = redis::cmd("HLEN").arg(key).query_async(&mut redis).await;
        Some(length.unwrap())
    }
}

/// So patient that a busy machine is not mistaken for a Redis that is away.
pub(crate) fn config(url: &str, prefix: &str) -> ClusterConfig {
    ClusterConfig {
        redis_ca_file: None,
        redis_url: Some(Secret::new(url)),
        prefix: prefix.to_owned(),
        command_timeout: Duration::from_secs(10),
        rate_check_timeout: Duration::from_secs(10),
        ping_interval: Duration::from_millis(100),
    }
}

pub(crate) fn local() -> Variant {
    let clock = Arc::new(ManualClock::at(Timestamp::from_micros(
        1_700_000_000_000_000,
    )));
    Variant {
        name: "local",
        env: Env::new(clock.clone(), Arc::new(SystemRng)),
        time: Time::Manual(clock),
        config: ClusterConfig::default(),
    }
}

pub(crate) fn over_redis() -> Option<Variant> {
    let redis = testkit::redis()?;
    Some(Variant {
        name: "redis",
        time: Time::Real,
        config: config(redis.url(), redis.prefix()),
        env: Env::system(),
    })
}

/// Every implementation that this machine can test.
pub(crate) fn variants() -> Vec<Variant> {
    std::iter::once(local()).chain(over_redis()).collect()
}
