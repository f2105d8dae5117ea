//! How long a request body may take.

use std::pin::Pin;
use std::time::Duration;

use kernel::AppError;
use tokio::time::{Instant, Sleep, sleep, timeout_at};

use crate::error::Error;

/// How long a body may take however short it is.
const GRACE: Duration = Duration::from_secs(10);
/// The bytes a second by which the deadline moves as they arrive.
const MIN_RATE: u32 = 4 * 1024;
/// The longest that any body may take.
const MAX_TOTAL: Duration = Duration::from_secs(300);

/// The moment by which the rest of a body must have arrived. It moves with what has arrived, so
/// that a slow connection can send much and an idle one holds nothing for long.
pub(super) struct BodyDeadline {
    /// Kept for its start: the clock of the runtime is read in no other way.
    grace: Pin<Box<Sleep>>,
    received: usize,
}

impl BodyDeadline {
    /// The deadline of a body that begins now.
    pub(super) fn start() -> Self {
        Self {
            grace: Box::pin(sleep(GRACE)),
            received: 0,
        }
    }

    /// Notes that so many bytes have arrived.
    pub(super) fn extend(&mut self, bytes: usize) {
        self.received = self.received.saturating_add(bytes);
    }

    /// Waits for more of the body.
    ///
    /// # Errors
    /// It did not come in time.
    pub(super) async fn wait_for<T>(&self, more: impl Future<Output = T>) -> Result<T, AppError> {
        timeout_at(self.at(), more)
            .await
            .map_err(|_elapsed| Error::RequestTimeout.into())
    }

    fn at(&self) -> Instant {
        self.grace.deadline() + allowed(self.received).saturating_sub(GRACE)
    }
}

/// How long it may take until more follows after so many bytes.
fn allowed(received: usize) -> Duration {
    let earned = Duration::from_secs(received as u64) / MIN_RATE;
    GRACE.saturating_add(earned).min(MAX_TOTAL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allowed_time_grows_with_what_arrived_up_to_a_limit() {
        assert_eq!(allowed(0), GRACE);
        assert_eq!(allowed(64 * 1024), GRACE + Duration::from_secs(16));
        assert_eq!(allowed(usize::MAX), MAX_TOTAL);
    }
}
