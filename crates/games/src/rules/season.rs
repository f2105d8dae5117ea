//! Seasons of a quarter.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Utc};
use kernel::Timestamp;

/// The name is not that of a season.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeasonError;

/// A quarter of a year, in UTC: `2026-Q4`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Season {
    year: i32,
    /// 1 to 4.
    quarter: u32,
}

impl Season {
    /// The season at this time.
    #[must_use]
    pub fn at(time: Timestamp) -> Self {
        let date = time.utc();
        Self {
            year: date.year(),
            quarter: date.month0() / 3 + 1,
        }
    }

    /// The season after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        match self.quarter {
            4 => Self {
                year: self.year + 1,
                quarter: 1,
            },
            quarter => Self {
                quarter: quarter + 1,
                ..self
            },
        }
    }

    /// When it starts.
    #[must_use]
    pub fn starts_at(self) -> Timestamp {
        let day = NaiveDate::from_ymd_opt(self.year, self.quarter * 3 - 2, 1).unwrap_or_default();
        Timestamp::from(DateTime::<Utc>::from_naive_utc_and_offset(
            day.and_time(NaiveTime::MIN),
            Utc,
        ))
    }

    /// When the next one starts.
    #[must_use]
    pub fn ends_at(self) -> Timestamp {
        self.next().starts_at()
    }
}

impl fmt::Display for Season {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-Q{}", self.year, self.quarter)
    }
}

impl FromStr for Season {
    type Err = SeasonError;

    fn from_str(text: &str) -> Result<Self, SeasonError> {
        let (year, quarter) = text.split_once("-Q").ok_or(SeasonError)?;
        let season = Self {
            year: year.parse().map_err(|_| SeasonError)?,
            quarter: quarter.parse().map_err(|_| SeasonError)?,
        };
        let is_valid = (1..=4).contains(&season.quarter) && (1..=9_998).contains(&season.year);
        // One season, one name.
        (is_valid && season.to_string() == text)
            .then_some(season)
            .ok_or(SeasonError)
    }
}

impl fmt::Display for SeasonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a season is a year and a quarter, as in 2026-Q4")
    }
}

impl std::error::Error for SeasonError {}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn seasons_follow_each_other_without_a_gap() {
        let mut season: Season = "2026-Q3".parse().unwrap();
        for name in ["2026-Q3", "2026-Q4", "2027-Q1", "2027-Q2"] {
            assert_eq!(season.to_string(), name);
            assert_eq!(Season::at(season.starts_at()), season);
            assert_eq!(
                Season::at(season.ends_at() - Duration::from_micros(1)),
                season
            );
            assert_eq!(Season::at(season.ends_at()), season.next());
            season = season.next();
        }
    }

    #[test]
    fn parse_refuses_other_names() {
        for name in [
            "", "2026", "2026-Q0", "2026-Q5", "26-Q1", "+2026-Q1", "2026-Q01", "2026-q1",
        ] {
            assert_eq!(name.parse::<Season>(), Err(SeasonError), "{name}");
        }
    }
}
