//! When coins appear, and how they cross the field.

use crate::field::{COIN_EDGE, COIN_SPEED, TICK_RATE};
use crate::state::Coin;

/// The coin of a new match: it appears after 8 seconds.
pub(crate) const FIRST_COIN: Coin = Coin::Away {
    until: 8 * TICK_RATE,
};
/// Ticks until the coin appears again after it was taken or has left.
pub(crate) const COIN_PAUSE: u16 = 30 * TICK_RATE;

/// The coin's y this many ticks after it appeared.
pub(crate) const fn coin_y(ticks: u16, down: bool) -> i16 {
    let y = ticks as i16 * COIN_SPEED - COIN_EDGE;
    if down { y } else { -y }
}
