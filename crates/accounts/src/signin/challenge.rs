//! Challenges that wait for a code of a second factor.

use async_trait::async_trait;
use contract::accounts::SecondFactorMethod;
use contract::auth::{Resend, Resent, SecondFactor, SecondFactorState, Verify};
use db::{AnyConn, Tx};
use kernel::{AppError, Secret, SessionId, Timestamp, UserId};
use mail::MailTemplate;

use super::flow;
use super::store::{self, Challenge, Purpose};
use crate::Accounts;
use crate::account_rows::{self, AccountRow};
use crate::attempts::{AttemptPermit, Origin};
use crate::client_info::ClientInfo;
use crate::error::Error;
use crate::keys::Digest;
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
            let digest = flow(&challenge);
            let user = store::owner(tx.conn, &digest)?.ok_or(Error::ChallengeInvalid)?;
            let (member, found) = open(tx, user, &digest)?;
            if !second_factor::state(tx.conn, user)?.email {
                return Err(Error::MethodUnavailable.into());
            }
            let now = tx.env().now();
            admit_resend(&found, now)?;
            store::count_resend(tx.conn, &digest)?;
            this.mail_code(tx, &member, &digest, found.expires_at)?;
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
        member: &AccountRow,
        state: &SecondFactorState,
        purpose: Purpose,
        session: Option<SessionId>,
    ) -> Result<SecondFactor, AppError> {
        let challenge = Secret::token(tx.env());
        let expires_at = tx.env().now() + codes::LIFETIME;
        let digest = flow(&challenge);
        store::insert(tx.conn, &digest, (member.id, session), purpose, expires_at)?;
        if state.email {
            self.mail_code(tx, member, &digest, expires_at)?;
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
        member: &AccountRow,
        challenge: &Digest,
        until: Timestamp,
    ) -> Result<(), AppError> {
        let code = codes::draw(tx.env());
        let stored = self.inner.keys.code(&challenge.0, &code);
        store::set_code(tx.conn, challenge, &stored, tx.env().now())?;
        self.inner.mail_queue.enqueue_expiring(
            tx,
            &member.outgoing_mail(MailTemplate::LoginCode { code })?,
            until,
        )
    }

    /// Verifies an answer to a challenge. If it is right, the challenge is spent and `finish` runs
    /// in the same transaction. If it is wrong, the failure is counted and the result is none.
    pub(super) async fn answer<T, F>(
        &self,
        verify: Verify,
        fits: impl Fn(Purpose) -> bool + Send + 'static,
        session: Option<SessionId>,
        client_info: Option<&ClientInfo>,
        finish: F,
    ) -> Result<Option<T>, AppError>
    where
        F: FnOnce(&mut Tx<'_>, &AccountRow, Purpose) -> Result<T, AppError> + Send + 'static,
        T: Send + 'static,
    {
        let digest = flow(&verify.challenge);
        let now = self.inner.env.now();
        let find = move |conn: &mut AnyConn| usable(conn, &digest, now);
        let user = self.inner.store.read(find).await?.user_id;
        let origin = self.origin(user, session, client_info);
        let attempt = match verify.method {
            SecondFactorMethod::Recovery => self.recovery_code_of(user, origin),
            SecondFactorMethod::Email | SecondFactorMethod::Totp => self.code_of(user, origin),
        };
        let admitted = self.admit(attempt).await?;
        let this = self.clone();
        let look = move |tx: &mut Tx<'_>| {
            let (member, found) = open(tx, user, &digest)?;
            let purpose = Purpose::from_text(&found.purpose)?;
            if !fits(purpose) || found.session_id != session {
                return Err(Error::ChallengeInvalid.into());
            }
            if !this.judge(tx, &found, &digest, &verify, &admitted)? {
                return Ok(None);
            }
            finish(tx, &member, purpose).map(Some)
        };
        self.inner.store.write(look).await
    }

    /// A session and a known device of the account are counted separately.
    fn origin(
        &self,
        user: UserId,
        session: Option<SessionId>,
        client_info: Option<&ClientInfo>,
    ) -> Origin {
        let device = client_info.and_then(|client_info| self.known_device(client_info, Some(user)));
        match (session, device) {
            (Some(session), _) => Origin::Own(format!("session:{session}")),
            (None, Some(device)) => Origin::Own(device.key()),
            (None, None) => Origin::Anywhere,
        }
    }

    /// Verifies a code and records the result.
    fn judge(
        &self,
        tx: &mut Tx<'_>,
        found: &Challenge,
        digest: &Digest,
        verify: &Verify,
        admitted: &AttemptPermit,
    ) -> Result<bool, AppError> {
        store::count_try(tx.conn, digest)?;
        let right = match verify.method {
            SecondFactorMethod::Email => self.is_mailed_code(found, digest, &verify.code)?,
            method => self.spend_code(tx, found.user_id, method, &verify.code)?,
        };
        if right {
            store::finish(tx.conn, digest, tx.env().now())?;
            admitted.forget(tx)?;
        } else {
            self.count_wrong_in(tx, admitted)?;
        }
        Ok(right)
    }

    fn is_mailed_code(
        &self,
        found: &Challenge,
        digest: &Digest,
        code: &Secret,
    ) -> Result<bool, AppError> {
        let stored = found
            .code_hash
            .as_ref()
            .ok_or_else(|| Error::MethodUnavailable.on_field("method"))?;
        let matches = |code| self.inner.keys.code(&digest.0, &code).matches(stored);
        Ok(codes::read(code).is_some_and(matches))
    }
}

/// Locks the account of a challenge that can be answered until the transaction ends, so that
/// answers for one account are serialized.
fn open(
    tx: &mut Tx<'_>,
    user: UserId,
    digest: &Digest,
) -> Result<(AccountRow, Challenge), AppError> {
    account_rows::lock(tx, user)?;
    let found = usable(tx.conn, digest, tx.env().now())?;
    let member = account_rows::by_id(tx.conn, user)?;
    if member.suspended_at.is_some() {
        return Err(Error::Suspended.into());
    }
    Ok((member, found))
}

fn usable(conn: &mut AnyConn, digest: &Digest, now: Timestamp) -> Result<Challenge, AppError> {
    let found = store::load(conn, digest)?.filter(|found| found.used_at.is_none());
    let found = found.ok_or(Error::ChallengeInvalid)?;
    codes::admit(found.expires_at, found.tries.unsigned_abs(), now)?;
    Ok(found)
}

fn admit_resend(found: &Challenge, now: Timestamp) -> Result<(), AppError> {
    let wait = match found.code_sent_at {
        _ if found.resends.unsigned_abs() >= codes::RESENDS => found.expires_at.since(now),
        Some(sent_at) => codes::resend_wait(sent_at, now),
        None => std::time::Duration::ZERO,
    };
    if wait.is_zero() {
        return Ok(());
    }
    Err(Error::ResendTooSoon.retry_after(wait))
}
