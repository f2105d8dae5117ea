//! Notifications: what people are told, what waits to be read, and mail about what waited too long.
//!
//! Invariants:
//! - One notification per person and key: other rooms tell what happened in jobs of their own
//!   transactions ([`contract::notify::NotificationEvent`]), and a job ends in the transaction of its effect.
//! - The count of what waits is counted each time, under a lock of the person, and sent with every
//!   change to all their sockets: tabs agree, and nothing drifts.
//! - What was dealt with does not wait, and what was taken back is gone: other rooms tell that too
//!   ([`contract::notify::Settled`]), and it counts in whichever order the two jobs run.
//! - Nobody is told of somebody across a block, and what they were told goes with the block. The
//!   name of a deleted account goes from what others were told.
//! - A notification that is dismissed, or mailed, silences no conversation: the next message is told
//!   anew.
//! - A person's history is their newest 500 notifications of at most 90 days. What is new about a chat
//!   takes the place of what they have read about it.
//! - Mail tells of what still waits when it leaves, goes to proven addresses alone, and no mail is
//!   sent twice: a try is on record before it begins, and one whose end nobody saw is not repeated.
//! - A word to everybody reaches each account once, in bounded pages that go on where they were.
//!
//! ```
//! use contract::notify::{Action, NotificationPreferences};
//!
//! let usual = NotificationPreferences::default();
//! assert!(usual.kinds.of(Action::FriendRequest).email, "they may come too late to be seen");
//! assert!(!usual.kinds.of(Action::GameInvite).email, "they are over in ten minutes");
//! ```

mod broadcast;
mod delivery;
pub mod error;
mod inbox;
mod leaving;
mod mail;
mod maintenance;
mod personal;
pub mod ports;
mod preferences;
pub mod queries;
mod resolution;
pub mod rules;
mod schema;
mod service;
mod store;
mod unsubscribing;

pub use error::Error;
pub use inbox::{Filter, History};
pub use service::{Notify, NotifyConfig, NotifyParts};
