//! Sockets: one task and one bounded queue for each, one hub that knows who listens to what.
//!
//! The way of a message: a service stores an event; after the commit the store hands it to the
//! [publisher], which puts it on the bus; every node's [hub] finds the sockets that listen and
//! puts the frame, encoded once, into their [queues](queue); each connection's response
//! [body] writes what waits. Nobody on this way waits for a slow reader.

pub mod body;
pub mod client;
pub mod close;
pub mod connection;
mod events;
pub mod frame;
pub mod handshake;
pub mod hub;
pub mod incoming;
pub mod publisher;
pub mod queue;

use crate::http::routes::Routes;

/// The paths of sockets.
pub fn routes(routes: &mut Routes<'_>) {
    routes.add(events::events);
}
