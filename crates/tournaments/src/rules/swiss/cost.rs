//! What a pair costs.

use super::round::{Float, SwissPlayer};

/// How much more each part of the cost weighs than the next.
const STEP: i128 = 1_000_000;

/// A player with its position among those who have equal points.
#[derive(Debug, Clone, Copy)]
pub(super) struct RankedPlayer {
    pub(super) player: SwissPlayer,
    /// The position in its group, from 0.
    pub(super) position: usize,
    /// How many are in its group.
    pub(super) group: usize,
}

/// Ranks players, who are ordered by points.
pub(super) fn rank(players: &[SwissPlayer]) -> Vec<RankedPlayer> {
    let groups = players.chunk_by(|one, other| one.half_points == other.half_points);
    let ranked = groups.flat_map(|group| {
        group
            .iter()
            .enumerate()
            .map(|(position, player)| RankedPlayer {
                player: *player,
                position,
                group: group.len(),
            })
    });
    ranked.collect()
}

/// The cost of a pair, `better` being before `worse` in the order. Each part weighs a million times the next:
///
/// 1. the square of the difference of their points, in halves;
/// 2. for each of both who floats in the same direction as in the last round 3, and as in the round before that 1;
/// 3. the square of the *distance*: within a group of m, how far they are from being ⌊m / 2⌋ positions apart, and for a
///    pair from two groups, how far the worse is from the top of its group;
/// 4. the distance, times the number of players from `better` to the end of its group.
pub(super) fn pair_cost(better: &RankedPlayer, worse: &RankedPlayer) -> i128 {
    let difference = i128::from(better.player.half_points) - i128::from(worse.player.half_points);
    let floats = match difference {
        0 => 0,
        _ => repeated(&better.player, Float::Down) + repeated(&worse.player, Float::Up),
    };
    let distance = match difference {
        0 => (worse.position - better.position).abs_diff(better.group / 2),
        _ => worse.position,
    };
    let distance = integer(distance);
    let rest = integer(better.group - better.position);
    let parts = [
        difference * difference,
        floats,
        distance * distance,
        distance * rest,
    ];
    parts.iter().fold(0, |cost, part| cost * STEP + part)
}

fn repeated(player: &SwissPlayer, float: Float) -> i128 {
    let last = i128::from(player.last_float == Some(float)) * 3;
    last + i128::from(player.earlier_float == Some(float))
}

fn integer(number: usize) -> i128 {
    i128::try_from(number).unwrap_or(i128::MAX)
}
