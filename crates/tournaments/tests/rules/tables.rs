//! Tables of round robin and Swiss against computations from the slots alone.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use tournaments::rules::*;

use crate::simulation::Simulation;

/// A player's side of a slot.
struct Game {
    round: u16,
    opponent: Option<u32>,
    half_points: u16,
    played: bool,
    difference: i32,
}

/// All games, from the slots.
fn games(competition: &Competition) -> BTreeMap<u32, Vec<Game>> {
    let mut games: BTreeMap<u32, Vec<Game>> = competition
        .entrants()
        .map(|entrant| (entrant.number.0, vec![]))
        .collect();
    for slot in competition.slots() {
        let result = slot.result.unwrap();
        for side in SlotSide::BOTH {
            let Some(entrant) = slot.occupants.get(side).entrant() else {
                continue;
            };
            let half_points = match (result.how, result.winner) {
                (ResultKind::RequestedBye, _) => 1,
                (ResultKind::NoShow | ResultKind::Removal, None) => 0,
                (_, None) => 1,
                (_, Some(winner)) if winner == side => 2,
                (_, Some(_)) => 0,
            };
            let score = result.score.unwrap_or_default();
            games.get_mut(&entrant.0).unwrap().push(Game {
                round: slot.key.round,
                opponent: slot.occupants.get(side.other()).entrant().map(|one| one.0),
                half_points,
                played: slot.status == SlotStatus::Done,
                difference: i32::from(*score.get(side)) - i32::from(*score.get(side.other())),
            });
        }
    }
    games
}

fn total(games: &[Game]) -> u16 {
    games.iter().map(|game| game.half_points).sum()
}

/// The points of all opponents of a player, with what was taken from them.
fn opposition(games: &BTreeMap<u32, Vec<Game>>, one: u32, rounds: u16) -> Vec<(u16, u16)> {
    let own = &games[&one];
    let of_round = |round: u16| {
        let game = own.iter().find(|game| game.round == round);
        match game {
            Some(game) if game.played => (total(&games[&game.opponent.unwrap()]), game.half_points),
            _ => {
                let before = own.iter().filter(|game| game.round < round);
                let before: u16 = before.map(|game| game.half_points).sum();
                (
                    before + (rounds + 1 - round),
                    game.map_or(0, |game| game.half_points),
                )
            }
        }
    };
    (1..=rounds).map(of_round).collect()
}

#[test]
fn swiss_tables_follow_their_description() {
    for seed in 0..60_u64 {
        let count = 4 + u32::try_from(seed % 21).unwrap();
        let rounds = Format::default_swiss_rounds(count as usize);
        let mut simulation = Simulation::start(Format::Swiss { rounds }, count, seed);
        play_with_absences(&mut simulation);
        let games = games(&simulation.competition);
        let rounds = simulation.competition.progress().round;
        let mut expected = vec![];
        for one in 1..=count {
            let opponents = opposition(&games, one, rounds);
            let buchholz: u16 = opponents.iter().map(|(points, _)| points).sum();
            let least = opponents.iter().map(|(points, _)| *points).min().unwrap();
            let sonneborn_berger: u32 = opponents
                .iter()
                .map(|(points, taken)| u32::from(*points) * u32::from(*taken))
                .sum();
            expected.push((
                one,
                total(&games[&one]),
                buchholz - least,
                buchholz,
                sonneborn_berger,
            ));
        }
        expected.sort_by_key(|(_, points, cut, buchholz, sonneborn)| {
            Reverse((*points, *cut, *buchholz, *sonneborn))
        });
        let rows = simulation.competition.table();
        let values = |row: &ScoreRow| {
            (
                row.half_points,
                row.buchholz_cut_1,
                row.buchholz,
                row.sonneborn_berger,
            )
        };
        let found: Vec<_> = rows.iter().map(values).collect();
        let wanted: Vec<_> = expected
            .iter()
            .map(|row| (row.1, row.2, row.3, row.4))
            .collect();
        assert_eq!(found, wanted, "seed {seed}");
        check_ties(&games, &rows);
        let places: Vec<u16> = rows.iter().map(|row| row.placing.from).collect();
        let each: Vec<u16> = (1..=u16::try_from(count).unwrap()).collect();
        assert_eq!(places, each, "the seed decides last, nobody shares a place");
    }
}

/// The order among those whom the first four tie-breaks do not separate.
fn check_ties(games: &BTreeMap<u32, Vec<Game>>, rows: &[ScoreRow]) {
    let tied = rows.chunk_by(|one, other| {
        let values = |row: &ScoreRow| {
            (
                row.half_points,
                row.buchholz_cut_1,
                row.buchholz,
                row.sonneborn_berger,
            )
        };
        values(one) == values(other)
    });
    for group in tied.filter(|group| group.len() > 1) {
        let numbers: Vec<u32> = group.iter().map(|row| row.placing.entrant.0).collect();
        let against = |one: u32| {
            let met = games[&one].iter();
            met.filter(|game| game.opponent.is_some_and(|other| numbers.contains(&other)))
                .collect::<Vec<&Game>>()
        };
        let all_met = numbers
            .iter()
            .all(|one| against(*one).len() == numbers.len() - 1);
        let direct = |one: u32| -> u16 {
            if !all_met {
                return 0;
            }
            against(one).iter().map(|game| game.half_points).sum()
        };
        let wins = |one: u32| {
            let games = games[&one].iter();
            games
                .filter(|game| game.opponent.is_some() && game.half_points == 2)
                .count()
        };
        let difference = |one: u32| games[&one].iter().map(|game| game.difference).sum::<i32>();
        let keys: Vec<_> = numbers
            .iter()
            .map(|one| {
                (
                    Reverse(direct(*one)),
                    Reverse(wins(*one)),
                    Reverse(difference(*one)),
                    *one,
                )
            })
            .collect();
        assert!(keys.is_sorted(), "{keys:?}");
    }
}

/// Plays a Swiss tournament in which some do not come, and some ask for byes.
fn play_with_absences(simulation: &mut Simulation) {
    while !simulation.competition.is_over() {
        let called = simulation.call_next();
        if called.is_empty() {
            let next = simulation.competition.progress().round + 1;
            if simulation.dice.below(3) == 0 {
                let count = simulation.competition.entrants().count() as u64;
                let one = EntrantNumber(u32::try_from(simulation.dice.below(count)).unwrap() + 1);
                let now = simulation.now;
                // Refused in the last round and for a second time.
                if simulation
                    .competition
                    .clone()
                    .request_bye(one, Some(next), now)
                    .is_ok()
                {
                    simulation
                        .step(|competition, now| competition.request_bye(one, Some(next), now));
                }
            }
            simulation.pair_swiss();
        }
        for key in called {
            if simulation.dice.below(12) == 0 {
                let present = PerSide::new(simulation.dice.below(2) == 0, false);
                simulation.step(|competition, now| competition.no_show(key, present, now));
            } else {
                let result = simulation.random_result(key);
                simulation.play(key, result);
            }
        }
    }
}

#[test]
fn round_robin_tables_follow_their_description() {
    for seed in 0..200_u64 {
        let count = 3 + u32::try_from(seed % 8).unwrap();
        let format = Format::RoundRobin {
            double: seed % 3 == 0,
            play_off: false,
        };
        let mut simulation = Simulation::start(format, count, seed);
        // Few different scores, so that many are tied.
        simulation.finish(|slot| {
            let mixed = u64::from(slot.key.round) * 7 + u64::from(slot.key.position) * 3 + seed;
            Some(match mixed % 3 {
                0 => SlotResult::played(SlotSide::A, 11, 5),
                1 => SlotResult::played(SlotSide::B, 5, 11),
                _ => SlotResult::drawn(5, 5),
            })
        });
        let games = games(&simulation.competition);
        check_round_robin(&games, &simulation.competition.table(), count);
    }
}

fn check_round_robin(games: &BTreeMap<u32, Vec<Game>>, rows: &[ScoreRow], count: u32) {
    let keys = (1..=count).map(|one| {
        let own = &games[&one];
        let tied = |other: &u32| total(&games[other]) == total(own);
        let direct: u16 = own
            .iter()
            .filter(|game| tied(&game.opponent.unwrap()))
            .map(|game| game.half_points)
            .sum();
        let sonneborn: u32 = own
            .iter()
            .map(|game| {
                u32::from(total(&games[&game.opponent.unwrap()])) * u32::from(game.half_points)
            })
            .sum();
        let difference: i32 = own.iter().map(|game| game.difference).sum();
        let wins = own.iter().filter(|game| game.half_points == 2).count();
        (one, (total(own), direct, sonneborn, difference, wins))
    });
    let keys: BTreeMap<u32, _> = keys.collect();
    for row in rows {
        let own = keys[&row.placing.entrant.0];
        let better = keys.values().filter(|other| **other > own).count();
        let equal = keys.values().filter(|other| **other == own).count();
        let from = u16::try_from(better + 1).unwrap();
        let to = u16::try_from(better + equal).unwrap();
        assert_eq!((row.placing.from, row.placing.to), (from, to), "{row:?}");
    }
}

#[test]
fn elimination_has_no_table() {
    let simulation = Simulation::start(Format::DoubleElimination, 8, 1);
    assert_eq!(simulation.competition.table(), []);
}
