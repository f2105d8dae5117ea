//! The HTTP layer around a small application, on a real database.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

mod errors;
mod harness;
mod idempotency;
mod requests;
mod responses;
mod routes;
