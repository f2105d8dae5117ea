//! The one way to the database: two doors, [`Store::read`] and [`Store::write`], over SQLite or
//! PostgreSQL, with the same Diesel code behind them.
//!
//! Invariants:
//! - A write is one transaction. What its closure refused or failed at leaves no trace, and what
//!   the door answered with `Ok` is on disk.
//! - A door never waits without bound: a full queue is refused as `overloaded` (503), a database
//!   that is away or hangs as `unavailable` (503), four seconds after the arrival of the request at
//!   the latest ([`Store::within_request`]); background work waits longer ([`in_background`]).
//! - An event ([`Tx::emit`]) and a job ([`Tx::enqueue`]) are rows of the same transaction as what
//!   they tell of: both or neither.
//!
//! Closures run on database threads. They must be short, do no other I/O, and open no transaction
//! of their own.
//!
//! ```no_run
//! use diesel::prelude::*;
//! use kernel::{Env, AppError};
//! use store::{Store, StoreConfig};
//!
//! diesel::table! { notes (title) { title -> Text, } }
//!
//! # async fn example() -> Result<(), AppError> {
//! let config = StoreConfig { url: "sqlite:notes.db".parse()?, connections: 2, migrate: true };
//! let store = Store::open(&config, Env::system())?;
//! let note = notes::title.eq("remember");
//! store.write(move |tx| Ok(diesel::insert_into(notes::table).values(note).execute(tx.conn)?)).await?;
//! let count: i64 = store.read(|conn| Ok(notes::table.count().get_result(conn)?)).await?;
//! # Ok(()) }
//! ```
//!
//! # Figures
//!
//! `cargo bench -p store`: medians with so many callers at once, on a virtual machine with 2 cores,
//! PostgreSQL 15 on the same machine. SQLite flushes each commit to the disk; the PostgreSQL of the
//! testkit does not (`fsync = off`).
//!
//! | work | callers | SQLite | PostgreSQL |
//! |---|---|---|---|
//! | insert a row | 1 | 0.24 ms | 0.31 ms |
//! | insert a row | 256 | 139,000 per second | 11,700 per second |
//! | read a row by its id | 1 | 0.065 ms | 0.14 ms |
//! | read a row by its id | 256 | 203,000 per second | 27,900 per second |

mod aftermath;
mod batches;
mod bulk;
mod conn;
mod deadline;
mod door;
mod errors;
pub mod idempotency;
pub mod jobs;
mod migrate;
pub mod names;
mod one_of;
pub mod outbox;
mod paged_json;
mod postgres;
mod postgres_threads;
mod prune;
mod queue;
#[allow(missing_docs, unreachable_pub)]
mod schema;
mod sqlite;
mod statements;
mod sync;
mod tx;
pub mod types;
mod url;
mod user_set;
mod work;
pub mod worker;

pub use batches::BatchHandler;
pub use bulk::Bulk;
pub use conn::{AnyConn, Each, MultiBackend};
pub use deadline::{in_background, uncounted};
pub use door::{Status, Store, StoreConfig};
pub use errors::{Refuse, on_duplicate};
pub use idempotency::IdempotencyKey;
pub use jobs::NewJob;
pub use one_of::{Listed, OneOf};
pub use outbox::{Event, Publish, Relay, StoredEvent};
pub use paged_json::{PAGE_ROWS, PagedJson};
pub use prune::{BATCH, delete_batch};
pub use statements::StatementCounter;
pub use sync::{lock, lock_all};
pub use tx::Tx;
pub use types::{DbJson, DbTime, DbUuid};
pub use url::DatabaseUrl;
pub use user_set::{ComparedWithUsers, UserQuery, UserSet};
pub use worker::{Handler, JobClass, ReportJobs, Worker};
