//! Which matches count for the ratings.

use std::time::Duration;

use crate::{MatchEnding, MatchMode};

/// What was played at least, unless a point was scored.
const MIN_PLAYED: Duration = Duration::from_secs(10);

/// What decides whether a match counts.
#[derive(Debug, Clone, Copy)]
pub struct RatedFacts<'a> {
    /// Where the match comes from.
    pub mode: MatchMode,
    /// The option `ranked`.
    pub is_ranked: bool,
    /// How it ended.
    pub ending: &'a MatchEnding,
    /// How long it was played.
    pub played: Duration,
    /// Whether each seat has pressed a key or made a move.
    pub steered: [bool; 2],
    /// Whether two different users sat on the seats, and so two different sessions.
    pub has_two_users: bool,
}

/// Whether the match counts for the ratings.
#[must_use]
pub fn is_rated(facts: &RatedFacts<'_>) -> bool {
    let MatchEnding::Finished(outcome) = facts.ending else {
        return false;
    };
    let is_solo = matches!(facts.mode, MatchMode::Practice | MatchMode::Local);
    let was_played = outcome.score != [0, 0] || facts.played >= MIN_PLAYED;
    facts.is_ranked
        && !is_solo
        && was_played
        && facts.steered == [true, true]
        && facts.has_two_users
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EndReason, MatchCancelReason, MatchOutcome, Seat};

    const FORFEIT: MatchEnding = MatchEnding::Finished(MatchOutcome {
        winner: Some(Seat::First),
        reason: EndReason::Forfeit,
        score: [0, 0],
    });

    fn facts(ending: &MatchEnding) -> RatedFacts<'_> {
        RatedFacts {
            mode: MatchMode::Ranked,
            is_ranked: true,
            ending,
            played: MIN_PLAYED,
            steered: [true, true],
            has_two_users: true,
        }
    }

    #[test]
    fn match_of_ten_seconds_or_a_point_counts() {
        let point = MatchEnding::Finished(MatchOutcome {
            winner: Some(Seat::First),
            reason: EndReason::Forfeit,
            score: [0, 1],
        });
        let short = Duration::from_millis(9_999);
        assert!(is_rated(&facts(&FORFEIT)));
        assert!(is_rated(&RatedFacts {
            played: short,
            ..facts(&point)
        }));
        assert!(!is_rated(&RatedFacts {
            played: short,
            ..facts(&FORFEIT)
        }));
    }

    #[test]
    fn canceled_unranked_and_solo_matches_do_not_count() {
        let canceled = MatchEnding::Canceled {
            reason: MatchCancelReason::Void,
            at_fault: [true, true],
        };
        assert!(!is_rated(&facts(&canceled)));
        assert!(!is_rated(&RatedFacts {
            is_ranked: false,
            ..facts(&FORFEIT)
        }));
        for mode in [MatchMode::Practice, MatchMode::Local] {
            assert!(!is_rated(&RatedFacts {
                mode,
                ..facts(&FORFEIT)
            }));
        }
    }

    #[test]
    fn match_with_a_side_that_did_nothing_or_without_two_users_does_not_count() {
        for steered in [[true, false], [false, true]] {
            assert!(!is_rated(&RatedFacts {
                steered,
                ..facts(&FORFEIT)
            }));
        }
        assert!(!is_rated(&RatedFacts {
            has_two_users: false,
            ..facts(&FORFEIT)
        }));
    }
}
