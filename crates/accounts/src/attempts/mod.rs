//! Wrong passwords and codes: counted, and answered later and later.
//!
//! As long as mistakes are free, tries that meet are all looked at. Once they cost a wait, each
//! try is counted before it is looked at, so that of many at once one goes through.

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

/// At so many wrong codes in a row the owner of the account is told.
const ALARM_AT: u32 = 10;

/// What was tried, and where from.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    subject: Digest,
    /// How tries from all places together are slowed down.
    policy: Policy,
    origin: Origin,
    /// Who is told where many tries are wrong.
    told: Option<UserId>,
}

/// Where an attempt comes from, as far as it matters.
#[derive(Debug, Clone)]
pub(crate) enum Origin {
    /// Whoever has the password, or a session that is not told apart from the others.
    Anywhere,
    /// An address, which is its owner's where the account is signed in there.
    Place {
        place: String,
        owner: Option<UserId>,
    },
    /// A device or a session of the account's owner: counted by itself, spared the guesses of others.
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

/// A try that may be looked at.
#[derive(Debug)]
pub(crate) struct AttemptPermit {
    attempt: Attempt,
    /// How many were wrong in a row with this one, where it is counted as wrong already.
    counted: Option<u32>,
    /// Whether there is something to forget once it is right.
    failed_before: bool,
}

impl Accounts {
    /// A password for whoever has this name or address, if anybody.
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

    /// A password of somebody who is signed in.
    pub(crate) fn password_of(&self, user: UserId) -> Attempt {
        self.attempt(&format!("password:{user}"), ACCOUNT, Origin::Anywhere)
    }

    /// A short code of somebody's second step.
    pub(crate) fn code_of(&self, user: UserId, origin: Origin) -> Attempt {
        Attempt {
            told: Some(user),
            ..self.attempt(&format!("code:{user}"), CODES, origin)
        }
    }

    /// A recovery code. These have a count of their own, so that whoever guesses short codes does not
    /// keep the owner from using one.
    pub(crate) fn recovery_code_of(&self, user: UserId, origin: Origin) -> Attempt {
        Attempt {
            told: Some(user),
            ..self.attempt(&format!("recovery:{user}"), RECOVERY_CODES, origin)
        }
    }

    fn attempt(&self, subject: &str, policy: Policy, origin: Origin) -> Attempt {
        // Under a key: people type passwords into the field for the name.
        let subject = self.inner.keys.code(b"attempts", &Secret::new(subject));
        Attempt {
            subject,
            policy,
            origin,
            told: None,
        }
    }

    /// Whether a try may be looked at now.
    ///
    /// # Errors
    /// `auth.too_many_attempts` with how long to wait.
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

    /// Counts a try that was wrong.
    pub(crate) async fn count_wrong(&self, admitted: AttemptPermit) -> Result<(), AppError> {
        if admitted.counted.is_some_and(|total| total != ALARM_AT) {
            return Ok(());
        }
        let this = self.clone();
        let count = move |tx: &mut Tx<'_>| this.count_wrong_in(tx, &admitted);
        self.inner.store.write(count).await
    }

    /// Counts a try as wrong, unless that was done before it was looked at; tells the owner of the
    /// account when there were many.
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
    /// Forgets what was wrong before: the try was right.
    pub(crate) fn forget(&self, tx: &mut Tx<'_>) -> Result<(), AppError> {
        if self.failed_before {
            store::forget(tx, &self.attempt)?;
        }
        Ok(())
    }
}

/// What went wrong so far.
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

/// What a header can say: seconds, and never too early.
fn whole_seconds(wait: Duration) -> Duration {
    Duration::from_secs(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
}

pub(crate) use store::prune;
