//! Who may send invites to whom.

use contract::accounts::Audience;
use kernel::error::Common;
use kernel::{AppError, Relation};

use crate::Error;

/// The maximum number of pending invites from a user.
pub const MAX_PENDING: i64 = 20;

/// Checks that a user can play a match against an opponent now. An opponent across a block is reported
/// as unknown.
///
/// # Errors
/// One has blocked the other, or one is in a match.
pub fn ensure_can_play(
    relation: Relation,
    user_is_playing: bool,
    opponent_is_playing: bool,
) -> Result<(), AppError> {
    match relation {
        Relation::Blocked => Err(Common::UserNotFound.into()),
        Relation::Friend | Relation::Stranger if user_is_playing => {
            Err(Error::YouArePlaying.into())
        }
        Relation::Friend | Relation::Stranger if opponent_is_playing => {
            Err(Error::OpponentPlaying.into())
        }
        Relation::Friend | Relation::Stranger => Ok(()),
    }
}

/// Checks that a receiver accepts invites from a sender with this relation.
///
/// # Errors
/// The receiver does not.
pub fn ensure_accepts_invites(relation: Relation, audience: Audience) -> Result<(), AppError> {
    match (relation, audience) {
        (Relation::Blocked, _) => Err(Common::UserNotFound.into()),
        (Relation::Friend, Audience::Everyone | Audience::Friends)
        | (Relation::Stranger, Audience::Everyone) => Ok(()),
        (Relation::Friend | Relation::Stranger, _) => Err(Error::NotAllowed.into()),
    }
}

/// What to do with an invite that crosses a pending one in the other direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crossing {
    /// Accept the pending one.
    Accept,
    /// Refuse the new one, as the pending one has another game or other options.
    Refuse,
}

/// Decides about two invites that cross. Options are compared with their defaults filled in, so that
/// no user gets into a rated or longer match without having chosen it.
#[must_use]
pub const fn decide_crossing(same_rematch: bool, same_game: bool) -> Crossing {
    if same_rematch || same_game {
        Crossing::Accept
    } else {
        Crossing::Refuse
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decide_crossing_accepts_the_same_rematch_or_game_only() {
        assert_eq!(decide_crossing(true, false), Crossing::Accept);
        assert_eq!(decide_crossing(false, true), Crossing::Accept);
        assert_eq!(decide_crossing(false, false), Crossing::Refuse);
    }
    use Relation::{Blocked, Friend, Stranger};

    fn code(answer: Result<(), AppError>) -> &'static str {
        answer.unwrap_err().code().name
    }

    #[test]
    fn ensure_can_play_refuses_players_in_matches_and_blocked_users() {
        for relation in [Friend, Stranger] {
            assert!(ensure_can_play(relation, false, false).is_ok());
            let both_playing = code(ensure_can_play(relation, true, true));
            assert_eq!(both_playing, Error::YouArePlaying.code().name);
            let opponent_playing = code(ensure_can_play(relation, false, true));
            assert_eq!(opponent_playing, Error::OpponentPlaying.code().name);
        }
        for playing in [false, true] {
            assert_eq!(
                code(ensure_can_play(Blocked, playing, playing)),
                Common::UserNotFound.code().name,
                "nothing is disclosed"
            );
        }
    }

    #[test]
    fn ensure_accepts_invites_follows_the_audience() {
        use Audience::{Everyone, Friends, Nobody};
        let accepted = |relation| {
            [Everyone, Friends, Nobody]
                .map(|audience| ensure_accepts_invites(relation, audience).is_ok())
        };
        assert_eq!(accepted(Friend), [true, true, false]);
        assert_eq!(accepted(Stranger), [true, false, false]);
        let across_a_block = code(ensure_accepts_invites(Blocked, Everyone));
        assert_eq!(across_a_block, Common::UserNotFound.code().name);
    }
}
