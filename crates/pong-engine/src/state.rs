//! The parts of the state of a match.

use core::fmt;

use crate::field::{
    LONG_RALLY_HITS, PADDLE_HALF, PADDLE_HALF_LONG, PADDLE_HALF_SHORT, PADDLE_THICKNESS,
    PADDLE_THICKNESS_THICK, SUDDEN_DEATH_SECONDS, TICK_RATE,
};
use crate::rules::Rules;
use crate::side::{Side, Sides};

/// The ball: its centre and its velocity in units per tick.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Ball {
    /// Horizontal position, growing to the right.
    pub x: i16,
    /// Vertical position, growing downward.
    pub y: i16,
    /// Horizontal velocity; its sign shows which side touched the ball last.
    pub vx: i16,
    /// Vertical velocity.
    pub vy: i16,
}

impl Ball {
    /// The ball before a serve.
    pub(crate) const RESTING: Self = Self {
        x: 0,
        y: 0,
        vx: 0,
        vy: 0,
    };

    pub(crate) const fn mirrored(self) -> Self {
        Self {
            x: -self.x,
            vx: -self.vx,
            ..self
        }
    }
}

/// A paddle: its centre and its displacement in the last tick.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Paddle {
    /// Vertical position, growing downward.
    pub y: i16,
    /// Vertical velocity.
    pub v: i16,
}

/// The kinds of effects that a coin can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[repr(u8)]
pub enum EffectKind {
    /// Reverses the opponent's keys for 10 s.
    Reverse = 1,
    /// Halves the speed of the opponent's paddle for 8 s.
    Slow = 2,
    /// Shortens the opponent's paddle for 5 s.
    Shorten = 3,
    /// Lengthens the paddle of the one who took the coin for 5 s.
    Lengthen = 4,
    /// Thickens the paddle of the one who took the coin for 15 s: it still returns balls that are up
    /// to 600 units farther behind its front.
    Thicken = 5,
}

impl EffectKind {
    /// All kinds, in the order of their numbers.
    pub const ALL: [Self; 5] = [
        Self::Reverse,
        Self::Slow,
        Self::Shorten,
        Self::Lengthen,
        Self::Thicken,
    ];

    /// How many ticks it lasts.
    pub const fn ticks(self) -> u16 {
        let seconds = match self {
            Self::Reverse => 10,
            Self::Slow => 8,
            Self::Shorten | Self::Lengthen => 5,
            Self::Thicken => 15,
        };
        seconds * TICK_RATE
    }

    /// Whether it applies to the opponent of the one who took the coin.
    pub const fn is_hostile(self) -> bool {
        matches!(self, Self::Reverse | Self::Slow | Self::Shorten)
    }

    pub(crate) fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == code)
    }
}

/// The effect in force. There is never more than one, as the coin stays away for longer than any lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Effect {
    /// Its kind.
    pub kind: EffectKind,
    /// Who took the coin.
    pub owner: Side,
    /// The tick at which it ends.
    pub until: u16,
}

impl Effect {
    /// The side whose paddle it changes.
    pub const fn target(self) -> Side {
        if self.kind.is_hostile() {
            self.owner.other()
        } else {
            self.owner
        }
    }
}

/// The coin of cool mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Coin {
    /// The coin is away.
    Away {
        /// The tick at which it appears.
        until: u16,
    },
    /// The coin crosses the field from wall to wall.
    Crossing {
        /// Its x; it moves along y only.
        lane: i16,
        /// Whether it moves downward.
        down: bool,
        /// The tick at which it appeared.
        since: u16,
    },
}

/// How a match ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[repr(u8)]
pub enum Ending {
    /// A side reached the score to win.
    Score = 1,
    /// The time was up, and one side led.
    Time = 2,
    /// The time was up with an even score, and one side made the next point.
    SuddenDeath = 3,
}

impl Ending {
    pub(crate) const fn from_code(code: u8) -> Option<Self> {
        match code {
            1 => Some(Self::Score),
            2 => Some(Self::Time),
            3 => Some(Self::SuddenDeath),
            _ => None,
        }
    }
}

/// The result of a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Outcome {
    /// Who won; there is always a winner.
    pub winner: Side,
    /// The final score.
    pub score: Sides<u8>,
    /// How it ended.
    pub ending: Ending,
    /// How many ticks it lasted.
    pub ticks: u16,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Sides { left, right } = self.score;
        write!(f, "{:?} wins {left}:{right}", self.winner)
    }
}

/// Half the length of a side's paddle; 0 when sudden death or a long rally has shrunk it to nothing.
pub(crate) const fn half_length(
    rules: Rules,
    tick: u16,
    rally: u16,
    effect: Option<EffectKind>,
) -> i16 {
    let full = match effect {
        Some(EffectKind::Shorten) => PADDLE_HALF_SHORT,
        Some(EffectKind::Lengthen) => PADDLE_HALF_LONG,
        _ => PADDLE_HALF,
    };
    let seconds = tick.saturating_sub(rules.limit_ticks()) / TICK_RATE;
    let seconds_left = SUDDEN_DEATH_SECONDS.saturating_sub(seconds);
    let hits = rally.saturating_sub(rules.speed().pace().hits_to_cap());
    let hits_left = LONG_RALLY_HITS.saturating_sub(hits);
    let parts = SUDDEN_DEATH_SECONDS * LONG_RALLY_HITS;
    (full as i32 * (seconds_left * hits_left) as i32 / parts as i32) as i16
}

/// The thickness of a side's paddle, from its front backward.
pub(crate) const fn thickness(effect: Option<EffectKind>) -> i16 {
    match effect {
        Some(EffectKind::Thicken) => PADDLE_THICKNESS_THICK,
        _ => PADDLE_THICKNESS,
    }
}

/// The speed that a side's paddle approaches while "down" is held.
pub(crate) const fn drive(rules: Rules, effect: Option<EffectKind>) -> i16 {
    let full = rules.speed().pace().paddle;
    match effect {
        Some(EffectKind::Reverse) => -full,
        Some(EffectKind::Slow) => full / 2,
        _ => full,
    }
}
