//! Disputes: what they hold, who may open them, and how they are settled.

use std::collections::BTreeSet;

use tournaments::rules::*;

use crate::organizer::{A_WINS, AWARD_B, SINGLE, before_final, upper};
use crate::simulation::Simulation;

#[test]
fn dispute_holds_only_the_slot_that_depends_on_it() {
    let mut simulation = Simulation::start(SINGLE, 8, 1);
    for key in simulation.call_next() {
        simulation.play(key, A_WINS);
    }
    let at = simulation.now;
    simulation.step(|competition, now| competition.dispute(upper(1, 1), EntrantNumber(8), now));
    let held = simulation.slot(Bracket::Upper, 2, 1);
    assert_eq!(
        (held.status, held.due),
        (SlotStatus::Waiting, Some(at.plus(600_000)))
    );
    assert_eq!(simulation.call_next(), [upper(2, 2)]);
    simulation.now = at.plus(599_999);
    assert_eq!(
        simulation
            .competition
            .callable(simulation.now, &BTreeSet::new()),
        []
    );
    assert_eq!(
        simulation.call_next(),
        [upper(2, 1)],
        "it goes on by itself"
    );
    assert_eq!(simulation.now, at.plus(600_000));
}

#[test]
fn dispute_takes_a_call_back_and_holds_slots_that_fill_later() {
    let mut simulation = before_final();
    simulation.call_next();
    let at = simulation.now;
    let changes =
        simulation.step(|competition, now| competition.dispute(upper(1, 2), EntrantNumber(3), now));
    assert_eq!(changes.matches_to_cancel, BTreeSet::from([upper(2, 1)]));
    assert_eq!(
        simulation.slot(Bracket::Upper, 2, 1).due,
        Some(at.plus(600_000))
    );

    let mut simulation = Simulation::start(SINGLE, 4, 1);
    let called = simulation.call_next();
    simulation.play(called[0], A_WINS);
    let at = simulation.now;
    simulation.step(|competition, now| competition.dispute(upper(1, 1), EntrantNumber(4), now));
    simulation.play(called[1], A_WINS);
    assert_eq!(
        simulation.slot(Bracket::Upper, 2, 1).due,
        Some(at.plus(600_000))
    );
}

#[test]
fn dispute_does_not_stop_a_match_that_has_begun() {
    let mut simulation = before_final();
    simulation.call_next();
    simulation.begin(upper(2, 1));
    let changes =
        simulation.step(|competition, now| competition.dispute(upper(1, 1), EntrantNumber(4), now));
    assert_eq!(changes.updated, BTreeSet::from([upper(1, 1)]));
    assert_eq!(
        simulation.slot(Bracket::Upper, 2, 1).status,
        SlotStatus::Live
    );
}

#[test]
fn settle_dispute_lets_the_next_match_go_on() {
    let mut simulation = before_final();
    simulation.step(|competition, now| competition.dispute(upper(1, 1), EntrantNumber(4), now));
    simulation.now = simulation.now.plus(60_000);
    simulation
        .step(|competition, now| competition.settle_dispute(upper(1, 1), Ruling::Uphold, now));
    assert_eq!(simulation.slot(Bracket::Upper, 1, 1).dispute, None);
    let due = simulation.slot(Bracket::Upper, 2, 1).due;
    assert_eq!(due, Some(simulation.now.plus(20_000)));
}

#[test]
fn settle_dispute_can_change_the_result() {
    let mut simulation = before_final();
    simulation.step(|competition, now| competition.dispute(upper(1, 1), EntrantNumber(4), now));
    let ruling = Ruling::Correct(AWARD_B);
    simulation.step(|competition, now| competition.settle_dispute(upper(1, 1), ruling, now));
    let last = simulation.slot(Bracket::Upper, 2, 1);
    assert_eq!(last.occupants.a, Occupant::Entrant(EntrantNumber(4)));
    assert_eq!(last.due, Some(simulation.now.plus(20_000)));
    let again = simulation
        .competition
        .settle_dispute(upper(1, 1), Ruling::Uphold, simulation.now);
    assert_eq!(again, Err(RuleError::WrongStatus));
}

#[test]
fn dispute_is_for_the_two_and_for_ten_minutes() {
    let mut simulation = before_final();
    let key = upper(1, 1);
    let now = simulation.now;
    let competition = &mut simulation.competition;
    let stranger = competition.dispute(key, EntrantNumber(2), now);
    assert_eq!(stranger, Err(RuleError::NotInSlot));
    let open = competition.dispute(upper(2, 1), EntrantNumber(1), now);
    assert_eq!(open, Err(RuleError::WrongStatus));
    let late = competition.dispute(key, EntrantNumber(1), now.plus(600_001));
    assert_eq!(late, Err(RuleError::TooLate));
    simulation.step(|competition, now| competition.dispute(key, EntrantNumber(1), now));
    let twice = simulation.competition.dispute(key, EntrantNumber(4), now);
    assert_eq!(twice, Err(RuleError::WrongStatus));
}

#[test]
fn dispute_of_swiss_holds_the_next_slots_of_both() {
    let mut simulation = Simulation::start(Format::Swiss { rounds: 3 }, 8, 1);
    simulation.pair_swiss();
    let called = simulation.call_next();
    for key in &called {
        simulation.play(*key, A_WINS);
    }
    let by = simulation
        .competition
        .slot(called[0])
        .unwrap()
        .loser()
        .unwrap();
    let at = simulation.now;
    simulation.step(|competition, now| competition.dispute(called[0], by, now));
    simulation.pair_swiss();
    let second = simulation
        .competition
        .slots()
        .filter(|slot| slot.key.round == 2);
    let held = second
        .filter(|slot| slot.due == Some(at.plus(600_000)))
        .count();
    assert_eq!(held, 2);
    assert_eq!(simulation.call_next().len(), 2);
}
