//! Messages of the bus on their way to the sockets.

use std::sync::Arc;

use bytes::Bytes;
use cluster::{Bus, Missed, Subscriber, Topic};
use db::Store;
use kernel::Timestamp;

use super::core::{Hub, HubConfig};
use super::{gaps, subscription_changes};
use crate::message::ServerMessage;
use crate::ports::Ports;
use crate::wire::{USERS_TOPIC, UsersMessage, decode};

impl Hub {
    /// The hub of this node, attached to the bus. Must be called within the runtime that will run its
    /// tasks.
    pub fn start(bus: &Arc<dyn Bus>, store: &Store, ports: Ports, config: HubConfig) -> Arc<Self> {
        let hub = Self::detached(bus, store, ports, config, &Topic::from(USERS_TOPIC));
        tokio::spawn(gaps::check_when_requested(Arc::downgrade(&hub)));
        bus.attach(Arc::clone(&hub) as Arc<dyn Subscriber>);
        hub
    }

    fn deliver_to_users(&self, payload: &Bytes) {
        let Ok(message) = serde_json::from_slice::<UsersMessage>(payload) else {
            return tracing::error!("message to users not decoded");
        };
        let at = Timestamp::from_micros(message.at);
        let to = message.to;
        let message = Arc::new(ServerMessage::new(message.name, message.data, at));
        for user in to {
            let sockets = self.sockets.of(user);
            sockets
                .iter()
                .for_each(|connection| connection.deliver_to_user(&message));
        }
    }
}

impl Subscriber for Hub {
    fn deliver(&self, topic: &Topic, payload: &Bytes) {
        if topic.as_str() == USERS_TOPIC {
            return self.deliver_to_users(payload);
        }
        let Some(local) = self.topics.get(topic) else {
            return;
        };
        let Some(message) = decode(payload) else {
            return tracing::error!(%topic, "message of the bus not decoded");
        };
        let Some(hub) = self.this.upgrade() else {
            return;
        };
        let has_gap = local.deliver(&Arc::new(message), |delivered| {
            subscription_changes::apply(&hub, delivered);
        });
        if has_gap {
            gaps::fill_later(&hub, &local);
        }
    }

    fn resync(&self, missed: Missed<'_>) {
        match (missed, self.this.upgrade()) {
            (Missed::Of(topic), Some(hub)) => {
                let local = self.topics.get(topic);
                local.iter().for_each(|local| gaps::fill_later(&hub, local));
            }
            (Missed::Anything, _) => self.check_all.notify_one(),
            (Missed::Of(_), None) => {}
        }
    }
}
