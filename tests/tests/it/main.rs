//! End-to-end tests of the real server on one embedded node, and on two nodes with PostgreSQL and Redis.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod account_recovery;
mod accounts;
mod actions;
mod blocked_users;
mod catalogue;
mod concurrent_requests;
mod connections;
mod contract;
mod crowded_lobby;
mod database_outages;
mod deleted_users;
mod dev_clock;
mod domains;
mod exports;
mod form_errors;
mod frames;
mod games;
mod http;
mod idempotency;
mod interleaving;
mod jobs;
mod lifecycle;
mod lists;
mod malformed_actions;
mod matches;
mod notifications;
mod presence;
mod profiles;
mod rematch;
mod rooms;
mod sessions;
mod social;
mod socket_closing;
mod socket_paths;
mod sockets;
mod statements;
mod tls;
mod tournaments;
mod two_factor;
mod two_nodes;
mod web_client;
mod wrong_types;
