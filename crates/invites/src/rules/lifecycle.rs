//! What can become of an invite.

use std::time::Duration;

use contract::invites::InviteStatus;
use kernel::Timestamp;

use crate::Error;

/// How long an invite waits for its answer.
pub const LIFETIME: Duration = Duration::from_secs(10 * 60);

/// How far an invite is at this moment: a pending one is over when its time is, whether or not
/// anybody has noted it.
#[must_use]
pub fn status_at(stored: InviteStatus, expires_at: Timestamp, now: Timestamp) -> InviteStatus {
    match stored {
        InviteStatus::Pending if expires_at <= now => InviteStatus::Expired,
        other => other,
    }
}

/// What somebody wants to do with an invite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InviteAction {
    /// The invited one plays.
    Accept,
    /// The invited one does not.
    Decline,
    /// The sender takes it back.
    Cancel,
}

impl InviteAction {
    /// What an invite is after it.
    #[must_use]
    pub const fn result(self) -> InviteStatus {
        match self {
            Self::Accept => InviteStatus::Accepted,
            Self::Decline => InviteStatus::Declined,
            Self::Cancel => InviteStatus::Canceled,
        }
    }
}

/// What comes of a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transition {
    /// It is done now.
    Do,
    /// It was done before: the same answer again.
    Done,
}

/// What comes of a move on an invite that is so far.
///
/// # Errors
/// It is over in another way.
pub fn next(status: InviteStatus, wanted: InviteAction) -> Result<Transition, Error> {
    match status {
        InviteStatus::Pending => Ok(Transition::Do),
        over if over == wanted.result() => Ok(Transition::Done),
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
    fn time_ends_what_waits_and_nothing_else() {
        let end = Timestamp::from_micros(1_000_000);
        let moment = Duration::from_micros(1);
        assert_eq!(status_at(Pending, end, end - moment), Pending);
        assert_eq!(status_at(Pending, end, end), Expired);
        for over in [Accepted, Declined, Canceled, Expired] {
            assert_eq!(status_at(over, end, end + moment), over);
        }
    }

    #[test]
    fn what_waits_takes_every_move_and_what_is_over_takes_its_own_again() {
        let moves = [
            InviteAction::Accept,
            InviteAction::Decline,
            InviteAction::Cancel,
        ];
        for wanted in moves {
            assert_eq!(next(Pending, wanted), Ok(Transition::Do));
            assert_eq!(next(wanted.result(), wanted), Ok(Transition::Done));
            assert_eq!(next(Expired, wanted), Err(Error::Expired));
        }
        assert_eq!(
            next(Accepted, InviteAction::Decline),
            Err(Error::AlreadyAccepted)
        );
        assert_eq!(
            next(Accepted, InviteAction::Cancel),
            Err(Error::AlreadyAccepted)
        );
        assert_eq!(next(Declined, InviteAction::Accept), Err(Error::Declined));
        assert_eq!(next(Declined, InviteAction::Cancel), Err(Error::Declined));
        assert_eq!(next(Canceled, InviteAction::Accept), Err(Error::Canceled));
        assert_eq!(next(Canceled, InviteAction::Decline), Err(Error::Canceled));
    }
}
