//! The use cases of accounts against real databases of both kinds.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod addresses;
mod challenges;
mod company;
mod deletion;
mod entrance;
mod export;
mod outgoing;
mod passwords;
mod people;
mod pictures;
mod profile;
mod recovery;
mod registration;
mod roles;
mod search;
mod second_factor;
mod sessions;
mod signin;
mod world;
