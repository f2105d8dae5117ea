//! The service on both databases.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
#![allow(missing_docs, reason = "tables declared for tests")]

mod answers;
mod creation;
mod expiry;
mod fixture;
mod lists;
mod rematch;
