//! How fast a client may send, and a person may speak.

use std::time::Duration;

/// How much may come at once, and how much a second may come for long.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    burst: f64,
    a_second: f64,
}

impl Pace {
    /// Frames of one socket; beyond that it is a flood.
    pub const FRAMES: Self = Self {
        burst: 120.0,
        a_second: 40.0,
    };
    /// Messages that one person writes or changes over all their sockets of this node.
    pub const MESSAGES: Self = Self {
        burst: 60.0,
        a_second: 10.0,
    };
}

/// What may still come.
#[derive(Debug)]
pub struct Allowance {
    pace: Pace,
    left: f64,
    at: Duration,
}

impl Allowance {
    /// All that this pace allows.
    #[must_use]
    pub fn new(pace: Pace, at: Duration) -> Self {
        let left = pace.burst;
        Self { pace, left, at }
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

    /// How long until one more is allowed.
    #[must_use]
    pub fn wait(&self) -> Duration {
        Duration::from_secs_f64((1.0 - self.left).max(0.0) / self.pace.a_second)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_noticed_and_a_steady_stream_is_not() {
        let mut allowance = Allowance::new(Pace::FRAMES, Duration::ZERO);
        let at_once = (0..200).filter(|_| allowance.take(Duration::ZERO)).count();
        assert_eq!(at_once, 120);
        let mut allowance = Allowance::new(Pace::FRAMES, Duration::ZERO);
        let steady = (0..2_000_u32)
            .filter(|n| allowance.take(Duration::from_millis(25) * *n))
            .count();
        assert_eq!(steady, 2_000);
    }

    #[test]
    fn who_waits_as_long_as_told_may_go_on() {
        let mut allowance = Allowance::new(Pace::MESSAGES, Duration::ZERO);
        while allowance.take(Duration::ZERO) {}
        let wait = allowance.wait();
        assert_eq!(wait, Duration::from_millis(100));
        assert!(!allowance.take(wait / 2));
        assert!(allowance.take(wait / 2 + wait));
    }
}
