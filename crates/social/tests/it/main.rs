//! Friendship and presence against real databases and registries of all kinds.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod blocks;
mod friends;
mod leaving;
mod nodes;
mod presence;
mod requests;
mod world;
