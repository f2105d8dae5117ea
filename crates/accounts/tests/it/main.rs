//! Tests of the service with real databases of both kinds.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod avatars;
mod challenges;
mod deletion;
mod directory;
mod emails;
mod export;
mod fixture;
mod login;
mod mail_delivery;
mod passwords;
mod profile;
mod registration;
mod requests;
mod revocation;
mod roles;
mod search;
mod second_factor;
mod sessions;
mod test_users;
