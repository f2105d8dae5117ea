//! Groups of users: created, found and listed. Joining, roles and the group's chat are to come.
//!
//! Invariants:
//! - The owner of a group is a member of it, from the transaction that creates it.
//! - The names of listed groups are unique, regardless of case and of how their characters are composed.
//! - An `invite_only` group looks to others like one that does not exist. Its name is not taken for them
//!   either, so that nobody learns of it that way.
//!
//! ```no_run
//! use contract::groups::{CreateGroup, GroupPrivacy};
//! use groups::{Groups, GroupsService};
//! use kernel::{Actor, AppError, PageRequest};
//!
//! # async fn example(store: db::Store, ada: Actor) -> Result<(), AppError> {
//! let groups = Groups::new(store);
//! let league = CreateGroup {
//!     name: "Sunday league".to_owned(),
//!     description: String::new(),
//!     privacy: GroupPrivacy::Public,
//! };
//! let created = groups.create(&ada, league).await?;
//! assert_eq!(groups.get(&ada, created.id).await?, created);
//! # Ok(()) }
//! ```

mod error;
mod policy;
mod queries;
#[allow(missing_docs, unreachable_pub)]
mod schema;
mod service;

pub use error::Error;
pub use service::{Groups, GroupsService, MAX_GROUPS_PER_DAY, MAX_OWNED_GROUPS};
