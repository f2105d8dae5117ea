//! From the store to the bus.

use std::sync::Arc;

use cluster::{Bus, Topic};
use kernel::{Env, UserId};
use outbox::{EventPublisher, StoredEvent};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::hub;

/// Puts committed events, and what is told without being kept, on the bus.
#[derive(Clone)]
pub struct Publisher {
    bus: Arc<dyn Bus>,
    env: Env,
}

impl Publisher {
    /// A publisher to this bus.
    #[must_use]
    pub fn new(bus: Arc<dyn Bus>, env: Env) -> Self {
        Self { bus, env }
    }

    /// Tells something that is not kept: whoever is away misses it.
    pub fn publish_ephemeral(
        &self,
        topic: &str,
        name: &str,
        data: &serde_json::Value,
        author: Option<UserId>,
    ) {
        match hub::encode_ephemeral(name, data, author, self.env.now()) {
            Some(payload) => self.bus.publish(&Topic::from(topic), payload),
            None => tracing::error!(name, "a message cannot be written"),
        }
    }
}

/// Where nodes tell each other what is for some people and not kept.
pub const PEOPLE: &str = "people";

/// Something for some people.
#[derive(Serialize, Deserialize)]
pub(super) struct ForPeople {
    pub(super) to: Vec<UserId>,
    pub(super) name: String,
    pub(super) data: Box<RawValue>,
    pub(super) at: i64,
}

impl Publisher {
    /// Tells these people something that is not kept, wherever they are connected.
    pub fn tell_each(&self, to: &[UserId], name: &str, data: &serde_json::Value) {
        let Ok(data) = serde_json::value::to_raw_value(data) else {
            return;
        };
        let (to, name, at) = (to.to_vec(), name.to_owned(), self.env.now().micros());
        match serde_json::to_vec(&ForPeople { to, name, data, at }) {
            Ok(payload) => self.bus.publish(&Topic::from(PEOPLE), payload.into()),
            Err(error) => tracing::error!(%error, "a message for people cannot be written"),
        }
    }
}

impl EventPublisher for Publisher {
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
