//! A match as a record: who did what when, with hashes to check it by.
//!
//! # Format, version 2
//!
//! A header of 18 bytes: `PONG`, the format's version, the physics' version, the rules (speed,
//! score to win, minutes, cool mode), the seed as eight bytes little-endian. Then operations, each
//! one byte with what belongs to it; a cursor counts ticks.
//!
//! | byte | meaning |
//! |---|---|
//! | 0–251 | the cursor moves on by `byte % 28`; from there on the inputs are pair `byte / 28`, which is `3·left + right` with up 0, still 1, down 2 |
//! | 252 | the cursor moves on by 28 |
//! | 253, `u16` | the cursor moves on by so many |
//! | 254, `u32` | here the lower half of the state's hash is this |
//! | 255, `u64` | here the record ends, and the state's hash is this |
//!
//! Inputs stay as they are until they change; before the first change nobody moves.
//!
//! A match has one record. An input operation is written where the inputs change, a hash (254) after
//! every 600 ticks. Before an input the cursor moves by up to two 252, or by a 253 where it has 84 or
//! more ticks to go; before a hash or the end by a 253. Since version 2 anything else is malformed.

mod read;
mod resume;
mod write;

use core::fmt;

pub use read::{Player, Replay};
pub use write::Recorder;

use crate::rules::RulesError;

/// The version of the replay format.
pub const REPLAY_VERSION: u8 = 2;

const MAGIC: [u8; 4] = *b"PONG";
const HEADER: usize = 18;
/// How far an input operation can move the cursor, and one more.
const REACH: u8 = 28;
const WAIT: u8 = 252;
const SKIP: u8 = 253;
const CHECK: u8 = 254;
const END: u8 = 255;
/// Ticks between hashes.
const CHECK_EVERY: u16 = 600;

/// Why a replay was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReplayError {
    /// It doesn't begin as a replay does.
    Header,
    /// It was written in another version of the format.
    Version(u8),
    /// It was played with another version of the physics.
    Physics(u8),
    /// Its rules are not valid.
    Rules(RulesError),
    /// It stops before its end.
    Truncated,
    /// It holds something that a recorder never writes.
    Malformed,
    /// At this tick the match played again is another one.
    Diverged {
        /// The tick at which it showed.
        tick: u16,
    },
}

impl From<RulesError> for ReplayError {
    fn from(error: RulesError) -> Self {
        Self::Rules(error)
    }
}

impl fmt::Display for ReplayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header => f.write_str("this is not a replay"),
            Self::Version(version) => write!(f, "replay format {version} is not supported"),
            Self::Physics(version) => write!(f, "physics {version} is not supported"),
            Self::Rules(error) => error.fmt(f),
            Self::Truncated => f.write_str("the replay stops before its end"),
            Self::Malformed => f.write_str("the replay is malformed"),
            Self::Diverged { tick } => {
                write!(f, "the replay doesn't agree with the match at tick {tick}")
            }
        }
    }
}

impl core::error::Error for ReplayError {}
