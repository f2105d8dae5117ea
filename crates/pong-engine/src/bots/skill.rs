//! The skill of a bot: a number, and eight levels.

/// The skill of a bot, from 0, which misses every other serve, to 1000.
///
/// ```
/// use pong_engine::bots::{Level, Skill};
/// assert_eq!(Skill::new(5_000), Skill::MAX);
/// assert!(Skill::from(Level::Easy) < Skill::from(Level::Hard));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "u16", into = "u16"))]
pub struct Skill(u16);

impl Skill {
    /// The lowest skill.
    pub const MIN: Self = Self(0);
    /// The highest skill.
    pub const MAX: Self = Self(1_000);

    /// This skill, at most [`Self::MAX`].
    pub const fn new(skill: u16) -> Self {
        if skill > Self::MAX.0 {
            Self::MAX
        } else {
            Self(skill)
        }
    }

    /// The number.
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl From<u16> for Skill {
    fn from(skill: u16) -> Self {
        Self::new(skill)
    }
}

impl From<Skill> for u16 {
    fn from(skill: Skill) -> Self {
        skill.0
    }
}

/// Eight skills, each of which beats the one below in about three matches of four, at every speed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Level {
    /// Returns most easy balls, few of the others.
    Beginner,
    /// Returns most balls of a short rally.
    Easy,
    /// A fair opponent.
    #[default]
    Medium,
    /// Places its shots.
    Hard,
    /// Misses little.
    Expert,
    /// Rarely misses, and makes its opponent run.
    Master,
    /// Misses one ball in a long rally.
    Grandmaster,
    /// Nearly as good as one observation a second allows.
    Champion,
}

impl Level {
    /// All levels, weakest first.
    pub const ALL: [Self; 8] = [
        Self::Beginner,
        Self::Easy,
        Self::Medium,
        Self::Hard,
        Self::Expert,
        Self::Master,
        Self::Grandmaster,
        Self::Champion,
    ];

    /// Its number, 1 to 8.
    pub const fn number(self) -> u8 {
        self as u8 + 1
    }

    /// The level with this number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.number() == number)
    }

    /// Its skill: near what `examples/calibrate.rs fit` finds, and verified by it with other seeds.
    pub const fn skill(self) -> Skill {
        Skill(match self {
            Self::Beginner => 155,
            Self::Easy => 258,
            Self::Medium => 355,
            Self::Hard => 455,
            Self::Expert => 556,
            Self::Master => 652,
            Self::Grandmaster => 773,
            Self::Champion => 884,
        })
    }
}

impl From<Level> for Skill {
    fn from(level: Level) -> Self {
        level.skill()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_have_growing_numbers_and_skills() {
        for (number, level) in (1..).zip(Level::ALL) {
            assert_eq!(level.number(), number);
            assert_eq!(Level::from_number(number), Some(level));
        }
        assert_eq!((Level::from_number(0), Level::from_number(9)), (None, None));
        assert!(Level::ALL.is_sorted_by(|low, high| low.skill() < high.skill()));
        assert!(Level::Champion.skill() < Skill::MAX && Skill::MIN < Level::Beginner.skill());
        assert_eq!(u16::from(Skill::from(321)), 321);
    }
}
