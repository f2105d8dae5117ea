//! The lifetime of sessions, and the rotation of refresh tokens.

use std::time::Duration;

use kernel::Timestamp;

/// The lifetime of an access token.
pub const ACCESS_LIFETIME: Duration = Duration::from_secs(10 * 60);
/// The lifetime of an unused session.
pub const IDLE_LIFETIME: Duration = Duration::from_secs(14 * 24 * 60 * 60);
/// The maximum lifetime of a session.
pub const MAX_LIFETIME: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How long the token before the newest is accepted again: two tabs may refresh at once, and a
/// response may be lost.
pub const REUSE_GRACE: Duration = Duration::from_secs(10);

/// The position of a presented refresh token in its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PresentedToken {
    /// The newest token.
    Newest,
    /// The token before the newest.
    Parent {
        /// When it was spent.
        spent_at: Timestamp,
    },
    /// An older token.
    Older,
}

/// The decision on a presented refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshDecision {
    /// Spend it and return its successor.
    Rotate,
    /// Return the same successor again.
    Repeat,
    /// The token was copied: end the session.
    Reused,
    /// The session has expired.
    Expired,
}

/// Decides on a presented refresh token.
#[must_use]
pub fn decide(
    presented: PresentedToken,
    started_at: Timestamp,
    used_at: Timestamp,
    now: Timestamp,
) -> RefreshDecision {
    if now >= ends_at(started_at, used_at) {
        return RefreshDecision::Expired;
    }
    match presented {
        PresentedToken::Newest => RefreshDecision::Rotate,
        PresentedToken::Parent { spent_at } if now.since(spent_at) < REUSE_GRACE => {
            RefreshDecision::Repeat
        }
        PresentedToken::Parent { .. } | PresentedToken::Older => RefreshDecision::Reused,
    }
}

/// When a session expires if it is not used again.
#[must_use]
pub fn ends_at(started_at: Timestamp, used_at: Timestamp) -> Timestamp {
    (used_at + IDLE_LIFETIME).min(started_at + MAX_LIFETIME)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 24 * 60 * 60;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_micros(1_700_000_000_000_000) + Duration::from_secs(seconds)
    }

    #[test]
    fn decide_rotates_the_newest_until_expiry() {
        let renewed = |used, now| decide(PresentedToken::Newest, at(0), at(used), at(now));
        assert_eq!(renewed(0, 14 * DAY - 1), RefreshDecision::Rotate);
        assert_eq!(renewed(0, 14 * DAY), RefreshDecision::Expired);
        assert_eq!(renewed(29 * DAY, 30 * DAY - 1), RefreshDecision::Rotate);
        assert_eq!(renewed(29 * DAY, 30 * DAY), RefreshDecision::Expired);
    }

    #[test]
    fn decide_repeats_for_the_parent_within_the_grace_period() {
        let presented = PresentedToken::Parent { spent_at: at(100) };
        assert_eq!(
            decide(presented, at(0), at(100), at(109)),
            RefreshDecision::Repeat
        );
        assert_eq!(
            decide(presented, at(0), at(100), at(110)),
            RefreshDecision::Reused
        );
    }

    #[test]
    fn decide_reports_reuse_of_older_tokens() {
        assert_eq!(
            decide(PresentedToken::Older, at(0), at(100), at(100)),
            RefreshDecision::Reused
        );
        assert_eq!(
            decide(PresentedToken::Older, at(0), at(0), at(14 * DAY)),
            RefreshDecision::Expired
        );
    }
}
