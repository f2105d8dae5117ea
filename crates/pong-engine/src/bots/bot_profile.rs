//! The parameters of a bot, in the units that its planner uses.

use super::skill::{Level, Skill};
use crate::field::TICK_RATE;
use crate::rules::Pace;

/// The spread of a bot's aiming error in units, at every tenth of the skill range.
const SPREADS: [i32; 11] = [1_900, 1_140, 684, 410, 246, 148, 87, 49, 26, 12, 5];
/// Skill between two entries of [`SPREADS`].
const STEP: i32 = 100;

/// The parameters of a bot. They follow from its [`Skill`] and can be overridden one by one.
///
/// ```
/// use pong_engine::bots::{BotProfile, Level};
/// // A hard opponent with slow reactions.
/// let profile = BotProfile::from(Level::Hard).with_reaction_ms(600);
/// assert_eq!(profile.reaction_ms(), 600);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BotProfile {
    /// The spread of its error about the ball's position, at the speed of a serve.
    pub(super) spread: i32,
    /// Ticks between an event and the bot's next observation.
    pub(super) reaction: u16,
}

impl BotProfile {
    /// The profile for a skill.
    pub fn of(skill: Skill) -> Self {
        let skill = i32::from(skill.get());
        Self {
            spread: spread(skill),
            reaction: (15 - skill / 100) as u16,
        }
    }

    /// Overrides the reaction time, in milliseconds; at most one second.
    #[must_use]
    pub fn with_reaction_ms(self, milliseconds: u16) -> Self {
        let reaction = u32::from(milliseconds.min(1_000)) * u32::from(TICK_RATE) / 1_000;
        Self {
            reaction: reaction as u16,
            ..self
        }
    }

    /// Overrides the accuracy, in percent: 0 aims as [`Skill::MIN`] does, 100 as [`Skill::MAX`] does.
    #[must_use]
    pub fn with_accuracy(self, percent: u8) -> Self {
        let skill = i32::from(percent.min(100)) * 10;
        Self {
            spread: spread(skill),
            ..self
        }
    }

    /// The reaction time in milliseconds.
    pub fn reaction_ms(self) -> u16 {
        (u32::from(self.reaction) * 1_000 / u32::from(TICK_RATE)) as u16
    }

    /// The spread for a ball of this speed; proportional to the speed.
    pub(super) fn spread_at(self, pace: Pace, speed: i16) -> i32 {
        self.spread * i32::from(speed) / i32::from(pace.serve)
    }
}

impl From<Skill> for BotProfile {
    fn from(skill: Skill) -> Self {
        Self::of(skill)
    }
}

impl From<Level> for BotProfile {
    fn from(level: Level) -> Self {
        Self::of(level.skill())
    }
}

/// The spread for a skill, interpolated linearly between the entries of the table.
fn spread(skill: i32) -> i32 {
    let entry = |at: i32| SPREADS.get(at as usize).copied().unwrap_or(SPREADS[10]);
    let (at, rest) = (skill / STEP, skill % STEP);
    entry(at) + (entry(at + 1) - entry(at)) * rest / STEP
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Speed;

    #[test]
    fn of_is_never_worse_with_more_skill() {
        let mut last = BotProfile::of(Skill::MIN);
        assert_eq!((last.spread, last.reaction), (1_900, 15));
        for skill in 1..=1_000 {
            let profile = BotProfile::of(Skill::new(skill));
            assert!(profile.spread <= last.spread && profile.reaction <= last.reaction);
            last = profile;
        }
        assert_eq!((last.spread, last.reaction), (5, 5));
        assert_eq!(BotProfile::of(Skill::new(150)).spread, (1_140 + 684) / 2);
    }

    #[test]
    fn with_reaction_ms_and_with_accuracy_override_one_parameter_each() {
        let profile = BotProfile::from(Level::Easy)
            .with_reaction_ms(250)
            .with_accuracy(100);
        assert_eq!((profile.spread, profile.reaction), (5, 15));
        assert_eq!(profile.reaction_ms(), 250);
        assert_eq!(profile.with_reaction_ms(9_999).reaction, 60);
        assert_eq!(profile.with_accuracy(255), profile);
        assert_eq!(profile.with_accuracy(0).spread, 1_900);
    }

    #[test]
    fn spread_at_grows_with_the_speed_of_the_ball() {
        let profile = BotProfile::of(Skill::new(100));
        let pace = Speed::Medium.pace();
        assert_eq!(profile.spread_at(pace, pace.serve), 1_140);
        assert_eq!(profile.spread_at(pace, 2 * pace.serve), 2_280);
    }
}
