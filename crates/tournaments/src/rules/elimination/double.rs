//! The slots of double elimination.

use super::lower_order::lower_orders;
use super::single::{connect, loser_of, matches, rounds, upper_slots};
use crate::rules::{Bracket, BracketSlot, PerSide, SlotKey, SlotSource};

/// The slots of double elimination between this many entrants, without the second match of the grand final.
pub(in crate::rules) fn double_elimination_slots(entrants: usize) -> Vec<BracketSlot> {
    let rounds = rounds(entrants);
    let mut slots = upper_slots(entrants);
    let losers = losers_by_round(&slots, rounds);
    let mut champion = SlotSource::Bye;
    let mut waiting: Vec<SlotSource> = vec![];
    for (round, losers) in (1_u16..).zip(losers) {
        if round == 1 {
            waiting = losers;
        } else {
            waiting = lower_round(&mut slots, 2 * round - 3, pairs(&waiting));
            let joined = losers
                .into_iter()
                .zip(waiting)
                .map(|(a, b)| PerSide::new(a, b));
            waiting = lower_round(&mut slots, 2 * round - 2, joined.collect());
        }
        champion = waiting.first().copied().unwrap_or(champion);
    }
    let upper_champion = SlotSource::WinnerOf(SlotKey::new(Bracket::Upper, rounds, 1));
    let sources = PerSide::new(upper_champion, champion);
    slots.push(BracketSlot::new(SlotKey::GRAND_FINAL, sources));
    connect(&mut slots);
    slots
}

/// The losers of each upper round, in the order in which they enter the lower bracket.
fn losers_by_round(slots: &[BracketSlot], rounds: u16) -> Vec<Vec<SlotSource>> {
    let matches = matches(slots);
    let orders = (1_u16..).zip(lower_orders(rounds));
    let losers = orders.map(|(round, order)| {
        let count = 1 << (rounds - round);
        let positions = (0..count).map(|position| order.upper_position(position, count) + 1);
        let keys = positions.map(|position| SlotKey::new(Bracket::Upper, round, position));
        keys.map(|key| loser_of(&matches, key)).collect()
    });
    losers.collect()
}

fn pairs(sources: &[SlotSource]) -> Vec<PerSide<SlotSource>> {
    let pairs = sources.chunks_exact(2).filter_map(|pair| match pair {
        [a, b] => Some(PerSide::new(*a, *b)),
        _ => None,
    });
    pairs.collect()
}

/// Adds a round of the lower bracket and returns where its winners come from. A slot of two byes does not exist.
fn lower_round(
    slots: &mut Vec<BracketSlot>,
    round: u16,
    sources: Vec<PerSide<SlotSource>>,
) -> Vec<SlotSource> {
    let winners = (1..).zip(sources).map(|(position, sources)| {
        if sources == PerSide::new(SlotSource::Bye, SlotSource::Bye) {
            return SlotSource::Bye;
        }
        let key = SlotKey::new(Bracket::Lower, round, position);
        slots.push(BracketSlot::new(key, sources));
        SlotSource::WinnerOf(key)
    });
    winners.collect()
}
