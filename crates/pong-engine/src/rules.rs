//! The rules that two players agree on before a match.

use core::fmt;

use crate::field::{LONG_RALLY_HITS, TICK_RATE};

/// The version of the physics. Two builds with the same number give the same result for the same
/// rules, seed and inputs; any change that could alter one increments it.
pub const PHYSICS_VERSION: u8 = 2;

/// The speed of a match.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[repr(u8)]
pub enum Speed {
    /// For beginners.
    Slow = 0,
    /// The usual speed.
    #[default]
    Medium = 1,
    /// For experts.
    Fast = 2,
}

impl Speed {
    /// All speeds, slowest first.
    pub const ALL: [Self; 3] = [Self::Slow, Self::Medium, Self::Fast];

    pub(crate) const fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Slow),
            1 => Some(Self::Medium),
            2 => Some(Self::Fast),
            _ => None,
        }
    }

    /// The speeds of ball and paddles.
    pub const fn pace(self) -> Pace {
        match self {
            Self::Slow => Pace {
                serve: 260,
                gain: 16,
                cap: 560,
                paddle: 196,
                grip: 22,
            },
            Self::Medium => Pace {
                serve: 340,
                gain: 18,
                cap: 700,
                paddle: 255,
                grip: 34,
            },
            Self::Fast => Pace {
                serve: 440,
                gain: 24,
                cap: 900,
                paddle: 330,
                grip: 55,
            },
        }
    }
}

/// The speeds of ball and paddles at one [`Speed`], in units per tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// The ball's speed when it is served.
    pub serve: i16,
    /// How much faster the ball gets with each hit.
    pub gain: i16,
    /// The ball's greatest speed.
    pub cap: i16,
    /// The greatest speed of a paddle.
    pub paddle: i16,
    /// How much a paddle's speed can change in one tick.
    pub grip: i16,
}

impl Pace {
    /// The ball's speed after so many hits in a rally.
    pub const fn ball(self, hits: u16) -> i16 {
        let speed = self.serve as u32 + self.gain as u32 * hits as u32;
        if speed < self.cap as u32 {
            speed as i16
        } else {
            self.cap
        }
    }

    /// After how many hits in a rally the ball is as fast as it gets. From then on each hit shortens
    /// both paddles, by one part in [`LONG_RALLY_HITS`], until the next serve.
    pub const fn hits_to_cap(self) -> u16 {
        let (range, gain) = (self.cap - self.serve, self.gain);
        ((range + gain - 1) / gain).cast_unsigned()
    }

    /// How many hits a rally can have: then the paddles have shrunk to nothing.
    pub const fn max_rally(self) -> u16 {
        self.hits_to_cap() + LONG_RALLY_HITS
    }
}

/// The length of [`Rules::to_bytes`].
pub const RULES_BYTES: usize = 4;

/// The rules that two players agree on: always valid, four bytes, and part of every record of a match.
///
/// ```
/// use pong_engine::{Rules, Speed};
/// let rules = Rules::default()
///     .with_speed(Speed::Fast)
///     .with_score_to_win(11)?
///     .with_time_limit(4)?
///     .with_cool_mode(true);
/// assert!(rules.with_score_to_win(2).is_err());
/// # Ok::<(), pong_engine::RulesError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Unchecked", into = "Unchecked"))]
pub struct Rules {
    speed: Speed,
    score_to_win: u8,
    time_limit: u8,
    cool_mode: bool,
}

impl Rules {
    /// Medium speed, first to five within five minutes, no cool mode.
    pub const DEFAULT: Self = Self {
        speed: Speed::Medium,
        score_to_win: 5,
        time_limit: 5,
        cool_mode: false,
    };

    /// The same rules at another speed.
    #[must_use]
    pub const fn with_speed(self, speed: Speed) -> Self {
        Self { speed, ..self }
    }

    /// The same rules with another score to win, 3 to 20.
    pub const fn with_score_to_win(self, score_to_win: u8) -> Result<Self, RulesError> {
        match score_to_win {
            3..=20 => Ok(Self {
                score_to_win,
                ..self
            }),
            _ => Err(RulesError::ScoreToWin),
        }
    }

    /// The same rules with another time limit, 1 to 5 minutes.
    pub const fn with_time_limit(self, minutes: u8) -> Result<Self, RulesError> {
        match minutes {
            1..=5 => Ok(Self {
                time_limit: minutes,
                ..self
            }),
            _ => Err(RulesError::TimeLimit),
        }
    }

    /// The same rules with or without coin and effects.
    #[must_use]
    pub const fn with_cool_mode(self, cool_mode: bool) -> Self {
        Self { cool_mode, ..self }
    }

    /// The speed.
    pub const fn speed(self) -> Speed {
        self.speed
    }

    /// The score that wins.
    pub const fn score_to_win(self) -> u8 {
        self.score_to_win
    }

    /// After how many minutes the leader wins.
    pub const fn time_limit(self) -> u8 {
        self.time_limit
    }

    /// Whether coins cross the field.
    pub const fn cool_mode(self) -> bool {
        self.cool_mode
    }

    /// The time limit in ticks.
    pub const fn limit_ticks(self) -> u16 {
        self.time_limit as u16 * 60 * TICK_RATE
    }

    /// The rules as bytes: the speed (0 slow, 1 medium, 2 fast), the score to win, the limit in
    /// minutes, cool mode (0 or 1).
    ///
    /// ```
    /// use pong_engine::Rules;
    /// assert_eq!(Rules::default().to_bytes(), [1, 5, 5, 0]);
    /// assert_eq!(Rules::from_bytes([1, 5, 5, 0]), Ok(Rules::default()));
    /// ```
    pub const fn to_bytes(self) -> [u8; RULES_BYTES] {
        [
            self.speed as u8,
            self.score_to_win,
            self.time_limit,
            self.cool_mode as u8,
        ]
    }

    /// Reads what [`Self::to_bytes`] writes; any other bytes are an error.
    pub const fn from_bytes(bytes: [u8; RULES_BYTES]) -> Result<Self, RulesError> {
        let [speed, score_to_win, time_limit, cool_mode] = bytes;
        let Some(speed) = Speed::from_code(speed) else {
            return Err(RulesError::Speed);
        };
        if cool_mode > 1 {
            return Err(RulesError::CoolMode);
        }
        let rules = Self::DEFAULT
            .with_speed(speed)
            .with_cool_mode(cool_mode == 1);
        match rules.with_score_to_win(score_to_win) {
            Ok(rules) => rules.with_time_limit(time_limit),
            Err(error) => Err(error),
        }
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Why rules were refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RulesError {
    /// No such speed (only from bytes).
    Speed,
    /// The score to win lies outside 3 to 20.
    ScoreToWin,
    /// The time limit lies outside 1 to 5 minutes.
    TimeLimit,
    /// Cool mode is neither on nor off (only from bytes).
    CoolMode,
}

impl fmt::Display for RulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Speed => "the speed is slow, medium or fast",
            Self::ScoreToWin => "the score to win is 3 to 20",
            Self::TimeLimit => "the time limit is 1 to 5 minutes",
            Self::CoolMode => "cool mode is on or off",
        })
    }
}

impl core::error::Error for RulesError {}

/// The serialized form of [`Rules`], not validated yet.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    speed: Speed,
    score_to_win: u8,
    time_limit: u8,
    cool_mode: bool,
}

#[cfg(feature = "serde")]
impl TryFrom<Unchecked> for Rules {
    type Error = RulesError;

    fn try_from(rules: Unchecked) -> Result<Self, RulesError> {
        Self::DEFAULT
            .with_speed(rules.speed)
            .with_cool_mode(rules.cool_mode)
            .with_score_to_win(rules.score_to_win)?
            .with_time_limit(rules.time_limit)
    }
}

#[cfg(feature = "serde")]
impl From<Rules> for Unchecked {
    fn from(rules: Rules) -> Self {
        let Rules {
            speed,
            score_to_win,
            time_limit,
            cool_mode,
        } = rules;
        Self {
            speed,
            score_to_win,
            time_limit,
            cool_mode,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::{MAX_BALL_SPEED, MAX_PADDLE_SPEED, MAX_RALLY};

    #[test]
    fn score_to_win_and_time_limit_are_checked_at_their_bounds() {
        let rules = Rules::DEFAULT;
        for score in 0..=u8::MAX {
            assert_eq!(
                rules.with_score_to_win(score).is_ok(),
                (3..=20).contains(&score)
            );
        }
        for minutes in 0..=u8::MAX {
            assert_eq!(
                rules.with_time_limit(minutes).is_ok(),
                (1..=5).contains(&minutes)
            );
        }
    }

    #[test]
    fn from_bytes_checks_each_byte() {
        let good = Rules::DEFAULT.to_bytes();
        assert_eq!(Rules::from_bytes(good), Ok(Rules::DEFAULT));
        let bad = [
            RulesError::Speed,
            RulesError::ScoreToWin,
            RulesError::TimeLimit,
            RulesError::CoolMode,
        ];
        for (at, error) in bad.into_iter().enumerate() {
            let mut bytes = good;
            bytes[at] = 99;
            assert_eq!(Rules::from_bytes(bytes), Err(error));
        }
    }

    #[test]
    fn pace_stays_within_the_bounds_of_the_arithmetic() {
        for speed in Speed::ALL {
            let pace = speed.pace();
            assert!(0 < pace.serve && pace.serve < pace.cap && pace.cap <= MAX_BALL_SPEED);
            assert!(0 < pace.grip && pace.grip < pace.paddle && pace.paddle <= MAX_PADDLE_SPEED);
            assert_eq!(pace.ball(0), pace.serve);
            assert_eq!(pace.ball(1), pace.serve + pace.gain);
            assert_eq!(pace.ball(u16::MAX), pace.cap);
            assert_eq!(pace.ball(pace.hits_to_cap()), pace.cap);
            assert!(pace.ball(pace.hits_to_cap() - 1) < pace.cap);
            assert!(pace.max_rally() <= MAX_RALLY);
        }
    }
}
