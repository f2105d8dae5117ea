//! What the bus over Redis shares with its two tasks.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use kernel::Env;
use tokio::sync::Notify;

use super::envelope::NodeTag;
use super::health::Health;
use super::publish_queue::PublishQueue;
use crate::config::ClusterConfig;
use crate::subscriber::SubscriberList;
use crate::subscription_table::SubscriptionTable;
use crate::{Missed, Topic};

/// State shared by the bus and its tasks.
pub(super) struct BusState {
    pub(super) node: NodeTag,
    prefix: String,
    pub(super) subscribers: SubscriberList,
    pub(super) subscriptions: Arc<SubscriptionTable>,
    pub(super) publish_queue: PublishQueue,
    pub(super) health: Health,
    /// Makes the idle publish task ping its connection.
    pub(super) recheck: Notify,
    pub(super) ping_interval: Duration,
    pub(super) command_timeout: Duration,
    pub(super) published: AtomicU64,
    pub(super) received: AtomicU64,
    pub(super) resyncs: AtomicU64,
}

impl BusState {
    pub(super) fn new(config: &ClusterConfig, env: &Env, publish_queue: PublishQueue) -> Self {
        Self {
            node: env.bytes(),
            prefix: config.prefix.clone(),
            subscribers: SubscriberList::default(),
            subscriptions: Arc::default(),
            publish_queue,
            health: Health::new(env.clone()),
            recheck: Notify::new(),
            ping_interval: config.ping_interval,
            command_timeout: config.command_timeout,
            published: AtomicU64::new(0),
            received: AtomicU64::new(0),
            resyncs: AtomicU64::new(0),
        }
    }

    /// The channel of a topic.
    pub(super) fn channel(&self, topic: &Topic) -> String {
        format!("{}topic:{topic}", self.prefix)
    }

    /// The name of a channel's topic.
    pub(super) fn topic_name<'a>(&self, channel: &'a str) -> Option<&'a str> {
        channel.strip_prefix(&self.prefix)?.strip_prefix("topic:")
    }

    /// Channel that announces losses of unknown topics.
    pub(super) fn common_channel(&self) -> String {
        format!("{}everyone", self.prefix)
    }

    pub(super) fn resync(&self, missed: Missed<'_>) {
        self.resyncs.fetch_add(1, Ordering::Relaxed);
        self.subscribers.resync(missed);
    }
}
