//! People for tests that are about something else than how they got in.

use std::net::IpAddr;
use std::time::Duration;

use accounts::prelude::*;
use accounts::{Accounts, ClientInfo, Tokens};
use contract::auth::{Register, TokenRequest, VerifyEmail};
use jobs::Worker;
use kernel::{Actor, AppError, Secret};
use tokio::task::JoinHandle;

use crate::world::World;

/// Everybody's password.
pub(crate) const PASSWORD: &str = "violet-comet-harbour-19";

/// A worker that stops with this value. One is enough for a test: what a worker holds when it stops
/// is not free at once.
pub(crate) struct Working(JoinHandle<()>);

impl Drop for Working {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl World {
    /// Somebody who is registered and signed in.
    pub(crate) async fn person(&self, name: &str) -> Actor {
        self.registered(name).await;
        self.signed_in(name).await
    }

    /// Somebody whose address is proven, too. A worker must be there to bring the link.
    pub(crate) async fn verified_person(&self, name: &str) -> Actor {
        self.registered(name).await;
        let text = self
            .letter(&address(name), "Confirm your e-mail address")
            .await;
        let (_, rest) = text.split_once("token=").unwrap();
        let token = rest.split_whitespace().next().unwrap();
        let token = Secret::new(token);
        self.accounts
            .verify_email(VerifyEmail { token })
            .await
            .unwrap();
        self.signed_in(name).await
    }

    /// Somebody who looks after everything.
    pub(crate) async fn admin(&self, name: &str) -> Actor {
        self.registered(name).await;
        self.accounts.grant_admin(name).await.unwrap();
        self.signed_in(name).await
    }

    /// A try to sign in.
    pub(crate) async fn sign_in(&self, login: &str, password: &str) -> Result<Tokens, AppError> {
        let request = TokenRequest {
            username: login.to_owned(),
            password: Secret::new(password),
        };
        self.accounts.token(request, &client_info()).await
    }

    async fn registered(&self, name: &str) {
        let request = Register {
            username: name.to_owned(),
            email: address(name),
            password: Secret::new(PASSWORD),
            password_confirm: Secret::new(PASSWORD),
        };
        self.accounts
            .register(request, &client_info())
            .await
            .unwrap();
    }

    async fn signed_in(&self, name: &str) -> Actor {
        let tokens = self.sign_in(name, PASSWORD).await.unwrap();
        let access = tokens.access.token.expose();
        self.accounts.authenticate(access).await.unwrap()
    }

    /// A worker that does the jobs of this house.
    pub(crate) fn working(&self) -> Working {
        self.working_for(&self.accounts)
    }

    /// A worker that does the jobs of these accounts.
    pub(crate) fn working_for(&self, accounts: &Accounts) -> Working {
        let worker = Worker::new(self.store.clone()).poll_interval(Duration::from_millis(5));
        Working(tokio::spawn(worker.register(accounts.jobs()).run()))
    }
}

/// An address of one's own, whatever script the name is in.
fn address(name: &str) -> String {
    let ascii = |c: char| match c.is_ascii_alphanumeric() {
        true => c.to_string(),
        false => format!("{:x}", u32::from(c)),
    };
    let local: String = name.chars().map(ascii).collect();
    format!("{local}@example.org")
}

fn client_info() -> ClientInfo {
    ClientInfo {
        address: IpAddr::from([203, 0, 113, 7]),
        user_agent: String::new(),
        device: None,
    }
}

/// Waits for something that a worker does, looking often, and gives up after a while.
pub(crate) async fn until(what: &str, mut check: impl AsyncFnMut() -> bool) {
    for _ in 0..6_000 {
        if check().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never happened: {what}");
}
