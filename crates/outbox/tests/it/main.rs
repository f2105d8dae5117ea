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
mod relay;

use contract::streams::StreamName;
use testkit::until;

/// The stream of this letter.
fn stream(letter: char) -> StreamName {
    let name = format!("chat:00000000-0000-7000-8000-{:012x}", u32::from(letter));
    name.parse().unwrap()
}
