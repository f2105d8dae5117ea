//! How a bot plays, as numbers that its mind can use.

use super::skill::{Level, Skill};
use crate::field::TICK_RATE;
use crate::rules::Pace;

/// The spread of a bot's mistakes in units, for every hundredth of the way from no skill to all.
const SPREADS: [i32; 11] = [8_000, 4_576, 2_618, 1_497, 856, 490, 280, 160, 92, 52, 30];
/// One step in [`SPREADS`].
const STEP: i32 = 100;

/// How a bot plays: what follows from its [`Skill`], and may be set apart from it.
///
/// ```
/// use pong_engine::bots::{Level, Manner};
/// // As a hard opponent, but half asleep.
/// let manner = Manner::from(Level::Hard).with_reaction_ms(600);
/// assert_eq!(manner.reaction_ms(), 600);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manner {
    /// How far off its guess of the ball is, at the speed of a serve.
    pub(super) spread: i32,
    /// Ticks from the moment at which there is something to see to its look.
    pub(super) reaction: u16,
}

impl Manner {
    /// What follows from a skill.
    pub fn of(skill: Skill) -> Self {
        let skill = i32::from(skill.get());
        Self {
            spread: spread(skill),
            reaction: (15 - skill / 100) as u16,
        }
    }

    /// The same, but so many milliseconds late to see what its opponent did; a second at most.
    #[must_use]
    pub fn with_reaction_ms(self, milliseconds: u16) -> Self {
        let reaction = u32::from(milliseconds.min(1_000)) * u32::from(TICK_RATE) / 1_000;
        Self {
            reaction: reaction as u16,
            ..self
        }
    }

    /// The same, but aiming so well, in percent: 0 as without any skill, 100 as with the most.
    #[must_use]
    pub fn with_accuracy(self, percent: u8) -> Self {
        let skill = i32::from(percent.min(100)) * 10;
        Self {
            spread: spread(skill),
            ..self
        }
    }

    /// How late it sees what its opponent did.
    pub fn reaction_ms(self) -> u16 {
        (u32::from(self.reaction) * 1_000 / u32::from(TICK_RATE)) as u16
    }

    /// How far off it is about a ball of this speed: the faster, the farther.
    pub(super) fn spread_at(self, pace: Pace, speed: i16) -> i32 {
        self.spread * i32::from(speed) / i32::from(pace.serve)
    }
}

impl From<Skill> for Manner {
    fn from(skill: Skill) -> Self {
        Self::of(skill)
    }
}

impl From<Level> for Manner {
    fn from(level: Level) -> Self {
        Self::of(level.skill())
    }
}

/// Between the entries of the table, a straight line.
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
    fn more_skill_is_never_worse() {
        let mut last = Manner::of(Skill::MIN);
        assert_eq!((last.spread, last.reaction), (8_000, 15));
        for skill in 1..=1_000 {
            let manner = Manner::of(Skill::new(skill));
            assert!(manner.spread <= last.spread && manner.reaction <= last.reaction);
            last = manner;
        }
        assert_eq!((last.spread, last.reaction), (30, 5));
        assert_eq!(Manner::of(Skill::new(150)).spread, (4_576 + 2_618) / 2);
    }

    #[test]
    fn reaction_and_accuracy_can_be_set_apart() {
        let manner = Manner::from(Level::Easy)
            .with_reaction_ms(250)
            .with_accuracy(100);
        assert_eq!((manner.spread, manner.reaction), (30, 15));
        assert_eq!(manner.reaction_ms(), 250);
        assert_eq!(manner.with_reaction_ms(9_999).reaction, 60);
        assert_eq!(manner.with_accuracy(255), manner);
        assert_eq!(manner.with_accuracy(0).spread, 8_000);
    }

    #[test]
    fn a_faster_ball_is_harder_to_judge() {
        let manner = Manner::of(Skill::new(100));
        let pace = Speed::Medium.pace();
        assert_eq!(manner.spread_at(pace, pace.serve), 4_576);
        assert_eq!(manner.spread_at(pace, 2 * pace.serve), 9_152);
    }
}
