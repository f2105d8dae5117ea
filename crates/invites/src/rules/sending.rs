//! Who may invite whom.

use contract::accounts::Audience;
use kernel::AppError;
use kernel::error::Common;

use crate::Error;
use crate::ports::Relation;

/// The most invites of one person that wait for an answer.
pub const MAX_OPEN: i64 = 20;

/// Whether the two can meet in a match at all. Somebody across a block is as if not there.
///
/// # Errors
/// They cannot.
pub fn may_meet(relation: Relation, i_play: bool, they_play: bool) -> Result<(), AppError> {
    match relation {
        Relation::Blocked => Err(Common::UserNotFound.into()),
        Relation::Friend | Relation::Stranger if i_play => Err(Error::YouArePlaying.into()),
        Relation::Friend | Relation::Stranger if they_play => Err(Error::TheyArePlaying.into()),
        Relation::Friend | Relation::Stranger => Ok(()),
    }
}

/// Whether somebody takes invites from one who stands so.
///
/// # Errors
/// They do not.
pub fn is_welcome(relation: Relation, takes: Audience) -> Result<(), AppError> {
    match (relation, takes) {
        (Relation::Blocked, _) => Err(Common::UserNotFound.into()),
        (Relation::Friend, Audience::Everyone | Audience::Friends)
        | (Relation::Stranger, Audience::Everyone) => Ok(()),
        (Relation::Friend | Relation::Stranger, _) => Err(Error::NotWelcome.into()),
    }
}

/// What comes of an invite to somebody whose own invite waits the other way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crossing {
    /// Both want the same: theirs is accepted.
    Accept,
    /// They want something else: theirs is to be answered first.
    Refuse,
}

/// What comes of two invites that cross. Options are compared with those left out filled in, so
/// that nobody gets into a rated match or a longer one without having asked for it.
#[must_use]
pub const fn crossing(same_rematch: bool, alike: bool) -> Crossing {
    if same_rematch || alike {
        Crossing::Accept
    } else {
        Crossing::Refuse
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crossing_accepts_what_both_want_and_nothing_else() {
        assert_eq!(crossing(true, false), Crossing::Accept);
        assert_eq!(crossing(false, true), Crossing::Accept);
        assert_eq!(crossing(false, false), Crossing::Refuse);
    }
    use Relation::{Blocked, Friend, Stranger};

    fn code(answer: Result<(), AppError>) -> &'static str {
        answer.unwrap_err().code().name
    }

    #[test]
    fn nobody_is_pulled_out_of_a_match_or_across_a_block() {
        for relation in [Friend, Stranger] {
            assert!(may_meet(relation, false, false).is_ok());
            let both_play = code(may_meet(relation, true, true));
            assert_eq!(both_play, Error::YouArePlaying.code().name);
            let they_play = code(may_meet(relation, false, true));
            assert_eq!(they_play, Error::TheyArePlaying.code().name);
        }
        for playing in [false, true] {
            assert_eq!(
                code(may_meet(Blocked, playing, playing)),
                Common::UserNotFound.code().name,
                "not even whether they play"
            );
        }
    }

    #[test]
    fn each_audience_lets_in_whom_it_names() {
        use Audience::{Everyone, Friends, Nobody};
        let welcome =
            |relation| [Everyone, Friends, Nobody].map(|takes| is_welcome(relation, takes).is_ok());
        assert_eq!(welcome(Friend), [true, true, false]);
        assert_eq!(welcome(Stranger), [true, false, false]);
        let across_a_block = code(is_welcome(Blocked, Everyone));
        assert_eq!(across_a_block, Common::UserNotFound.code().name);
    }
}
