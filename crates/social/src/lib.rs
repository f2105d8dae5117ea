//! Friends, blocks, and who is around.
//!
//! Invariants:
//! - A friendship is mutual: both of its rows are there or none. Between two people there is at
//!   most one pending request; two that meet make one friendship.
//! - A block ends friendship, requests and (by a port) invites, and hides both from each other,
//!   whoever blocked. No answer tells a blocked person from an unknown one.
//! - What an act relies on is read in its transaction; what comes after the commit cannot fail it.
//! - What changes two people is done under the locks of both, taken in one order.
//! - Nobody is counted as present: presence is computed from entries in the registry that expire
//!   unless the node that holds the connection keeps saying so ([`presence`]).
//! - Friends alone hear of presence, at most as much as the person wants them to. Nothing is told of
//!   the invisible: becoming it looks like going.
//!
//! ```
//! use contract::social::{ChosenStatus, Presence};
//! use social::rules::presence_policy::{State, presence};
//!
//! let tabs = [State::Idle, State::Active];
//! assert_eq!(presence(tabs, false, ChosenStatus::Online), Presence::Online);
//! assert_eq!(presence(tabs, true, ChosenStatus::Invisible), Presence::Offline);
//! ```

mod blocks;
pub mod error;
mod friends;
mod maintenance;
mod personal_data;
pub mod ports;
pub mod presence;
pub mod queries;
mod requests;
pub mod rules;
mod schema;
mod service;

pub use error::Error;
pub use presence::{
    Contacts, DisconnectReason, Friend, Playing, PresenceConnection, PresenceParts, PresenceService,
};
pub use service::{Relation, Social};
