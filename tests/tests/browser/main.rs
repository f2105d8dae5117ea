//! The web client in a real browser, served by the real binary: what people see and do.
//!
//! It takes Chromium and its driver. Without them, that is said on stderr and the tests are left
//! out; `COURTSIDE_TEST_REQUIRE=chromium` turns it into a failure.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod arriving;
mod authenticator;
mod browser;
mod driver;
mod friends;
mod invites;
mod lost;
mod news;
mod pages;
mod profile;
mod programs;
mod security;
mod session;
mod settings;
mod swagger;
mod talk;
mod trouble;
mod vendor;

use browser::Browser;
