//! In which order the losers of an upper round enter the lower bracket.
//!
//! For brackets of 4 to 128 these are the orders of brackets-manager, so that a bracket looks as people know it. Larger
//! ones begin and end like those; the orders between are chosen so that few who have met in the upper bracket meet again
//! soon in the lower one. Alternating two orders would be simpler, but then the losers of every other round meet those
//! from before as soon as they enter.

/// An order of the losers of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LowerOrder {
    /// As in the upper bracket.
    Natural,
    /// The last one first.
    Reverse,
    /// The second half first.
    HalfShift,
    /// Each half from its last one.
    ReverseHalfShift,
    /// Each two exchanged.
    PairFlip,
}

use LowerOrder::{HalfShift, Natural, PairFlip, Reverse, ReverseHalfShift};

impl LowerOrder {
    /// The position, from 0, in the upper round whose loser is at this position among so many.
    pub(super) const fn upper_position(self, position: u16, count: u16) -> u16 {
        let half = count / 2;
        match self {
            Natural => position,
            Reverse => count - 1 - position,
            HalfShift if position < half => position + half,
            HalfShift => position - half,
            ReverseHalfShift if position < half => half - 1 - position,
            ReverseHalfShift => count + half - 1 - position,
            PairFlip => position ^ 1,
        }
    }
}

/// The order of each upper round's losers, in a bracket with this many upper rounds.
pub(super) fn lower_orders(rounds: u16) -> Vec<LowerOrder> {
    match rounds {
        0 | 1 => vec![Natural; usize::from(rounds)],
        2 => vec![Natural, Reverse],
        3 => vec![Natural, Reverse, Natural],
        4 => vec![Natural, ReverseHalfShift, Reverse, Natural],
        5 => vec![Natural, Reverse, HalfShift, Natural, Natural],
        6 => vec![Natural, Reverse, HalfShift, Reverse, Natural, Natural],
        7 => vec![
            Natural, Reverse, HalfShift, PairFlip, PairFlip, PairFlip, Natural,
        ],
        8 => large_orders(&[]),
        9 => large_orders(&[HalfShift]),
        _ => large_orders(&[PairFlip, HalfShift]),
    }
}

/// The orders of brackets of more than 128, which differ in the rounds before the last two.
fn large_orders(before_last: &[LowerOrder]) -> Vec<LowerOrder> {
    let first = [
        Natural,
        Reverse,
        HalfShift,
        ReverseHalfShift,
        PairFlip,
        Reverse,
    ];
    [&first, before_last, &[Natural, Natural]].concat()
}
