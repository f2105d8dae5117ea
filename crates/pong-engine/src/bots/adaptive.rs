//! A skill that follows a human's results.

use super::bot_profile::BotProfile;
use super::skill::{Level, Skill};
use crate::side::Side;
use crate::state::Outcome;

/// How far a result can move the skill.
const STEPS: (u16, u16) = (30, 160);
/// How far the first result moves it.
const FIRST_STEP: u16 = 120;

/// A skill that follows a human's results, so that about every other match is won.
///
/// It grows when the human wins and shrinks when the human loses: in great strides while the
/// results point one way, in small steps once they alternate, and less for a close result.
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
    /// Begins with a guess at the human's skill.
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

    /// Takes in how a match against this skill went.
    pub fn observe(&mut self, outcome: &Outcome, human: Side) {
        let won = outcome.winner == human;
        let (least, most) = STEPS;
        self.step = if won == self.won {
            self.step * 5 / 4
        } else {
            self.step * 3 / 5
        }
        .clamp(least, most);
        self.won = won;
        self.move_by(self.stride(outcome));
    }

    /// Half a step for the closest result, a whole one for the clearest.
    fn stride(&self, outcome: &Outcome) -> u16 {
        let (left, right) = (outcome.score.left, outcome.score.right);
        let most = u16::from(left.max(right)).max(1);
        let margin = u16::from(left.abs_diff(right));
        self.step / 2 + self.step / 2 * margin / most
    }

    fn move_by(&mut self, stride: u16) {
        let skill = self.skill.get();
        self.skill = Skill::new(if self.won {
            skill.saturating_add(stride)
        } else {
            skill.saturating_sub(stride)
        });
    }

    /// Everything there is to keep between two matches.
    pub const fn to_bits(self) -> u32 {
        self.skill.get() as u32 + ((self.step as u32) << 16) + ((self.won as u32) << 31)
    }

    /// What [`Self::to_bits`] gave; none for bits that it never gives.
    pub fn from_bits(bits: u32) -> Option<Self> {
        let kept = Self {
            skill: Skill::new(bits as u16),
            step: (bits >> 16) as u16 & 0x7fff,
            won: bits >> 31 == 1,
        };
        let (least, most) = STEPS;
        let fits = (least..=most).contains(&kept.step) && kept.to_bits() == bits;
        fits.then_some(kept)
    }
}

impl Default for Adaptive {
    /// Begins a little below the middle: a first match should not be the hardest.
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
        f.write_str("these bits hold no adaptive skill")
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
    fn it_goes_the_way_of_the_results() {
        assert_eq!(after(&[(5, 0)]), 500 + 72);
        assert_eq!(after(&[(5, 4)]), 500 + 36 + 7, "less for a close one");
        assert_eq!(after(&[(0, 5)]), 500 - 150);
        assert!(
            after(&[(5, 0), (5, 0)]) - after(&[(5, 0)]) > 72,
            "in growing strides"
        );
        assert_eq!(after(&[(5, 0); 20]), 1_000);
        assert_eq!(after(&[(0, 5); 20]), 0);
    }

    #[test]
    fn it_calms_down_and_wakes_up_again() {
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
    fn a_result_nobody_scored_in_moves_half_a_step() {
        assert_eq!(after(&[(0, 0)]), 500 - 75);
    }

    #[test]
    fn bits_that_it_never_gives_are_refused() {
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
