//! A circuit breaker: while Redis is unreachable, callers fail at once.

use std::sync::atomic::{AtomicU64, Ordering};

use kernel::Env;

/// After a failure, one probe is allowed per pause.
const PAUSE_MS: u64 = 500;

pub(super) struct CircuitBreaker {
    env: Env,
    /// Monotonic milliseconds until which the circuit is open; 0 while it is closed.
    open_until: AtomicU64,
}

impl CircuitBreaker {
    pub(super) fn new(env: Env) -> Self {
        Self {
            env,
            open_until: AtomicU64::new(0),
        }
    }

    /// Whether to send a command: always while closed, once per pause while open.
    pub(super) fn allows_request(&self) -> bool {
        let until = self.open_until.load(Ordering::Relaxed);
        until == 0 || (self.now() >= until && self.claim_probe(until))
    }

    pub(super) fn failed(&self) {
        self.open_until
            .store(self.now() + PAUSE_MS, Ordering::Relaxed);
    }

    pub(super) fn worked(&self) {
        if self.open_until.load(Ordering::Relaxed) != 0 {
            self.open_until.store(0, Ordering::Relaxed);
        }
    }

    fn claim_probe(&self, until: u64) -> bool {
        let next = self.now() + PAUSE_MS;
        self.open_until
            .compare_exchange(until, next, Ordering::Relaxed, Ordering::Relaxed)
            .is_ok()
    }

    /// The clock plus one, as 0 means closed.
    fn now(&self) -> u64 {
        u64::try_from(self.env.monotonic().as_millis()).map_or(u64::MAX, |now| now + 1)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use kernel::{ManualClock, SystemRng, Timestamp};

    use super::*;

    #[test]
    fn allows_one_probe_per_pause_after_failure() {
        let clock = Arc::new(ManualClock::at(Timestamp::from_micros(0)));
        let breaker = CircuitBreaker::new(Env::new(clock.clone(), Arc::new(SystemRng)));
        assert!(breaker.allows_request() && breaker.allows_request());
        breaker.failed();
        assert!(!breaker.allows_request());
        clock.advance(Duration::from_millis(PAUSE_MS));
        assert!(breaker.allows_request(), "one may try");
        assert!(!breaker.allows_request(), "and only one");
        breaker.worked();
        assert!(breaker.allows_request() && breaker.allows_request());
    }
}
