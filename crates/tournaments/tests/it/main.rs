//! The service on both databases.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
#![allow(missing_docs, reason = "tables declared for tests")]

mod creation;
mod fixture;
mod personal_data;
mod privacy;
mod registration;
mod rulings;
mod running;
