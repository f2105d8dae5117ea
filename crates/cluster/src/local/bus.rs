//! Fan-out within one process.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use bytes::Bytes;

use crate::sink::Sinks;
use crate::{Bus, Sink, Subscription, Topic, Traffic};

/// The bus of a single node: it hands on what it is given.
#[derive(Default)]
pub(crate) struct LocalBus {
    sinks: Sinks,
    published: AtomicU64,
}

#[async_trait]
impl Bus for LocalBus {
    fn publish(&self, topic: &Topic, payload: Bytes) {
        self.published.fetch_add(1, Ordering::Relaxed);
        self.sinks.deliver(topic, &payload);
    }

    fn subscribe(&self, _: &Topic) -> Subscription {
        Subscription::free()
    }

    fn attach(&self, sink: Arc<dyn Sink>) {
        self.sinks.add(sink);
    }

    fn healthy(&self) -> bool {
        true
    }

    fn traffic(&self) -> Traffic {
        Traffic {
            published: self.published.load(Ordering::Relaxed),
            ..Traffic::default()
        }
    }

    async fn flush(&self) {}
}
