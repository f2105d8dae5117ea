//! Rate limits of a single socket.

use std::time::Duration;

/// The size and the rate of a token bucket.
#[derive(Debug, Clone, Copy)]
pub struct BucketSpec {
    /// The most at once.
    pub burst: f64,
    /// The most per second in the long run.
    pub per_second: f64,
}

impl BucketSpec {
    /// Frames of one socket.
    pub const FRAMES: Self = Self {
        burst: 120.0,
        per_second: 40.0,
    };
    /// Frames of a player's socket.
    pub const MATCH_FRAMES: Self = Self {
        burst: 180.0,
        per_second: 90.0,
    };
    /// `resume` actions of one socket, each of which may read much. Clients need one per connection.
    pub const RESUMES: Self = Self {
        burst: 10.0,
        per_second: 0.5,
    };

    /// Multiplied by a factor, but at least one at once.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        Self {
            burst: (self.burst * factor).max(1.0),
            per_second: self.per_second * factor,
        }
    }
}

/// What is left of a limit.
#[derive(Debug)]
pub struct TokenBucket {
    spec: BucketSpec,
    left: f64,
    refilled_at: Duration,
}

impl TokenBucket {
    /// A full bucket.
    #[must_use]
    pub fn new(spec: BucketSpec, now: Duration) -> Self {
        Self {
            spec,
            left: spec.burst,
            refilled_at: now,
        }
    }

    /// The time in which one token is added.
    #[must_use]
    pub fn refill_time(&self) -> Duration {
        Duration::try_from_secs_f64(1.0 / self.spec.per_second).unwrap_or(Duration::MAX)
    }

    /// Takes a token. False if none is left.
    pub fn take(&mut self, now: Duration) -> bool {
        let passed = now.saturating_sub(self.refilled_at).as_secs_f64();
        self.refilled_at = now;
        self.left = (self.left + passed * self.spec.per_second).min(self.spec.burst);
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
            let spec = BucketSpec::RESUMES.times(factor);
            let mut bucket = TokenBucket::new(spec, Duration::ZERO);
            assert!(bucket.take(Duration::ZERO), "{factor}");
            assert!(!bucket.take(Duration::ZERO), "{factor}");
            assert!(bucket.refill_time() >= Duration::from_secs(2));
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
