//! The front door, from outside: an app with a few routes of its own, on a real database.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

mod documents;
mod harness;
mod idempotency;
mod names;
mod pages;
mod refusals;
mod routes;
