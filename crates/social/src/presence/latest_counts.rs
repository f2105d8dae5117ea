//! The latest count of users who are online.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use contract::social::OnlineCounts;

/// How long a count is used again, so that any number of visitors costs the same.
const MAX_AGE: Duration = Duration::from_secs(5);

/// The latest count, with its time.
#[derive(Default)]
pub(super) struct LatestCounts(Mutex<Option<(Duration, OnlineCounts)>>);

impl LatestCounts {
    pub(super) fn at(&self, now: Duration) -> Option<OnlineCounts> {
        let latest = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        latest
            .filter(|(time, _)| now.saturating_sub(*time) < MAX_AGE)
            .map(|(_, counts)| counts)
    }

    pub(super) fn set(&self, now: Duration, counts: OnlineCounts) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, counts));
    }
}
