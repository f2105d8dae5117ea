//! The lifetime of sessions, and the rotation of refresh tokens.

use std::time::Duration;

use kernel::Timestamp;

/// The lifetime of an access token.
pub const ACCESS_LIFETIME: Duration = Duration::from_secs(10 * 60);
/// The lifetime of an unused session.
pub const IDLE: Duration = Duration::from_secs(14 * 24 * 60 * 60);
/// The maximum lifetime of a session.
pub const ABSOLUTE: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How long the token before the newest is accepted again: two tabs may refresh at once, and a
/// response may be lost.
pub const GRACE: Duration = Duration::from_secs(10);

/// The position of a presented refresh token in its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
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
pub enum Renewal {
    /// Spend it and return its successor.
    Rotate,
    /// Return the same successor again.
    Repeat,
    /// The token was copied: end the session.
    Reused,
    /// The session has expired.
    Over,
}

/// Decides on a presented refresh token.
#[must_use]
pub fn renew(shown: Shown, started_at: Timestamp, used_at: Timestamp, now: Timestamp) -> Renewal {
    if now >= ends_at(started_at, used_at) {
        return Renewal::Over;
    }
    match shown {
        Shown::Newest => Renewal::Rotate,
        Shown::Parent { spent_at } if now.since(spent_at) < GRACE => Renewal::Repeat,
        Shown::Parent { .. } | Shown::Older => Renewal::Reused,
    }
}

/// When a session expires if it is not used again.
#[must_use]
pub fn ends_at(started_at: Timestamp, used_at: Timestamp) -> Timestamp {
    (used_at + IDLE).min(started_at + ABSOLUTE)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 24 * 60 * 60;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_micros(1_700_000_000_000_000) + Duration::from_secs(seconds)
    }

    #[test]
    fn the_newest_is_rotated_until_the_session_is_idle_or_old() {
        let renewed = |used, now| renew(Shown::Newest, at(0), at(used), at(now));
        assert_eq!(renewed(0, 14 * DAY - 1), Renewal::Rotate);
        assert_eq!(renewed(0, 14 * DAY), Renewal::Over);
        assert_eq!(renewed(29 * DAY, 30 * DAY - 1), Renewal::Rotate);
        assert_eq!(renewed(29 * DAY, 30 * DAY), Renewal::Over);
    }

    #[test]
    fn its_parent_has_a_moment_of_grace() {
        let shown = Shown::Parent { spent_at: at(100) };
        assert_eq!(renew(shown, at(0), at(100), at(109)), Renewal::Repeat);
        assert_eq!(renew(shown, at(0), at(100), at(110)), Renewal::Reused);
    }

    #[test]
    fn an_older_one_means_a_copy_is_about() {
        assert_eq!(
            renew(Shown::Older, at(0), at(100), at(100)),
            Renewal::Reused
        );
        assert_eq!(
            renew(Shown::Older, at(0), at(0), at(14 * DAY)),
            Renewal::Over
        );
    }
}
