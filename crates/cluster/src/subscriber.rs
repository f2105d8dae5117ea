//! The `Subscriber` trait and the list of attached subscribers.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use crate::Topic;

/// Receives the messages of a node, such as the socket hub. Called by publishers and by the task
/// that reads from Redis, so it must not block: it puts messages into bounded queues.
pub trait Subscriber: Send + Sync {
    /// Receives a message: all of this node, and those of other nodes on subscribed topics.
    fn deliver(&self, topic: &Topic, payload: &Bytes);

    /// Messages were lost: the state they would have updated must be read again.
    fn resync(&self, missed: Missed<'_>);
}

/// What may have been lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missed<'a> {
    /// Messages of any topic.
    Anything,
    /// Messages of this topic.
    Of(&'a Topic),
}

/// SubscriberList in the order they came. Reading takes no lock, for it happens with every message; in
/// return a subscriber cannot be occupied away.
#[derive(Default)]
pub(crate) struct SubscriberList {
    first: OnceLock<Box<SubscriberNode>>,
}

struct SubscriberNode {
    subscriber: Arc<dyn Subscriber>,
    next: OnceLock<Box<SubscriberNode>>,
}

impl SubscriberList {
    pub(crate) fn add(&self, subscriber: Arc<dyn Subscriber>) {
        let next = OnceLock::new();
        let mut node = Box::new(SubscriberNode { subscriber, next });
        let mut end = &self.first;
        loop {
            while let Some(occupied) = end.get() {
                end = &occupied.next;
            }
            match end.set(node) {
                Ok(()) => return,
                Err(rejected) => node = rejected,
            }
        }
    }

    pub(crate) fn deliver(&self, topic: &Topic, payload: &Bytes) {
        self.each(|subscriber| subscriber.deliver(topic, payload));
    }

    pub(crate) fn resync(&self, missed: Missed<'_>) {
        self.each(|subscriber| subscriber.resync(missed));
    }

    fn each(&self, mut notify: impl FnMut(&dyn Subscriber)) {
        let mut end = &self.first;
        while let Some(node) = end.get() {
            notify(node.subscriber.as_ref());
            end = &node.next;
        }
    }
}
