//! Limits attempts at passwords and codes: failures are counted, and delay further attempts.
//!
//! While failures cause no delay, concurrent attempts are all checked. Once they do, an attempt is
//! counted as a failure before it is checked, so that only one of many concurrent attempts is.

mod attempt;
mod failure_count;
mod queries;

use std::time::Duration;

use db::Tx;
use kernel::{AppError, Secret, UserId};
use mail::MailTemplate;

pub(crate) use attempt::{AttemptOrigin, CredentialAttempt};
pub(crate) use queries::prune;

use crate::Accounts;
use crate::account_rows;
use crate::client_info::ClientInfo;
use crate::error::Error;
use crate::rules::backoff::{ACCOUNT, BackoffPolicy, CODES, RECOVERY_CODES};

/// The owner of the account is informed after this many wrong codes in a row.
const ALERT_THRESHOLD: u32 = 10;

/// The permission to check one attempt.
#[derive(Debug)]
pub(crate) struct AttemptPermit {
    attempt: CredentialAttempt,
    /// The number of failures in a row, if this attempt is already counted as one.
    counted: Option<u32>,
    /// Whether a success has failures to reset.
    has_failures: bool,
}

impl Accounts {
    /// A password for this username or address, which may be unknown.
    pub(crate) fn password_for(
        &self,
        login: &str,
        user: Option<UserId>,
        client_info: &ClientInfo,
    ) -> CredentialAttempt {
        let origin = match self.known_device(client_info, user) {
            Some(device) => AttemptOrigin::Own(device.key()),
            None => AttemptOrigin::Place {
                place: client_info.place_key(),
                owner: user,
            },
        };
        self.attempt(&format!("name:{login}"), ACCOUNT, origin)
    }

    /// The password of an authenticated user.
    pub(crate) fn password_of(&self, user: UserId) -> CredentialAttempt {
        self.attempt(
            &format!("password:{user}"),
            ACCOUNT,
            AttemptOrigin::Anywhere,
        )
    }

    /// A short code of a user's second factor.
    pub(crate) fn code_of(&self, user: UserId, origin: AttemptOrigin) -> CredentialAttempt {
        CredentialAttempt {
            alerted_user: Some(user),
            ..self.attempt(&format!("code:{user}"), CODES, origin)
        }
    }

    /// A recovery code. It is counted separately, so that guesses of short codes do not keep the
    /// owner from using one.
    pub(crate) fn recovery_code_of(
        &self,
        user: UserId,
        origin: AttemptOrigin,
    ) -> CredentialAttempt {
        CredentialAttempt {
            alerted_user: Some(user),
            ..self.attempt(&format!("recovery:{user}"), RECOVERY_CODES, origin)
        }
    }

    fn attempt(
        &self,
        subject: &str,
        policy: BackoffPolicy,
        origin: AttemptOrigin,
    ) -> CredentialAttempt {
        // Keyed, because users type passwords into the username field by mistake.
        let subject = self
            .inner
            .keys
            .code_digest(b"attempts", &Secret::new(subject));
        CredentialAttempt {
            subject,
            policy,
            origin,
            alerted_user: None,
        }
    }

    /// Permits an attempt if it need not wait.
    ///
    /// # Errors
    /// `auth.too_many_attempts` with the remaining delay.
    pub(crate) async fn check_attempt(
        &self,
        attempt: CredentialAttempt,
    ) -> Result<AttemptPermit, AppError> {
        let asked = attempt.clone();
        let failure_count = self
            .inner
            .store
            .read(move |conn| queries::load_failures(conn, &asked))
            .await?;
        let now = self.inner.env.now();
        if failure_count.delays(now) {
            return self.check_delayed_attempt(attempt).await;
        }
        Ok(AttemptPermit {
            attempt,
            counted: None,
            has_failures: failure_count.any(),
        })
    }

    async fn check_delayed_attempt(
        &self,
        attempt: CredentialAttempt,
    ) -> Result<AttemptPermit, AppError> {
        let count = move |tx: &mut Tx<'_>| {
            queries::lock(tx, &attempt)?;
            let now = tx.env().now();
            let failure_count = queries::load_failures(tx.conn, &attempt)?;
            let wait = failure_count.wait(now);
            if !wait.is_zero() {
                return Err(Error::TooManyAttempts.retry_after(whole_seconds(wait)));
            }
            let total = queries::record_failure(tx, &attempt, failure_count)?;
            Ok(AttemptPermit {
                attempt,
                counted: Some(total),
                has_failures: true,
            })
        };
        self.inner.store.write(count).await
    }

    /// Records a failed attempt.
    pub(crate) async fn record_failure(&self, permit: AttemptPermit) -> Result<(), AppError> {
        if permit.counted.is_some_and(|total| total != ALERT_THRESHOLD) {
            return Ok(());
        }
        let this = self.clone();
        let count = move |tx: &mut Tx<'_>| this.record_failure_in(tx, &permit);
        self.inner.store.write(count).await
    }

    /// Records a failed attempt unless it was counted in advance, and informs the owner of the
    /// account at a threshold.
    pub(crate) fn record_failure_in(
        &self,
        tx: &mut Tx<'_>,
        permit: &AttemptPermit,
    ) -> Result<(), AppError> {
        let AttemptPermit {
            attempt, counted, ..
        } = permit;
        let total = match counted {
            Some(total) => *total,
            None => {
                queries::lock(tx, attempt)?;
                let failure_count = queries::load_failures(tx.conn, attempt)?;
                queries::record_failure(tx, attempt, failure_count)?
            }
        };
        match attempt.alerted_user {
            Some(user) if total == ALERT_THRESHOLD => self.send_alert(tx, user),
            _ => Ok(()),
        }
    }

    fn send_alert(&self, tx: &mut Tx<'_>, user: UserId) -> Result<(), AppError> {
        let account = account_rows::by_id(tx.conn, user)?;
        if !account.is_reachable() {
            return Ok(());
        }
        let at = tx.env().now();
        self.inner
            .mail_queue
            .enqueue(tx, &account.outgoing_mail(MailTemplate::WrongCodes { at })?)
    }
}

impl AttemptPermit {
    /// Resets the failures after a successful attempt.
    pub(crate) fn reset_failures(&self, tx: &mut Tx<'_>) -> Result<(), AppError> {
        if self.has_failures {
            queries::delete_failures(tx, &self.attempt)?;
        }
        Ok(())
    }
}

/// Rounds up to whole seconds, which is what the header can express.
fn whole_seconds(wait: Duration) -> Duration {
    Duration::from_secs(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
}
