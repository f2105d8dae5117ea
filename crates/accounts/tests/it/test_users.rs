//! Users and workers of tests.

use std::net::IpAddr;
use std::time::Duration;

use accounts::prelude::*;
use accounts::{Accounts, ClientInfo, Tokens};
use contract::auth::{Register, TokenRequest, VerifyEmail};
use jobs::Worker;
use kernel::{Actor, AppError, Secret};
use tokio::task::JoinHandle;

use crate::fixture::Fixture;

pub(crate) use testkit::until;

/// The password of all users.
pub(crate) const PASSWORD: &str = "violet-comet-harbour-19";

/// A worker that stops when it is dropped. A test starts only one, because the jobs of a stopped
/// worker are not released at once.
pub(crate) struct RunningWorker(JoinHandle<()>);

impl Drop for RunningWorker {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Fixture {
    /// A registered user with a session.
    pub(crate) async fn user(&self, name: &str) -> Actor {
        self.registered(name).await;
        self.signed_in(name).await
    }

    /// A user with a verified address and a session. Requires a worker, which delivers the link.
    pub(crate) async fn verified_user(&self, name: &str) -> Actor {
        self.registered(name).await;
        let text = self.mail(&address(name), "Verify your email address").await;
        let (_, rest) = text.split_once("token=").unwrap();
        let token = rest.split_whitespace().next().unwrap();
        let token = Secret::new(token);
        self.accounts
            .verify_email(VerifyEmail { token })
            .await
            .unwrap();
        self.signed_in(name).await
    }

    /// An admin with a session.
    pub(crate) async fn admin(&self, name: &str) -> Actor {
        self.registered(name).await;
        self.accounts.grant_admin(name).await.unwrap();
        self.signed_in(name).await
    }

    /// Logs in with a password.
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

    /// Starts a worker for the jobs of this fixture.
    pub(crate) fn start_worker(&self) -> RunningWorker {
        self.start_worker_for(&self.accounts)
    }

    /// Starts a worker for the jobs of these accounts.
    pub(crate) fn start_worker_for(&self, accounts: &Accounts) -> RunningWorker {
        let worker = Worker::new(self.store.clone()).poll_interval(Duration::from_millis(5));
        RunningWorker(tokio::spawn(worker.register(accounts.jobs()).run()))
    }
}

/// A unique address, whatever script the username is in.
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
