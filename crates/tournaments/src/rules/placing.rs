//! Places.

use super::EntrantNumber;

/// The place of an entrant, or the places that it shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placing {
    /// The entrant.
    pub entrant: EntrantNumber,
    /// The best place that it shares, from 1.
    pub from: u16,
    /// The worst place that it shares: equal to `from` if the place is its own.
    pub to: u16,
}
