//! The real server, through its front door: on one node with everything embedded, and on two nodes
//! over PostgreSQL and Redis.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod absent;
mod accounts;
mod actions;
mod again;
mod catalogue;
mod connections;
mod contract;
mod crowds;
mod dev_clock;
mod domains;
mod door;
mod endings;
mod exports;
mod form_errors;
mod frames;
mod hidden;
mod idempotency;
mod interleaving;
mod jobs;
mod lifecycle;
mod lists;
mod mistakes;
mod notifications;
mod outages;
mod paths;
mod people;
mod presence;
mod races;
mod recovery;
mod rooms;
mod second_steps;
mod sessions;
mod social;
mod sockets;
mod statements;
mod talking;
mod tls;
mod wrong_types;
