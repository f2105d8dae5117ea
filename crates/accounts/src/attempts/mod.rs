//! Wrong passwords and codes: counted, and answered later and later.
//!
//! As long as mistakes are free, tries that meet are all looked at. Once they cost a wait, each
//! try is counted before it is looked at, so that of many at once one goes through.

mod store;

use std::time::Duration;

use ::store::Tx;
use kernel::{Fault, Secret, UserId};

use crate::Accounts;
use crate::error::Error;
use crate::keys::Digest;
use crate::rules::backoff::{self, ACCOUNT, PLACE};

/// What was tried, at what place.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    subject: Digest,
    /// Where, as far as it matters: who is signed in, or has the password, is at no other place.
    place: Option<String>,
    /// Whose sessions make a place theirs.
    user: Option<UserId>,
}

/// A try that may be looked at.
#[derive(Debug)]
pub(crate) struct Admitted {
    attempt: Attempt,
    /// Whether it is counted as wrong already.
    counted: bool,
    /// Whether there is something to forget once it is right.
    failed_before: bool,
}

impl Accounts {
    /// A password for whoever has this name or address, if anybody.
    pub(crate) fn password_for(&self, login: &str, user: Option<UserId>, place: String) -> Attempt {
        self.attempt(&format!("name:{login}"), user, Some(place))
    }

    /// A password of somebody who is signed in.
    pub(crate) fn password_of(&self, user: UserId) -> Attempt {
        self.attempt(&format!("password:{user}"), None, None)
    }

    /// A code of somebody's second step.
    pub(crate) fn code_of(&self, user: UserId) -> Attempt {
        self.attempt(&format!("code:{user}"), None, None)
    }

    fn attempt(&self, subject: &str, user: Option<UserId>, place: Option<String>) -> Attempt {
        // Under a key: people type passwords into the field for the name.
        let subject = self.inner.keys.code(b"attempts", &Secret::new(subject));
        Attempt {
            subject,
            place,
            user,
        }
    }

    /// Whether a try may be looked at now.
    ///
    /// # Errors
    /// `auth.too_many_attempts` with how long to wait.
    pub(crate) async fn admit(&self, attempt: Attempt) -> Result<Admitted, Fault> {
        let asked = attempt.clone();
        let so_far = self
            .inner
            .store
            .read(move |conn| store::so_far(conn, &asked))
            .await?;
        let now = self.inner.ambient.now();
        if so_far.slows(now) {
            return self.admit_one_of_many(attempt).await;
        }
        Ok(Admitted {
            attempt,
            counted: false,
            failed_before: so_far.any(),
        })
    }

    async fn admit_one_of_many(&self, attempt: Attempt) -> Result<Admitted, Fault> {
        let count = move |tx: &mut Tx<'_>| {
            store::lock(tx, &attempt)?;
            let now = tx.ambient().now();
            let so_far = store::so_far(tx.conn, &attempt)?;
            let wait = so_far.wait(now);
            if !wait.is_zero() {
                return Err(Error::TooManyAttempts.retry_after(whole_seconds(wait)));
            }
            store::fail(tx, &attempt, so_far)?;
            Ok(Admitted {
                attempt,
                counted: true,
                failed_before: true,
            })
        };
        self.inner.store.write(count).await
    }

    /// Counts a try that was wrong.
    pub(crate) async fn count_wrong(&self, admitted: Admitted) -> Result<(), Fault> {
        if admitted.counted {
            return Ok(());
        }
        let count = move |tx: &mut Tx<'_>| admitted.count_wrong(tx);
        self.inner.store.write(count).await
    }
}

impl Admitted {
    /// Counts it as wrong, unless that was done before it was looked at.
    pub(crate) fn count_wrong(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        if self.counted {
            return Ok(());
        }
        store::lock(tx, &self.attempt)?;
        let so_far = store::so_far(tx.conn, &self.attempt)?;
        store::fail(tx, &self.attempt, so_far)
    }

    /// Forgets what was wrong before: the try was right.
    pub(crate) fn forget(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        if self.failed_before {
            store::forget(tx, &self.attempt)?;
        }
        Ok(())
    }
}

/// What went wrong so far.
#[derive(Debug, Clone, Copy)]
struct SoFar {
    account: backoff::Failures,
    place: backoff::Failures,
    at_home: bool,
}

impl SoFar {
    fn any(&self) -> bool {
        self.account.count > 0 || self.place.count > 0
    }

    fn slows(&self, now: kernel::Timestamp) -> bool {
        PLACE.slows(self.place, now) || (!self.at_home && ACCOUNT.slows(self.account, now))
    }

    fn wait(&self, now: kernel::Timestamp) -> Duration {
        backoff::wait(self.account, self.place, self.at_home, now)
    }
}

/// What a header can say: seconds, and never too early.
fn whole_seconds(wait: Duration) -> Duration {
    Duration::from_secs(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
}

pub(crate) use store::prune;
