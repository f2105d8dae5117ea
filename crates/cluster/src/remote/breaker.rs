//! Remembers that Redis is away, so that not every caller waits for it to answer.

use std::sync::atomic::{AtomicU64, Ordering};

use kernel::Ambient;

/// How long nobody but one prober asks after a failure.
const PAUSE_MS: u64 = 500;

pub(super) struct Breaker {
    ambient: Ambient,
    /// Monotonic milliseconds until which Redis counts as away; 0 while it is there.
    away_until: AtomicU64,
}

impl Breaker {
    pub(super) fn new(ambient: Ambient) -> Self {
        Self {
            ambient,
            away_until: AtomicU64::new(0),
        }
    }

    /// Whether to ask: always while it is there; while it is away, one caller after each pause.
    pub(super) fn lets_through(&self) -> bool {
        let until = self.away_until.load(Ordering::Relaxed);
        until == 0 || (self.now() >= until && self.take_turn(until))
    }

    pub(super) fn failed(&self) {
        self.away_until
            .store(self.now() + PAUSE_MS, Ordering::Relaxed);
    }

    pub(super) fn worked(&self) {
        if self.away_until.load(Ordering::Relaxed) != 0 {
            self.away_until.store(0, Ordering::Relaxed);
        }
    }

    fn take_turn(&self, until: u64) -> bool {
        let next = self.now() + PAUSE_MS;
        self.away_until
            .compare_exchange(until, next, Ordering::Relaxed, Ordering::Relaxed)
            .is_ok()
    }

    /// One more than the clock says, as 0 has another meaning.
    fn now(&self) -> u64 {
        u64::try_from(self.ambient.monotonic().as_millis()).map_or(u64::MAX, |now| now + 1)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use kernel::{ManualClock, SystemRng, Timestamp};

    use super::*;

    #[test]
    fn after_a_failure_one_caller_per_pause_may_ask() {
        let clock = Arc::new(ManualClock::at(Timestamp::from_micros(0)));
        let breaker = Breaker::new(Ambient::new(clock.clone(), Arc::new(SystemRng)));
        assert!(breaker.lets_through() && breaker.lets_through());
        breaker.failed();
        assert!(!breaker.lets_through());
        clock.advance(Duration::from_millis(PAUSE_MS));
        assert!(breaker.lets_through(), "one may try");
        assert!(!breaker.lets_through(), "and only one");
        breaker.worked();
        assert!(breaker.lets_through() && breaker.lets_through());
    }
}
