//! Delays between reconnects.

use std::time::Duration;

const MIN_DELAY: Duration = Duration::from_millis(50);
const MAX_DELAY: Duration = Duration::from_millis(500);

/// Doubling delays up to half a second: reconnects soon after Redis returns without flooding it.
#[derive(Debug)]
pub(super) struct Backoff {
    next: Duration,
}

impl Backoff {
    pub(super) fn new() -> Self {
        Self { next: MIN_DELAY }
    }

    /// The delay before the next attempt.
    pub(super) fn next_delay(&mut self) -> Duration {
        let now = self.next;
        self.next = (now * 2).min(MAX_DELAY);
        now
    }

    /// Starts over after success.
    pub(super) fn reset(&mut self) {
        self.next = MIN_DELAY;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_and_reset_after_success() {
        let mut backoff = Backoff::new();
        let waits = [(); 6].map(|()| backoff.next_delay().as_millis());
        assert_eq!(waits, [50, 100, 200, 400, 500, 500]);
        backoff.reset();
        assert_eq!(backoff.next_delay(), MIN_DELAY);
    }
}
