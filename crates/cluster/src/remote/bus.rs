//! Fan-out over Redis.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use kernel::Ambient;
use redis::Client;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::envelope::Node;
use super::health::Health;
use super::link::connecting;
use super::outbox::Outbox;
use super::publisher::Publisher;
use super::subscriber::Subscriber;
use crate::config::{Config, WrongAddress};
use crate::interests::Interests;
use crate::sink::Sinks;
use crate::{Bus, Missed, Sink, Subscription, Topic, Traffic};

/// The bus of one node among several. Its two tasks end with it.
pub(crate) struct RedisBus {
    shared: Arc<Shared>,
    tasks: [JoinHandle<()>; 2],
}

/// What the bus and its tasks share.
pub(super) struct Shared {
    pub(super) node: Node,
    prefix: String,
    pub(super) sinks: Sinks,
    pub(super) interests: Arc<Interests>,
    pub(super) outbox: Outbox,
    pub(super) health: Health,
    /// Tells the publisher, which may have had nothing to send, to test its connection.
    pub(super) suspicion: Notify,
    pub(super) ping_every: Duration,
    pub(super) time_limit: Duration,
    published: AtomicU64,
    pub(super) received: AtomicU64,
    resyncs: AtomicU64,
}

impl Shared {
    fn new(config: &Config, ambient: &Ambient, outbox: Outbox) -> Self {
        Self {
            node: ambient.bytes(),
            prefix: config.prefix.clone(),
            sinks: Sinks::default(),
            interests: Arc::default(),
            outbox,
            health: Health::new(ambient.clone()),
            suspicion: Notify::new(),
            ping_every: config.ping_every,
            time_limit: config.time_limit,
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

    /// Where all nodes listen for word that they missed more than can be told topic by topic.
    pub(super) fn common_channel(&self) -> String {
        format!("{}everyone", self.prefix)
    }

    pub(super) fn resync(&self, missed: Missed<'_>) {
        self.resyncs.fetch_add(1, Ordering::Relaxed);
        self.sinks.resync(missed);
    }
}

impl RedisBus {
    /// Starts the two tasks, which connect by themselves.
    pub(crate) fn open(
        url: &str,
        config: &Config,
        ambient: &Ambient,
    ) -> Result<Self, WrongAddress> {
        let client = Client::open(url)?;
        let (outbox, orders) = Outbox::new();
        let shared = Arc::new(Shared::new(config, ambient, outbox));
        let publisher = Publisher {
            shared: Arc::clone(&shared),
            client: client.clone(),
            connecting: connecting(config),
            orders,
        };
        let subscriber = Subscriber {
            shared: Arc::clone(&shared),
            client,
        };
        let tasks = [
            tokio::spawn(publisher.run()),
            tokio::spawn(subscriber.run()),
        ];
        Ok(Self { shared, tasks })
    }

    /// Waits until messages pass both ways, but no longer than this; whether they do.
    pub(crate) async fn connected_within(&self, limit: Duration) -> bool {
        self.shared.health.whole_within(limit).await
    }
}

impl Drop for RedisBus {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
        // Nobody is to wait for a task that is no more.
        self.shared.interests.disconnected();
    }
}

#[async_trait]
impl Bus for RedisBus {
    fn publish(&self, topic: &Topic, payload: Bytes) {
        self.shared.published.fetch_add(1, Ordering::Relaxed);
        self.shared.sinks.deliver(topic, &payload);
        self.shared.outbox.push(topic, payload);
    }

    fn subscribe(&self, topic: &Topic) -> Subscription {
        Subscription::to(&self.shared.interests, topic)
    }

    fn attach(&self, sink: Arc<dyn Sink>) {
        self.shared.sinks.add(sink);
    }

    fn healthy(&self) -> bool {
        self.shared.health.is_whole()
    }

    fn traffic(&self) -> Traffic {
        Traffic {
            published: self.shared.published.load(Ordering::Relaxed),
            received: self.shared.received.load(Ordering::Relaxed),
            lost: self.shared.outbox.lost.load(Ordering::Relaxed),
            resyncs: self.shared.resyncs.load(Ordering::Relaxed),
        }
    }

    async fn flush(&self) {
        self.shared.outbox.flushed().await;
    }
}
