//! Fixtures of end-to-end tests: [`App`], one or more nodes of the real binary with a database of their
//! own, and [`TestUser`], an HTTP client with an account.
//!
//! ```no_run
//! # async fn example() {
//! for app in e2e::deployments().await {
//!     let ada = app.user("ada").await;
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
    reason = "fixtures fail the test"
)]

mod app;
mod binary;
mod catalogue;
mod delay_proxy;
mod friends;
mod node;
mod random;
mod raw_http;
mod raw_socket;
mod release;
mod response;
mod socket;
mod tasks;
mod test_user;
pub mod usage;

pub use app::{App, Builder, deployments};
pub use binary::courtside;
pub use catalogue::catalogue;
pub use delay_proxy::{DelayProxy, DelayRange};
pub use node::Node;
pub use random::SeededRandom;
pub use raw_http::{RawHttp, RawResponse};
pub use raw_socket::{RawFrame, RawSocket, TEXT, framed};
pub use release::{release, store_release};
pub use response::Response;
pub use socket::{Socket, SocketEvent, name};
pub use tasks::run_together;
pub use test_user::{PASSWORD, TestUser, client};

use std::time::Duration;

/// The timeout of anything that a test waits for. It is so long that no test depends on it, however busy
/// the machine is.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(90);

/// Polls a condition until it holds, and fails the test after the timeout.
pub async fn until<F: Future<Output = bool>>(what: &str, mut check: impl FnMut() -> F) {
    let happened = tokio::time::timeout(TIMEOUT, async {
        while !check().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    happened
        .await
        .unwrap_or_else(|_| panic!("never happened: {what}"));
}
