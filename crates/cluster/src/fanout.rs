//! The fan-out itself: who sends, who receives, and what is promised.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;

use crate::interests::Interests;
use crate::{Sink, Topic};

/// Carries messages to the sinks of this node and of all others.
///
/// At most once: a message may be lost between nodes, and then the sinks that were owed it are
/// told by [`Sink::resync`]. What must not be lost is read again from where it is stored.
#[async_trait]
pub trait Bus: Send + Sync {
    /// Hands a message to the sinks of this node, on this thread and before it returns, and sends
    /// it to the other nodes. It neither waits nor fails. Messages that one caller publishes
    /// arrive everywhere in their order.
    fn publish(&self, topic: &Topic, payload: Bytes);

    /// Asks for the messages that other nodes publish to this topic, until the answer is dropped.
    #[must_use]
    fn subscribe(&self, topic: &Topic) -> Subscription;

    /// Adds a receiver of all messages that reach this node. It stays for good.
    fn attach(&self, sink: Arc<dyn Sink>);

    /// Whether messages reach other nodes and come from them at this moment.
    fn healthy(&self) -> bool;

    /// What has passed so far.
    fn traffic(&self) -> Traffic;

    /// Waits until what was published before has left this node or is known to be lost.
    async fn flush(&self);
}

/// Numbers for the metrics page, since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Traffic {
    /// Messages published by this node.
    pub published: u64,
    /// Messages that came from other nodes.
    pub received: u64,
    /// Messages of this node that other nodes did not get; they were told to resync.
    pub lost: u64,
    /// How often the sinks of this node were told to resync.
    pub resyncs: u64,
}

/// Interest in a topic, which ends when this is dropped. Interests are counted: a topic is left
/// when the last of them is gone.
#[derive(Debug)]
pub struct Subscription {
    held: Option<Held>,
}

#[derive(Debug)]
struct Held {
    interests: Arc<Interests>,
    topic: Topic,
    /// The change to wait for.
    change: u64,
}

impl Subscription {
    /// For a bus that has all messages anyway.
    pub(crate) fn free() -> Self {
        Self { held: None }
    }

    pub(crate) fn to(interests: &Arc<Interests>, topic: &Topic) -> Self {
        let change = interests.add(topic);
        let held = Held {
            interests: Arc::clone(interests),
            topic: topic.clone(),
            change,
        };
        Self { held: Some(held) }
    }

    /// Waits until nothing published from now on is missed without a resync: subscribe, wait for
    /// this, and only then read the state that the messages are to keep up to date. It does not
    /// wait for a Redis that is away, as a resync will follow its return.
    pub async fn active(&self) {
        if let Some(held) = &self.held {
            held.interests.applied(held.change).await;
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(held) = &self.held {
            held.interests.remove(&held.topic);
        }
    }
}
