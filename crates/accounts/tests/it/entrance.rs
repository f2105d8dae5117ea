//! How people of these tests come in, and what they find in their mail.

use accounts::prelude::*;
use accounts::{ClientInfo, Tokens};
use contract::accounts::SecondFactorMethod;
use contract::auth::{Login, Register, TokenRequest, Verify};
use contract::users::Profile;
use kernel::{Actor, AppError, Secret};
use mail::Email;

use crate::company::{PASSWORD, until};
use crate::world::World;

impl World {
    /// A new account.
    pub(crate) async fn register(&self, name: &str) -> Result<Profile, AppError> {
        self.accounts.register(account(name), &home()).await
    }

    /// Tries to sign in from anywhere.
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

    /// Signs in once more.
    pub(crate) async fn tokens(&self, name: &str) -> Tokens {
        self.sign_in_from(name, PASSWORD, &home()).await.unwrap()
    }

    /// Who comes with these tokens.
    pub(crate) async fn who(&self, tokens: &Tokens) -> Result<Actor, AppError> {
        let access = tokens.access.token.expose();
        self.accounts.authenticate(access).await
    }

    /// The newest mail to an address with this subject, once it has come; as text. A worker must
    /// be there to bring it.
    pub(crate) async fn letter(&self, address: &str, subject: &str) -> String {
        let newest = || self.letters(address, subject).into_iter().next();
        until(subject, async || newest().is_some()).await;
        newest().unwrap()
    }

    /// The mails to an address with this subject that have come, newest first.
    pub(crate) fn letters(&self, address: &str, subject: &str) -> Vec<String> {
        let to = Email::parse(address).unwrap();
        let mails = self.mailbox.to(&to).into_iter();
        mails
            .filter(|mail| mail.mail.subject == subject)
            .map(|mail| mail.mail.text.clone())
            .collect()
    }
}

/// What somebody registers with.
pub(crate) fn account(name: &str) -> Register {
    Register {
        username: name.to_owned(),
        email: format!("{name}@example.org"),
        password: Secret::new(PASSWORD),
        password_confirm: Secret::new(PASSWORD),
    }
}

/// What somebody signs in with in a browser.
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

/// A browser at one place.
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

/// A browser far away that was signed in to this account before.
pub(crate) fn known(world: &World, actor: &Actor) -> ClientInfo {
    ClientInfo {
        device: Some(world.accounts.remember_device(None, actor.user)),
        ..at("2001:db8:7:8::9")
    }
}

/// The code or token that stands by itself in a mail.
pub(crate) fn token_in(letter: &str) -> Secret {
    let line = letter.lines().find(|line| line.starts_with("    "));
    Secret::new(line.unwrap().trim())
}

/// The name of a refusal.
pub(crate) fn refusal<T: std::fmt::Debug>(result: Result<T, AppError>) -> &'static str {
    result.unwrap_err().code().name
}
