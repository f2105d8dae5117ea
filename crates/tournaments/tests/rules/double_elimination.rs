//! Double elimination of every size.

use std::collections::BTreeMap;

use tournaments::rules::*;

use crate::simulation::{Simulation, favourite_wins, started};

/// The places by nothing but the results: who loses for the second time in a round of the lower bracket is behind all
/// who have lost less by then.
fn places_by_losses(simulation: &Simulation) -> BTreeMap<u32, (u16, u16)> {
    let mut exits: BTreeMap<(Bracket, u16), Vec<u32>> = BTreeMap::new();
    let mut losses: BTreeMap<u32, u16> = BTreeMap::new();
    let mut champion = None;
    // The order of the rounds within each bracket is all that counts: nobody returns from the lower one.
    let mut played = simulation.played();
    played.sort_by_key(|slot| (slot.key.bracket, slot.key.round));
    for slot in played {
        let loser = slot.loser().unwrap().0;
        *losses.entry(loser).or_default() += 1;
        if losses[&loser] == 2 {
            exits
                .entry((slot.key.bracket, slot.key.round))
                .or_default()
                .push(loser);
        }
        champion = slot.winner();
    }
    let mut left = u16::try_from(simulation.competition.entrants().count()).unwrap();
    let mut places = BTreeMap::new();
    for out in exits.values() {
        let count = u16::try_from(out.len()).unwrap();
        places.extend(out.iter().map(|one| (*one, (left - count + 1, left))));
        left -= count;
    }
    assert_eq!(left, 1, "one is left");
    places.insert(champion.unwrap().0, (1, 1));
    places
}

fn check_size(count: u32, seed: u64) -> bool {
    let mut simulation = Simulation::start(Format::DoubleElimination, count, seed);
    simulation.finish(|_| None);
    let has_reset = simulation
        .competition
        .slot(SlotKey::GRAND_FINAL_RESET)
        .is_some();
    let played = simulation.played();
    let expected = 2 * count as usize - 2 + usize::from(has_reset);
    assert_eq!(played.len(), expected, "{count} entrants");
    let mut losses: BTreeMap<u32, usize> = BTreeMap::new();
    for slot in &played {
        *losses.entry(slot.loser().unwrap().0).or_default() += 1;
    }
    let placings = simulation.competition.placings();
    let champion = placings[0].entrant.0;
    for number in 1..=count {
        let lost = losses.get(&number).copied().unwrap_or_default();
        match number == champion {
            true => assert!(lost <= 1),
            false => assert_eq!(lost, 2, "entrant {number} of {count}"),
        }
    }
    assert_eq!(
        simulation.places(),
        places_by_losses(&simulation),
        "{count} entrants"
    );
    has_reset
}

#[test]
fn every_size_up_to_64_has_two_losses_for_each_but_the_champion() {
    let resets = (2..=64_u32)
        .flat_map(|count| (0..6).map(move |seed| check_size(count, u64::from(count) * 10 + seed)));
    let resets: Vec<bool> = resets.collect();
    assert!(resets.contains(&true) && resets.contains(&false));
}

#[test]
fn large_sizes_have_two_losses_for_each_but_the_champion() {
    for count in [65, 100, 128, 129, 255, 512, 1_024] {
        check_size(count, u64::from(count));
    }
}

#[test]
fn every_size_has_twice_as_many_matches_as_entrants_but_two() {
    for count in 2..=1_024 {
        let competition = started(Format::DoubleElimination, count);
        let slots: Vec<&BracketSlot> = competition.slots().collect();
        let matches = slots.iter().filter(|slot| slot.is_match()).count();
        assert_eq!(matches, 2 * count as usize - 2, "{count} entrants");
        let byes = PerSide::new(SlotSource::Bye, SlotSource::Bye);
        assert!(
            slots.iter().all(|slot| slot.sources != byes),
            "{count} entrants"
        );
        for slot in slots {
            for (side, source) in slot.sources.iter() {
                let feed = Some(SlotFeed {
                    slot: slot.key,
                    side,
                });
                match source {
                    SlotSource::WinnerOf(key) => {
                        assert_eq!(competition.slot(*key).unwrap().winner_to, feed);
                    }
                    SlotSource::LoserOf(key) => {
                        let from = competition.slot(*key).unwrap();
                        assert_eq!(from.loser_to, feed);
                        assert!(from.is_match(), "a bye has no loser");
                    }
                    SlotSource::Seed(_) | SlotSource::Bye | SlotSource::Paired => {}
                }
            }
        }
    }
}

/// Plays all but the grand final; the favourite is the upper champion.
fn until_grand_final() -> Simulation {
    let mut simulation = Simulation::start(Format::DoubleElimination, 8, 1);
    loop {
        let called = simulation.call_next();
        if called == [SlotKey::GRAND_FINAL] {
            return simulation;
        }
        for key in called {
            let result = favourite_wins(simulation.competition.slot(key).unwrap()).unwrap();
            simulation.play(key, result);
        }
    }
}

#[test]
fn grand_final_is_one_match_if_the_upper_champion_wins() {
    let mut simulation = until_grand_final();
    let grand_final = simulation.slot(Bracket::Final, 1, 1);
    assert_eq!(grand_final.occupants.a, Occupant::Entrant(EntrantNumber(1)));
    let changes = simulation.play(SlotKey::GRAND_FINAL, SlotResult::played(SlotSide::A, 11, 9));
    assert!(changes.finished);
    assert_eq!(
        simulation.competition.slot(SlotKey::GRAND_FINAL_RESET),
        None
    );
    let places = simulation.places();
    assert_eq!((places[&1], places[&2]), ((1, 1), (2, 2)));
}

#[test]
fn grand_final_has_a_second_match_if_the_lower_champion_wins() {
    for (winner, champion) in [(SlotSide::A, 1), (SlotSide::B, 2)] {
        let mut simulation = until_grand_final();
        let first = SlotResult::played(SlotSide::B, 9, 11);
        let changes = simulation.play(SlotKey::GRAND_FINAL, first);
        assert!(!changes.finished);
        assert!(changes.created.contains(&SlotKey::GRAND_FINAL_RESET));
        assert_eq!(simulation.call_next(), [SlotKey::GRAND_FINAL_RESET]);
        let second = simulation.slot(Bracket::Final, 2, 1);
        assert_eq!(
            second.occupants.map(|one| one.entrant().unwrap().0),
            PerSide::new(1, 2)
        );
        let second = SlotResult::played(winner, 10, 10);
        assert!(simulation.play(SlotKey::GRAND_FINAL_RESET, second).finished);
        let places = simulation.places();
        assert_eq!(places[&champion], (1, 1));
        assert_eq!(places[&(3 - champion)], (2, 2));
    }
}

#[test]
fn favourites_end_in_the_order_of_their_seeds() {
    let mut simulation = Simulation::start(Format::DoubleElimination, 8, 1);
    simulation.finish(favourite_wins);
    let places = simulation.places();
    let expected = [
        (1, 1),
        (2, 2),
        (3, 3),
        (4, 4),
        (5, 6),
        (5, 6),
        (7, 8),
        (7, 8),
    ];
    for (seed, place) in (1..).zip(expected) {
        assert_eq!(places[&seed], place, "seed {seed}");
    }
}
