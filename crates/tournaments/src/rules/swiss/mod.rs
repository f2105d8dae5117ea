//! Swiss: who is paired with whom.

mod bye;
mod cost;
mod pairing;
mod round;
mod sides;
mod windows;

pub use pairing::SwissPairing;
pub use round::{Float, SwissPlayer, SwissRound};
