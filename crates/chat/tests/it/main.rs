//! The use cases of chat against real databases of both kinds.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod absent;
mod deeds;
mod direct;
mod history;
mod interleaving;
mod personal;
mod posting;
mod reports;
mod rooms;
mod settling;
mod typing;
mod world;
