//! Sources of time.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::Timestamp;

/// A source of time. Wall time is for users and stored rows; monotonic time is for timeouts.
pub trait Clock: Send + Sync {
    /// The wall time.
    fn now(&self) -> Timestamp;
    /// The time since a fixed moment. It never goes back, even when the machine's clock is set.
    fn monotonic(&self) -> Duration;
}

/// The machine's clock.
#[derive(Debug)]
pub struct SystemClock {
    started: std::time::Instant,
}

impl SystemClock {
    /// A clock whose monotonic time starts now.
    #[allow(
        clippy::disallowed_methods,
        reason = "this is the clock that all others must ask"
    )]
    #[must_use]
    pub fn new() -> Self {
        Self {
            started: std::time::Instant::now(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[allow(
        clippy::disallowed_methods,
        reason = "this is the clock that all others must ask"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::from(chrono::Utc::now())
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }
}

/// The machine's clock, whose wall time can be moved ahead while the process runs, for tests of expiry.
/// Monotonic time is not moved, so that no timeout elapses.
#[derive(Debug, Default)]
pub struct AdjustableClock {
    system: SystemClock,
    /// Microseconds.
    ahead: AtomicU64,
}

impl AdjustableClock {
    /// How far the wall time is ahead of the machine's.
    #[must_use]
    pub fn ahead(&self) -> Duration {
        Duration::from_micros(self.ahead.load(Ordering::Relaxed))
    }

    /// Moves the wall time until it is this far ahead. Returns whether it was moved.
    pub fn catch_up(&self, ahead: Duration) -> bool {
        let ahead = micros(ahead);
        self.ahead.fetch_max(ahead, Ordering::Relaxed) < ahead
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

impl Clock for AdjustableClock {
    fn now(&self) -> Timestamp {
        self.system.now() + self.ahead()
    }

    fn monotonic(&self) -> Duration {
        self.system.monotonic()
    }
}

/// A clock that moves only when it is advanced, for tests of rules that depend on time.
#[derive(Debug)]
pub struct ManualClock {
    now: Mutex<(Timestamp, Duration)>,
}

impl ManualClock {
    /// A clock at `start`.
    #[must_use]
    pub fn at(start: Timestamp) -> Self {
        Self {
            now: Mutex::new((start, Duration::ZERO)),
        }
    }

    /// Advances wall and monotonic time.
    pub fn advance(&self, by: Duration) {
        let mut now = self.lock();
        *now = (now.0 + by, now.1 + by);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, (Timestamp, Duration)> {
        self.now
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.lock().0
    }

    fn monotonic(&self) -> Duration {
        self.lock().1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(24 * 3_600);

    #[test]
    fn catch_up_moves_wall_time_and_no_monotonic_time() {
        let clock = AdjustableClock::default();
        let (wall, monotonic) = (clock.now(), clock.monotonic());
        assert!(clock.catch_up(DAY));
        assert_eq!(clock.ahead(), DAY);
        assert!(clock.now() >= wall + DAY);
        assert!(clock.now() < wall + DAY * 2);
        assert!(clock.monotonic() < monotonic + DAY);
    }

    #[test]
    fn catch_up_never_goes_back() {
        let clock = AdjustableClock::default();
        assert!(clock.catch_up(DAY * 2));
        assert!(!clock.catch_up(DAY));
        assert!(!clock.catch_up(DAY * 2));
        assert_eq!(clock.ahead(), DAY * 2);
    }
}
