//! Challenges that wait for a code of a second factor.

use async_trait::async_trait;
use contract::accounts::{SecondFactorMethod, SecondFactorState};
use contract::auth::{Resend, Resent, SecondFactor, Verify};
use db::{AnyConn, Tx};
use kernel::{AppError, Secret, SessionId, Timestamp, UserId};
use mail::MailTemplate;

use super::challenge_digest;
use super::queries::{self, ChallengePurpose, ChallengeRow};
use crate::Accounts;
use crate::account_rows::{self, AccountRow};
use crate::attempts::{AttemptOrigin, AttemptPermit};
use crate::client_info::ClientInfo;
use crate::error::Error;
use crate::keys::TokenDigest;
use crate::rules::codes;
use crate::second_factor;

/// Challenges that wait for a code of a second factor.
#[async_trait]
pub trait ChallengeService: Send + Sync {
    /// Mails a new code for a challenge and voids the previous one.
    ///
    /// # Errors
    /// `auth.challenge_invalid`, `auth.challenge_expired`, `auth.too_many_tries`;
    /// `auth.method_unavailable` if the account gets no codes by mail; `auth.resend_too_soon`;
    /// `auth.suspended`.
    async fn resend_code(&self, Resend { challenge }: Resend) -> Result<Resent, AppError>;
}

#[async_trait]
impl ChallengeService for Accounts {
    async fn resend_code(&self, Resend { challenge }: Resend) -> Result<Resent, AppError> {
        let this = self.clone();
        let resend = move |tx: &mut Tx<'_>| {
            let digest = challenge_digest(&challenge);
            let user = queries::owner(tx.conn, &digest)?.ok_or(Error::ChallengeInvalid)?;
            let (account, found) = lock_open_challenge(tx, user, &digest)?;
            if !second_factor::state(tx.conn, user)?.email {
                return Err(Error::MethodUnavailable.into());
            }
            let now = tx.env().now();
            check_resend(&found, now)?;
            queries::count_resend(tx.conn, &digest)?;
            this.mail_code(tx, &account, &digest, found.expires_at)?;
            Ok(Resent {
                expires_at: found.expires_at,
                resend_after: now + codes::RESEND_AFTER,
            })
        };
        self.inner.store.write(resend).await
    }
}

impl Accounts {
    /// Creates a challenge, and mails a code if codes are sent by mail.
    pub(super) fn challenge(
        &self,
        tx: &mut Tx<'_>,
        account: &AccountRow,
        state: &SecondFactorState,
        purpose: ChallengePurpose,
        session: Option<SessionId>,
    ) -> Result<SecondFactor, AppError> {
        let challenge = Secret::token(tx.env());
        let expires_at = tx.env().now() + codes::CHALLENGE_LIFETIME;
        let digest = challenge_digest(&challenge);
        queries::insert(tx.conn, &digest, (account.id, session), purpose, expires_at)?;
        if state.email {
            self.mail_code(tx, account, &digest, expires_at)?;
        }
        Ok(SecondFactor {
            challenge,
            methods: second_factor::methods(state),
            expires_at,
        })
    }

    fn mail_code(
        &self,
        tx: &mut Tx<'_>,
        account: &AccountRow,
        challenge: &TokenDigest,
        until: Timestamp,
    ) -> Result<(), AppError> {
        let code = codes::generate(tx.env());
        let stored = self.inner.keys.code_digest(&challenge.0, &code);
        queries::set_code(tx.conn, challenge, &stored, tx.env().now())?;
        self.inner.mail_queue.enqueue_expiring(
            tx,
            &account.outgoing_mail(MailTemplate::LoginCode { code })?,
            until,
        )
    }

    /// Verifies an answer to a challenge. If it is right, the challenge is spent and `finish` runs
    /// in the same transaction. If it is wrong, the failure is counted and the result is none.
    pub(super) async fn verify_answer<T, F>(
        &self,
        verify: Verify,
        accepts: impl Fn(ChallengePurpose) -> bool + Send + 'static,
        session: Option<SessionId>,
        client_info: Option<&ClientInfo>,
        finish: F,
    ) -> Result<Option<T>, AppError>
    where
        F: FnOnce(&mut Tx<'_>, &AccountRow, ChallengePurpose) -> Result<T, AppError>
            + Send
            + 'static,
        T: Send + 'static,
    {
        let digest = challenge_digest(&verify.challenge);
        let now = self.inner.env.now();
        let find = move |conn: &mut AnyConn| find_open_challenge(conn, &digest, now);
        let user = self.inner.store.read(find).await?.user_id;
        let origin = self.origin(user, session, client_info);
        let attempt = match verify.method {
            SecondFactorMethod::Recovery => self.recovery_code_of(user, origin),
            SecondFactorMethod::Email | SecondFactorMethod::Totp => self.code_of(user, origin),
        };
        let permit = self.check_attempt(attempt).await?;
        let this = self.clone();
        let check = move |tx: &mut Tx<'_>| {
            let (account, found) = lock_open_challenge(tx, user, &digest)?;
            let purpose = ChallengePurpose::from_text(&found.purpose)?;
            if !accepts(purpose) || found.session_id != session {
                return Err(Error::ChallengeInvalid.into());
            }
            if !this.verify_code(tx, &found, &digest, &verify, &permit)? {
                return Ok(None);
            }
            finish(tx, &account, purpose).map(Some)
        };
        self.inner.store.write(check).await
    }

    /// A session and a known device of the account are counted separately.
    fn origin(
        &self,
        user: UserId,
        session: Option<SessionId>,
        client_info: Option<&ClientInfo>,
    ) -> AttemptOrigin {
        let device = client_info.and_then(|client_info| self.known_device(client_info, Some(user)));
        match (session, device) {
            (Some(session), _) => AttemptOrigin::Own(format!("session:{session}")),
            (None, Some(device)) => AttemptOrigin::Own(device.key()),
            (None, None) => AttemptOrigin::Anywhere,
        }
    }

    /// Verifies a code and records the result.
    fn verify_code(
        &self,
        tx: &mut Tx<'_>,
        found: &ChallengeRow,
        digest: &TokenDigest,
        verify: &Verify,
        permit: &AttemptPermit,
    ) -> Result<bool, AppError> {
        queries::count_try(tx.conn, digest)?;
        let verified = match verify.method {
            SecondFactorMethod::Email => self.is_mailed_code(found, digest, &verify.code)?,
            method => self.spend_code(tx, found.user_id, method, &verify.code)?,
        };
        if verified {
            queries::finish(tx.conn, digest, tx.env().now())?;
            permit.reset_failures(tx)?;
        } else {
            self.record_failure_in(tx, permit)?;
        }
        Ok(verified)
    }

    fn is_mailed_code(
        &self,
        found: &ChallengeRow,
        digest: &TokenDigest,
        code: &Secret,
    ) -> Result<bool, AppError> {
        let stored = found
            .code_hash
            .as_ref()
            .ok_or_else(|| Error::MethodUnavailable.on_field("method"))?;
        let matches = |code| {
            self.inner
                .keys
                .code_digest(&digest.0, &code)
                .matches(stored)
        };
        Ok(codes::parse(code).is_some_and(matches))
    }
}

/// Locks the account of a challenge that can be answered until the transaction ends, so that
/// answers for one account are serialized.
fn lock_open_challenge(
    tx: &mut Tx<'_>,
    user: UserId,
    digest: &TokenDigest,
) -> Result<(AccountRow, ChallengeRow), AppError> {
    account_rows::lock(tx, user)?;
    let found = find_open_challenge(tx.conn, digest, tx.env().now())?;
    let account = account_rows::by_id(tx.conn, user)?;
    if account.suspended_at.is_some() {
        return Err(Error::Suspended.into());
    }
    Ok((account, found))
}

fn find_open_challenge(
    conn: &mut AnyConn,
    digest: &TokenDigest,
    now: Timestamp,
) -> Result<ChallengeRow, AppError> {
    let found = queries::load(conn, digest)?.filter(|found| found.used_at.is_none());
    let found = found.ok_or(Error::ChallengeInvalid)?;
    codes::check_challenge(found.expires_at, found.tries.unsigned_abs(), now)?;
    Ok(found)
}

fn check_resend(found: &ChallengeRow, now: Timestamp) -> Result<(), AppError> {
    let wait = match found.code_sent_at {
        _ if found.resends.unsigned_abs() >= codes::MAX_RESENDS => found.expires_at.since(now),
        Some(sent_at) => codes::resend_wait(sent_at, now),
        None => std::time::Duration::ZERO,
    };
    if wait.is_zero() {
        return Ok(());
    }
    Err(Error::ResendTooSoon.retry_after(wait))
}
