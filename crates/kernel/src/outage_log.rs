//! Rate limits log lines about a dependency that is unavailable.

use std::time::Duration;

/// Interval between lines while it keeps failing.
const LOG_INTERVAL: Duration = Duration::from_secs(30);

/// Allows one line when a dependency fails, one when it recovers, and one per thirty seconds in
/// between, with the number of failures omitted.
#[derive(Debug, Clone, Default)]
pub struct OutageLog {
    logged_at: Option<Duration>,
    is_failing: bool,
    omitted: u64,
}

impl OutageLog {
    /// Records a failure at this monotonic time. If it is to be logged, returns the number of failures
    /// omitted since the last line.
    pub fn failed(&mut self, now: Duration) -> Option<u64> {
        let is_quiet = |at: Duration| now.saturating_sub(at) < LOG_INTERVAL;
        if self.logged_at.is_some_and(is_quiet) {
            self.omitted += 1;
            return None;
        }
        (self.logged_at, self.is_failing) = (Some(now), true);
        Some(std::mem::take(&mut self.omitted))
    }

    /// Records a success. Returns whether to log it: only after a logged failure.
    pub fn worked(&mut self) -> bool {
        std::mem::take(&mut self.is_failing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failed_logs_the_first_failure_and_then_one_in_thirty_seconds() {
        let (mut log, at) = (OutageLog::default(), Duration::from_secs);
        assert!(!log.worked(), "nothing was lost");
        assert_eq!(log.failed(at(1)), Some(0));
        for second in 2..31 {
            assert_eq!(log.failed(at(second)), None);
        }
        assert_eq!(log.failed(at(31)), Some(29));
        assert!(log.worked());
        assert!(!log.worked(), "once is enough");
    }

    #[test]
    fn failed_logs_no_more_while_the_connection_flaps() {
        let (mut log, at) = (OutageLog::default(), Duration::from_millis);
        let lines = (0..1_000).filter(|n| {
            let lost = log.failed(at(n * 100)).is_some();
            lost | log.worked()
        });
        assert_eq!(lines.count(), 4, "in 100 seconds");
    }
}
