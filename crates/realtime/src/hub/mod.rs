//! Which sockets of this node subscribe to what.
//!
//! The bus passes every message to the [`Hub`], which finds the sockets that subscribe to its topic
//! and adds the frame, encoded once, to their queues. The hub reads of a message its position, to keep
//! each topic in order and without gaps, and lets the application read events on users' own streams,
//! which may change what their sockets subscribe to.

mod catch_up;
mod core;
mod delivery;
mod entrances;
mod fill_gate;
mod gaps;
mod local_topic;
mod sessions;
mod sockets;
mod subscription_changes;
mod topics;

pub use self::core::{Hub, HubConfig, HubEntry};
pub use self::local_topic::PendingSubscription;

pub(crate) use self::catch_up::{events_since, head};
#[cfg(test)]
pub(crate) use self::{
    core::MAX_FILLING,
    gaps::Filling,
    local_topic::{LocalDelivery, LocalTopic, TopicState},
    subscription_changes::hide,
};
