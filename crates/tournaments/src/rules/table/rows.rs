//! The rows of a table.

use std::collections::BTreeMap;

use super::games::{GamesByEntrant, PlayerGame};
use crate::rules::{Bracket, Competition, EntrantNumber, Format, Placing};

/// What an entrant has reached in round robin or Swiss.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScoreRow {
    /// The place, and the entrant.
    pub placing: Placing,
    /// Points, doubled.
    pub half_points: u16,
    /// Matches won, also because the opponent did not come.
    pub wins: u16,
    /// Matches without a winner.
    pub draws: u16,
    /// Matches lost.
    pub losses: u16,
    /// Swiss: the sum of the points of all opponents, doubled.
    pub buchholz: u16,
    /// Swiss: the same without the opponent with the fewest.
    pub buchholz_cut_1: u16,
    /// The sum of the points of all opponents, times the points taken from them; four times that.
    pub sonneborn_berger: u32,
    /// The points of all matches, those of the opponents taken off.
    pub difference: i32,
}

impl Competition {
    /// The table of round robin or Swiss as it is now, the best first. Who left round robin before half of its games
    /// were over is not in it. In elimination it is empty.
    #[must_use]
    pub fn table(&self) -> Vec<ScoreRow> {
        match self.format {
            Format::SingleElimination { .. } | Format::DoubleElimination => vec![],
            Format::RoundRobin { .. } => {
                let games = self.games(Bracket::RoundRobin);
                let play_off = self.games(Bracket::PlayOff);
                self.ranked_round_robin(self.rows(&games), &games, &play_off)
            }
            Format::Swiss { .. } => {
                let games = self.games(Bracket::Swiss);
                self.ranked_swiss(self.rows(&games), &games)
            }
        }
    }

    fn rows(&self, games: &GamesByEntrant) -> Vec<ScoreRow> {
        let points: BTreeMap<EntrantNumber, u16> = games
            .iter()
            .map(|(entrant, games)| (*entrant, points_before(games, u16::MAX)))
            .collect();
        let rows = games.iter().map(|(entrant, games)| {
            let opposition = self.opposition(games, &points);
            ScoreRow {
                placing: Placing {
                    entrant: *entrant,
                    from: 1,
                    to: 1,
                },
                half_points: points.get(entrant).copied().unwrap_or_default(),
                wins: count(games, 2),
                draws: count(games, 1),
                losses: count(games, 0),
                buchholz: opposition.iter().map(|(points, _)| points).sum(),
                buchholz_cut_1: all_but_least(opposition.iter().map(|(points, _)| *points)),
                sonneborn_berger: opposition.iter().map(product).sum(),
                difference: games.values().map(|game| game.difference).sum(),
            }
        });
        rows.collect()
    }

    /// For each round the points of the opponent, and those that were taken from it. In Swiss a round that was not
    /// played counts as one against somebody with one's own points at that time who drew from that round on.
    fn opposition(
        &self,
        games: &BTreeMap<u16, PlayerGame>,
        points: &BTreeMap<EntrantNumber, u16>,
    ) -> Vec<(u16, u16)> {
        let is_swiss = matches!(self.format, Format::Swiss { .. });
        let points_of = |number| points.get(&number).copied().unwrap_or_default();
        let rounds = (1..=self.progress.round).filter_map(|round| {
            let game = games.get(&round).copied();
            let earned = game.map_or(0, |game| game.half_points);
            if game.is_some_and(|game| !game.is_over) {
                return None;
            }
            match game.and_then(|game| game.opponent.filter(|_| game.played || !is_swiss)) {
                Some(opponent) => Some((points_of(opponent), earned)),
                None if is_swiss => {
                    let draws = self.progress.round - round + 1;
                    Some((points_before(games, round) + draws, earned))
                }
                None => None,
            }
        });
        rounds.collect()
    }
}

/// The points, doubled, from the rounds before a round.
pub(super) fn points_before(games: &BTreeMap<u16, PlayerGame>, round: u16) -> u16 {
    games.range(..round).map(|(_, game)| game.half_points).sum()
}

fn product((points, earned): &(u16, u16)) -> u32 {
    u32::from(*points) * u32::from(*earned)
}

fn all_but_least(points: impl Iterator<Item = u16> + Clone) -> u16 {
    let least = points.clone().min().unwrap_or_default();
    points.sum::<u16>() - least
}

/// How many matches with an opponent brought so many points.
fn count(games: &BTreeMap<u16, PlayerGame>, half_points: u16) -> u16 {
    let matches = games
        .values()
        .filter(|game| game.is_over && game.opponent.is_some());
    let matches = matches
        .filter(|game| game.half_points == half_points)
        .count();
    u16::try_from(matches).unwrap_or(u16::MAX)
}
