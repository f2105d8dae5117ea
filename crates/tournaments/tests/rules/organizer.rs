//! What organizers do: pauses, corrections, and rounds that end at their deadline.

use std::collections::{BTreeMap, BTreeSet};

use tournaments::rules::*;

use crate::simulation::{Simulation, favourite_wins};

pub(crate) const SINGLE: Format = Format::SingleElimination { third_place: false };
pub(crate) const A_WINS: SlotResult = SlotResult::played(SlotSide::A, 11, 2);
const B_WINS: SlotResult = SlotResult::played(SlotSide::B, 2, 11);
const AWARD_A: Correction = Correction::Award {
    winner: Some(SlotSide::A),
    score: None,
};
pub(crate) const AWARD_B: Correction = Correction::Award {
    winner: Some(SlotSide::B),
    score: None,
};

pub(crate) const fn upper(round: u16, position: u16) -> SlotKey {
    SlotKey::new(Bracket::Upper, round, position)
}

fn correct(simulation: &mut Simulation, key: SlotKey, correction: Correction) -> Changes {
    simulation.step(|competition, now| competition.correct(key, correction, now))
}

/// Single elimination of four with both semi-finals played.
pub(crate) fn before_final() -> Simulation {
    let mut simulation = Simulation::start(SINGLE, 4, 1);
    for key in simulation.call_next() {
        simulation.play(key, A_WINS);
    }
    simulation
}

#[test]
fn correct_before_the_next_match_moves_entrants() {
    let mut simulation = before_final();
    let changes = correct(&mut simulation, upper(1, 1), AWARD_B);
    assert_eq!(changes.updated, BTreeSet::from([upper(1, 1), upper(2, 1)]));
    assert_eq!(
        changes.entrants,
        BTreeSet::from([EntrantNumber(1), EntrantNumber(4)])
    );
    let semi_final = simulation.slot(Bracket::Upper, 1, 1);
    assert_eq!(semi_final.winner(), Some(EntrantNumber(4)));
    assert_eq!(semi_final.result.unwrap().how, ResultKind::Awarded);
    let last = simulation.slot(Bracket::Upper, 2, 1);
    assert_eq!(last.occupants.a, Occupant::Entrant(EntrantNumber(4)));
    assert_eq!(simulation.entrant(1).status, EntrantStatus::Out);
    assert!(simulation.entrant(4).is_playing());
    simulation.finish(favourite_wins);
    let expected = BTreeMap::from([(2, (1, 1)), (4, (2, 2)), (1, (3, 4)), (3, (3, 4))]);
    assert_eq!(simulation.places(), expected);
}

#[test]
fn correct_takes_a_call_back() {
    let mut simulation = before_final();
    assert_eq!(simulation.call_next(), [upper(2, 1)]);
    let changes = correct(&mut simulation, upper(1, 1), AWARD_B);
    assert_eq!(changes.matches_to_cancel, BTreeSet::from([upper(2, 1)]));
    assert_eq!(
        simulation.slot(Bracket::Upper, 2, 1).status,
        SlotStatus::Waiting
    );
}

#[test]
fn correct_is_too_late_once_the_next_match_has_begun() {
    let mut simulation = before_final();
    simulation.call_next();
    simulation.begin(upper(2, 1));
    let unchanged = simulation.competition.clone();
    let now = simulation.now;
    let live = simulation.competition.correct(upper(1, 1), AWARD_B, now);
    assert_eq!(live, Err(RuleError::TooLate));
    assert!(simulation.competition == unchanged);
    simulation.record(upper(2, 1), A_WINS);
    let done = simulation.competition.correct(upper(1, 1), AWARD_B, now);
    assert_eq!(done, Err(RuleError::TooLate));
}

#[test]
fn correct_is_too_late_once_somebody_did_not_come_to_the_next_match() {
    let mut simulation = before_final();
    simulation.call_next();
    let present = PerSide::new(true, false);
    simulation.step(|competition, now| competition.no_show(upper(2, 1), present, now));
    let late = simulation
        .competition
        .correct(upper(1, 1), AWARD_B, simulation.now);
    assert_eq!(late, Err(RuleError::TooLate));
}

#[test]
fn correct_replays_a_match() {
    let mut simulation = before_final();
    correct(&mut simulation, upper(1, 1), Correction::Replay);
    let slot = simulation.slot(Bracket::Upper, 1, 1);
    assert_eq!((slot.status, slot.result), (SlotStatus::Waiting, None));
    let last = simulation.slot(Bracket::Upper, 2, 1);
    assert_eq!(last.occupants.a, Occupant::Unknown);
    assert_eq!(last.status, SlotStatus::Unknown);
    assert!(simulation.entrant(4).is_playing());
    assert_eq!(simulation.call_next(), [upper(1, 1)]);
    simulation.play(upper(1, 1), B_WINS);
    simulation.finish(favourite_wins);
    assert_eq!(simulation.places()[&4], (2, 2));
}

#[test]
fn correct_follows_walkovers_that_nobody_caused() {
    // Entrant 1 does not come to its first match; in the lower bracket entrant 3 advances without a match.
    let mut simulation = Simulation::start(Format::DoubleElimination, 8, 1);
    let called = simulation.call_next();
    let present = PerSide::new(false, true);
    simulation.step(|competition, now| competition.no_show(called[0], present, now));
    simulation.play(called[1], A_WINS);
    let lower = SlotKey::new(Bracket::Lower, 1, 1);
    assert_eq!(
        simulation.competition.slot(lower).unwrap().status,
        SlotStatus::Walkover
    );
    let changes = correct(&mut simulation, called[0], AWARD_A);
    assert!(
        changes
            .updated
            .contains(&SlotKey::new(Bracket::Lower, 2, 1))
    );
    let lower = simulation.competition.slot(lower).unwrap();
    assert_eq!(lower.status, SlotStatus::Waiting);
    assert_eq!(
        lower.occupants.map(|one| one.entrant().unwrap().0),
        PerSide::new(8, 5)
    );
    assert!(simulation.entrant(1).is_playing());
    simulation.finish(favourite_wins);
    assert_eq!(simulation.places()[&1], (1, 1));
}

#[test]
fn correct_of_the_grand_final_removes_and_makes_its_second_match() {
    let mut simulation = Simulation::start(Format::DoubleElimination, 2, 1);
    let called = simulation.call_next();
    simulation.play(called[0], A_WINS);
    simulation.call_next();
    simulation.play(SlotKey::GRAND_FINAL, B_WINS);
    assert_eq!(simulation.call_next(), [SlotKey::GRAND_FINAL_RESET]);
    let kept = correct(&mut simulation, SlotKey::GRAND_FINAL, AWARD_B);
    assert!(kept.updated.contains(&SlotKey::GRAND_FINAL_RESET) && kept.removed.is_empty());
    let changes = correct(&mut simulation, SlotKey::GRAND_FINAL, AWARD_A);
    assert_eq!(
        changes.removed,
        BTreeSet::from([SlotKey::GRAND_FINAL_RESET])
    );
    assert!(changes.finished);
    assert_eq!(
        simulation.places(),
        BTreeMap::from([(1, (1, 1)), (2, (2, 2))])
    );
}

#[test]
fn correct_knows_draws_only_where_the_format_does() {
    let draw = Correction::Award {
        winner: None,
        score: Some(PerSide::new(5, 5)),
    };
    let mut simulation = before_final();
    let refused = simulation
        .competition
        .correct(upper(1, 1), draw, simulation.now);
    assert_eq!(refused, Err(RuleError::WrongStatus));
    let round_robin = Format::RoundRobin {
        double: false,
        play_off: false,
    };
    let mut simulation = Simulation::start(round_robin, 4, 1);
    let called = simulation.call_next();
    simulation.play(called[0], A_WINS);
    correct(&mut simulation, called[0], draw);
    let points: Vec<u16> = simulation
        .competition
        .table()
        .iter()
        .map(|row| row.half_points)
        .collect();
    assert_eq!(points, [1, 1, 0, 0]);
}

#[test]
fn correct_of_round_robin_makes_the_play_off_anew() {
    let format = Format::RoundRobin {
        double: false,
        play_off: true,
    };
    let mut simulation = Simulation::start(format, 3, 1);
    // Each wins once, so that all three share the first place.
    for _ in 0..3 {
        for key in simulation.call_next() {
            let slot = simulation.competition.slot(key).unwrap();
            let entrants = slot.occupants.map(|one| one.entrant().unwrap().0);
            let result = if entrants.a % 3 + 1 == entrants.b {
                A_WINS
            } else {
                B_WINS
            };
            simulation.play(key, result);
        }
    }
    let play_off = simulation.competition.slots();
    let play_off: BTreeSet<SlotKey> = play_off
        .map(|slot| slot.key)
        .filter(|key| key.bracket == Bracket::PlayOff)
        .collect();
    assert_eq!(play_off.len(), 3);
    assert_eq!(simulation.competition.progress().round, 4);
    let lost_by_first = simulation
        .competition
        .slots()
        .find(|slot| slot.loser() == Some(EntrantNumber(1)))
        .map(|slot| (slot.key, slot.side_of(EntrantNumber(1)).unwrap()));
    let (key, side) = lost_by_first.unwrap();
    let award = Correction::Award {
        winner: Some(side),
        score: None,
    };
    let changes = correct(&mut simulation, key, award);
    assert_eq!(changes.removed, play_off);
    assert!(changes.finished);
    assert_eq!(simulation.competition.progress().round, 3);
    assert_eq!(simulation.places()[&1], (1, 1));
}

#[test]
fn correct_of_swiss_changes_points_but_no_pairing() {
    let mut simulation = Simulation::start(Format::Swiss { rounds: 3 }, 8, 1);
    simulation.pair_swiss();
    let called = simulation.call_next();
    for key in &called {
        simulation.play(*key, A_WINS);
    }
    simulation.pair_swiss();
    let before: Vec<BracketSlot> = simulation.competition.slots().cloned().collect();
    let changes = correct(&mut simulation, called[0], AWARD_B);
    assert_eq!(changes.updated, BTreeSet::from([called[0]]));
    let after = simulation.competition.slots();
    assert!(
        before
            .iter()
            .zip(after)
            .all(|(old, new)| old.occupants == new.occupants)
    );
    let second = simulation.call_next();
    let loser = simulation
        .competition
        .slot(called[0])
        .unwrap()
        .loser()
        .unwrap();
    let of_loser = second.iter().find(|key| {
        simulation
            .competition
            .slot(**key)
            .unwrap()
            .side_of(loser)
            .is_some()
    });
    simulation.begin(*of_loser.unwrap());
    let late = simulation
        .competition
        .correct(called[0], AWARD_A, simulation.now);
    assert_eq!(late, Err(RuleError::TooLate));
}

#[test]
fn correct_of_what_is_not_over_or_a_bye_is_refused() {
    let mut simulation = Simulation::start(SINGLE, 3, 1);
    let now = simulation.now;
    for key in [upper(1, 1), upper(1, 2), upper(2, 1)] {
        let refused = simulation.competition.correct(key, AWARD_A, now);
        assert_eq!(refused, Err(RuleError::WrongStatus), "{key}");
    }
}

#[test]
fn pause_moves_deadlines_by_its_length() {
    let mut simulation = Simulation::start(SINGLE, 8, 1);
    let called = simulation.call_next();
    simulation.begin(called[0]);
    let deadline = simulation.slot(Bracket::Upper, 1, 2).due.unwrap();
    simulation.now = simulation.now.plus(10_000);
    let paused_at = simulation.now;
    simulation.competition.pause(paused_at).unwrap();
    assert_eq!(
        simulation.competition.pause(paused_at),
        Err(RuleError::Paused)
    );
    // What is being played goes on.
    simulation.now = simulation.now.plus(5_000);
    simulation.record(called[0], A_WINS);
    simulation.begin(called[1]);
    simulation.record(called[1], A_WINS);
    assert_eq!(
        simulation.slot(Bracket::Upper, 2, 1).due,
        Some(paused_at.plus(20_000))
    );
    simulation.now = simulation.now.plus(995_000);
    assert_eq!(
        simulation
            .competition
            .callable(simulation.now, &BTreeSet::new()),
        []
    );
    assert_eq!(simulation.competition.next_due(simulation.now), None);
    let refused = simulation.competition.call(upper(2, 1), simulation.now);
    assert_eq!(refused, Err(RuleError::Paused));
    simulation.step(|competition, now| competition.resume(now));
    assert_eq!(
        simulation.slot(Bracket::Upper, 1, 3).due,
        Some(deadline.plus(1_000_000))
    );
    let next = simulation.slot(Bracket::Upper, 2, 1).due;
    assert_eq!(
        next,
        Some(simulation.now.plus(20_000)),
        "as if it had become known now"
    );
    assert_eq!(
        simulation.competition.resume(simulation.now),
        Err(RuleError::WrongStatus)
    );
}

#[test]
fn end_round_judges_what_is_open() {
    let format = Format::RoundRobin {
        double: false,
        play_off: false,
    };
    let mut simulation = Simulation::start(format, 8, 1);
    let called = simulation.call_next();
    for key in &called[..2] {
        simulation.begin(*key);
    }
    simulation.begin(called[3]);
    simulation.record(called[3], A_WINS);
    let open = |slot, score, present| OpenMatch {
        slot,
        score,
        present,
    };
    let both = PerSide::new(true, true);
    let open = [
        open(called[0], PerSide::new(3, 7), both),
        open(called[1], PerSide::new(4, 4), both),
        open(called[2], PerSide::new(0, 0), PerSide::new(false, true)),
        open(called[3], PerSide::new(0, 0), both),
    ];
    let early = simulation.competition.end_round(&open, simulation.now);
    assert_eq!(early, Err(RuleError::NotDue));
    simulation.now = simulation.competition.progress().round_deadline.unwrap();
    let changes = simulation.step(|competition, now| competition.end_round(&open, now));
    assert_eq!(
        changes.matches_to_cancel,
        called[..3].iter().copied().collect()
    );
    assert_eq!(changes.round_started, Some(2));
    let results = called
        .iter()
        .map(|key| simulation.competition.slot(*key).unwrap());
    let results: Vec<_> = results
        .map(|slot| (slot.status, slot.result.unwrap()))
        .collect();
    let judged = |winner, a, b| SlotResult {
        winner,
        score: Some(PerSide::new(a, b)),
        how: ResultKind::Judged,
    };
    let no_show = SlotResult::unplayed(Some(SlotSide::B), ResultKind::NoShow);
    let expected = [
        (SlotStatus::Done, judged(Some(SlotSide::B), 3, 7)),
        (SlotStatus::Done, judged(None, 4, 4)),
        (SlotStatus::Walkover, no_show),
        (SlotStatus::Done, A_WINS),
    ];
    assert_eq!(results, expected);
    assert_eq!(simulation.competition.progress().round_deadline, None);
}
