//! Puts committed events and ephemeral messages on the bus.

use std::sync::Arc;

use cluster::{Bus, Topic};
use contract::catalogue::EventName;
use kernel::{Env, UserId};
use outbox::{EventPublisher, StoredEvent};

use crate::wire::{USERS_TOPIC, UsersMessage, encode_ephemeral, encode_event};

/// Publishes to the sockets of all nodes.
#[derive(Clone)]
pub struct Publisher {
    bus: Arc<dyn Bus>,
    env: Env,
}

impl Publisher {
    /// A publisher on this bus.
    #[must_use]
    pub fn new(bus: Arc<dyn Bus>, env: Env) -> Self {
        Self { bus, env }
    }

    /// Sends an ephemeral message to the sockets that subscribe to a topic.
    pub fn publish_ephemeral(
        &self,
        topic: impl Into<Topic>,
        event: EventName,
        data: &serde_json::Value,
        author: Option<UserId>,
    ) {
        match encode_ephemeral(event, data, author, self.env.now()) {
            Some(payload) => self.bus.publish(&topic.into(), payload),
            None => tracing::error!(name = event.as_str(), "ephemeral message not encoded"),
        }
    }

    /// Sends an ephemeral message to all sockets of these users.
    pub fn publish_to_users(&self, to: &[UserId], event: EventName, data: &serde_json::Value) {
        let Ok(data) = serde_json::value::to_raw_value(data) else {
            return;
        };
        let (to, name, at) = (
            to.to_vec(),
            event.as_str().to_owned(),
            self.env.now().micros(),
        );
        match serde_json::to_vec(&UsersMessage { to, name, data, at }) {
            Ok(payload) => self.bus.publish(&Topic::from(USERS_TOPIC), payload.into()),
            Err(error) => tracing::error!(%error, "message to users not encoded"),
        }
    }
}

impl EventPublisher for Publisher {
    fn publish(&self, events: &[StoredEvent]) {
        for event in events {
            match encode_event(event) {
                Some(payload) => self
                    .bus
                    .publish(&Topic::from(event.stream.as_str()), payload),
                None => tracing::error!(name = event.name, "stored event is not JSON"),
            }
        }
    }
}
