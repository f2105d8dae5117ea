//! Who gets which seed.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::{Entrant, EntrantNumber, RuleError};

/// How seeds are given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seeding {
    /// By rating: established ones, provisional ones, unrated entrants; equal ones by registration.
    Rating,
    /// By lot. Published afterwards, the seed lets anybody repeat the draw.
    Random {
        /// The seed of the draw.
        draw_seed: u64,
    },
    /// In this order.
    Manual(Vec<EntrantNumber>),
}

/// The generator of draws: SplitMix64. Each number adds 0x9E3779B97F4A7C15 to the state, which begins as the seed of
/// the draw, and mixes it: `z ^= z >> 30; z *= 0xBF58476D1CE4E5B9; z ^= z >> 27; z *= 0x94D049BB133111EB; z ^= z >> 31`,
/// all modulo 2^64.
#[derive(Debug, Clone)]
pub struct DrawGenerator {
    state: u64,
}

impl DrawGenerator {
    /// The generator of a draw.
    #[must_use]
    pub const fn new(draw_seed: u64) -> Self {
        Self { state: draw_seed }
    }

    /// The next number.
    pub const fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`, each equally likely: numbers from the greatest multiple of `bound` up are skipped, the
    /// first other one counts modulo `bound`. `bound` must not be 0.
    pub const fn below(&mut self, bound: u64) -> u64 {
        let skipped_from = u64::MAX - (u64::MAX % bound + 1) % bound;
        loop {
            let number = self.next_u64();
            if number <= skipped_from {
                return number % bound;
            }
        }
    }

    /// Fisher–Yates from the end: for `i` from the last position down to 1, swaps `i` with a number below `i + 1`.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let chosen = self.below(last as u64 + 1);
            items.swap(last, usize::try_from(chosen).unwrap_or(last));
        }
    }
}

/// The entrants by seed, the first seed first. A draw begins with the order of registration.
///
/// # Errors
/// `IncompleteSeeding` if a seeding by hand does not name each entrant once.
pub fn seed_order(
    entrants: &[Entrant],
    seeding: &Seeding,
) -> Result<Vec<EntrantNumber>, RuleError> {
    let mut by_registration: Vec<&Entrant> = entrants.iter().collect();
    by_registration.sort_by_key(|entrant| entrant.number);
    let numbers = |entrants: Vec<&Entrant>| entrants.iter().map(|entrant| entrant.number).collect();
    match seeding {
        Seeding::Rating => {
            by_registration.sort_by_key(|entrant| Reverse(entrant.rating));
            Ok(numbers(by_registration))
        }
        Seeding::Random { draw_seed } => {
            DrawGenerator::new(*draw_seed).shuffle(&mut by_registration);
            Ok(numbers(by_registration))
        }
        Seeding::Manual(order) => {
            let named: BTreeSet<_> = order.iter().copied().collect();
            let known: BTreeSet<_> = entrants.iter().map(|entrant| entrant.number).collect();
            if named == known && order.len() == named.len() {
                Ok(order.clone())
            } else {
                Err(RuleError::IncompleteSeeding)
            }
        }
    }
}
