//! How long users of a rating have waited lately.

use std::collections::{HashMap, VecDeque};

/// The width of a band of ratings.
const BAND: f64 = 200.0;
/// How many waits of a band are kept.
const REMEMBERED: usize = 50;
/// How many there must be for an estimate.
const MIN_KNOWN: usize = 5;

/// The latest waits of a game, by bands of ratings.
#[derive(Debug, Default)]
pub(crate) struct WaitTimes(HashMap<i64, VecDeque<u32>>);

impl WaitTimes {
    /// Somebody with this rating has waited so many seconds.
    pub(crate) fn add(&mut self, rating: f64, seconds: u32) {
        let waits = self.0.entry(band(rating)).or_default();
        if waits.len() >= REMEMBERED {
            waits.pop_front();
        }
        waits.push_back(seconds);
    }

    /// The median of the waits of this rating, if enough are known.
    pub(crate) fn estimate(&self, rating: f64) -> Option<u32> {
        let waits = self.0.get(&band(rating))?;
        let mut sorted: Vec<u32> = waits.iter().copied().collect();
        sorted.sort_unstable();
        let median = sorted.get(sorted.len() / 2).copied();
        median.filter(|_| sorted.len() >= MIN_KNOWN)
    }
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "a rating divided by a band is small"
)]
fn band(rating: f64) -> i64 {
    (rating / BAND).floor() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimate_is_the_median_of_the_latest_waits_of_a_band() {
        let mut times = WaitTimes::default();
        for seconds in [30, 1, 2, 3] {
            times.add(1_500.0, seconds);
        }
        assert_eq!(times.estimate(1_500.0), None, "too few");
        times.add(1_590.0, 4);
        assert_eq!(times.estimate(1_401.0), Some(3));
        assert_eq!(times.estimate(1_700.0), None);
        for _ in 0..50 {
            times.add(1_500.0, 9);
        }
        assert_eq!(times.estimate(1_500.0), Some(9));
    }
}
