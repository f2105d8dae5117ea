//! Publish and subscribe: the `Bus` trait and what it promises.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;

use crate::subscription_table::SubscriptionTable;
use crate::{Subscriber, Topic};

/// Carries messages to the subscribers of this node and of all others.
///
/// At most once: a message may be lost between nodes, and then the subscribers of its topic
/// are told by [`Subscriber::resync`]. What must not be lost is read again from where it is stored.
#[async_trait]
pub trait Bus: Send + Sync {
    /// Delivers a message to the subscribers of this node, on this thread before it returns, and
    /// sends it to the other nodes. It neither waits nor fails. Messages of one caller arrive in
    /// order on every node.
    fn publish(&self, topic: &Topic, payload: Bytes);

    /// Receives the messages that other nodes publish to this topic, until the result is dropped.
    #[must_use]
    fn subscribe(&self, topic: &Topic) -> Subscription;

    /// Adds a subscriber to all messages that reach this node. It is never removed.
    fn attach(&self, subscriber: Arc<dyn Subscriber>);

    /// Whether the connections to other nodes are up.
    fn is_healthy(&self) -> bool;

    /// Counters since the start.
    fn stats(&self) -> BusStats;

    /// Waits until what was published before has left this node or is known to be lost.
    async fn flush(&self);
}

/// Counters since the start, for metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BusStats {
    /// Messages published by this node.
    pub published: u64,
    /// Messages that came from other nodes.
    pub received: u64,
    /// Messages of this node that other nodes did not get; they were told to resync.
    pub lost: u64,
    /// How often the subscribers of this node were told to resync.
    pub resyncs: u64,
}

/// A place among the subscribers of a topic, given up when this is dropped. Places are counted: a topic is left
/// when the last of them is gone.
#[derive(Debug)]
pub struct Subscription {
    held: Option<ActiveSubscription>,
}

#[derive(Debug)]
struct ActiveSubscription {
    subscriptions: Arc<SubscriptionTable>,
    topic: Topic,
    /// The version to wait for.
    change: u64,
}

impl Subscription {
    /// For a bus that delivers all messages anyway.
    pub(crate) fn unconditional() -> Self {
        Self { held: None }
    }

    pub(crate) fn to(subscriptions: &Arc<SubscriptionTable>, topic: &Topic) -> Self {
        let change = subscriptions.add(topic);
        let held = ActiveSubscription {
            subscriptions: Arc::clone(subscriptions),
            topic: topic.clone(),
            change,
        };
        Self { held: Some(held) }
    }

    /// Waits until nothing published from now on is missed without a resync: subscribe, wait for
    /// this, and only then read the state that the messages are to keep up to date. It does not
    /// wait while Redis is unreachable, as a resync will follow its return.
    pub async fn active(&self) {
        if let Some(held) = &self.held {
            held.subscriptions.applied(held.change).await;
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(held) = &self.held {
            held.subscriptions.remove(&held.topic);
        }
    }
}
