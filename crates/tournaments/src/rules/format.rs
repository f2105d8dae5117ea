//! Formats and their limits.

use std::time::Duration;

use super::RuleError;

/// The least number of rounds of Swiss.
pub const MIN_SWISS_ROUNDS: u16 = 3;
/// The greatest number of rounds of Swiss.
pub const MAX_SWISS_ROUNDS: u16 = 15;

/// How a tournament is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Who loses is out.
    SingleElimination {
        /// Whether those who lose in the semi-finals play for the third place.
        third_place: bool,
    },
    /// Who loses twice is out. The champion of the lower bracket must win the grand final twice.
    DoubleElimination,
    /// Each plays against each.
    RoundRobin {
        /// Each plays twice against each.
        double: bool,
        /// Whether those who tie for the first place play for it.
        play_off: bool,
    },
    /// Each round pairs players with equal points who have not met.
    Swiss {
        /// The number of rounds.
        rounds: u16,
    },
}

impl Format {
    /// The least and the greatest number of entrants.
    #[must_use]
    pub const fn entrant_limits(self) -> (usize, usize) {
        match self {
            Self::SingleElimination { .. } | Self::DoubleElimination => (2, 1_024),
            Self::RoundRobin { .. } => (3, 32),
            Self::Swiss { .. } => (4, 1_024),
        }
    }

    /// The usual number of rounds of Swiss: one more than an elimination takes, within the limits.
    #[must_use]
    pub fn default_swiss_rounds(entrants: usize) -> u16 {
        let doublings = entrants.max(1).next_power_of_two().trailing_zeros();
        let wanted = u16::try_from(doublings + 1).unwrap_or(MAX_SWISS_ROUNDS);
        let most = u16::try_from(entrants.saturating_sub(1)).unwrap_or(MAX_SWISS_ROUNDS);
        wanted.clamp(MIN_SWISS_ROUNDS, MAX_SWISS_ROUNDS).min(most)
    }

    /// Whether entrants are out when they have lost.
    #[must_use]
    pub const fn is_elimination(self) -> bool {
        matches!(
            self,
            Self::SingleElimination { .. } | Self::DoubleElimination
        )
    }

    /// Whether a match may end without a winner.
    #[must_use]
    pub const fn allows_draws(self) -> bool {
        matches!(self, Self::RoundRobin { .. } | Self::Swiss { .. })
    }

    /// Checks that so many entrants can play this format.
    ///
    /// # Errors
    /// `TooFewEntrants`, `TooManyEntrants` or `RoundsOutOfRange`.
    pub fn check(self, entrants: usize) -> Result<(), RuleError> {
        let (min, max) = self.entrant_limits();
        if entrants < min {
            return Err(RuleError::TooFewEntrants { entrants, min });
        }
        if entrants > max {
            return Err(RuleError::TooManyEntrants { entrants, max });
        }
        let Self::Swiss { rounds } = self else {
            return Ok(());
        };
        let most = u16::try_from(entrants - 1).unwrap_or(MAX_SWISS_ROUNDS);
        let (min, max) = (MIN_SWISS_ROUNDS, MAX_SWISS_ROUNDS.min(most));
        if (min..=max).contains(&rounds) {
            Ok(())
        } else {
            Err(RuleError::RoundsOutOfRange { min, max })
        }
    }
}

/// The times of a tournament, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// From the moment that both are known (rounds: from the last result of the round before) to the call.
    pub call_delay: i64,
    /// From the call until who has not come is absent.
    pub no_show: i64,
    /// From the last call of a round until what is still open is judged.
    pub round_limit: i64,
    /// How long after the end of a match an entrant may dispute it.
    pub dispute_window: i64,
    /// How long a dispute keeps the slots that depend on the match from being called.
    pub dispute_hold: i64,
}

impl Timing {
    /// The usual times, with another delay of calls.
    #[must_use]
    pub fn with_call_delay(delay: Duration) -> Self {
        Self {
            call_delay: i64::try_from(delay.as_millis()).unwrap_or(i64::MAX),
            ..Self::default()
        }
    }
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            call_delay: 20_000,
            no_show: 180_000,
            round_limit: 600_000,
            dispute_window: 600_000,
            dispute_hold: 600_000,
        }
    }
}
