//! The bus over Redis.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use kernel::Env;
use redis::Client;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::client::connection_config;
use super::envelope::NodeTag;
use super::health::Health;
use super::publish_queue::PublishQueue;
use super::publish_task::PublishTask;
use super::subscribe_task::SubscribeTask;
use crate::cluster::ClusterConfig;
use crate::subscriber::SubscriberList;
use crate::subscription_table::SubscriptionTable;
use crate::{Bus, BusStats, Missed, Subscriber, Subscription, Topic};

/// The bus of one node. Its two tasks end when it is dropped.
pub(crate) struct RedisBus {
    shared: Arc<BusState>,
    tasks: [JoinHandle<()>; 2],
}

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
    published: AtomicU64,
    pub(super) received: AtomicU64,
    resyncs: AtomicU64,
}

impl BusState {
    fn new(config: &ClusterConfig, env: &Env, publish_queue: PublishQueue) -> Self {
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

impl RedisBus {
    /// Starts the two tasks, which connect by themselves.
    pub(crate) fn open(client: Client, config: &ClusterConfig, env: &Env) -> Self {
        let (publish_queue, commands) = PublishQueue::new();
        let shared = Arc::new(BusState::new(config, env, publish_queue));
        let publisher = PublishTask {
            shared: Arc::clone(&shared),
            client: client.clone(),
            connecting: connection_config(config),
            commands,
        };
        let subscriber = SubscribeTask {
            shared: Arc::clone(&shared),
            client,
        };
        let tasks = [
            tokio::spawn(publisher.run()),
            tokio::spawn(subscriber.run()),
        ];
        Self { shared, tasks }
    }

    /// Waits up to `limit` and returns whether both connections are up.
    pub(crate) async fn connected_within(&self, limit: Duration) -> bool {
        self.shared.health.connected_within(limit).await
    }
}

impl Drop for RedisBus {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
        // Ends waits for the stopped tasks.
        self.shared.subscriptions.disconnected();
    }
}

#[async_trait]
impl Bus for RedisBus {
    fn publish(&self, topic: &Topic, payload: Bytes) {
        self.shared.published.fetch_add(1, Ordering::Relaxed);
        self.shared.subscribers.deliver(topic, &payload);
        self.shared.publish_queue.push(topic, payload);
    }

    fn subscribe(&self, topic: &Topic) -> Subscription {
        Subscription::to(&self.shared.subscriptions, topic)
    }

    fn attach(&self, subscriber: Arc<dyn Subscriber>) {
        self.shared.subscribers.add(subscriber);
    }

    fn is_healthy(&self) -> bool {
        self.shared.health.is_connected()
    }

    fn stats(&self) -> BusStats {
        BusStats {
            published: self.shared.published.load(Ordering::Relaxed),
            received: self.shared.received.load(Ordering::Relaxed),
            lost: self.shared.publish_queue.lost.load(Ordering::Relaxed),
            resyncs: self.shared.resyncs.load(Ordering::Relaxed),
        }
    }

    async fn flush(&self) {
        self.shared.publish_queue.flushed().await;
    }
}
