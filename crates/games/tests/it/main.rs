//! Matches on both databases.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
#![allow(missing_docs, reason = "tables declared for tests")]

mod boards;
mod fixture;
mod histories;
mod journal;
mod lock_order;
mod meetings;
mod opening;
mod queue;
mod queue_returns;
mod recount;
mod remote;
mod results;
