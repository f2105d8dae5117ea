//! Friends, friend requests, blocks and presence.
//!
//! Invariants:
//! - A friendship is mutual: both of its rows exist, or neither. Two users have at most one pending
//!   request between them; requests in both directions become a friendship.
//! - A block ends the friendship, the requests and (through [`ports::BlockListener`]) the invites of
//!   two users and hides each from the other. No response tells a blocked user from an unknown one.
//! - A decision is made in the transaction that relies on it. Nothing after the commit can fail it.
//! - Changes that concern two users are made under the locks of both, taken in one order.
//! - Presence is not counted: it is computed from entries that expire unless the node that holds the
//!   connection renews them ([`presence`]).
//! - Presence is announced to friends only, and only as far as the user's privacy allows. An
//!   invisible user looks like a disconnected one.
//!
//! ```
//! use contract::social::{ChosenStatus, Presence};
//! use social::rules::presence_policy::{ConnectionActivity, presence};
//!
//! let tabs = [ConnectionActivity::Idle, ConnectionActivity::Active];
//! assert_eq!(presence(tabs, false, ChosenStatus::Online), Presence::Online);
//! assert_eq!(presence(tabs, true, ChosenStatus::Invisible), Presence::Offline);
//! ```

mod blocks;
mod contact_overview;
mod error;
mod events;
mod friends;
mod locks;
mod other_users;
mod personal_data;
pub mod ports;
pub mod presence;
pub mod queries;
mod requests;
pub mod rules;
mod schema;
mod service;
mod social;

pub use blocks::BlocksService;
pub use contact_overview::ContactOverview;
pub use error::Error;
pub use friends::FriendsService;
pub use presence::{
    ContactList, DisconnectReason, KnownFriend, MatchPresence, PresenceConnection, PresenceParts,
    PresenceService, PresenceTracker,
};
pub use requests::RequestsService;
pub use service::SocialService;
pub use social::Social;
