//! Limits attempts at passwords and codes: failures are counted, and delay further attempts.
//!
//! While failures cause no delay, concurrent attempts are all checked. Once they do, an attempt is
//! counted as a failure before it is checked, so that only one of many concurrent attempts is.

mod store;

use std::time::Duration;

use db::Tx;
use kernel::{AppError, Secret, UserId};
use mail::MailTemplate;

use crate::Accounts;
use crate::account_rows;
use crate::client_info::ClientInfo;
use crate::error::Error;
use crate::keys::Digest;
use crate::rules::backoff::{self, ACCOUNT, CODES, PLACE, Policy, RECOVERY_CODES};

/// The owner of the account is informed after this many wrong codes in a row.
const ALARM_AT: u32 = 10;

/// An attempt to authenticate: what it is counted for, and where it comes from.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    subject: Digest,
    /// How failures from all places together delay further attempts.
    policy: Policy,
    origin: Origin,
    /// The user who is informed of many failures.
    told: Option<UserId>,
}

/// The origin of an attempt, as far as limits depend on it.
#[derive(Debug, Clone)]
pub(crate) enum Origin {
    /// A user who has the password already, or a session whose origin does not matter.
    Anywhere,
    /// An address; with its owner, whose attempts are not delayed where they have a session.
    Place {
        place: String,
        owner: Option<UserId>,
    },
    /// A device or a session of the owner of the account. It is counted separately, so that
    /// attempts of others do not delay it.
    Own(String),
}

impl Origin {
    fn place(&self) -> Option<&str> {
        match self {
            Self::Anywhere => None,
            Self::Place { place, .. } | Self::Own(place) => Some(place),
        }
    }
}

/// The permission to check one attempt.
#[derive(Debug)]
pub(crate) struct AttemptPermit {
    attempt: Attempt,
    /// The number of failures in a row, if this attempt is already counted as one.
    counted: Option<u32>,
    /// Whether a success has failures to reset.
    failed_before: bool,
}

impl Accounts {
    /// A password for this username or address, which may be unknown.
    pub(crate) fn password_for(
        &self,
        login: &str,
        user: Option<UserId>,
        client_info: &ClientInfo,
    ) -> Attempt {
        let origin = match self.known_device(client_info, user) {
            Some(device) => Origin::Own(device.key()),
            None => Origin::Place {
                place: client_info.place_key(),
                owner: user,
            },
        };
        self.attempt(&format!("name:{login}"), ACCOUNT, origin)
    }

    /// The password of an authenticated user.
    pub(crate) fn password_of(&self, user: UserId) -> Attempt {
        self.attempt(&format!("password:{user}"), ACCOUNT, Origin::Anywhere)
    }

    /// A short code of a user's second factor.
    pub(crate) fn code_of(&self, user: UserId, origin: Origin) -> Attempt {
        Attempt {
            told: Some(user),
            ..self.attempt(&format!("code:{user}"), CODES, origin)
        }
    }

    /// A recovery code. It is counted separately, so that guesses of short codes do not keep the
    /// owner from using one.
    pub(crate) fn recovery_code_of(&self, user: UserId, origin: Origin) -> Attempt {
        Attempt {
            told: Some(user),
            ..self.attempt(&format!("recovery:{user}"), RECOVERY_CODES, origin)
        }
    }

    fn attempt(&self, subject: &str, policy: Policy, origin: Origin) -> Attempt {
        // Keyed, because users type passwords into the username field by mistake.
        let subject = self.inner.keys.code(b"attempts", &Secret::new(subject));
        Attempt {
            subject,
            policy,
            origin,
            told: None,
        }
    }

    /// Permits an attempt if it need not wait.
    ///
    /// # Errors
    /// `auth.too_many_attempts` with the remaining delay.
    pub(crate) async fn admit(&self, attempt: Attempt) -> Result<AttemptPermit, AppError> {
        let asked = attempt.clone();
        let so_far = self
            .inner
            .store
            .read(move |conn| store::so_far(conn, &asked))
            .await?;
        let now = self.inner.env.now();
        if so_far.slows(now) {
            return self.admit_one_of_many(attempt).await;
        }
        Ok(AttemptPermit {
            attempt,
            counted: None,
            failed_before: so_far.any(),
        })
    }

    async fn admit_one_of_many(&self, attempt: Attempt) -> Result<AttemptPermit, AppError> {
        let count = move |tx: &mut Tx<'_>| {
            store::lock(tx, &attempt)?;
            let now = tx.env().now();
            let so_far = store::so_far(tx.conn, &attempt)?;
            let wait = so_far.wait(now);
            if !wait.is_zero() {
                return Err(Error::TooManyAttempts.retry_after(whole_seconds(wait)));
            }
            let total = store::fail(tx, &attempt, so_far)?;
            Ok(AttemptPermit {
                attempt,
                counted: Some(total),
                failed_before: true,
            })
        };
        self.inner.store.write(count).await
    }

    /// Records a failed attempt.
    pub(crate) async fn count_wrong(&self, admitted: AttemptPermit) -> Result<(), AppError> {
        if admitted.counted.is_some_and(|total| total != ALARM_AT) {
            return Ok(());
        }
        let this = self.clone();
        let count = move |tx: &mut Tx<'_>| this.count_wrong_in(tx, &admitted);
        self.inner.store.write(count).await
    }

    /// Records a failed attempt unless it was counted in advance, and informs the owner of the
    /// account at a threshold.
    pub(crate) fn count_wrong_in(
        &self,
        tx: &mut Tx<'_>,
        admitted: &AttemptPermit,
    ) -> Result<(), AppError> {
        let AttemptPermit {
            attempt, counted, ..
        } = admitted;
        let total = match counted {
            Some(total) => *total,
            None => {
                store::lock(tx, attempt)?;
                let so_far = store::so_far(tx.conn, attempt)?;
                store::fail(tx, attempt, so_far)?
            }
        };
        match attempt.told {
            Some(user) if total == ALARM_AT => self.alarm(tx, user),
            _ => Ok(()),
        }
    }

    fn alarm(&self, tx: &mut Tx<'_>, user: UserId) -> Result<(), AppError> {
        let member = account_rows::by_id(tx.conn, user)?;
        if !member.is_reachable() {
            return Ok(());
        }
        let at = tx.env().now();
        self.inner
            .mail_queue
            .enqueue(tx, &member.outgoing_mail(MailTemplate::WrongCodes { at })?)
    }
}

impl AttemptPermit {
    /// Resets the failures after a successful attempt.
    pub(crate) fn forget(&self, tx: &mut Tx<'_>) -> Result<(), AppError> {
        if self.failed_before {
            store::forget(tx, &self.attempt)?;
        }
        Ok(())
    }
}

/// The failures so far.
#[derive(Debug, Clone, Copy)]
struct FailureCount {
    policy: Policy,
    account: backoff::Failures,
    place: backoff::Failures,
    at_home: bool,
}

impl FailureCount {
    fn any(&self) -> bool {
        self.account.count > 0 || self.place.count > 0
    }

    fn slows(&self, now: kernel::Timestamp) -> bool {
        PLACE.slows(self.place, now) || (!self.at_home && self.policy.slows(self.account, now))
    }

    fn wait(&self, now: kernel::Timestamp) -> Duration {
        let general = if self.at_home {
            Duration::ZERO
        } else {
            self.policy.wait(self.account, now)
        };
        PLACE.wait(self.place, now).max(general)
    }
}

/// Rounds up to whole seconds, which is what the header can express.
fn whole_seconds(wait: Duration) -> Duration {
    Duration::from_secs(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
}

pub(crate) use store::prune;
