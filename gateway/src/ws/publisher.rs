//! From the store to the bus.

use std::sync::Arc;

use bus::{Bus, Topic};
use kernel::{Ambient, UserId};
use store::{Publish, StoredEvent};

use super::hub;

/// Puts committed events, and what is told without being kept, on the bus.
#[derive(Clone)]
pub struct Publisher {
    bus: Arc<dyn Bus>,
    ambient: Ambient,
}

impl Publisher {
    /// A publisher to this bus.
    #[must_use]
    pub fn new(bus: Arc<dyn Bus>, ambient: Ambient) -> Self {
        Self { bus, ambient }
    }

    /// Tells something that is not kept: whoever is away misses it.
    pub fn tell(&self, topic: &str, name: &str, data: &serde_json::Value, author: Option<UserId>) {
        match hub::encode_ephemeral(name, data, author, self.ambient.now()) {
            Some(payload) => self.bus.publish(&Topic::from(topic), payload),
            None => tracing::error!(name, "a message cannot be written"),
        }
    }
}

impl Publish for Publisher {
    fn publish(&self, events: &[StoredEvent]) {
        for event in events {
            match hub::encode_event(event) {
                Some(payload) => self
                    .bus
                    .publish(&Topic::from(event.stream.as_str()), payload),
                None => tracing::error!(name = event.name, "a stored event is no JSON"),
            }
        }
    }
}
