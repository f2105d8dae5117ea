//! WebSockets: one task and one bounded queue for each socket, and one [`Hub`] per node that knows which
//! sockets subscribe to what.
//!
//! A service stores an event; after the commit the [`Publisher`] puts it on the bus; the [`Hub`] of
//! every node finds the sockets that subscribe to its stream and adds the frame, encoded once, to their
//! [`SendQueue`]s; a [`WakeBatcher`] per worker thread wakes their connections, and the response body
//! of each writes what waits. Nothing on this way waits for a slow reader.
//!
//! This crate knows no domain. A path of the application is a [`ChannelSpec`] and a [`ChannelHandler`];
//! what sockets need of the domains are the traits in [`Ports`], [`Redaction`] and [`RosterDirectory`].
//!
//! Invariants:
//! - A socket gets every event of its streams once and in order, or is told to read a stream again
//!   (`resync`).
//! - What waits for a socket is bounded. Ephemeral messages are dropped first, then events that can be
//!   read again, and then the socket is closed.
//! - A socket whose task ends or panics leaves the hub, its rosters and presence: they hold it by guards
//!   that remove it on drop.
//! - A socket whose permissions are uncertain is closed, and the client reconnects.
//!
//! `tests/interleavings` runs what threads share here under a model checker.

mod body;
mod channel;
mod close;
mod connection;
mod decoder;
mod error;
mod frame;
mod handshake;
mod hub;
mod incoming;
mod message;
mod operation_cost;
mod ports;
mod publisher;
mod queue;
mod redaction;
mod refusal;
mod roster;
mod session;
mod sync;
#[cfg(test)]
mod tests;
mod token_bucket;
mod transport;
mod wake_batcher;
mod wire;

pub use channel::{ChannelSpec, ChannelTraffic};
pub use close::Close;
pub use connection::{Connection, JoinedStream};
pub use decoder::MAX_MESSAGE_LEN;
pub use error::Error;
pub use frame::DataKind;
pub use handshake::{MAX_SOCKETS_PER_USER, Opening, open, open_unknown};
pub use hub::{Hub, HubConfig, HubEntry, PendingSubscription};
pub use incoming::{Incoming, MAX_CID_LEN};
pub use message::{EnvelopeStyle, EventPosition, NamedUsers, Priority, ServerMessage};
pub use ports::{
    AfterGreeting, Departure, Greeting, GreetingPort, Ports, PresenceGuard, PresencePort,
    SessionPort, SubscriptionChange, SubscriptionPort,
};
pub use publisher::Publisher;
pub use queue::{MAX_QUEUED_BYTES, Pushed, SendQueue};
pub use redaction::Redaction;
pub use refusal::{Done, Refused};
pub use roster::{RosterDirectory, RosterEntry, Rosters};
pub use session::{
    ChannelHandler, DEAD_AFTER, InputLane, LaneOutcome, MAX_RESUMED, MAX_RESUMED_PER_STREAM,
    MAX_UNREAD_BYTES, PING_INTERVAL, SocketSession, answer,
};
pub use token_bucket::{BucketSpec, TokenBucket};
pub use transport::Transport;
pub use wake_batcher::{WakeBatcher, WakeBatchers};
