//! Invites against real databases of both kinds.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
#![allow(missing_docs, reason = "tables declared for tests")]

mod answers;
mod expiry;
mod lists;
mod rematch;
mod sending;
mod world;
