//! Tests of the web client in Chromium, served by the real binary.
//!
//! They need Chromium and chromedriver. Without them the tests are skipped with a message on stderr;
//! `COURTSIDE_TEST_REQUIRE=chromium` turns that into a failure.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod accessibility;
mod authenticator;
mod browser;
mod chat;
mod chat_composer;
mod chat_layout;
mod chat_tools;
mod chrome_command;
mod chromedriver;
mod errors;
mod first_match;
mod friends;
mod history;
mod invites;
mod loading;
mod lobby;
mod matches;
mod navigation;
mod network;
mod notifications;
mod offline;
mod play;
mod profile;
mod programs;
mod reconnect;
mod registration;
mod replays;
mod rooms;
mod security;
mod seeded;
mod session;
mod settings;
mod statistics;
mod swagger;
mod times;
mod tournaments;
mod unsent;

use browser::Browser;
