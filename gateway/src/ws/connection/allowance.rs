//! How fast a client may send.

use std::time::Duration;

/// Frames that may come at once, and how many a second may come for long.
const BURST: f64 = 120.0;
const FRAMES_A_SECOND: f64 = 40.0;

/// What a socket may still send.
pub(super) struct Allowance {
    left: f64,
    at: Duration,
}

impl Allowance {
    pub(super) fn new(at: Duration) -> Self {
        Self { left: BURST, at }
    }

    pub(super) fn take(&mut self, now: Duration) -> bool {
        let passed = now.saturating_sub(self.at).as_secs_f64();
        self.at = now;
        self.left = (self.left + passed * FRAMES_A_SECOND).min(BURST);
        self.left -= 1.0;
        self.left >= 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_noticed_and_a_steady_stream_is_not() {
        let mut allowance = Allowance::new(Duration::ZERO);
        let at_once = (0..200).filter(|_| allowance.take(Duration::ZERO)).count();
        assert_eq!(at_once, 120);
        let mut allowance = Allowance::new(Duration::ZERO);
        let steady = (0..2_000_u32)
            .filter(|n| allowance.take(Duration::from_millis(25) * *n))
            .count();
        assert_eq!(steady, 2_000);
    }
}
