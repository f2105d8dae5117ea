//! Login by password and second factor, and the step-up, by which a session is reauthenticated.

mod challenge;
mod password;
mod queries;
mod step_up;

use async_trait::async_trait;
use contract::auth::{Login, SecondFactor, TokenRequest, Verify};
use contract::users::Profile;
use db::Tx;
use kernel::{AppError, Secret};
use mail::MailTemplate;

pub use challenge::ChallengeService;
pub(crate) use password::Reauthenticated;
use password::VerifiedPassword;
use queries::ChallengePurpose;
pub(crate) use queries::{delete_challenges, prune};
pub use step_up::StepUpService;

use crate::Accounts;
use crate::account_rows::AccountRow;
use crate::audit::{AuditAction, AuditEntry};
use crate::client_info::ClientInfo;
use crate::error::Error;
use crate::sessions::{Tokens, is_familiar};
use crate::{profile, second_factor};

/// How the client stores the refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenTransport {
    /// The client stores its tokens itself.
    Client,
    /// A browser stores it in a cookie.
    Browser,
}

/// A completed login.
#[derive(Debug, Clone)]
pub struct CompletedLogin {
    /// The tokens of the new session.
    pub tokens: Tokens,
    /// How the refresh token is returned.
    pub transport: TokenTransport,
    /// The profile of the user.
    pub profile: Profile,
}

/// The result of a right password.
#[derive(Debug, Clone)]
#[allow(
    clippy::large_enum_variant,
    reason = "made once per login and taken apart at once"
)]
pub enum LoginStep {
    /// The login is complete.
    Completed(CompletedLogin),
    /// A second factor is required.
    SecondFactorRequired(SecondFactor),
}

/// The same, before the response is loaded.
enum FirstFactorOutcome {
    Completed(Tokens),
    SecondFactorRequired(SecondFactor),
}

/// Login by password, completed by a second factor if one is enabled.
#[async_trait]
pub trait LoginService: Send + Sync {
    /// Logs in a client that stores its tokens itself.
    ///
    /// # Errors
    /// `auth.invalid_credentials`; `auth.second_factor_required` with the challenge and its methods;
    /// `auth.too_many_attempts`; `auth.suspended`.
    async fn token(
        &self,
        request: TokenRequest,
        client_info: &ClientInfo,
    ) -> Result<Tokens, AppError>;

    /// Logs in a browser, or returns the challenge of its second factor.
    ///
    /// # Errors
    /// `auth.invalid_credentials`; `auth.too_many_attempts`; `auth.suspended`.
    async fn login(&self, request: Login, client_info: &ClientInfo) -> Result<LoginStep, AppError>;

    /// Completes a login with a code of the second factor.
    ///
    /// # Errors
    /// `auth.challenge_invalid`, `auth.challenge_expired`, `auth.too_many_tries`,
    /// `auth.code_invalid`, `auth.method_unavailable`, `auth.too_many_attempts`,
    /// `auth.suspended`.
    async fn verify_login(
        &self,
        verify: Verify,
        client_info: &ClientInfo,
    ) -> Result<CompletedLogin, AppError>;
}

#[async_trait]
impl LoginService for Accounts {
    async fn token(
        &self,
        request: TokenRequest,
        client_info: &ClientInfo,
    ) -> Result<Tokens, AppError> {
        let TokenRequest { username, password } = request;
        let verified = self
            .check_password(&username, &password, client_info)
            .await?;
        let (this, client_info) = (self.clone(), client_info.clone());
        let step = move |tx: &mut Tx<'_>| {
            this.first_step(tx, &verified, ChallengePurpose::Token, &client_info)
        };
        match self.inner.store.write(step).await? {
            FirstFactorOutcome::Completed(tokens) => Ok(tokens),
            FirstFactorOutcome::SecondFactorRequired(second) => {
                let challenge = second.challenge.expose().into();
                let methods = serde_json::to_value(&second.methods).map_err(AppError::internal)?;
                Err(AppError::from(Error::SecondFactorRequired)
                    .with("challenge", challenge)
                    .with("methods", methods))
            }
        }
    }

    async fn login(&self, request: Login, client_info: &ClientInfo) -> Result<LoginStep, AppError> {
        let Login { username, password } = request;
        let verified = self
            .check_password(&username, &password, client_info)
            .await?;
        let (this, client_info) = (self.clone(), client_info.clone());
        let step = move |tx: &mut Tx<'_>| {
            let step = this.first_step(tx, &verified, ChallengePurpose::Browser, &client_info)?;
            Ok(match step {
                FirstFactorOutcome::SecondFactorRequired(second) => {
                    LoginStep::SecondFactorRequired(second)
                }
                FirstFactorOutcome::Completed(tokens) => LoginStep::Completed(CompletedLogin {
                    tokens,
                    transport: TokenTransport::Browser,
                    profile: profile::load(tx.conn, verified.account.id, tx.env().now())?,
                }),
            })
        };
        self.inner.store.write(step).await
    }

    async fn verify_login(
        &self,
        verify: Verify,
        client_info: &ClientInfo,
    ) -> Result<CompletedLogin, AppError> {
        let (this, from) = (self.clone(), client_info.clone());
        let login = |purpose: ChallengePurpose| purpose != ChallengePurpose::StepUp;
        let finish = move |tx: &mut Tx<'_>, account: &AccountRow, purpose| {
            let tokens = this.sign_in(tx, account, &from)?;
            Ok(CompletedLogin {
                tokens,
                transport: match purpose {
                    ChallengePurpose::Browser => TokenTransport::Browser,
                    ChallengePurpose::Token | ChallengePurpose::StepUp => TokenTransport::Client,
                },
                profile: profile::load(tx.conn, account.id, tx.env().now())?,
            })
        };
        let answered = self.verify_answer(verify, login, None, Some(client_info), finish);
        let answered = answered.await?;
        answered.ok_or_else(|| Error::CodeInvalid.on_field("code"))
    }
}

impl Accounts {
    /// Continues after the password with a session or a challenge.
    fn first_step(
        &self,
        tx: &mut Tx<'_>,
        verified: &VerifiedPassword,
        purpose: ChallengePurpose,
        client_info: &ClientInfo,
    ) -> Result<FirstFactorOutcome, AppError> {
        let account = verified.recheck(tx)?;
        if account.suspended_at.is_some() {
            return Err(Error::Suspended.into());
        }
        verified.record_success(tx)?;
        let state = second_factor::state(tx.conn, account.id)?;
        if second_factor::is_enabled(&state) {
            let challenge = self.challenge(tx, &account, &state, purpose, None)?;
            return Ok(FirstFactorOutcome::SecondFactorRequired(challenge));
        }
        self.sign_in(tx, &account, client_info)
            .map(FirstFactorOutcome::Completed)
    }

    /// Creates the session of an authenticated user.
    fn sign_in(
        &self,
        tx: &mut Tx<'_>,
        account: &AccountRow,
        client_info: &ClientInfo,
    ) -> Result<Tokens, AppError> {
        let (same, any) = is_familiar(tx, account.id, client_info)?;
        if any && !same && account.is_reachable() {
            self.inner
                .mail_queue
                .enqueue(tx, &account.outgoing_mail(new_sign_in(tx, client_info))?)?;
        }
        AuditEntry::own(account.id, AuditAction::SignedIn)
            .from(client_info)
            .record(tx)?;
        self.create_session(tx, account.id, client_info)
    }
}

fn new_sign_in(tx: &Tx<'_>, client_info: &ClientInfo) -> MailTemplate {
    MailTemplate::NewSignIn {
        device: client_info.device(),
        place: client_info.place(),
        at: tx.env().now(),
    }
}

/// The value that a code is bound to.
fn challenge_digest(challenge: &Secret) -> crate::keys::TokenDigest {
    crate::keys::TokenDigest::of(challenge)
}
