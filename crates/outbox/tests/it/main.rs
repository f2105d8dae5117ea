//! Streams, the relay and renames against real databases of both kinds.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod faults;
mod names;
mod outbox;

use testkit::until;
