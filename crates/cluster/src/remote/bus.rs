//! The bus over Redis.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use kernel::Env;
use redis::Client;
use tokio::task::JoinHandle;

use super::bus_state::BusState;
use super::client::connection_config;
use super::publish_queue::PublishQueue;
use super::publish_task::PublishTask;
use super::subscribe_task::SubscribeTask;
use crate::config::ClusterConfig;
use crate::{Bus, BusStats, Subscriber, Subscription, Topic};

/// The bus of one node. Its two tasks end when it is dropped.
pub(crate) struct RedisBus {
    shared: Arc<BusState>,
    tasks: [JoinHandle<()>; 2],
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
