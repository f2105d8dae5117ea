//! The deadline of a request body, which depends on the bytes received.

use std::pin::Pin;
use std::time::Duration;

use kernel::AppError;
use tokio::time::{Instant, Sleep, sleep, timeout_at};

use crate::error::HttpError;

/// The time that any body has.
const GRACE: Duration = Duration::from_secs(10);
/// Bytes that extend the deadline by a second.
const MIN_RATE: u32 = 4 * 1024;
/// The maximum time for a body.
const MAX_TOTAL: Duration = Duration::from_secs(300);

/// The deadline for the rest of a body. Received bytes extend it, so that a slow connection can send
/// a long body while an idle one is closed soon.
pub(crate) struct BodyDeadline {
    /// Kept for its start time: the clock of the runtime cannot be read otherwise.
    grace: Pin<Box<Sleep>>,
    received: usize,
}

impl BodyDeadline {
    /// Starts the deadline of a body.
    pub(crate) fn start() -> Self {
        Self {
            grace: Box::pin(sleep(GRACE)),
            received: 0,
        }
    }

    /// Extends the deadline for received bytes.
    pub(crate) fn extend(&mut self, bytes: usize) {
        self.received = self.received.saturating_add(bytes);
    }

    /// Waits for more of the body.
    ///
    /// # Errors
    /// `request_timeout` at the deadline.
    pub(crate) async fn wait_for<T>(&self, more: impl Future<Output = T>) -> Result<T, AppError> {
        timeout_at(self.at(), more)
            .await
            .map_err(|_elapsed| HttpError::RequestTimeout.into())
    }

    fn at(&self) -> Instant {
        self.grace.deadline() + allowed(self.received).saturating_sub(GRACE)
    }
}

/// The time that a body has after so many bytes.
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
