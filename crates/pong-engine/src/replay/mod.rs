//! Records of matches: rules, seed and the changes of inputs, with hashes of the state to verify them.
//! FORMATS.md describes the bytes.

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
/// The number of waits, 0 to 27 ticks, that an input operation can encode.
const INPUT_WAITS: u8 = 28;
const OP_WAIT: u8 = 252;
const OP_SKIP: u8 = 253;
const OP_CHECK: u8 = 254;
const OP_END: u8 = 255;
/// Ticks between two hashes.
const CHECK_EVERY: u16 = 600;

/// Why a replay was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReplayError {
    /// It does not begin with the header of a replay.
    Header,
    /// It has another version of the format than [`REPLAY_VERSION`].
    Version(u8),
    /// It was played with another version of the physics than
    /// [`PHYSICS_VERSION`](crate::PHYSICS_VERSION).
    Physics(u8),
    /// Its rules are not valid.
    Rules(RulesError),
    /// Bytes are missing at its end.
    Truncated,
    /// It contains bytes that a [`Recorder`] does not write.
    Malformed,
    /// The match differs from the one that was recorded.
    Diverged {
        /// The tick at which the difference was found.
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
            Self::Truncated => f.write_str("the replay is truncated"),
            Self::Malformed => f.write_str("the replay is malformed"),
            Self::Diverged { tick } => {
                write!(
                    f,
                    "the replay differs from the recorded match at tick {tick}"
                )
            }
        }
    }
}

impl core::error::Error for ReplayError {}
