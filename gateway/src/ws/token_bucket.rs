//! How fast a client may send.

use std::time::Duration;

/// How much may come at once, and how much a second may come for long.
#[derive(Debug, Clone, Copy)]
pub struct BucketSpec {
    pub(crate) burst: f64,
    pub(crate) a_second: f64,
}

impl BucketSpec {
    /// Frames of one socket; beyond that it is a flood.
    pub const FRAMES: Self = Self {
        burst: 120.0,
        a_second: 40.0,
    };
    /// What one socket may ask to be told again: one `resume` after each connection is enough.
    pub const RESUMES: Self = Self {
        burst: 10.0,
        a_second: 0.5,
    };

    /// So many times as much, but at least one at a time.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        Self {
            burst: (self.burst * factor).max(1.0),
            a_second: self.a_second * factor,
        }
    }
}

/// What may still come.
#[derive(Debug)]
pub struct TokenBucket {
    pace: BucketSpec,
    left: f64,
    at: Duration,
}

impl TokenBucket {
    /// All that this pace allows.
    #[must_use]
    pub fn new(pace: BucketSpec, at: Duration) -> Self {
        let left = pace.burst;
        Self { pace, left, at }
    }

    /// How long it takes until one more may come.
    #[must_use]
    pub fn wait_for_one(&self) -> Duration {
        Duration::try_from_secs_f64(1.0 / self.pace.a_second).unwrap_or(Duration::MAX)
    }

    /// Takes one, if one is left.
    pub fn take(&mut self, now: Duration) -> bool {
        let passed = now.saturating_sub(self.at).as_secs_f64();
        self.at = now;
        self.left = (self.left + passed * self.pace.a_second).min(self.pace.burst);
        let allowed = self.left >= 1.0;
        if allowed {
            self.left -= 1.0;
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_leaves_one_however_small_the_factor() {
        for factor in [0.05, 0.001, f64::MIN_POSITIVE] {
            let pace = BucketSpec::RESUMES.times(factor);
            let mut bucket = TokenBucket::new(pace, Duration::ZERO);
            assert!(bucket.take(Duration::ZERO), "{factor}");
            assert!(!bucket.take(Duration::ZERO), "{factor}");
            assert!(bucket.wait_for_one() >= Duration::from_secs(2));
        }
    }

    #[test]
    fn a_flood_is_noticed_and_a_steady_stream_is_not() {
        let mut bucket = TokenBucket::new(BucketSpec::FRAMES, Duration::ZERO);
        let at_once = (0..200).filter(|_| bucket.take(Duration::ZERO)).count();
        assert_eq!(at_once, 120);
        let mut bucket = TokenBucket::new(BucketSpec::FRAMES, Duration::ZERO);
        let steady = (0..2_000_u32)
            .filter(|n| bucket.take(Duration::from_millis(25) * *n))
            .count();
        assert_eq!(steady, 2_000);
    }
}
