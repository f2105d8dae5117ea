//! Sockets: one task and one bounded queue for each, one hub that knows who listens to what.
//!
//! The way of a message: a service stores an event; after the commit the store hands it to the
//! [publisher], which puts it on the bus; every node's [hub] finds the sockets that listen and
//! puts the frame, encoded once, into their [queues](queue); a [wake batcher](wake_batcher) for each worker thread wakes
//! its connections, and the response [body] of each writes what waits. Nobody on this way waits for
//! a slow reader.
//!
//! Each path is one file: its [`ChannelSpec`](channel::ChannelSpec) says how it speaks and what it hears, its
//! [`ChannelHandler`](session::ChannelHandler) who may come, what they are shown and what they can ask for. All else
//! (signing in, greeting, catching up, limits, the heartbeat, the end) is the same for all.

pub mod body;
pub mod channel;
mod chat_actions;
pub mod close;
pub mod connection;
pub mod decoder;
mod direct_chat;
pub mod error;
pub mod event_people;
mod events;
pub mod frame;
mod friends_status;
pub mod handshake;
pub mod hub;
pub mod incoming;
pub(crate) mod lobby;
mod notifications;
pub mod publisher;
pub mod queue;
pub mod redaction;
pub mod session;
pub mod token_bucket;
pub mod wake_batcher;

use http_kit::{Routes, rate_limit};

rate_limit!(Entering, "enter_chat", 60 in 60, User);

/// The paths of sockets.
pub fn routes(routes: &mut Routes<'_>) {
    routes
        .add(events::events)
        .add(notifications::notifications_socket)
        .add(friends_status::friends_status);
    routes.add(lobby::lobby).add(direct_chat::direct_chat);
}
