//! Matchings at the least cost, and how large rounds are cut.

use std::cmp::Reverse;
use std::collections::VecDeque;

use integer_blossom::min_weight_perfect_matching;

use super::cost::{RankedPlayer, pair_cost};
use super::round::{Float, SwissRound};

/// How many are paired at once.
pub(super) const MAX_WINDOW: usize = 256;
/// What a pair costs that must not be made: more than all pairs of a window that may.
const FORBIDDEN: i128 = 1_000_000_000_000_000_000_000_000_000_000;

/// Players who are paired at once, in order.
type PlayerWindow = Vec<RankedPlayer>;
/// A pair, the better player first.
pub(super) type RankedPair = (RankedPlayer, RankedPlayer);

/// Pairs all of an even number of players, who are in order; `None` if that is not possible.
///
/// Up to 256 are one window. More are cut at the borders of groups; a group that is larger by itself is cut so that each
/// window has a part of its upper half and the same part of its lower half. A window of an odd number hands its last
/// player who has not just floated down to the next window. A window that has no pairing is joined with the next one, or
/// with the one before if it is the last.
pub(super) fn pair_in_windows(
    round: &SwissRound,
    players: &[RankedPlayer],
) -> Option<Vec<RankedPair>> {
    let mut windows: VecDeque<PlayerWindow> = cut(players).into();
    let mut done: Vec<Vec<RankedPair>> = vec![];
    while let Some(window) = windows.pop_front() {
        let (even, carried) = split_off_floater(&window);
        match (pair_window(round, &even), windows.front_mut()) {
            (Some(pairs), next) => {
                done.push(pairs);
                if let (Some(carried), Some(next)) = (carried, next) {
                    next.push(carried);
                    sort(next);
                }
            }
            (None, Some(next)) => {
                next.extend(window);
                sort(next);
            }
            (None, None) => {
                let before = done.pop()?.into_iter();
                let mut joined: PlayerWindow =
                    before.flat_map(|(one, other)| [one, other]).collect();
                joined.extend(window);
                sort(&mut joined);
                windows.push_back(joined);
            }
        }
    }
    let mut pairs: Vec<RankedPair> = done.into_iter().flatten().collect();
    pairs.sort_by_key(|(better, _)| order(better));
    Some(pairs)
}

/// By points, then by position.
fn order(player: &RankedPlayer) -> (Reverse<u16>, usize) {
    (Reverse(player.player.half_points), player.position)
}

fn sort(window: &mut PlayerWindow) {
    window.sort_by_key(order);
}

/// Takes the player who goes to the next window out of a window of an odd number.
fn split_off_floater(window: &[RankedPlayer]) -> (PlayerWindow, Option<RankedPlayer>) {
    let mut even = window.to_vec();
    let carried = match window.len().is_multiple_of(2) {
        true => None,
        false => Some(even.remove(floater(window))),
    };
    (even, carried)
}

/// Which player of a window of an odd number goes to the next one: the last of its lowest group who has not floated down
/// in the last two rounds, or else the last.
fn floater(window: &[RankedPlayer]) -> usize {
    let last = window.len().saturating_sub(1);
    let lowest = window.last().map(|one| one.player.half_points);
    let is_fresh = |one: &RankedPlayer| {
        let floats = [one.player.last_float, one.player.earlier_float];
        Some(one.player.half_points) == lowest && !floats.contains(&Some(Float::Down))
    };
    window.iter().rposition(is_fresh).unwrap_or(last)
}

/// The pairs of a window at the least cost; `None` if a pair that must not be made is needed.
pub(super) fn pair_window(round: &SwissRound, players: &[RankedPlayer]) -> Option<Vec<RankedPair>> {
    let count = players.len();
    let mut costs = vec![0_i128; count * count];
    for (one, better) in players.iter().enumerate() {
        for (other, worse) in players.iter().enumerate().skip(one + 1) {
            if let Some(cost) = costs.get_mut(one * count + other) {
                *cost = match round.may_meet(better.player.entrant, worse.player.entrant) {
                    true => pair_cost(better, worse),
                    false => FORBIDDEN,
                };
            }
        }
    }
    let mates = min_weight_perfect_matching(&costs, count);
    let mut pairs = vec![];
    for (one, other) in mates.into_iter().enumerate() {
        if one < other {
            let (better, worse) = (players.get(one)?, players.get(other)?);
            if !round.may_meet(better.player.entrant, worse.player.entrant) {
                return None;
            }
            pairs.push((*better, *worse));
        }
    }
    Some(pairs)
}

/// Cuts players into windows.
fn cut(players: &[RankedPlayer]) -> Vec<PlayerWindow> {
    if players.len() <= MAX_WINDOW {
        return vec![players.to_vec()];
    }
    let groups = players.chunk_by(|one, other| one.player.half_points == other.player.half_points);
    let mut windows: Vec<PlayerWindow> = vec![];
    for group in groups {
        if group.len() >= MAX_WINDOW {
            windows.extend(cut_group(group));
            continue;
        }
        // One place is left for a player from the window before.
        match windows.last_mut() {
            Some(last) if last.len() + group.len() < MAX_WINDOW => last.extend(group),
            _ => windows.push(group.to_vec()),
        }
    }
    windows
}

/// Cuts a large group: each window has a part of the upper half and that part of the lower half which it meets. The last
/// player of an odd group is in the last window.
fn cut_group(group: &[RankedPlayer]) -> Vec<PlayerWindow> {
    let half = group.len() / 2;
    let parts = (2 * half).div_ceil(MAX_WINDOW - 2);
    let (upper, lower) = group.split_at(half);
    let slice = |half: &[RankedPlayer], part: usize, whole: usize| {
        let range = part * whole / parts..(part + 1) * whole / parts;
        half.get(range).unwrap_or_default().to_vec()
    };
    let windows = (0..parts).map(|part| {
        let mut window = slice(upper, part, half);
        window.extend(slice(lower, part, half));
        window
    });
    let mut windows: Vec<PlayerWindow> = windows.collect();
    if let (Some(last), Some(window)) = (lower.get(half), windows.last_mut()) {
        window.push(*last);
    }
    windows
}
