//! Invitations to play: from being sent to the match that comes of them, or not.
//!
//! Invariants:
//! - Between two people at most one invite waits: two that cross with the same game and options are
//!   one that is accepted.
//! - Whether two may meet (blocks, privacy, who plays) is read in the transaction that relies on it,
//!   under the locks of both; a block takes the same locks and cancels what waits.
//! - An invite ends once: accepted, declined, canceled or expired. The same answer twice gives the
//!   same result; exactly one match comes of an accepted invite and none of any other.
//! - After ten minutes nothing comes of an invite, whether or not a job has noted it.
//! - What happens over HTTP and over a socket goes through the same methods, so that both sides
//!   hear the same events.
//!
//! ```
//! use invites::BuiltinGames;
//! use invites::ports::GameCatalog;
//!
//! let given = serde_json::json!({"score_to_win": 5});
//! let options = BuiltinGames.check("pong", given.as_object().unwrap()).unwrap();
//! assert_eq!(options["score_to_win"], 5);
//! assert_eq!(options["game_speed"], "medium");
//! ```

mod answers;
pub mod catalogue;
pub mod error;
mod events;
mod expiry;
mod lists;
mod parts;
pub mod ports;
mod rematch;
mod reservations;
pub mod rules;
mod schema;
mod sending;
mod service;
mod store;

pub use catalogue::BuiltinGames;
pub use error::Error;
pub use parts::InvitesParts;
pub use reservations::{RESERVED_FOR, ReservedMatches};
pub use service::{Invites, InvitesService};
