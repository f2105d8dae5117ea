//! The service on both databases and both kinds of registry.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod blocks;
mod disconnects;
mod fixture;
mod friends;
mod nodes;
mod presence;
mod registry;
mod request_races;
mod requests;
mod statuses;
