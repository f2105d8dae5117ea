//! The time of a table as clients are told it.

use std::time::Duration;

use kernel::{Env, Timestamp};

/// The duration of a tick.
pub(super) const TICK: Duration = Duration::from_nanos(16_666_667);

/// Wall time that follows the monotonic clock, and the milliseconds of frames.
#[derive(Debug, Clone, Copy)]
pub(super) struct TableClock {
    base: Timestamp,
    /// The monotonic time of the base.
    monotonic: Duration,
}

impl TableClock {
    /// A clock whose milliseconds began some time ago.
    pub(super) fn new(env: &Env, ago: Duration) -> Self {
        let (wall, now) = (env.now(), env.monotonic());
        let ago = ago.min(now);
        Self {
            base: wall - ago,
            monotonic: now - ago,
        }
    }

    /// The zero of the milliseconds in frames.
    pub(super) const fn base(self) -> Timestamp {
        self.base
    }

    /// Wall time and milliseconds at a monotonic time.
    pub(super) fn at(self, now: Duration) -> (Timestamp, u32) {
        let elapsed = now.saturating_sub(self.monotonic);
        let millis = u32::try_from(elapsed.as_millis()).unwrap_or(u32::MAX);
        (self.base + elapsed, millis)
    }
}
