//! One suite for both implementations: within the process always, over Redis when it is there.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod bus;
mod expiring_sets;
mod faults;
mod leases;
mod nodes;
mod rate_limiter;
mod recording_subscriber;
mod tls;
