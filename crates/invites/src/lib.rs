//! Invites to games, from sending to the match that results.
//!
//! Invariants:
//! - Two users have at most one pending invite in each direction. An invite that crosses one with the
//!   same game and options accepts it.
//! - Whether two users may play (blocks, privacy, running matches) is read in the transaction that
//!   relies on it, under the locks of both. A block takes the same locks and cancels pending invites.
//! - An invite ends once: accepted, declined, canceled or expired. Repeating an answer returns the
//!   same result. An accepted invite has exactly one match, any other none.
//! - An invite expires after ten minutes, whether or not the job that stores it has run.
//! - HTTP and sockets call the same methods, so that both users get the same events.
//!
//! ```
//! use contract::accounts::Audience;
//! use invites::rules::invite_policy::ensure_accepts_invites;
//! use kernel::Relation;
//!
//! assert!(ensure_accepts_invites(Relation::Friend, Audience::Friends).is_ok());
//! assert!(ensure_accepts_invites(Relation::Stranger, Audience::Friends).is_err());
//! ```

mod answers;
mod creation;
mod error;
mod events;
mod expiry;
mod invites;
mod lists;
mod parts;
mod pending_invites;
pub mod ports;
mod queries;
mod rematch;
pub mod rules;
mod schema;
mod service;

pub use answers::InviteAnswersService;
pub use creation::InviteCreationService;
pub use error::Error;
pub use invites::Invites;
pub use lists::InviteListsService;
pub use parts::InvitesParts;
pub use pending_invites::PendingInvites;
pub use rematch::RematchService;
pub use service::InvitesService;
