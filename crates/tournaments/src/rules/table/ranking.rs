//! The order of a table.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::games::GamesByEntrant;
use super::rows::ScoreRow;
use crate::rules::{Competition, EntrantNumber, Placing};

/// What decides between entrants, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TieBreak {
    Points,
    BuchholzCut1,
    Buchholz,
    SonnebornBerger,
    /// The points from the matches between those who are tied.
    DirectEncounter,
    Wins,
    Difference,
    /// The points from the play-off.
    PlayOff,
    /// The difference in the play-off.
    PlayOffDifference,
    Seed,
}

const SWISS: &[TieBreak] = &[
    TieBreak::Points,
    TieBreak::BuchholzCut1,
    TieBreak::Buchholz,
    TieBreak::SonnebornBerger,
    TieBreak::DirectEncounter,
    TieBreak::Wins,
    TieBreak::Difference,
    TieBreak::Seed,
];

const ROUND_ROBIN: &[TieBreak] = &[
    TieBreak::Points,
    TieBreak::DirectEncounter,
    TieBreak::SonnebornBerger,
    TieBreak::Difference,
    TieBreak::Wins,
    TieBreak::PlayOff,
    TieBreak::PlayOffDifference,
];

/// What tie-breaks look at beside the rows.
struct TieBreakGames<'a> {
    games: &'a GamesByEntrant,
    play_off: &'a GamesByEntrant,
    /// Whether a direct encounter counts only if all who are tied have met.
    all_must_have_met: bool,
}

impl Competition {
    pub(super) fn ranked_swiss(
        &self,
        rows: Vec<ScoreRow>,
        games: &GamesByEntrant,
    ) -> Vec<ScoreRow> {
        let games = TieBreakGames {
            games,
            play_off: &GamesByEntrant::new(),
            all_must_have_met: true,
        };
        self.ranked(rows, &games, SWISS)
    }

    pub(super) fn ranked_round_robin(
        &self,
        rows: Vec<ScoreRow>,
        games: &GamesByEntrant,
        play_off: &GamesByEntrant,
    ) -> Vec<ScoreRow> {
        let games = TieBreakGames {
            games,
            play_off,
            all_must_have_met: false,
        };
        self.ranked(rows, &games, ROUND_ROBIN)
    }

    /// Orders rows, and gives places: those whom nothing separates share one.
    fn ranked(
        &self,
        rows: Vec<ScoreRow>,
        games: &TieBreakGames<'_>,
        tie_breaks: &[TieBreak],
    ) -> Vec<ScoreRow> {
        let mut groups = vec![rows];
        for tie_break in tie_breaks {
            groups = groups
                .into_iter()
                .flat_map(|group| self.split(group, games, *tie_break))
                .collect();
        }
        let mut ranked = vec![];
        let mut before = 0;
        for group in groups {
            let count = u16::try_from(group.len()).unwrap_or_default();
            let (from, to) = (before + 1, before + count);
            before = to;
            ranked.extend(group.into_iter().map(|row| {
                let entrant = row.placing.entrant;
                let placing = Placing { entrant, from, to };
                ScoreRow { placing, ..row }
            }));
        }
        ranked
    }

    /// Splits those who are tied by one more tie-break.
    fn split(
        &self,
        group: Vec<ScoreRow>,
        games: &TieBreakGames<'_>,
        tie_break: TieBreak,
    ) -> Vec<Vec<ScoreRow>> {
        let tied: BTreeSet<EntrantNumber> = group.iter().map(|row| row.placing.entrant).collect();
        let value = |row: &ScoreRow| self.value(row, &tied, games, tie_break);
        let mut valued: Vec<(i64, ScoreRow)> =
            group.into_iter().map(|row| (value(&row), row)).collect();
        valued.sort_by_key(|(value, _)| Reverse(*value));
        let groups = valued.chunk_by(|(one, _), (other, _)| one == other);
        groups
            .map(|group| group.iter().map(|(_, row)| *row).collect())
            .collect()
    }

    /// What an entrant has by a tie-break: the more the better.
    fn value(
        &self,
        row: &ScoreRow,
        tied: &BTreeSet<EntrantNumber>,
        games: &TieBreakGames<'_>,
        tie_break: TieBreak,
    ) -> i64 {
        let entrant = row.placing.entrant;
        match tie_break {
            TieBreak::Points => i64::from(row.half_points),
            TieBreak::BuchholzCut1 => i64::from(row.buchholz_cut_1),
            TieBreak::Buchholz => i64::from(row.buchholz),
            TieBreak::SonnebornBerger => i64::from(row.sonneborn_berger),
            TieBreak::DirectEncounter if games.all_must_have_met && !all_met(games.games, tied) => {
                0
            }
            TieBreak::DirectEncounter => points_against(games.games, entrant, tied),
            TieBreak::Wins => i64::from(row.wins),
            TieBreak::Difference => i64::from(row.difference),
            TieBreak::PlayOff => points_against(games.play_off, entrant, tied),
            TieBreak::PlayOffDifference => difference(games.play_off, entrant),
            TieBreak::Seed => -i64::from(self.seed_of(entrant).unwrap_or(u16::MAX)),
        }
    }
}

/// The points, doubled, from matches against some.
fn points_against(
    games: &GamesByEntrant,
    entrant: EntrantNumber,
    opponents: &BTreeSet<EntrantNumber>,
) -> i64 {
    let games = games
        .get(&entrant)
        .into_iter()
        .flat_map(|games| games.values());
    let against = games.filter(|game| game.opponent.is_some_and(|one| opponents.contains(&one)));
    against.map(|game| i64::from(game.half_points)).sum()
}

fn difference(games: &GamesByEntrant, entrant: EntrantNumber) -> i64 {
    let games = games
        .get(&entrant)
        .into_iter()
        .flat_map(|games| games.values());
    games.map(|game| i64::from(game.difference)).sum()
}

/// Whether each has met each.
fn all_met(games: &GamesByEntrant, tied: &BTreeSet<EntrantNumber>) -> bool {
    tied.iter().all(|entrant| {
        let games = games
            .get(entrant)
            .into_iter()
            .flat_map(|games| games.values());
        let met = games.filter_map(|game| game.opponent.filter(|_| game.is_over));
        let met: BTreeSet<EntrantNumber> = met.filter(|one| tied.contains(one)).collect();
        met.len() + 1 == tied.len()
    })
}
