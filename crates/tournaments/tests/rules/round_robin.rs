//! Round robin of every size, and those who leave it.

use std::collections::{BTreeMap, BTreeSet};

use tournaments::rules::*;

use crate::simulation::{Simulation, favourite_wins};

fn format(double: bool) -> Format {
    Format::RoundRobin {
        double,
        play_off: false,
    }
}

#[test]
fn every_size_pairs_each_with_each_round_by_round() {
    for count in 3..=32_u32 {
        for double in [false, true] {
            let mut simulation = Simulation::start(format(double), count, u64::from(count));
            simulation.finish(|_| None);
            let cycles = 1 + u32::from(double);
            let rounds = u16::try_from((count - 1 + count % 2) * cycles).unwrap();
            let all: Vec<u16> = (1..=rounds).collect();
            assert_eq!(simulation.rounds_started, all);
            let mut met: BTreeMap<(EntrantNumber, EntrantNumber), u32> = BTreeMap::new();
            for slot in simulation.played() {
                let pair = slot.occupants.map(|one| one.entrant().unwrap());
                *met.entry((pair.a.min(pair.b), pair.a.max(pair.b)))
                    .or_default() += 1;
            }
            assert_eq!(met.len(), (count * (count - 1) / 2) as usize);
            assert!(met.values().all(|times| *times == cycles));
        }
    }
}

#[test]
fn rounds_begin_when_the_one_before_is_over() {
    let mut simulation = Simulation::start(format(false), 6, 1);
    for round in 1..=5 {
        let called = simulation.call_next();
        assert_eq!(called.len(), 3);
        assert!(called.iter().all(|key| key.round == round), "{called:?}");
        for (number, key) in called.iter().enumerate() {
            assert_eq!(simulation.competition.next_due(simulation.now), None);
            let changes = simulation.play(*key, SlotResult::played(SlotSide::A, 11, 0));
            let begins = number == 2 && round < 5;
            assert_eq!(changes.round_started, begins.then_some(round + 1));
        }
        let due = simulation.competition.next_due(simulation.now);
        assert_eq!(due, (round < 5).then(|| simulation.now.plus(20_000)));
    }
    assert!(simulation.finished);
}

#[test]
fn favourites_end_in_the_order_of_their_seeds() {
    let mut simulation = Simulation::start(format(false), 9, 1);
    simulation.finish(favourite_wins);
    let expected: BTreeMap<u32, (u16, u16)> = (1..=9)
        .map(|seed| {
            (
                seed,
                (u16::try_from(seed).unwrap(), u16::try_from(seed).unwrap()),
            )
        })
        .collect();
    assert_eq!(simulation.places(), expected);
}

/// Plays so many rounds.
fn after_rounds(count: u32, rounds: u16) -> Simulation {
    let mut simulation = Simulation::start(format(false), count, 1);
    for _ in 0..rounds {
        for key in simulation.call_next() {
            let result = favourite_wins(simulation.competition.slot(key).unwrap()).unwrap();
            simulation.play(key, result);
        }
    }
    simulation
}

#[test]
fn who_leaves_before_half_of_its_games_is_taken_out_of_the_table() {
    let mut simulation = after_rounds(6, 2);
    let games_before = simulation.played().len();
    simulation
        .step(|competition, now| competition.remove(EntrantNumber(1), Removal::Withdrawal, now));
    let rows = simulation.competition.table();
    assert_eq!(rows.len(), 5, "the favourite is not in the table");
    let points: u16 = rows.iter().map(|row| row.half_points).sum();
    assert_eq!(
        points,
        2 * (6 - 2),
        "its two wins do not count, neither do those losses"
    );
    assert_eq!(
        simulation.played().len(),
        games_before,
        "the games stay in the history"
    );
    simulation.finish(favourite_wins);
    let expected = (2..=6_u32).map(|seed| {
        let place = u16::try_from(seed - 1).unwrap();
        (seed, (place, place))
    });
    assert_eq!(simulation.places(), expected.collect());
    let void = simulation
        .competition
        .slots()
        .filter(|slot| slot.status == SlotStatus::Void);
    assert_eq!(void.count(), 3);
}

#[test]
fn who_leaves_later_loses_the_rest_by_walkover() {
    let mut simulation = after_rounds(6, 3);
    simulation.step(|competition, now| {
        competition.remove(EntrantNumber(1), Removal::Disqualification, now)
    });
    simulation.finish(favourite_wins);
    let rows = simulation.competition.table();
    assert_eq!(rows.len(), 6);
    let of_first = rows
        .iter()
        .find(|row| row.placing.entrant == EntrantNumber(1))
        .unwrap();
    assert_eq!((of_first.half_points, of_first.losses), (6, 2));
    let walkovers: BTreeSet<SlotStatus> = simulation
        .competition
        .slots()
        .filter(|slot| slot.side_of(EntrantNumber(1)).is_some() && slot.key.round > 3)
        .map(|slot| slot.status)
        .collect();
    assert_eq!(walkovers, BTreeSet::from([SlotStatus::Walkover]));
}

#[test]
fn the_match_that_is_left_is_lost_and_counts_towards_half() {
    // Three players: two games each. The first one is being played, so half of the games are over.
    let mut simulation = Simulation::start(format(false), 3, 1);
    let called = simulation.call_next();
    simulation.begin(called[0]);
    let leaving = simulation
        .slot(Bracket::RoundRobin, 1, 1)
        .occupants
        .a
        .entrant()
        .unwrap();
    let changes =
        simulation.step(|competition, now| competition.remove(leaving, Removal::Withdrawal, now));
    assert_eq!(changes.matches_to_cancel, BTreeSet::from([called[0]]));
    let slot = simulation.slot(Bracket::RoundRobin, 1, 1);
    assert_eq!(slot.status, SlotStatus::Done);
    assert_eq!(slot.result.unwrap().how, ResultKind::Forfeit);
    assert_eq!(slot.loser(), Some(leaving));
    assert_eq!(simulation.competition.table().len(), 3);
    simulation.finish(favourite_wins);
    assert_eq!(simulation.places().len(), 3);
}

#[test]
fn all_but_one_leave() {
    let mut simulation = Simulation::start(format(false), 5, 1);
    for number in 1..=4 {
        simulation.step(|competition, now| {
            competition.remove(EntrantNumber(number), Removal::Withdrawal, now)
        });
    }
    assert!(simulation.finished);
    assert_eq!(simulation.places(), BTreeMap::from([(5, (1, 1))]));
}

#[test]
fn a_tie_for_the_first_place_is_played_off_if_set() {
    // Each wins against the next one, by the same score: nothing separates the three.
    let cycle = |slot: &BracketSlot| {
        let entrants = slot.occupants.map(|one| one.entrant().unwrap().0);
        match slot.key.bracket {
            Bracket::PlayOff => None,
            _ if entrants.a % 3 + 1 == entrants.b => Some(SlotResult::played(SlotSide::A, 11, 5)),
            _ => Some(SlotResult::played(SlotSide::B, 5, 11)),
        }
    };
    let mut shared = Simulation::start(format(false), 3, 1);
    shared.finish(cycle);
    assert_eq!(shared.places(), (1..=3).map(|one| (one, (1, 3))).collect());

    let with_play_off = Format::RoundRobin {
        double: false,
        play_off: true,
    };
    let mut simulation = Simulation::start(with_play_off, 3, 1);
    simulation.finish(|slot| {
        let favourite = favourite_wins(slot);
        if slot.key.bracket == Bracket::PlayOff {
            favourite
        } else {
            cycle(slot)
        }
    });
    assert_eq!(simulation.rounds_started, [1, 2, 3, 4, 5, 6]);
    assert_eq!(
        simulation.places(),
        (1..=3).map(|one| (u32::from(one), (one, one))).collect()
    );
    let play_off = simulation
        .competition
        .slots()
        .filter(|slot| slot.key.bracket == Bracket::PlayOff);
    assert_eq!(play_off.count(), 3);
}

#[test]
fn no_play_off_without_a_tie() {
    let with_play_off = Format::RoundRobin {
        double: false,
        play_off: true,
    };
    let mut simulation = Simulation::start(with_play_off, 4, 1);
    simulation.finish(favourite_wins);
    assert_eq!(simulation.rounds_started, [1, 2, 3]);
}
