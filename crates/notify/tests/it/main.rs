//! Notifications against real databases of both kinds.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
#![allow(missing_docs, reason = "tables declared for tests")]

mod arrivals;
mod everybody;
mod inbox;
mod keeping;
mod mails;
mod others;
mod settling;
mod world;
