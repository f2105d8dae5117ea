//! Databases, Redis servers and folders of single tests, which are removed when the test ends, even if it is
//! killed. For `[dev-dependencies]` only; with the feature `db` it
//! opens stores over them.
//!
//! SQLite is always available. PostgreSQL and Redis are used if their programs are installed: one server of
//! each per test process, started on first use in a temporary folder on a free port of 127.0.0.1. If they
//! are missing, a message is printed once on stderr and the tests are ignored; `COURTSIDE_TEST_REQUIRE=postgres,redis` turns that into a failure.
//!
//! A test takes its database as an argument, and [`database_tests!`] makes one test per engine of it:
//!
//! ```
//! use testkit::Database;
//!
//! testkit::database_tests!(create_makes_a_file);
//!
//! async fn create_makes_a_file(database: Database) {
//!     assert!(database.url().starts_with(database.name()));
//! }
//! ```
//!
//! Invariants:
//! - Every server runs under a `sh` supervisor that reads a pipe held by the test process. When
//!   the pipe closes, however the process ended, the server is ended and its folder removed.
//! - Two tests never share a database, a Redis prefix or a folder.
//! - The functions of this crate panic when they fail, so that the test fails at once.

mod certificates;
mod database;
mod database_tests;
#[cfg(feature = "domain")]
mod domain;
mod folder;
#[cfg(feature = "http")]
mod http;
mod ports;
mod postgres;
mod programs;
mod redis;
mod search;
#[cfg(feature = "db")]
mod store;
mod supervisor;

pub use certificates::{StrangeAuthority, strange_authority};
pub use database::{Database, databases, postgres, sqlite};
pub use database_tests::{OnPostgres, installed_postgres};
#[cfg(feature = "domain")]
pub use domain::{PAGE, code, user_summary};
pub use folder::{Folder, folder};
#[cfg(feature = "http")]
pub use http::{TestClient, TestResponse, json_request};
pub use postgres::{PrivatePostgres, private_postgres, private_postgres_with_tls};
pub use redis::{PrivateRedis, Redis, private_redis, private_redis_with_tls, redis};
#[cfg(feature = "db")]
pub use store::{TestStore, open_store, until};

/// The value, or the end of the test.
#[allow(clippy::panic, reason = "without its server a test has failed")]
fn had<T>(what: &str, result: std::io::Result<T>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("{what} cannot be had: {error}"),
    }
}
