//! The bus within one process.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use bytes::Bytes;

use crate::subscriber::SubscriberList;
use crate::{Bus, BusStats, Subscriber, Subscription, Topic};

/// The bus of a single node.
#[derive(Default)]
pub(crate) struct LocalBus {
    subscribers: SubscriberList,
    published: AtomicU64,
}

#[async_trait]
impl Bus for LocalBus {
    fn publish(&self, topic: &Topic, payload: Bytes) {
        self.published.fetch_add(1, Ordering::Relaxed);
        self.subscribers.deliver(topic, &payload);
    }

    fn subscribe(&self, _: &Topic) -> Subscription {
        Subscription::unconditional()
    }

    fn attach(&self, subscriber: Arc<dyn Subscriber>) {
        self.subscribers.add(subscriber);
    }

    fn is_healthy(&self) -> bool {
        true
    }

    fn stats(&self) -> BusStats {
        BusStats {
            published: self.published.load(Ordering::Relaxed),
            ..BusStats::default()
        }
    }

    async fn flush(&self) {}
}
