//! The slots of single elimination, and the upper bracket of double elimination.

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
        let sources = PerSide::new(semi_final(1), semi_final(2)).map(|key| loser_of(&slots, key));
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

/// Where the loser of a slot comes from: a slot with a bye has none.
pub(super) fn loser_of(slots: &[BracketSlot], key: SlotKey) -> SlotSource {
    let has_loser = slots.iter().any(|slot| slot.key == key && slot.is_match());
    match has_loser {
        true => SlotSource::LoserOf(key),
        false => SlotSource::Bye,
    }
}

/// Lets each slot know where its winner and its loser go.
pub(super) fn connect(slots: &mut [BracketSlot]) {
    let mut feeds = std::collections::BTreeMap::new();
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
