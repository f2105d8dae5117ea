use serde_json::json;

use super::*;
use crate::catalogue::Catalog;

fn simulation(is_remote: bool) -> Simulation {
    let game = Catalog::builtin().find("pong").unwrap();
    let options = game.check(json!({}).as_object().unwrap()).unwrap();
    let play = game.start(&options, 11).unwrap();
    Simulation::new(play, is_remote, [0; 2], [false; 2])
}

fn input(seq: u32, tick: i64, direction: i8) -> MatchInput {
    MatchInput {
        seq,
        tick,
        direction,
        seat: None,
    }
}

fn steps(simulation: &mut Simulation, count: u32) {
    (0..count).for_each(|_| {
        simulation.step();
    });
}

/// The state at each tick of a match in which inputs come `late` ticks late.
fn hashes(late: u32) -> Vec<u32> {
    let mut simulation = simulation(true);
    let mut hashes = vec![];
    for tick in 1..=200_u32 {
        let due = tick.saturating_sub(late);
        if due > 0 && due % 10 == 0 {
            let direction = if due % 20 == 0 { 1 } else { -1 };
            simulation.take(Seat::First, &input(due, due.into(), direction));
        }
        simulation.step();
        hashes.push(simulation.settled().state_hash());
    }
    hashes
}

#[test]
fn inputs_up_to_6_ticks_late_settle_as_if_they_were_in_time() {
    let punctual = hashes(0);
    assert_eq!(hashes(3), punctual);
    assert_eq!(hashes(6), punctual);
    assert_ne!(hashes(7), punctual);
}

#[test]
fn live_state_becomes_the_settled_one() {
    let mut simulation = simulation(true);
    let mut live = vec![];
    for tick in 1..=300_u32 {
        if tick % 7 == 0 {
            let direction = i8::from(tick % 2 == 0);
            simulation.take(Seat::Second, &input(tick, tick.into(), direction));
        }
        simulation.step();
        live.push(simulation.live().state_hash());
        if tick > LATE_TICKS {
            let at = usize::try_from(tick - LATE_TICKS - 1).unwrap();
            assert_eq!(simulation.settled().state_hash(), live[at], "{tick}");
        }
    }
    assert_eq!(simulation.live().tick(), 300);
    assert_eq!(simulation.settled().tick(), 294);
}

#[test]
fn late_input_corrects_the_live_state() {
    let mut late = simulation(true);
    let mut punctual = simulation(true);
    steps(&mut late, 50);
    steps(&mut punctual, 46);
    punctual.take(Seat::First, &input(1, 47, 1));
    steps(&mut punctual, 5);
    late.take(Seat::First, &input(1, 47, 1));
    let report = late.step();
    assert!(report.is_unpredictable && report.changed[0]);
    assert_eq!(late.live().state_hash(), punctual.live().state_hash());
    assert_eq!(late.acks()[0].seq, 1);
    assert_eq!(late.acks()[0].lead, -4);
}

#[test]
fn early_input_waits_for_its_tick() {
    let mut simulation = simulation(true);
    steps(&mut simulation, 50);
    simulation.take(Seat::First, &input(1, 53, 1));
    steps(&mut simulation, 2);
    assert_eq!(
        (simulation.directions()[0], simulation.acks()[0].seq),
        (0, 0)
    );
    simulation.step();
    assert_eq!(
        (simulation.directions()[0], simulation.acks()[0].seq),
        (1, 1)
    );
    assert_eq!(simulation.acks()[0].lead, 2);
}

#[test]
fn local_match_settles_at_once() {
    let mut simulation = simulation(false);
    simulation.take(Seat::First, &input(1, 1, 1));
    let report = simulation.step();
    assert!(report.has_settled && report.changed[0]);
    assert_eq!(simulation.settled().tick(), 1);
    assert_eq!(simulation.acks()[0].seq, 1);
}

#[test]
fn freeze_goes_back_to_the_settled_state_and_releases_the_keys() {
    let mut simulation = simulation(true);
    simulation.take(Seat::First, &input(1, 1, 1));
    steps(&mut simulation, 50);
    simulation.freeze();
    assert_eq!(simulation.live().tick(), 44);
    assert_eq!(simulation.directions(), [0; 2]);
    simulation.take(Seat::First, &input(2, 51, -1));
    simulation.step();
    assert_eq!(simulation.live().tick(), 45);
    assert_eq!(simulation.directions(), [-1, 0]);
    assert_eq!(simulation.acks()[0].seq, 2);
}

#[test]
fn record_of_corrected_inputs_verifies() {
    let mut simulation = simulation(true);
    for tick in 1..=400_u32 {
        let came = i64::from(tick) - i64::from(tick % 9);
        let direction = [-1, 0, 1][usize::try_from(tick % 3).unwrap()];
        simulation.take(Seat::First, &input(tick, came, direction));
        simulation.step();
    }
    let game = Catalog::builtin().find("pong").unwrap();
    let verified = game.verify(&simulation.settled().record()).unwrap();
    assert_eq!(verified.ticks, 394);
}
