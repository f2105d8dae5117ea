//! The gateway without its listener: generated documents, probes and embedded files.
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
mod methods;
mod probes;
mod web_files;
