//! Who receives, and the list of them.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use crate::Topic;

/// A receiver of messages, such as the sockets of a node. It is called by whoever publishes and
/// by the loop that reads from Redis, so it must never wait: it puts the message into bounded
/// queues and returns.
pub trait Sink: Send + Sync {
    /// A message: each one of this node, and those of other nodes on topics subscribed to.
    fn deliver(&self, topic: &Topic, payload: &Bytes);

    /// Messages were lost: read again what they would have told.
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

/// Sinks in the order they came. Reading takes no lock, for it happens with every message; in
/// return a sink cannot be taken away.
#[derive(Default)]
pub(crate) struct Sinks {
    first: OnceLock<Box<Link>>,
}

struct Link {
    sink: Arc<dyn Sink>,
    next: OnceLock<Box<Link>>,
}

impl Sinks {
    pub(crate) fn add(&self, sink: Arc<dyn Sink>) {
        let next = OnceLock::new();
        let mut link = Box::new(Link { sink, next });
        let mut end = &self.first;
        loop {
            while let Some(taken) = end.get() {
                end = &taken.next;
            }
            match end.set(link) {
                Ok(()) => return,
                Err(refused) => link = refused,
            }
        }
    }

    pub(crate) fn deliver(&self, topic: &Topic, payload: &Bytes) {
        self.each(|sink| sink.deliver(topic, payload));
    }

    pub(crate) fn resync(&self, missed: Missed<'_>) {
        self.each(|sink| sink.resync(missed));
    }

    fn each(&self, mut tell: impl FnMut(&dyn Sink)) {
        let mut end = &self.first;
        while let Some(link) = end.get() {
            tell(link.sink.as_ref());
            end = &link.next;
        }
    }
}
