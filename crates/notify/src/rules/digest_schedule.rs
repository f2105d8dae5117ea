//! When a digest is due.

use std::time::Duration;

use contract::notify::DigestFrequency;
use kernel::Timestamp;

/// The minimum time until the digest of an active user is considered again.
pub(crate) const MIN_RECHECK_DELAY: Duration = Duration::from_secs(60);

/// What decides about a user's digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DigestState {
    /// When the oldest notification was created that is unread and not mailed.
    pub(crate) oldest: Option<Timestamp>,
    /// When the last digest was created.
    pub(crate) last_digest: Option<Timestamp>,
    /// How often the user wants digests.
    pub(crate) frequency: DigestFrequency,
    /// Whether the user is active in the app.
    pub(crate) is_active: bool,
}

/// What to do about a user's digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DigestDecision {
    /// Nothing.
    Nothing,
    /// Decide again at this time.
    Later(Timestamp),
    /// Create a digest.
    Send,
}

/// Decides about a digest, where notifications may be unread for `after`.
#[must_use]
pub(crate) fn decide(state: &DigestState, after: Duration, now: Timestamp) -> DigestDecision {
    let Some(oldest) = state.oldest else {
        return DigestDecision::Nothing;
    };
    let Some(interval) = interval(state.frequency, after) else {
        return DigestDecision::Nothing;
    };
    let allowed_at = state.last_digest.map(|last| last + interval);
    let due = allowed_at.map_or(oldest + after, |at| at.max(oldest + after));
    match () {
        () if due > now => DigestDecision::Later(due),
        () if state.is_active => DigestDecision::Later(now + after.max(MIN_RECHECK_DELAY)),
        () => DigestDecision::Send,
    }
}

/// The minimum time between two digests.
fn interval(frequency: DigestFrequency, after: Duration) -> Option<Duration> {
    match frequency {
        DigestFrequency::Off => None,
        DigestFrequency::Soon => Some(after),
        DigestFrequency::Hourly => Some(Duration::from_secs(3_600)),
        DigestFrequency::Daily => Some(Duration::from_secs(24 * 3_600)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AFTER: Duration = Duration::from_secs(900);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    fn unread_since(oldest: i64) -> DigestState {
        DigestState {
            oldest: Some(at(oldest)),
            last_digest: None,
            frequency: DigestFrequency::Soon,
            is_active: false,
        }
    }

    #[test]
    fn decide_waits_for_the_oldest_notification() {
        let state = unread_since(100);
        let due = DigestDecision::Later(at(1_000));
        assert_eq!(decide(&state, AFTER, at(999)), due);
        assert_eq!(decide(&state, AFTER, at(1_000)), DigestDecision::Send);
    }

    #[test]
    fn decide_does_nothing_without_notifications_or_when_digests_are_off() {
        let mut empty = unread_since(0);
        empty.oldest = None;
        assert_eq!(decide(&empty, AFTER, at(5_000)), DigestDecision::Nothing);
        let mut off = unread_since(0);
        off.frequency = DigestFrequency::Off;
        assert_eq!(decide(&off, AFTER, at(5_000)), DigestDecision::Nothing);
    }

    #[test]
    fn decide_keeps_the_interval_of_the_frequency() {
        let cases = [
            (DigestFrequency::Soon, 900),
            (DigestFrequency::Hourly, 3_600),
            (DigestFrequency::Daily, 86_400),
        ];
        for (frequency, interval) in cases {
            let mut state = unread_since(0);
            (state.frequency, state.last_digest) = (frequency, Some(at(10_000)));
            let due = 10_000 + interval;
            let later = DigestDecision::Later(at(due));
            assert_eq!(decide(&state, AFTER, at(due - 1)), later);
            assert_eq!(decide(&state, AFTER, at(due)), DigestDecision::Send);
            state.last_digest = None;
            let first = decide(&state, AFTER, at(900));
            assert_eq!(
                first,
                DigestDecision::Send,
                "the first waits for no interval"
            );
        }
    }

    #[test]
    fn decide_postpones_while_the_user_is_active() {
        let mut active = unread_since(0);
        active.is_active = true;
        let later = DigestDecision::Later(at(1_800));
        assert_eq!(decide(&active, AFTER, at(900)), later);
        let soon = decide(&active, Duration::ZERO, at(900));
        assert_eq!(soon, DigestDecision::Later(at(960)));
    }
}
