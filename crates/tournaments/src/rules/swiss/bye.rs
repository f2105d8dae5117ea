//! Who gets the bye of an odd round, and who cannot be paired at all.

use std::collections::{BTreeMap, BTreeSet};

use integer_blossom::max_weight_matching;

use super::round::{SwissPlayer, SwissRound};
use crate::rules::EntrantNumber;

/// What one more pair is worth: more than the choice of who is left.
const PAIR_WORTH: i64 = 100_000_000;

/// Who is left when as many as possible of the players are paired. Of all ways to do so this is the one that leaves the
/// lowest who have not had the points of a win without playing, and others only if there is no such way. Who is left
/// of an odd number gets the bye; if more are left, they cannot all be paired.
pub(super) fn left_over(round: &SwissRound) -> Vec<EntrantNumber> {
    let candidates = bye_candidates(&round.players);
    if round.players.len().is_multiple_of(2) {
        if has_few_forbidden_pairs(round, None) {
            return vec![];
        }
    } else if let Some(first) = candidates.first()
        && has_few_forbidden_pairs(round, Some(*first))
    {
        return vec![*first];
    }
    let worth: BTreeMap<EntrantNumber, i64> = candidates.into_iter().zip(0..).collect();
    match_as_many_as_possible(round, &worth)
}

/// From the lowest up, first those who have not had the points of a win without playing.
fn bye_candidates(players: &[SwissPlayer]) -> Vec<EntrantNumber> {
    let from_lowest = || players.iter().rev();
    let without = from_lowest().filter(|player| !player.had_free_win);
    let with = from_lowest().filter(|player| player.had_free_win);
    without.chain(with).map(|player| player.entrant).collect()
}

/// Whether each of an even number may meet at least half of them: then all can be paired (a theorem of Dirac).
fn has_few_forbidden_pairs(round: &SwissRound, without: Option<EntrantNumber>) -> bool {
    let numbers = round.players.iter().map(|player| player.entrant);
    let numbers: BTreeSet<_> = numbers.filter(|number| Some(*number) != without).collect();
    let mut forbidden: BTreeMap<EntrantNumber, usize> = BTreeMap::new();
    for (one, other) in round.met.union(&round.blocked) {
        if numbers.contains(one) && numbers.contains(other) {
            *forbidden.entry(*one).or_default() += 1;
            *forbidden.entry(*other).or_default() += 1;
        }
    }
    let most = forbidden.values().max().copied().unwrap_or_default();
    numbers.len() >= (most + 1) * 2
}

/// Pairs as many as possible, of all ways that in which the paired are worth most. Returns who is left.
fn match_as_many_as_possible(
    round: &SwissRound,
    worth: &BTreeMap<EntrantNumber, i64>,
) -> Vec<EntrantNumber> {
    let players = &round.players;
    let count = players.len();
    let worth = |player: &SwissPlayer| worth.get(&player.entrant).copied().unwrap_or_default();
    let mut weights = vec![0_i64; count * count];
    for (one, player) in players.iter().enumerate() {
        for (other, opponent) in players.iter().enumerate().skip(one + 1) {
            if round.may_meet(player.entrant, opponent.entrant)
                && let Some(weight) = weights.get_mut(one * count + other)
            {
                *weight = PAIR_WORTH + worth(player) + worth(opponent);
            }
        }
    }
    let mates = max_weight_matching(&weights, count);
    let left = players.iter().zip(mates).filter(|(_, mate)| mate.is_none());
    left.map(|(player, _)| player.entrant).collect()
}
