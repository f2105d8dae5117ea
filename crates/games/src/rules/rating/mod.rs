//! Ratings by Glicko-2.
//!
//! `skillratings` takes each match for a whole rating period and knows no time between matches. It is
//! therefore given a deviation from which its own period leads to the one after the time that has passed:
//! `RD_in² = RD² + (t - 1)σ²`. What this changes beyond the deviation is below 0.1 % (see the tests).

#[cfg(test)]
mod tests;

use std::time::Duration;

use skillratings::Outcomes;
use skillratings::glicko2::{Glicko2Config, Glicko2Rating, glicko2};

use crate::Seat;

/// Points per unit of the scale on which volatility is measured.
const SCALE: f64 = 173.717_8;
const TAU: f64 = 0.5;
const CONVERGENCE: f64 = 0.000_001;
const MIN_DEVIATION: f64 = 45.0;
const MAX_DEVIATION: f64 = 350.0;
const MAX_VOLATILITY: f64 = 0.08;
/// Rating periods in a day: without matches, a deviation of 60 grows to 110 in a year.
const PERIODS_PER_DAY: f64 = 0.214_4;
const SECONDS_PER_DAY: f64 = 86_400.0;
/// How far a match can move the rating of a new player.
const MAX_CHANGE: f64 = 350.0;
/// How far it can move that of an experienced one.
const MAX_EXPERIENCED_CHANGE: f64 = 120.0;
const EXPERIENCED_MATCHES: u32 = 10;
const PROVISIONAL_DEVIATION: f64 = 110.0;
const RANKABLE_DEVIATION: f64 = 90.0;
const RANKABLE_MATCHES: u32 = 10;
/// The part of the distance from the initial rating that a new season keeps.
const SEASON_KEEP: f64 = 0.75;
const SEASON_DEVIATION: f64 = 100.0;

/// The rating of a player in a game.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rating {
    /// The rating.
    pub rating: f64,
    /// How uncertain it is.
    pub deviation: f64,
    /// How much it varies.
    pub volatility: f64,
}

/// A player of a rated match.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RatedPlayer {
    /// The rating before the match.
    pub rating: Rating,
    /// The time since the player's last rated match.
    pub idle: Duration,
    /// The player's rated matches so far.
    pub matches: u32,
}

/// How much a match counts for the ratings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RatingWeight {
    /// Fully.
    Full,
    /// Half.
    Half,
    /// Not at all.
    Zero,
}

impl RatingWeight {
    /// The weight of the nth rated match of two players within 24 hours, from 1: winning against the same
    /// opponent again and again does not pay.
    #[must_use]
    pub const fn of_meeting(nth: u32) -> Self {
        match nth {
            0..=3 => Self::Full,
            4..=6 => Self::Half,
            _ => Self::Zero,
        }
    }

    const fn factor(self) -> f64 {
        match self {
            Self::Full => 1.0,
            Self::Half => 0.5,
            Self::Zero => 0.0,
        }
    }
}

impl Rating {
    /// The rating of a new player.
    pub const INITIAL: Self = Self {
        rating: 1_500.0,
        deviation: MAX_DEVIATION,
        volatility: 0.06,
    };

    /// The rating as boards show it.
    #[must_use]
    #[allow(
        clippy::cast_possible_truncation,
        reason = "the conversion saturates, and ratings are far from its bounds"
    )]
    pub fn points(self) -> i32 {
        self.rating.round() as i32
    }

    /// Whether it is too uncertain to be shown without a question mark.
    #[must_use]
    pub fn is_provisional(self) -> bool {
        self.deviation > PROVISIONAL_DEVIATION
    }

    /// Whether it has a place on the leaderboard, after so many rated matches in the season.
    #[must_use]
    pub fn is_rankable(self, season_matches: u32) -> bool {
        self.deviation <= RANKABLE_DEVIATION && season_matches >= RANKABLE_MATCHES
    }

    /// The rating at the beginning of the next season in which the player plays.
    #[must_use]
    pub fn in_new_season(self) -> Self {
        let distance = self.rating - Self::INITIAL.rating;
        Self {
            rating: Self::INITIAL.rating + SEASON_KEEP * distance,
            deviation: self.deviation.hypot(SEASON_DEVIATION).min(MAX_DEVIATION),
            ..self
        }
    }

    /// The rating after some time without a match.
    #[must_use]
    pub fn after(self, idle: Duration) -> Self {
        self.after_periods(periods(idle))
    }

    /// `periods` may be negative, down to one period before.
    fn after_periods(self, periods: f64) -> Self {
        let growth = periods * (self.volatility * SCALE).powi(2);
        let square = (self.deviation.powi(2) + growth).max(1.0);
        Self {
            deviation: square.sqrt().min(MAX_DEVIATION),
            ..self
        }
    }

    /// Moves from this rating toward another one, within bounds.
    fn moved(self, target: Self, weight: RatingWeight, most: f64) -> Self {
        let factor = weight.factor();
        let blend = |before: f64, after: f64| before + factor * (after - before);
        let change = (target.rating - self.rating).clamp(-most, most);
        let deviation = target.deviation.clamp(MIN_DEVIATION, MAX_DEVIATION);
        Self {
            rating: self.rating + factor * change,
            deviation: blend(self.deviation, deviation),
            volatility: blend(self.volatility, target.volatility.min(MAX_VOLATILITY)),
        }
    }
}

/// The ratings of both players after a match, computed from those before it.
#[must_use]
pub fn rate(players: [RatedPlayer; 2], winner: Option<Seat>, weight: RatingWeight) -> [Rating; 2] {
    let [first, second] = players;
    if weight == RatingWeight::Zero {
        return [first.rating, second.rating];
    }
    let outcome = match winner {
        Some(Seat::First) => Outcomes::WIN,
        Some(Seat::Second) => Outcomes::LOSS,
        None => Outcomes::DRAW,
    };
    let config = Glicko2Config {
        tau: TAU,
        convergence_tolerance: CONVERGENCE,
    };
    let (one, other) = glicko2(&input(first), &input(second), &outcome, &config);
    [moved(first, one, weight), moved(second, other, weight)]
}

/// The rating that the library's own period turns into the one after the time that has passed.
fn input(player: RatedPlayer) -> Glicko2Rating {
    let rating = player.rating.after_periods(periods(player.idle) - 1.0);
    Glicko2Rating {
        rating: rating.rating,
        deviation: rating.deviation,
        volatility: rating.volatility,
    }
}

fn moved(player: RatedPlayer, target: Glicko2Rating, weight: RatingWeight) -> Rating {
    let target = Rating {
        rating: target.rating,
        deviation: target.deviation,
        volatility: target.volatility,
    };
    let most = if player.matches < EXPERIENCED_MATCHES {
        MAX_CHANGE
    } else {
        MAX_EXPERIENCED_CHANGE
    };
    player.rating.moved(target, weight, most)
}

fn periods(idle: Duration) -> f64 {
    idle.as_secs_f64() / SECONDS_PER_DAY * PERIODS_PER_DAY
}
