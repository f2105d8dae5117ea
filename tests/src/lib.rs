//! What end-to-end tests stand on: [`App`], one or more nodes of the real binary with a database
//! of their own, and [`Person`], somebody who uses it over HTTP.
//!
//! ```no_run
//! # async fn example() {
//! for app in e2e::each().await {
//!     let ada = app.person("ada").await;
//!     let profile = ada.get("/api/v1/users/profile/").await;
//!     assert_eq!(profile.data()["username"], "ada");
//! }
//! # }
//! ```
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a harness stops the test at the first surprise"
)]

mod answer;
mod app;
mod binary;
mod catalogue;
mod circle;
mod draw;
mod node;
mod person;
mod raw;
mod raw_http;
mod socket;
mod tasks;
pub mod usage;

pub use answer::Answer;
pub use app::{App, Builder, each};
pub use binary::courtside;
pub use catalogue::catalogue;
pub use draw::Draw;
pub use node::Node;
pub use person::{PASSWORD, Person, client};
pub use raw::{RawFrame, RawSocket, TEXT, framed};
pub use raw_http::{RawAnswer, RawHttp};
pub use socket::{Heard, Socket, name};
pub use tasks::run_together;

use std::time::Duration;

/// How long something may take before a test gives up; it never decides a test that works, however
/// busy the machine is.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

/// Waits for something that happens elsewhere, looking often, and fails the test if it never does.
pub async fn until<F: Future<Output = bool>>(what: &str, mut check: impl FnMut() -> F) {
    let happened = tokio::time::timeout(PATIENCE, async {
        while !check().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    happened
        .await
        .unwrap_or_else(|_| panic!("never happened: {what}"));
}
