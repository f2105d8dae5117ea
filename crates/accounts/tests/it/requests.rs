//! Requests and clients of these tests, and the mails that they lead to.

use accounts::prelude::*;
use accounts::{ClientInfo, Tokens};
use contract::accounts::SecondFactorMethod;
use contract::auth::{Login, Register, TokenRequest, Verify};
use contract::users::Profile;
use kernel::{Actor, AppError, Secret};
use mail::Email;

use crate::fixture::Fixture;
use crate::test_users::{PASSWORD, until};

impl Fixture {
    /// Registers an account.
    pub(crate) async fn register(&self, name: &str) -> Result<Profile, AppError> {
        self.accounts.register(account(name), &home()).await
    }

    /// Logs in from a client.
    pub(crate) async fn sign_in_from(
        &self,
        login: &str,
        password: &str,
        client_info: &ClientInfo,
    ) -> Result<Tokens, AppError> {
        let request = TokenRequest {
            username: login.to_owned(),
            password: Secret::new(password),
        };
        self.accounts.token(request, client_info).await
    }

    /// Logs in once more.
    pub(crate) async fn tokens(&self, name: &str) -> Tokens {
        self.sign_in_from(name, PASSWORD, &home()).await.unwrap()
    }

    /// The actor of these tokens.
    pub(crate) async fn authenticate(&self, tokens: &Tokens) -> Result<Actor, AppError> {
        let access = tokens.access.token.expose();
        self.accounts.authenticate(access).await
    }

    /// Waits for a mail to an address with this subject; returns the text of the newest one.
    /// Requires a worker.
    pub(crate) async fn mail(&self, address: &str, subject: &str) -> String {
        let newest = || self.mails(address, subject).into_iter().next();
        until(subject, async || newest().is_some()).await;
        newest().unwrap()
    }

    /// The texts of the mails to an address with this subject, the newest first.
    pub(crate) fn mails(&self, address: &str, subject: &str) -> Vec<String> {
        let to = Email::parse(address).unwrap();
        let mails = self.mailbox.to(&to).into_iter();
        mails
            .filter(|mail| mail.mail.subject == subject)
            .map(|mail| mail.mail.text.clone())
            .collect()
    }
}

/// The registration of a user.
pub(crate) fn account(name: &str) -> Register {
    Register {
        username: name.to_owned(),
        email: format!("{name}@example.org"),
        password: Secret::new(PASSWORD),
        password_confirm: Secret::new(PASSWORD),
    }
}

/// The login of a user in a browser.
pub(crate) fn login(name: &str) -> Login {
    Login {
        username: name.to_owned(),
        password: Secret::new(PASSWORD),
    }
}

/// An answer to a challenge.
pub(crate) fn answer(challenge: &Secret, method: SecondFactorMethod, code: &Secret) -> Verify {
    Verify {
        challenge: challenge.clone(),
        method,
        code: code.clone(),
    }
}

/// A browser at the usual address.
pub(crate) fn home() -> ClientInfo {
    at("203.0.113.7")
}

/// A browser at this address.
pub(crate) fn at(address: &str) -> ClientInfo {
    ClientInfo {
        address: address.parse().unwrap(),
        user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0"
            .to_owned(),
        device: None,
    }
}

/// A known device of this account at another address.
pub(crate) fn known(fixture: &Fixture, actor: &Actor) -> ClientInfo {
    ClientInfo {
        device: Some(fixture.accounts.remember_device(None, actor.user)),
        ..at("2001:db8:7:8::9")
    }
}

/// The code or token on a line of its own in a mail.
pub(crate) fn token_in(mail: &str) -> Secret {
    let line = mail.lines().find(|line| line.starts_with("    "));
    Secret::new(line.unwrap().trim())
}

/// The code of an error.
pub(crate) fn error_code<T: std::fmt::Debug>(result: Result<T, AppError>) -> &'static str {
    result.unwrap_err().code().name
}
