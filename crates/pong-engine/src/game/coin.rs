//! When coins come, and how one crosses.

use crate::field::{COIN_EDGE, COIN_SPEED, TICK_RATE};
use crate::state::Coin;

/// The first coin comes when the match has warmed up.
pub(crate) const FIRST_COIN: Coin = Coin::Away {
    until: 8 * TICK_RATE,
};
/// How long the coin stays away after it was taken or has left.
pub(crate) const COIN_PAUSE: u16 = 30 * TICK_RATE;

/// The coin's y so many ticks after it appeared.
pub(crate) const fn coin_y(ticks: u16, down: bool) -> i16 {
    let y = ticks as i16 * COIN_SPEED - COIN_EDGE;
    if down { y } else { -y }
}
