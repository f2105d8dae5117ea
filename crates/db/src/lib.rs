//! Access to the database: [`Store::read`] and [`Store::write`] run closures with the same Diesel code
//! on SQLite or PostgreSQL.
//!
//! Invariants:
//! - A write is one transaction. A closure that returns an error changes nothing, and what
//!   `Store::write` returned `Ok` for is on disk.
//! - No call waits without bound: a full queue is refused as `overloaded` (503), a database that does
//!   not respond as `unavailable` (503), at the latest four seconds after the request arrived
//!   ([`Store::with_request_deadline`]); background work waits longer ([`in_background`]).
//! - What follows a transaction outside the database ([`Tx::after_commit`]) happens after the commit,
//!   and only then.
//!
//! Closures run on database threads. They are short, do no other I/O, and open no transaction of
//! their own.
//!
//! ```no_run
//! use diesel::prelude::*;
//! use kernel::{Env, AppError};
//! use db::{Store, StoreConfig};
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
//! `cargo bench -p db`: medians, with that many concurrent callers, on a virtual machine with 2 cores,
//! PostgreSQL 15 on the same machine. SQLite flushes each commit to the disk; the PostgreSQL of the
//! testkit does not (`fsync = off`).
//!
//! | operation | callers | SQLite | PostgreSQL |
//! |---|---|---|---|
//! | insert a row | 1 | 0.24 ms | 0.31 ms |
//! | insert a row | 256 | 139,000 per second | 11,700 per second |
//! | read a row by its id | 1 | 0.065 ms | 0.14 ms |
//! | read a row by its id | 256 | 203,000 per second | 27,900 per second |

mod after_commit;
mod bulk_statement;
mod conn;
mod deadline;
mod delete_batch;
mod eq_any_padded;
mod errors;
mod executor;
mod extensions;
pub mod idempotency;
mod locks;
mod migrate;
pub mod names;
mod paged_json;
mod postgres;
mod postgres_address;
mod postgres_threads;
mod queue;
#[allow(missing_docs, unreachable_pub)]
mod schema;
mod sqlite;
mod statements;
mod store;
mod store_config;
mod task;
mod tls_config;
mod tls_startup;
mod tls_tunnel;
mod tx;
pub mod types;
mod url;
mod user_set;

pub use after_commit::{AfterCommit, AfterCommitTask};
pub use bulk_statement::BulkStatement;
pub use conn::{AnyBackend, AnyConn, MultiBackend};
pub use deadline::{in_background, pause_deadline};
pub use delete_batch::{MAX_DELETE_BATCH, delete_batch};
pub use eq_any_padded::{EqAnyPadded, PaddedList};
pub use errors::{OptionExt, map_unique_violation};
pub use extensions::Extensions;
pub use idempotency::IdempotencyKey;
pub use locks::{lock, lock_all};
pub use paged_json::{PAGE_ROWS, PagedJson};
pub use statements::StatementCounter;
pub use store::{Store, StoreStatus};
pub use store_config::StoreConfig;
pub use tx::Tx;
pub use types::{DbJson, DbTime, DbUuid};
pub use url::DatabaseUrl;
pub use user_set::{NotInUserSet, UserQuery, UserSet};
