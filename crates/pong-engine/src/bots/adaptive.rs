//! A skill that follows a human's results.

use super::bot_profile::BotProfile;
use super::skill::{Level, Skill};
use crate::side::Side;
use crate::state::Outcome;

/// The smallest and the largest step of the skill after a result.
const STEPS: (u16, u16) = (30, 160);
/// The step after the first result.
const FIRST_STEP: u16 = 120;

/// A skill that follows a human's results, so that the human wins about every other match.
///
/// It grows when the human wins and shrinks when the human loses: in large steps while the results are
/// the same, in small ones once they alternate, and less for a close result.
///
/// ```
/// use pong_engine::bots::{Adaptive, Bot};
/// use pong_engine::{Inputs, Match, Rules, Side};
///
/// let mut adaptive = Adaptive::default();
/// let before = adaptive.skill();
/// let rules = Rules::default().with_score_to_win(3)?;
/// let mut game = Match::new(rules, 5);
/// let mut bot = Bot::new(rules, Side::Right, adaptive, 6);
/// let outcome = loop {
///     let key = bot.play(|| game.public());
///     game.step(Inputs::default().with(Side::Right, key));
///     if let Some(outcome) = game.outcome() {
///         break outcome;
///     }
/// };
/// adaptive.observe(&outcome, Side::Left);
/// assert!(adaptive.skill() < before, "nobody played on the left");
/// assert_eq!(Adaptive::from_bits(adaptive.to_bits()), Some(adaptive));
/// # Ok::<(), pong_engine::RulesError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "u32", into = "u32"))]
pub struct Adaptive {
    skill: Skill,
    step: u16,
    /// Whether the human won the last match.
    won: bool,
}

impl Adaptive {
    /// Begins with an estimate of the human's skill.
    pub fn new(skill: impl Into<Skill>) -> Self {
        Self {
            skill: skill.into(),
            step: FIRST_STEP,
            won: false,
        }
    }

    /// The skill for the next match.
    pub const fn skill(self) -> Skill {
        self.skill
    }

    /// Adjusts the skill by the outcome of a match against it.
    pub fn observe(&mut self, outcome: &Outcome, human: Side) {
        let won = outcome.winner == human;
        let (min, max) = STEPS;
        self.step = if won == self.won {
            self.step * 5 / 4
        } else {
            self.step * 3 / 5
        }
        .clamp(min, max);
        self.won = won;
        self.move_by(self.weighted_step(outcome));
    }

    /// Half a step for the closest result, a whole one for the clearest.
    fn weighted_step(&self, outcome: &Outcome) -> u16 {
        let (left, right) = (outcome.score.left, outcome.score.right);
        let max = u16::from(left.max(right)).max(1);
        let margin = u16::from(left.abs_diff(right));
        self.step / 2 + self.step / 2 * margin / max
    }

    fn move_by(&mut self, step: u16) {
        let skill = self.skill.get();
        self.skill = Skill::new(if self.won {
            skill.saturating_add(step)
        } else {
            skill.saturating_sub(step)
        });
    }

    /// The value as bits, to store between two matches.
    pub const fn to_bits(self) -> u32 {
        self.skill.get() as u32 + ((self.step as u32) << 16) + ((self.won as u32) << 31)
    }

    /// Reads what [`Self::to_bits`] returned; `None` for other bits.
    pub fn from_bits(bits: u32) -> Option<Self> {
        let adaptive = Self {
            skill: Skill::new(bits as u16),
            step: (bits >> 16) as u16 & 0x7fff,
            won: bits >> 31 == 1,
        };
        let (min, max) = STEPS;
        let is_valid = (min..=max).contains(&adaptive.step) && adaptive.to_bits() == bits;
        is_valid.then_some(adaptive)
    }
}

impl Default for Adaptive {
    /// Begins below the middle, so that the first match is not too hard.
    fn default() -> Self {
        Self::new(Level::Easy)
    }
}

impl From<Adaptive> for BotProfile {
    fn from(adaptive: Adaptive) -> Self {
        Self::of(adaptive.skill)
    }
}

impl From<Adaptive> for u32 {
    fn from(adaptive: Adaptive) -> Self {
        adaptive.to_bits()
    }
}

impl TryFrom<u32> for Adaptive {
    type Error = AdaptiveError;

    fn try_from(bits: u32) -> Result<Self, AdaptiveError> {
        Self::from_bits(bits).ok_or(AdaptiveError)
    }
}

/// These bits are not those of an [`Adaptive`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdaptiveError;

impl core::fmt::Display for AdaptiveError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("the bits are not an adaptive skill")
    }
}

impl core::error::Error for AdaptiveError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Ending, Sides};

    fn result(left: u8, right: u8) -> Outcome {
        Outcome {
            winner: if left > right {
                Side::Left
            } else {
                Side::Right
            },
            score: Sides { left, right },
            ending: Ending::Score,
            ticks: 1,
        }
    }

    fn after(results: &[(u8, u8)]) -> u16 {
        let mut adaptive = Adaptive::new(Skill::new(500));
        for (left, right) in results {
            adaptive.observe(&result(*left, *right), Side::Left);
        }
        adaptive.skill().get()
    }

    #[test]
    fn observe_follows_the_results() {
        assert_eq!(after(&[(5, 0)]), 500 + 72);
        assert_eq!(after(&[(5, 4)]), 500 + 36 + 7, "less for a close one");
        assert_eq!(after(&[(0, 5)]), 500 - 150);
        assert!(
            after(&[(5, 0), (5, 0)]) - after(&[(5, 0)]) > 72,
            "in growing steps"
        );
        assert_eq!(after(&[(5, 0); 20]), 1_000);
        assert_eq!(after(&[(0, 5); 20]), 0);
    }

    #[test]
    fn observe_adapts_the_size_of_its_steps() {
        let mut adaptive = Adaptive::new(Level::Medium);
        for _ in 0..20 {
            adaptive.observe(&result(5, 3), Side::Left);
            adaptive.observe(&result(5, 3), Side::Right);
        }
        assert_eq!(adaptive.step, 30);
        for _ in 0..20 {
            adaptive.observe(&result(5, 3), Side::Left);
        }
        assert_eq!(adaptive.step, 160);
    }

    #[test]
    fn observe_moves_half_a_step_where_nobody_scored() {
        assert_eq!(after(&[(0, 0)]), 500 - 75);
    }

    #[test]
    fn from_bits_refuses_bits_that_to_bits_never_returns() {
        let kept = Adaptive::new(Skill::new(321));
        let bits = kept.to_bits();
        assert_eq!(Adaptive::from_bits(bits), Some(kept));
        assert_eq!(Adaptive::try_from(u32::from(kept)), Ok(kept));
        for forged in [0, u32::MAX, bits & 0xffff, bits | 0xffff, bits | 1 << 30] {
            assert_eq!(Adaptive::try_from(forged), Err(AdaptiveError));
        }
        let won = Adaptive { won: true, ..kept };
        assert_eq!(Adaptive::from_bits(won.to_bits()), Some(won));
    }
}
