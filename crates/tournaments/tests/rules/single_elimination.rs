//! Single elimination of every size.

use std::collections::BTreeMap;

use tournaments::rules::*;

use crate::simulation::{Simulation, favourite_wins, started};

const PLAIN: Format = Format::SingleElimination { third_place: false };
const WITH_THIRD: Format = Format::SingleElimination { third_place: true };

/// The places by nothing but the results: who lost in the round of the last 2^n is among the places 2^n / 2 + 1 to 2^n.
fn places_by_losses(simulation: &Simulation, count: u32) -> BTreeMap<u32, (u16, u16)> {
    let count = u16::try_from(count).unwrap();
    let mut places = BTreeMap::new();
    let upper = simulation
        .played()
        .into_iter()
        .filter(|slot| slot.key.bracket == Bracket::Upper);
    let upper: Vec<&BracketSlot> = upper.collect();
    let last = upper.iter().map(|slot| slot.key.round).max().unwrap();
    for slot in upper {
        let still_in = 1_u16 << (last - slot.key.round);
        places.insert(
            slot.loser().unwrap().0,
            (still_in + 1, (still_in * 2).min(count)),
        );
        if slot.key.round == last {
            places.insert(slot.winner().unwrap().0, (1, 1));
        }
    }
    for slot in simulation.played() {
        if slot.key.bracket == Bracket::ThirdPlace {
            places.insert(slot.winner().unwrap().0, (3, 3));
            places.insert(slot.loser().unwrap().0, (4, 4));
        }
    }
    places
}

fn check_size(count: u32) {
    let mut simulation = Simulation::start(PLAIN, count, u64::from(count));
    check_first_round(&simulation.competition, count);
    simulation.finish(|_| None);
    let played = simulation.played();
    assert_eq!(played.len(), count as usize - 1, "{count} entrants");
    let mut losses: BTreeMap<EntrantNumber, usize> = BTreeMap::new();
    for slot in &played {
        *losses.entry(slot.loser().unwrap()).or_default() += 1;
    }
    assert_eq!(losses.len(), count as usize - 1);
    assert!(losses.values().all(|count| *count == 1));
    assert_eq!(simulation.places(), places_by_losses(&simulation, count));
}

/// Byes go to the best seeds and to nobody else, and no slot has two.
fn check_first_round(competition: &Competition, count: u32) {
    let size = count.next_power_of_two();
    let slots = competition.slots();
    let mut resting: Vec<u32> = slots
        .filter(|slot| slot.key.round == 1 && !slot.is_match())
        .map(|slot| slot.winner().unwrap().0)
        .collect();
    resting.sort_unstable();
    let expected: Vec<u32> = (1..=size - count).collect();
    assert_eq!(resting, expected, "{count} entrants");
    let twice =
        |slot: &&BracketSlot| slot.sources == PerSide::new(SlotSource::Bye, SlotSource::Bye);
    assert_eq!(competition.slots().find(twice), None);
}

#[test]
fn every_size_up_to_64_has_one_loss_for_each_but_the_champion() {
    for count in 2..=64 {
        check_size(count);
    }
}

#[test]
fn large_sizes_have_one_loss_for_each_but_the_champion() {
    for count in [65, 100, 127, 129, 255, 512, 1_024] {
        check_size(count);
    }
}

#[test]
fn byes_go_to_the_best_seeds_at_every_size() {
    for count in 2..=1_024 {
        let competition = started(PLAIN, count);
        check_first_round(&competition, count);
        let matches = competition.slots().filter(|slot| slot.is_match());
        let matches = matches.count();
        assert_eq!(matches, count as usize - 1, "{count} entrants");
    }
}

#[test]
fn third_place_is_played_between_losers_of_the_semi_finals() {
    for count in 4..=64 {
        let mut simulation = Simulation::start(WITH_THIRD, count, 7 + u64::from(count));
        simulation.finish(|_| None);
        assert_eq!(
            simulation.played().len(),
            count as usize,
            "{count} entrants"
        );
        assert_eq!(simulation.places(), places_by_losses(&simulation, count));
    }
}

#[test]
fn third_place_of_three_entrants_needs_no_match() {
    let mut simulation = Simulation::start(WITH_THIRD, 3, 1);
    simulation.finish(favourite_wins);
    assert_eq!(simulation.played().len(), 2);
    let expected = BTreeMap::from([(1, (1, 1)), (2, (2, 2)), (3, (3, 3))]);
    assert_eq!(simulation.places(), expected);
}

#[test]
fn favourites_end_in_the_order_of_their_seeds() {
    let mut simulation = Simulation::start(WITH_THIRD, 16, 1);
    simulation.finish(favourite_wins);
    let places = simulation.places();
    assert_eq!(
        [1, 2, 3, 4].map(|seed| places[&seed]),
        [(1, 1), (2, 2), (3, 3), (4, 4)]
    );
    assert!((5..=8).all(|seed| places[&seed] == (5, 8)));
    assert!((9..=16).all(|seed| places[&seed] == (9, 16)));
}

#[test]
fn a_draw_is_played_again() {
    let mut simulation = Simulation::start(PLAIN, 2, 1);
    let called = simulation.call_next();
    let changes = simulation.play(called[0], SlotResult::drawn(4, 4));
    assert!(!changes.finished);
    let slot = simulation.slot(Bracket::Upper, 1, 1);
    assert_eq!(slot.status, SlotStatus::Waiting);
    assert_eq!(slot.due, Some(simulation.now.plus(20_000)));
    assert_eq!(slot.result, None);
    assert_eq!(simulation.call_next(), called);
    assert!(
        simulation
            .play(called[0], SlotResult::played(SlotSide::B, 3, 11))
            .finished
    );
    assert_eq!(
        simulation.places(),
        BTreeMap::from([(1, (2, 2)), (2, (1, 1))])
    );
}
