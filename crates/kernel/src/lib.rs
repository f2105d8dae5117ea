//! Types that all crates share: ids, time and randomness, the actor, relations, paging, errors. No I/O.
//!
//! Invariants:
//! - Only [`clock`] and [`rng`] read a clock or generate random numbers.
//! - Ids are generated in Rust, never by a database.
//! - Services return an [`AppError`] with a [`Code`], and no other error.
//!
//! ```
//! use kernel::{Env, id_type};
//!
//! id_type!(GameId, GameKind, "game");
//!
//! let env = Env::system();
//! let (first, second): (GameId, GameId) = (env.id(), env.id());
//! assert!(first < second, "ids of one process are in order");
//! ```

pub mod actor;
pub mod clock;
pub mod env;
pub mod error;
pub mod id;
pub mod ip;
pub mod job;
pub mod outage_log;
pub mod paging;
pub mod relation;
pub mod rng;
pub mod secret;
#[cfg(feature = "sql")]
pub mod sql;
pub mod text_enum;
pub mod time;

pub use actor::{Actor, Role};
pub use clock::{AdjustableClock, Clock, ManualClock, SystemClock};
pub use env::Env;
pub use error::{AppError, Code, ErrorKind, FieldError};
pub use id::{Id, SessionId, UserId};
pub use job::{Job, JobClass};
pub use outage_log::OutageLog;
pub use paging::{Cursor, Page, PageRequest};
pub use relation::Relation;
pub use rng::{Rng, SeededRng, SystemRng};
pub use secret::Secret;
pub use time::Timestamp;
