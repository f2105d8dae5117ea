//! Whole Swiss tournaments: byes, absences, late entries, and their end.

use std::collections::{BTreeMap, BTreeSet};

use tournaments::rules::*;

use crate::simulation::{Simulation, favourite_wins};

fn swiss(rounds: u16, count: u32) -> Simulation {
    Simulation::start(Format::Swiss { rounds }, count, u64::from(count))
}

/// Pairs a round and plays it: the better seed wins.
fn play_round(simulation: &mut Simulation) -> SwissPairing {
    let pairing = simulation.pair_swiss();
    while simulation.competition.swiss_round(&[]).is_err() && !simulation.competition.is_over() {
        for key in simulation.call_next() {
            let result = favourite_wins(simulation.competition.slot(key).unwrap()).unwrap();
            simulation.play(key, result);
        }
    }
    pairing
}

fn half_points(simulation: &Simulation, number: u32) -> u16 {
    let rows = simulation.competition.table();
    let row = rows
        .iter()
        .find(|row| row.placing.entrant == EntrantNumber(number));
    row.unwrap().half_points
}

#[test]
fn nobody_meets_twice_or_has_two_byes() {
    for count in 4..=40 {
        for seed in 0..4 {
            let rounds = Format::default_swiss_rounds(count as usize);
            let mut simulation = Simulation::start(Format::Swiss { rounds }, count, seed);
            simulation.finish(|_| None);
            let mut met = BTreeSet::new();
            let mut byes = BTreeSet::new();
            let mut repeated = 0;
            for slot in simulation.competition.slots() {
                let entrants = slot.occupants.map(|one| one.entrant());
                match (entrants.a, entrants.b) {
                    (Some(a), Some(b)) => repeated += u32::from(!met.insert((a.min(b), a.max(b)))),
                    (Some(one), None) => repeated += u32::from(!byes.insert(one)),
                    _ => panic!("an empty slot"),
                }
            }
            // Three rounds can leave six places, one of them the bye, in two groups of three who have all met each other.
            assert!(
                repeated == 0 || count == 5 || count == 6,
                "{count} players, seed {seed}"
            );
            let all: Vec<u16> = (1..=rounds).collect();
            assert_eq!(simulation.rounds_started, all);
            if repeated == 0 {
                assert_eq!(byes.len(), usize::from(rounds) * (count as usize % 2));
            }
        }
    }
}

#[test]
fn favourites_win() {
    let mut simulation = swiss(6, 32);
    simulation.finish(favourite_wins);
    let places = simulation.places();
    assert_eq!(places[&1], (1, 1));
    assert_eq!(places[&32], (32, 32));
}

#[test]
fn a_round_is_paired_when_the_one_before_is_over() {
    let mut simulation = swiss(3, 4);
    assert_eq!(simulation.competition.progress().round, 0);
    let first = simulation.competition.swiss_round(&[]).unwrap();
    assert_eq!((first.round(), first.players().len()), (1, 4));
    simulation.pair_swiss();
    let early = simulation.competition.swiss_round(&[]);
    assert_eq!(early, Err(RuleError::WrongStatus));
    let called = simulation.call_next();
    let changes = simulation.play(called[0], SlotResult::played(SlotSide::A, 11, 2));
    assert_eq!(changes.round_to_pair, None);
    let changes = simulation.play(called[1], SlotResult::played(SlotSide::A, 11, 2));
    assert_eq!(changes.round_to_pair, Some(2));
}

#[test]
fn an_outdated_pairing_is_refused() {
    let mut simulation = swiss(3, 6);
    let pairing = simulation
        .competition
        .swiss_round(&[])
        .unwrap()
        .pair()
        .unwrap();
    simulation.step(|competition, now| competition.set_present(EntrantNumber(3), false, now));
    let refused = simulation
        .competition
        .apply_pairing(&pairing, simulation.now);
    assert_eq!(refused, Err(RuleError::OutdatedPairing));
    let pairing = simulation.pair_swiss();
    let twice = simulation
        .competition
        .apply_pairing(&pairing, simulation.now);
    assert_eq!(twice, Err(RuleError::WrongStatus));
}

#[test]
fn the_bye_is_a_win_and_goes_to_another_each_time() {
    let mut simulation = swiss(4, 5);
    let mut byes = vec![];
    for _ in 0..4 {
        let pairing = play_round(&mut simulation);
        let bye = pairing.bye.unwrap();
        byes.push(bye);
        let slot = simulation
            .competition
            .slots()
            .find(|slot| slot.key.round == pairing.round && slot.occupants.b == Occupant::Nobody);
        let slot = slot.unwrap();
        assert_eq!(
            (slot.status, slot.winner()),
            (SlotStatus::Walkover, Some(bye))
        );
        assert_eq!(slot.result.unwrap().how, ResultKind::Bye);
    }
    assert_eq!(byes[0], EntrantNumber(5));
    assert_eq!(byes.iter().collect::<BTreeSet<_>>().len(), 4);
    assert!(simulation.competition.is_over());
}

#[test]
fn who_does_not_come_is_absent_until_it_says_otherwise() {
    let mut simulation = swiss(5, 8);
    simulation.pair_swiss();
    let called = simulation.call_next();
    let present = PerSide::new(true, false);
    simulation.step(|competition, now| competition.no_show(called[0], present, now));
    let absent = simulation
        .competition
        .slot(called[0])
        .unwrap()
        .loser()
        .unwrap();
    for key in &called[1..] {
        simulation.play(*key, SlotResult::played(SlotSide::A, 11, 2));
    }
    let next = simulation.competition.swiss_round(&[]).unwrap();
    assert!(next.players().iter().all(|player| player.entrant != absent));
    let of_winner = next
        .players()
        .iter()
        .find(|player| player.entrant == EntrantNumber(1));
    assert!(
        of_winner.unwrap().had_free_win,
        "a walkover counts as a bye"
    );
    play_round(&mut simulation);
    assert_eq!(half_points(&simulation, absent.0), 0);
    simulation.step(|competition, now| competition.set_present(absent, true, now));
    let next = simulation.competition.swiss_round(&[]).unwrap();
    assert_eq!(next.players().len(), 8);
    play_round(&mut simulation);
    let gained = half_points(&simulation, absent.0);
    assert!(gained <= 2, "no points for the rounds that it missed");
}

#[test]
fn leaving_and_coming_back_is_no_point() {
    let mut simulation = swiss(5, 8);
    let one = EntrantNumber(8);
    play_round(&mut simulation);
    let before = half_points(&simulation, 8);
    simulation.step(|competition, now| competition.set_present(one, false, now));
    play_round(&mut simulation);
    simulation.step(|competition, now| competition.set_present(one, true, now));
    assert_eq!(half_points(&simulation, 8), before);
    simulation.step(|competition, now| competition.remove(one, Removal::Withdrawal, now));
    let back = simulation
        .competition
        .set_present(one, true, simulation.now);
    assert_eq!(back, Err(RuleError::WrongStatus));
}

#[test]
fn a_requested_bye_is_half_a_point_once_and_not_in_the_last_round() {
    let mut simulation = swiss(4, 8);
    let one = EntrantNumber(1);
    let ask = |simulation: &mut Simulation, round| {
        let now = simulation.now;
        simulation.competition.request_bye(one, Some(round), now)
    };
    assert_eq!(
        ask(&mut simulation, 4),
        Err(RuleError::TooLate),
        "the last round"
    );
    simulation.step(|competition, now| competition.request_bye(one, Some(3), now));
    simulation.step(|competition, now| competition.request_bye(one, None, now));
    simulation.step(|competition, now| competition.request_bye(one, Some(2), now));
    play_round(&mut simulation);
    assert_eq!(
        ask(&mut simulation, 1),
        Err(RuleError::TooLate),
        "a round that was paired"
    );
    let pairing = play_round(&mut simulation);
    assert_eq!(pairing.requested_byes, [one]);
    assert!(pairing.bye.is_some(), "seven are left");
    assert_eq!(half_points(&simulation, 1), 3);
    assert_eq!(
        ask(&mut simulation, 3),
        Err(RuleError::TooLate),
        "for a second time"
    );
    let next = simulation.competition.swiss_round(&[]).unwrap();
    let player = next
        .players()
        .iter()
        .find(|player| player.entrant == one)
        .unwrap();
    assert!(!player.had_free_win, "half a point is no win");
}

#[test]
fn late_entry_is_possible_until_the_third_round() {
    let mut simulation = swiss(5, 8);
    play_round(&mut simulation);
    let late = Entrant::new(EntrantNumber(9));
    simulation.step(|competition, now| competition.enter_late(late, now));
    assert_eq!(simulation.entrant(9).first_round, 2);
    assert_eq!(simulation.entrant(9).seed, Some(9));
    assert_eq!(half_points(&simulation, 9), 0);
    let pairing = play_round(&mut simulation);
    assert_eq!(
        pairing.pairs.len() * 2 + usize::from(pairing.bye.is_some()),
        9
    );
    let late = Entrant::new(EntrantNumber(10));
    simulation.step(|competition, now| competition.enter_late(late, now));
    play_round(&mut simulation);
    let late = Entrant::new(EntrantNumber(11));
    let refused = simulation.competition.enter_late(late, simulation.now);
    assert_eq!(refused, Err(RuleError::TooLate));
    let elimination = Format::DoubleElimination;
    let mut simulation = Simulation::start(elimination, 4, 1);
    let refused = simulation.competition.enter_late(late, simulation.now);
    assert_eq!(refused, Err(RuleError::WrongStatus));
}

#[test]
fn fewer_than_two_present_end_the_event() {
    let mut simulation = swiss(3, 4);
    play_round(&mut simulation);
    for number in [1, 2] {
        simulation
            .step(|competition, now| competition.set_present(EntrantNumber(number), false, now));
        assert!(!simulation.finished);
    }
    simulation.step(|competition, now| competition.set_present(EntrantNumber(3), false, now));
    assert!(simulation.finished);
    assert_eq!(simulation.places().len(), 4);
    let over = simulation.competition.swiss_round(&[]);
    assert_eq!(over, Err(RuleError::WrongStatus));
}

#[test]
fn all_withdraw_during_a_round() {
    let mut simulation = swiss(3, 6);
    simulation.pair_swiss();
    simulation.call_next();
    for number in 1..=6 {
        simulation.step(|competition, now| {
            competition.remove(EntrantNumber(number), Removal::Withdrawal, now)
        });
    }
    assert!(simulation.finished);
}

#[test]
fn blocked_pairs_are_not_made() {
    let blocked = [
        (EntrantNumber(1), EntrantNumber(5)),
        (EntrantNumber(6), EntrantNumber(2)),
    ];
    let simulation = swiss(3, 8);
    let round = simulation.competition.swiss_round(&blocked).unwrap();
    let pairing = round.pair().unwrap();
    for (a, b) in blocked {
        assert!(!pairing.pairs.contains(&PerSide::new(a, b)));
        assert!(!pairing.pairs.contains(&PerSide::new(b, a)));
    }
}

#[test]
fn sides_stay_balanced() {
    let mut simulation = swiss(7, 20);
    simulation.finish(|_| None);
    let mut balance: BTreeMap<EntrantNumber, i32> = BTreeMap::new();
    for slot in simulation.competition.slots() {
        let entrants = slot.occupants.map(|one| one.entrant().unwrap());
        *balance.entry(entrants.a).or_default() += 1;
        *balance.entry(entrants.b).or_default() -= 1;
    }
    assert!(
        balance.values().all(|balance| balance.abs() <= 3),
        "{balance:?}"
    );
}

#[test]
fn large_events_are_paired_without_rematches() {
    for count in [257, 300, 511, 777, 1_023, 1_024] {
        let mut simulation = swiss(11, count);
        let mut met = BTreeSet::new();
        for _ in 0..11 {
            let round = simulation.competition.swiss_round(&[]).unwrap();
            let pairing = round.pair().unwrap();
            let named = pairing.pairs.len() * 2 + usize::from(pairing.bye.is_some());
            assert_eq!(named, count as usize);
            for sides in &pairing.pairs {
                assert!(
                    met.insert((sides.a.min(sides.b), sides.a.max(sides.b))),
                    "{count} players"
                );
            }
            simulation.step(|competition, now| competition.apply_pairing(&pairing, now));
            simulation.now = simulation.now.plus(20_000);
            let slots = simulation
                .competition
                .slots()
                .filter(|slot| !slot.status.is_over());
            let open: Vec<SlotKey> = slots.map(|slot| slot.key).collect();
            for key in open {
                let result = simulation.random_result(key);
                let competition = &mut simulation.competition;
                competition.call(key, simulation.now).unwrap();
                competition.begin(key).unwrap();
                competition.record(key, result, simulation.now).unwrap();
            }
        }
        assert!(simulation.competition.is_over());
    }
}
