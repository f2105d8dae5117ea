//! When to log that something is away.

use std::time::Duration;

/// How long a loss is not logged again.
const QUIET: Duration = Duration::from_secs(30);

/// Lets through one line at a loss, one at the recovery, and while it goes on failing one in thirty
/// seconds with the number of failures that were left out.
#[derive(Debug, Clone, Default)]
pub struct OutageLog {
    logged_at: Option<Duration>,
    is_away: bool,
    left_out: u64,
}

impl OutageLog {
    /// It failed at this monotonic time. If that is to be logged: how many failures were left out
    /// since the last line.
    pub fn failed(&mut self, now: Duration) -> Option<u64> {
        let is_quiet = |at: Duration| now.saturating_sub(at) < QUIET;
        if self.logged_at.is_some_and(is_quiet) {
            self.left_out += 1;
            return None;
        }
        (self.logged_at, self.is_away) = (Some(now), true);
        Some(std::mem::take(&mut self.left_out))
    }

    /// It works. Whether that is to be logged: only where the failure was.
    pub fn worked(&mut self) -> bool {
        std::mem::take(&mut self.is_away)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failed_logs_the_first_loss_and_then_one_in_thirty_seconds() {
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
    fn failed_logs_no_more_where_the_connection_comes_and_goes() {
        let (mut log, at) = (OutageLog::default(), Duration::from_millis);
        let lines = (0..1_000).filter(|n| {
            let lost = log.failed(at(n * 100)).is_some();
            lost | log.worked()
        });
        assert_eq!(lines.count(), 4, "in 100 seconds");
    }
}
