//! The service on both databases.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
#![allow(missing_docs, reason = "tables declared for tests")]

mod announcements;
mod delivery;
mod digests;
mod fixture;
mod inbox;
mod maintenance;
mod related_users;
mod resolution;
