//! What a match consists of.

use core::fmt;

use crate::field::{
    LONG_RALLY_HITS, PADDLE_HALF, PADDLE_HALF_LONG, PADDLE_HALF_SHORT, PADDLE_THICKNESS,
    PADDLE_THICKNESS_THICK, SUDDEN_DEATH_SECONDS, TICK_RATE,
};
use crate::rules::Rules;
use crate::side::{Side, Sides};

/// The ball: its centre, and how far it goes in a tick.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Ball {
    /// Horizontal position, growing to the right.
    pub x: i16,
    /// Vertical position, growing downward.
    pub y: i16,
    /// Horizontal velocity; its sign also tells who touched the ball last.
    pub vx: i16,
    /// Vertical velocity.
    pub vy: i16,
}

impl Ball {
    /// The ball as it waits for a serve.
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

/// A paddle: its centre, and how far it went in the last tick.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Paddle {
    /// Vertical position, growing downward.
    pub y: i16,
    /// Vertical velocity.
    pub v: i16,
}

/// What a coin does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[repr(u8)]
pub enum EffectKind {
    /// The opponent's keys do the opposite, for 10 s.
    Reverse = 1,
    /// The opponent moves at half speed, for 8 s.
    Slow = 2,
    /// The opponent's paddle is shorter, for 5 s.
    Shorten = 3,
    /// One's own paddle is longer, for 5 s.
    Lengthen = 4,
    /// One's own paddle is thicker and saves balls that are nearly past, for 15 s.
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

    /// Whether it changes the opponent of the one who took the coin.
    pub const fn is_hostile(self) -> bool {
        matches!(self, Self::Reverse | Self::Slow | Self::Shorten)
    }

    pub(crate) fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == code)
    }
}

/// An effect at work. There is never more than one: the coin stays away for longer than any lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Effect {
    /// What it does.
    pub kind: EffectKind,
    /// Who took the coin.
    pub owner: Side,
    /// The tick at which it wears off.
    pub until: u16,
}

impl Effect {
    /// Whose paddle it changes.
    pub const fn target(self) -> Side {
        if self.kind.is_hostile() {
            self.owner.other()
        } else {
            self.owner
        }
    }
}

/// Where the coin of cool mode is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Coin {
    /// It is away.
    Away {
        /// The tick at which it appears.
        until: u16,
    },
    /// It crosses the field from wall to wall.
    Crossing {
        /// Its x; it moves along y only.
        lane: i16,
        /// Whether it moves downward.
        down: bool,
        /// The tick at which it appeared.
        since: u16,
    },
}

/// How a match came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[repr(u8)]
pub enum Ending {
    /// Someone reached the score to win.
    Score = 1,
    /// The time was up, and someone led.
    Time = 2,
    /// The time was up with the score even, and someone made the next point.
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

/// How a match went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Outcome {
    /// Who won; there is always a winner.
    pub winner: Side,
    /// The final score.
    pub score: Sides<u8>,
    /// What ended it.
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
    shaped: Option<EffectKind>,
) -> i16 {
    let full = match shaped {
        Some(EffectKind::Shorten) => PADDLE_HALF_SHORT,
        Some(EffectKind::Lengthen) => PADDLE_HALF_LONG,
        _ => PADDLE_HALF,
    };
    let seconds = tick.saturating_sub(rules.limit_ticks()) / TICK_RATE;
    let left = SUDDEN_DEATH_SECONDS.saturating_sub(seconds);
    let hits = rally.saturating_sub(rules.speed().pace().hits_to_cap());
    let hits_left = LONG_RALLY_HITS.saturating_sub(hits);
    let parts = SUDDEN_DEATH_SECONDS * LONG_RALLY_HITS;
    (full as i32 * (left * hits_left) as i32 / parts as i32) as i16
}

/// How far a side's paddle reaches behind its front.
pub(crate) const fn thickness(shaped: Option<EffectKind>) -> i16 {
    match shaped {
        Some(EffectKind::Thicken) => PADDLE_THICKNESS_THICK,
        _ => PADDLE_THICKNESS,
    }
}

/// The speed that "down" drives a side's paddle to.
pub(crate) const fn drive(rules: Rules, shaped: Option<EffectKind>) -> i16 {
    let full = rules.speed().pace().paddle;
    match shaped {
        Some(EffectKind::Reverse) => -full,
        Some(EffectKind::Slow) => full / 2,
        _ => full,
    }
}
