//! The slots of single elimination, and the upper bracket of double elimination.

use std::collections::{BTreeMap, BTreeSet};

use super::fold::fold;
use crate::rules::{Bracket, BracketSlot, PerSide, SlotFeed, SlotKey, SlotSide, SlotSource};

/// The slots of single elimination between this many entrants.
pub(in crate::rules) fn single_elimination_slots(
    entrants: usize,
    third_place: bool,
) -> Vec<BracketSlot> {
    let rounds = rounds(entrants);
    let mut slots = upper_slots(entrants);
    if third_place && rounds >= 2 {
        let semi_final = |position| SlotKey::new(Bracket::Upper, rounds - 1, position);
        let matches = matches(&slots);
        let semi_finals = PerSide::new(semi_final(1), semi_final(2));
        let sources = semi_finals.map(|key| loser_of(&matches, key));
        if sources.a != SlotSource::Bye && sources.b != SlotSource::Bye {
            slots.push(BracketSlot::new(
                SlotKey::new(Bracket::ThirdPlace, 1, 1),
                sources,
            ));
        }
    }
    connect(&mut slots);
    slots
}

/// How many rounds the upper bracket has.
pub(super) fn rounds(entrants: usize) -> u16 {
    let size = entrants.next_power_of_two();
    u16::try_from(size.trailing_zeros()).unwrap_or_default()
}

/// The slots of the upper bracket, not connected.
pub(super) fn upper_slots(entrants: usize) -> Vec<BracketSlot> {
    let rounds = rounds(entrants);
    let seeds = fold(1 << rounds);
    let source = |seed: u16| match usize::from(seed) <= entrants {
        true => SlotSource::Seed(seed),
        false => SlotSource::Bye,
    };
    let first = seeds.chunks_exact(2).zip(1..).map(|(pair, position)| {
        let [a, b] = [pair.first(), pair.last()].map(|seed| source(seed.copied().unwrap_or(0)));
        BracketSlot::new(
            SlotKey::new(Bracket::Upper, 1, position),
            PerSide::new(a, b),
        )
    });
    let later = (2..=rounds).flat_map(|round| {
        (1..=1_u16 << (rounds - round)).map(move |position| later_slot(round, position))
    });
    first.chain(later).collect()
}

fn later_slot(round: u16, position: u16) -> BracketSlot {
    let before = |position| SlotSource::WinnerOf(SlotKey::new(Bracket::Upper, round - 1, position));
    let sources = PerSide::new(before(position * 2 - 1), before(position * 2));
    BracketSlot::new(SlotKey::new(Bracket::Upper, round, position), sources)
}

/// The slots that have a loser: those without a bye.
pub(super) fn matches(slots: &[BracketSlot]) -> BTreeSet<SlotKey> {
    let matches = slots.iter().filter(|slot| slot.is_match());
    matches.map(|slot| slot.key).collect()
}

/// Where the loser of a slot comes from.
pub(super) fn loser_of(matches: &BTreeSet<SlotKey>, key: SlotKey) -> SlotSource {
    match matches.contains(&key) {
        true => SlotSource::LoserOf(key),
        false => SlotSource::Bye,
    }
}

/// Lets each slot know where its winner and its loser go.
pub(super) fn connect(slots: &mut [BracketSlot]) {
    let mut feeds = BTreeMap::new();
    for slot in slots.iter() {
        for side in SlotSide::BOTH {
            let feed = SlotFeed {
                slot: slot.key,
                side,
            };
            match *slot.sources.get(side) {
                SlotSource::WinnerOf(key) => feeds.insert((key, true), feed),
                SlotSource::LoserOf(key) => feeds.insert((key, false), feed),
                SlotSource::Seed(_) | SlotSource::Bye | SlotSource::Paired => None,
            };
        }
    }
    for slot in slots {
        slot.winner_to = feeds.get(&(slot.key, true)).copied();
        slot.loser_to = feeds.get(&(slot.key, false)).copied();
    }
}
