//! The statuses of an invite and the transitions between them.

use std::time::Duration;

use contract::invites::InviteStatus;
use kernel::Timestamp;

use crate::Error;

/// How long an invite can be answered.
pub const TTL: Duration = Duration::from_secs(10 * 60);

/// The status at a time: a pending invite expires then, whether or not that is stored.
#[must_use]
pub fn status_at(stored: InviteStatus, expires_at: Timestamp, now: Timestamp) -> InviteStatus {
    match stored {
        InviteStatus::Pending if expires_at <= now => InviteStatus::Expired,
        other => other,
    }
}

/// An action on a pending invite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InviteAction {
    /// By the receiver.
    Accept,
    /// By the receiver.
    Decline,
    /// By the sender.
    Cancel,
}

impl InviteAction {
    /// The status after the action.
    #[must_use]
    pub const fn result(self) -> InviteStatus {
        match self {
            Self::Accept => InviteStatus::Accepted,
            Self::Decline => InviteStatus::Declined,
            Self::Cancel => InviteStatus::Canceled,
        }
    }
}

/// What to do with an action that is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transition {
    /// Apply it.
    Apply,
    /// Return the same result again, as it was applied before.
    AlreadyApplied,
}

/// Decides about an action on an invite with this status.
///
/// # Errors
/// The invite has ended in another way.
pub fn decide(status: InviteStatus, action: InviteAction) -> Result<Transition, Error> {
    match status {
        InviteStatus::Pending => Ok(Transition::Apply),
        ended if ended == action.result() => Ok(Transition::AlreadyApplied),
        InviteStatus::Accepted => Err(Error::AlreadyAccepted),
        InviteStatus::Declined => Err(Error::Declined),
        InviteStatus::Canceled => Err(Error::Canceled),
        InviteStatus::Expired => Err(Error::Expired),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use InviteStatus::{Accepted, Canceled, Declined, Expired, Pending};

    #[test]
    fn status_at_expires_pending_invites_only() {
        let end = Timestamp::from_micros(1_000_000);
        let moment = Duration::from_micros(1);
        assert_eq!(status_at(Pending, end, end - moment), Pending);
        assert_eq!(status_at(Pending, end, end), Expired);
        for ended in [Accepted, Declined, Canceled, Expired] {
            assert_eq!(status_at(ended, end, end + moment), ended);
        }
    }

    #[test]
    fn decide_applies_actions_to_pending_invites_and_repeats_the_same() {
        let actions = [
            InviteAction::Accept,
            InviteAction::Decline,
            InviteAction::Cancel,
        ];
        for action in actions {
            assert_eq!(decide(Pending, action), Ok(Transition::Apply));
            assert_eq!(
                decide(action.result(), action),
                Ok(Transition::AlreadyApplied)
            );
            assert_eq!(decide(Expired, action), Err(Error::Expired));
        }
        assert_eq!(
            decide(Accepted, InviteAction::Decline),
            Err(Error::AlreadyAccepted)
        );
        assert_eq!(
            decide(Accepted, InviteAction::Cancel),
            Err(Error::AlreadyAccepted)
        );
        assert_eq!(decide(Declined, InviteAction::Accept), Err(Error::Declined));
        assert_eq!(decide(Declined, InviteAction::Cancel), Err(Error::Declined));
        assert_eq!(decide(Canceled, InviteAction::Accept), Err(Error::Canceled));
        assert_eq!(
            decide(Canceled, InviteAction::Decline),
            Err(Error::Canceled)
        );
    }
}
