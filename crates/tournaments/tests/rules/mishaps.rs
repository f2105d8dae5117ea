//! Entrants who do not come, leave, or are disqualified; random tournaments of all formats full of mishaps.

use std::collections::{BTreeMap, BTreeSet};

use tournaments::rules::*;

use crate::simulation::{Simulation, entrants, favourite_wins};

const SINGLE: Format = Format::SingleElimination { third_place: false };
const NOBODY: PerSide<bool> = PerSide::new(false, false);
const ONLY_A: PerSide<bool> = PerSide::new(true, false);
const ONLY_B: PerSide<bool> = PerSide::new(false, true);

fn no_show(simulation: &mut Simulation, key: SlotKey, present: PerSide<bool>) -> Changes {
    simulation.now = simulation.now.plus(180_000);
    simulation.step(|competition, now| competition.no_show(key, present, now))
}

fn remove(simulation: &mut Simulation, number: u32, removal: Removal) -> Changes {
    simulation.step(|competition, now| competition.remove(EntrantNumber(number), removal, now))
}

#[test]
fn one_absent_is_a_walkover_and_out() {
    let mut simulation = Simulation::start(SINGLE, 4, 1);
    let called = simulation.call_next();
    no_show(&mut simulation, called[0], ONLY_B);
    let slot = simulation.slot(Bracket::Upper, 1, 1);
    assert_eq!(slot.status, SlotStatus::Walkover);
    assert_eq!(
        slot.result,
        Some(SlotResult::unplayed(Some(SlotSide::B), ResultKind::NoShow))
    );
    assert_eq!(simulation.entrant(1).status, EntrantStatus::Out);
    assert!(!simulation.entrant(1).present);
    let next = simulation.slot(Bracket::Upper, 2, 1);
    assert_eq!(next.occupants.a, Occupant::Entrant(EntrantNumber(4)));
    assert_eq!(simulation.places(), BTreeMap::from([(1, (3, 4))]));
}

#[test]
fn both_absent_in_a_semi_final_is_a_walkover_in_the_final() {
    let mut simulation = Simulation::start(SINGLE, 4, 1);
    let called = simulation.call_next();
    no_show(&mut simulation, called[0], NOBODY);
    assert_eq!(
        simulation.slot(Bracket::Upper, 1, 1).status,
        SlotStatus::Void
    );
    assert_eq!(
        simulation.slot(Bracket::Upper, 2, 1).occupants.a,
        Occupant::Nobody
    );
    let changes = simulation.play(called[1], SlotResult::played(SlotSide::A, 11, 2));
    assert!(changes.finished, "the final needs no match");
    assert_eq!(
        simulation.slot(Bracket::Upper, 2, 1).status,
        SlotStatus::Walkover
    );
    let expected = BTreeMap::from([(2, (1, 1)), (1, (3, 4)), (3, (3, 4)), (4, (3, 4))]);
    assert_eq!(simulation.places(), expected, "the second place stays free");
}

#[test]
fn a_final_of_nobody_has_no_winner() {
    let mut simulation = Simulation::start(SINGLE, 4, 1);
    for key in simulation.call_next() {
        no_show(&mut simulation, key, NOBODY);
    }
    assert!(simulation.finished);
    assert_eq!(
        simulation.slot(Bracket::Upper, 2, 1).status,
        SlotStatus::Void
    );
    assert_eq!(
        simulation.places(),
        (1..=4).map(|one| (one, (3, 4))).collect()
    );

    let mut simulation = Simulation::start(SINGLE, 2, 1);
    let called = simulation.call_next();
    assert!(no_show(&mut simulation, called[0], NOBODY).finished);
    assert_eq!(
        simulation.places(),
        (1..=2).map(|one| (one, (2, 2))).collect()
    );
}

#[test]
fn both_absent_in_both_brackets_leaves_their_slots_to_others() {
    let mut simulation = Simulation::start(Format::DoubleElimination, 4, 1);
    let called = simulation.call_next();
    no_show(&mut simulation, called[0], NOBODY);
    simulation.play(called[1], SlotResult::played(SlotSide::A, 11, 2));
    // Entrant 2 is the upper champion without a match; 3 goes through the lower bracket without one.
    let grand_final = simulation.slot(Bracket::Final, 1, 1);
    assert_eq!(
        grand_final.occupants.map(|one| one.entrant().unwrap().0),
        PerSide::new(2, 3)
    );
    simulation.finish(favourite_wins);
    let places = simulation.places();
    assert_eq!((places[&2], places[&3]), ((1, 1), (2, 2)));
}

#[test]
fn an_absent_entrant_of_double_elimination_is_out_of_both_brackets() {
    let mut simulation = Simulation::start(Format::DoubleElimination, 4, 1);
    let called = simulation.call_next();
    no_show(&mut simulation, called[0], ONLY_A);
    simulation.play(called[1], SlotResult::played(SlotSide::A, 11, 2));
    let lower = simulation.slot(Bracket::Lower, 1, 1);
    assert_eq!(lower.status, SlotStatus::Walkover);
    assert_eq!(lower.winner(), Some(EntrantNumber(3)));
    assert_eq!(lower.result.unwrap().how, ResultKind::Removal);
    assert_eq!(simulation.places(), BTreeMap::from([(4, (4, 4))]));
    simulation.finish(favourite_wins);
    assert_eq!(simulation.places().len(), 4);
}

#[test]
fn who_leaves_loses_its_match_and_all_later_slots() {
    let mut simulation = Simulation::start(Format::DoubleElimination, 8, 1);
    let called = simulation.call_next();
    simulation.begin(called[0]);
    let changes = remove(&mut simulation, 1, Removal::Withdrawal);
    assert_eq!(changes.matches_to_cancel, BTreeSet::from([called[0]]));
    let slot = simulation.slot(Bracket::Upper, 1, 1);
    assert_eq!(
        (slot.status, slot.winner()),
        (SlotStatus::Done, Some(EntrantNumber(8)))
    );
    assert_eq!(slot.result.unwrap().how, ResultKind::Forfeit);
    for key in &called[1..] {
        simulation.play(*key, SlotResult::played(SlotSide::A, 11, 2));
    }
    let lower = simulation.slot(Bracket::Lower, 1, 1);
    assert_eq!(lower.status, SlotStatus::Walkover);
    assert_eq!(lower.loser(), Some(EntrantNumber(1)));
    assert_eq!(simulation.entrant(1).status, EntrantStatus::Withdrawn);
    simulation.finish(favourite_wins);
    assert_eq!(simulation.places()[&1], (7, 8));
}

#[test]
fn who_is_disqualified_before_its_match_loses_without_play() {
    let mut simulation = Simulation::start(SINGLE, 4, 1);
    let called = simulation.call_next();
    let changes = remove(&mut simulation, 4, Removal::Disqualification);
    assert_eq!(changes.matches_to_cancel, BTreeSet::from([called[0]]));
    let slot = simulation.slot(Bracket::Upper, 1, 1);
    assert_eq!(
        (slot.status, slot.winner()),
        (SlotStatus::Walkover, Some(EntrantNumber(1)))
    );
    assert_eq!(slot.result.unwrap().how, ResultKind::Removal);
}

#[test]
fn results_of_who_leaves_stand() {
    let mut simulation = Simulation::start(SINGLE, 4, 1);
    for key in simulation.call_next() {
        simulation.play(key, SlotResult::played(SlotSide::A, 11, 2));
    }
    remove(&mut simulation, 1, Removal::Withdrawal);
    assert!(simulation.finished);
    assert_eq!(
        simulation.slot(Bracket::Upper, 1, 1).winner(),
        Some(EntrantNumber(1))
    );
    let places = simulation.places();
    assert_eq!(
        (places[&2], places[&1], places[&4]),
        ((1, 1), (2, 2), (3, 4))
    );
}

#[test]
fn the_upper_champion_who_does_not_come_has_no_second_match() {
    let mut simulation = Simulation::start(Format::DoubleElimination, 2, 1);
    let called = simulation.call_next();
    simulation.play(called[0], SlotResult::played(SlotSide::A, 11, 2));
    let called = simulation.call_next();
    assert_eq!(called, [SlotKey::GRAND_FINAL]);
    assert!(no_show(&mut simulation, SlotKey::GRAND_FINAL, ONLY_B).finished);
    assert_eq!(
        simulation.places(),
        BTreeMap::from([(2, (1, 1)), (1, (2, 2))])
    );
}

#[test]
fn all_leave() {
    for format in [SINGLE, Format::DoubleElimination] {
        for count in [2, 3, 7, 8, 33] {
            let mut simulation = Simulation::start(format, count, 1);
            for number in 1..=count {
                remove(&mut simulation, number, Removal::Withdrawal);
            }
            assert!(simulation.finished, "{count} entrants");
            simulation.compare_stored();
        }
    }
}

#[test]
fn removals_are_refused_twice_and_of_strangers() {
    let mut simulation = Simulation::start(SINGLE, 4, 1);
    remove(&mut simulation, 1, Removal::Withdrawal);
    let again =
        simulation
            .competition
            .remove(EntrantNumber(1), Removal::Withdrawal, simulation.now);
    assert_eq!(again, Err(RuleError::WrongStatus));
    let stranger =
        simulation
            .competition
            .remove(EntrantNumber(9), Removal::Withdrawal, simulation.now);
    assert_eq!(stranger, Err(RuleError::UnknownEntrant(EntrantNumber(9))));
}

#[test]
fn one_player_is_in_one_match_at_a_time() {
    let mut hosted = entrants(8);
    for entrant in &mut hosted[..4] {
        entrant.player = PlayerNumber(100);
    }
    let mut simulation = Simulation::start_with(SINGLE, hosted, 1);
    let called = simulation.call_next();
    assert_eq!(
        called.len(),
        1,
        "each match of the first round has one of the four"
    );
    let waiting = SlotKey::new(Bracket::Upper, 1, 2);
    let refused = simulation.competition.call(waiting, simulation.now);
    assert_eq!(refused, Err(RuleError::PlayerBusy));
    let due = simulation.slot(Bracket::Upper, 1, 1).due;
    assert_eq!(due, Some(simulation.now.plus(180_000)));
    simulation.play(called[0], SlotResult::played(SlotSide::A, 11, 2));
    assert_eq!(simulation.call_next(), [waiting]);
    let due = simulation.slot(Bracket::Upper, 1, 2).due;
    assert_eq!(
        due,
        Some(simulation.now.plus(180_000)),
        "counted from its own call"
    );
}

#[test]
fn who_is_busy_elsewhere_is_not_called() {
    let mut simulation = Simulation::start(SINGLE, 4, 1);
    simulation.now = simulation.now.plus(20_000);
    let busy = BTreeSet::from([EntrantNumber(4)]);
    let callable = simulation.competition.callable(simulation.now, &busy);
    assert_eq!(callable, [SlotKey::new(Bracket::Upper, 1, 2)]);
}

#[test]
fn steps_in_the_wrong_status_are_refused() {
    let mut simulation = Simulation::start(SINGLE, 4, 1);
    let key = SlotKey::new(Bracket::Upper, 1, 1);
    let now = simulation.now;
    let competition = &mut simulation.competition;
    let played = SlotResult::played(SlotSide::A, 11, 2);
    assert_eq!(competition.call(key, now), Err(RuleError::NotDue));
    assert_eq!(competition.begin(key), Err(RuleError::WrongStatus));
    assert_eq!(
        competition.record(key, played, now),
        Err(RuleError::WrongStatus)
    );
    assert_eq!(
        competition.no_show(key, NOBODY, now),
        Err(RuleError::WrongStatus)
    );
    assert_eq!(competition.reopen(key, now), Err(RuleError::WrongStatus));
    let last = SlotKey::new(Bracket::Upper, 2, 1);
    assert_eq!(competition.call(last, now), Err(RuleError::WrongStatus));
    let unknown = SlotKey::new(Bracket::Lower, 1, 1);
    assert_eq!(
        competition.call(unknown, now),
        Err(RuleError::UnknownSlot(unknown))
    );
    simulation.call_next();
    let competition = &mut simulation.competition;
    let both = PerSide::new(true, true);
    assert_eq!(
        competition.no_show(key, both, now),
        Err(RuleError::WrongStatus)
    );
    let awarded = SlotResult::unplayed(Some(SlotSide::A), ResultKind::Awarded);
    assert_eq!(
        competition.record(key, awarded, now),
        Err(RuleError::WrongStatus)
    );
    simulation.play(key, played);
    let twice = simulation.competition.record(key, played, now);
    assert_eq!(twice, Err(RuleError::WrongStatus));
}

#[test]
fn a_match_that_was_canceled_through_nobodys_fault_is_called_again() {
    let mut simulation = Simulation::start(SINGLE, 2, 1);
    let called = simulation.call_next();
    simulation.begin(called[0]);
    simulation.step(|competition, now| competition.reopen(called[0], now));
    assert_eq!(
        simulation.slot(Bracket::Upper, 1, 1).status,
        SlotStatus::Waiting
    );
    assert_eq!(simulation.call_next(), called);
}

/// One random mishap or ordinary result in an open slot.
fn random_event(simulation: &mut Simulation, key: SlotKey) {
    let status = simulation.competition.slot(key).unwrap().status;
    if !status.is_open() {
        return;
    }
    match simulation.dice.below(10) {
        0 if status == SlotStatus::Called => {
            no_show(simulation, key, NOBODY);
        }
        1 if status == SlotStatus::Called => {
            no_show(simulation, key, ONLY_A);
        }
        2 => {
            let slot = simulation.competition.slot(key).unwrap();
            let number = slot.occupants.b.entrant().unwrap().0;
            remove(simulation, number, Removal::Withdrawal);
        }
        3 => {
            let count = simulation.competition.entrants().count() as u64;
            let number = EntrantNumber(u32::try_from(simulation.dice.below(count)).unwrap() + 1);
            if simulation.competition.entrant(number).unwrap().is_playing() {
                remove(simulation, number.0, Removal::Disqualification);
            }
        }
        4 => {
            simulation.step(|competition, now| competition.reopen(key, now));
        }
        _ => {
            if status == SlotStatus::Called {
                simulation.begin(key);
            }
            let result = simulation.random_result(key);
            simulation.record(key, result);
        }
    }
}

fn check_places(simulation: &Simulation) {
    let placings = simulation.competition.placings();
    let count = u16::try_from(simulation.competition.entrants().count()).unwrap();
    assert!(
        placings
            .iter()
            .all(|one| 1 <= one.from && one.from <= one.to && one.to <= count)
    );
    let first = placings
        .iter()
        .filter(|one| one.from == 1 && one.to == 1)
        .count();
    assert!(first <= 1);
    let distinct: BTreeSet<EntrantNumber> = placings.iter().map(|one| one.entrant).collect();
    assert_eq!(distinct.len(), placings.len());
    if simulation.competition.format().is_elimination() {
        assert_eq!(placings.len(), usize::from(count), "each has a place");
    }
}

#[test]
fn tournaments_full_of_mishaps_end() {
    let formats = [
        SINGLE,
        Format::SingleElimination { third_place: true },
        Format::DoubleElimination,
        Format::RoundRobin {
            double: false,
            play_off: true,
        },
        Format::RoundRobin {
            double: true,
            play_off: false,
        },
        Format::Swiss { rounds: 3 },
    ];
    for seed in 0..600_u64 {
        let format = formats[usize::try_from(seed % 6).unwrap()];
        let count = 4 + u32::try_from(seed % 29).unwrap();
        let mut simulation = Simulation::start(format, count, seed);
        let mut steps = 0;
        while !simulation.competition.is_over() {
            let called = simulation.call_next();
            if called.is_empty() && simulation.competition.swiss_round(&[]).is_ok() {
                simulation.pair_swiss();
            }
            for key in called {
                random_event(&mut simulation, key);
            }
            let open = simulation
                .competition
                .slots()
                .filter(|slot| slot.status.is_open());
            let open: Vec<SlotKey> = open.map(|slot| slot.key).collect();
            for key in open {
                random_event(&mut simulation, key);
            }
            steps += 1;
            assert!(steps < 10_000, "{format:?} of {count}, seed {seed}");
        }
        simulation.compare_stored();
        check_places(&simulation);
    }
}
