//! Delays between reconnects.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(50);
const MAX_PERIOD: Duration = Duration::from_millis(500);

/// Doubling delays up to half a second: reconnects soon after Redis returns without flooding it.
#[derive(Debug)]
pub(super) struct Backoff {
    next: Duration,
}

impl Backoff {
    pub(super) fn new() -> Self {
        Self { next: FIRST }
    }

    /// The delay before the next attempt.
    pub(super) fn grow(&mut self) -> Duration {
        let now = self.next;
        self.next = (now * 2).min(MAX_PERIOD);
        now
    }

    /// Starts over after success.
    pub(super) fn reset(&mut self) {
        self.next = FIRST;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_and_reset_after_success() {
        let mut backoff = Backoff::new();
        let waits = [(); 6].map(|()| backoff.grow().as_millis());
        assert_eq!(waits, [50, 100, 200, 400, 500, 500]);
        backoff.reset();
        assert_eq!(backoff.grow(), FIRST);
    }
}
