//! Delays after failed attempts.
//!
//! Two delays grow independently. The delay of an *account* is capped at a short time, so that
//! guesses from many addresses are slowed down while the owner is never locked out for long. The
//! delay of an account *at one place* grows further and concerns the guesser alone. A place where
//! the account has a session, and a known device, is exempt from the delay of the account, so that
//! guesses of strangers never lock the owner out of their own device.

use std::time::Duration;

use kernel::Timestamp;

/// Failed attempts at an account, or at an account from one place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Failures {
    /// The number of failures in a row.
    pub count: u32,
    /// The time of the newest failure.
    pub last: Option<Timestamp>,
}

/// How delays grow.
#[derive(Debug, Clone, Copy)]
pub struct BackoffPolicy {
    /// The number of failures without a delay: users mistype.
    free_failures: u32,
    first_delay: Duration,
    max_delay: Duration,
    /// All failures are reset after this time without another one.
    reset_after: Duration,
}

/// For an account, from all places together.
pub const ACCOUNT: BackoffPolicy = BackoffPolicy {
    free_failures: 10,
    first_delay: Duration::from_secs(1),
    max_delay: Duration::from_secs(30),
    reset_after: Duration::from_secs(60 * 60),
};

/// For an account at one place.
pub const PLACE: BackoffPolicy = BackoffPolicy {
    free_failures: 4,
    first_delay: Duration::from_secs(1),
    max_delay: Duration::from_secs(15 * 60),
    reset_after: Duration::from_secs(24 * 60 * 60),
};

/// For the short codes of a second factor, which are easy to guess: whoever tries them has the
/// password.
pub const CODES: BackoffPolicy = BackoffPolicy {
    free_failures: 10,
    first_delay: Duration::from_secs(1),
    max_delay: Duration::from_secs(15 * 60),
    reset_after: Duration::from_secs(24 * 60 * 60),
};

/// For recovery codes, which are too long to be guessed: failures are counted to inform the owner,
/// and cause no delay.
pub const RECOVERY_CODES: BackoffPolicy = BackoffPolicy {
    max_delay: Duration::ZERO,
    ..CODES
};

impl BackoffPolicy {
    /// The delay after a number of failures in a row. It doubles with each of them.
    #[must_use]
    pub fn delay(&self, failures: u32) -> Duration {
        let Some(doublings) = failures.checked_sub(self.free_failures) else {
            return Duration::ZERO;
        };
        let factor = 2_u32.checked_pow(doublings).unwrap_or(u32::MAX);
        self.first_delay.saturating_mul(factor).min(self.max_delay)
    }

    /// The remaining delay before the next attempt.
    #[must_use]
    pub fn wait(&self, failures: Failures, now: Timestamp) -> Duration {
        let Some(last) = failures.last else {
            return Duration::ZERO;
        };
        let count = self.current(failures, now).count;
        // A clock that was set back must not lengthen the delay.
        self.delay(count).saturating_sub(now.since(last))
    }

    /// Whether failures cause a delay by now.
    #[must_use]
    pub fn delays(&self, failures: Failures, now: Timestamp) -> bool {
        !self.delay(self.current(failures, now).count).is_zero()
    }

    /// When failures are reset.
    #[must_use]
    pub fn reset_after(&self) -> Duration {
        self.reset_after
    }

    /// The failures after another one.
    #[must_use]
    pub fn fail(&self, failures: Failures, now: Timestamp) -> Failures {
        Failures {
            count: self.current(failures, now).count.saturating_add(1),
            last: Some(now),
        }
    }

    /// The failures that still count.
    fn current(&self, failures: Failures, now: Timestamp) -> Failures {
        let quiet = failures
            .last
            .map_or(self.reset_after, |last| now.since(last));
        if quiet < self.reset_after {
            failures
        } else {
            Failures::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: i64 = 1_700_000_000_000_000;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_micros(NOW) + Duration::from_secs(seconds)
    }

    fn failures(count: u32) -> Failures {
        Failures {
            count,
            last: Some(at(0)),
        }
    }

    #[test]
    fn delay_is_zero_for_the_first_failures() {
        assert!((0..4).all(|count| PLACE.delay(count).is_zero()));
        assert_eq!(PLACE.delay(4), Duration::from_secs(1));
        assert_eq!(PLACE.delay(5), Duration::from_secs(2));
        assert_eq!(PLACE.delay(10), Duration::from_secs(64));
    }

    #[test]
    fn delay_is_capped() {
        assert_eq!(ACCOUNT.delay(u32::MAX), Duration::from_secs(30));
        assert_eq!(PLACE.delay(u32::MAX), Duration::from_secs(900));
        assert_eq!(CODES.delay(u32::MAX), Duration::from_secs(900));
        assert_eq!(RECOVERY_CODES.delay(u32::MAX), Duration::ZERO);
        assert!(!RECOVERY_CODES.delays(failures(u32::MAX), at(0)));
        assert_eq!(RECOVERY_CODES.fail(failures(9), at(0)).count, 10);
        assert!(ACCOUNT.wait(failures(u32::MAX), at(30)).is_zero());
    }

    #[test]
    fn wait_ends_and_failures_are_reset() {
        assert_eq!(PLACE.wait(failures(6), at(1)), Duration::from_secs(3));
        assert_eq!(PLACE.wait(failures(6), at(4)), Duration::ZERO);
        assert_eq!(PLACE.fail(failures(6), at(4)).count, 7);
        assert_eq!(PLACE.fail(failures(6), at(24 * 60 * 60)).count, 1);
    }

    #[test]
    fn delays_until_the_failures_are_reset() {
        assert!(!PLACE.delays(failures(3), at(0)));
        assert!(PLACE.delays(failures(4), at(0)));
        assert!(PLACE.delays(failures(4), at(24 * 60 * 60 - 1)));
        assert!(!PLACE.delays(failures(4), at(24 * 60 * 60)));
    }

    #[test]
    fn wait_is_capped_when_the_clock_was_set_back() {
        let past = Timestamp::from_micros(NOW) - Duration::from_secs(3_600);
        assert_eq!(PLACE.wait(failures(6), past), PLACE.delay(6));
    }

    proptest! {
        #[test]
        fn delay_is_monotonic(count in 0_u32..u32::MAX) {
            prop_assert!(PLACE.delay(count) <= PLACE.delay(count + 1));
            prop_assert!(ACCOUNT.delay(count) <= ACCOUNT.delay(count + 1));
        }
    }
}
