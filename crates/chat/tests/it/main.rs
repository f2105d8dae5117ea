//! The service against SQLite and PostgreSQL.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod conversations;
mod event_replay;
mod fake_users;
mod fixture;
mod hidden_users;
mod history;
mod message_actions;
mod message_notifications;
mod one_statement;
mod personal_data;
mod posting;
mod reports;
mod retries;
mod rooms;
mod typing;
