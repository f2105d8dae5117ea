//! Rate limits, by the generic cell rate algorithm: no windows whose edges let twice as much
//! through, and one number per key.

use std::time::Duration;

use async_trait::async_trait;

/// Longer periods count as this long, which keeps every sum exact in Redis' floating point.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);

/// At most `burst` at once, and as many again over each `per`, which is a year at the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many at once.
    pub burst: u32,
    /// How long it takes until as many are allowed again.
    pub per: Duration,
}

impl Rate {
    /// `burst` at once, and as many again over each `per`.
    #[must_use]
    pub const fn new(burst: u32, per: Duration) -> Self {
        Self { burst, per }
    }

    /// Microseconds until one more is allowed.
    pub(crate) fn interval(self) -> u64 {
        let per = u64::try_from(self.per.min(LONGEST).as_micros()).unwrap_or(u64::MAX);
        (per / u64::from(self.burst.max(1))).max(1)
    }

    /// Microseconds from having used everything to having everything again.
    pub(crate) fn full(self) -> u64 {
        self.interval().saturating_mul(u64::from(self.burst))
    }
}

/// The answer to a hit, with all that the `RateLimit-*` headers tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it may go on.
    pub allowed: bool,
    /// The burst of the rule.
    pub limit: u32,
    /// How many more are allowed at once.
    pub remaining: u32,
    /// When a refused hit would be allowed; zero if it was.
    pub retry_after: Duration,
    /// When the whole burst is allowed again.
    pub reset_after: Duration,
}

/// Counts hits against rules. It always has an answer.
#[async_trait]
pub trait RateCounters: Send + Sync {
    /// Counts a hit of this cost on this key, unless it is refused. A cost of 0 only asks; one
    /// above the burst is never allowed.
    async fn hit(&self, key: &str, rule: Rate, cost: u32) -> Verdict;
}

/// What one hit does to a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) allowed: bool,
    /// How far the key's theoretical arrival time is ahead of now, in microseconds.
    pub(crate) ahead: u64,
}

/// The rule itself: `ahead` is what the key had before. The Redis script does the same sum.
///
/// More than a full burst ahead means that the clock was set back or that the key had another
/// rule; it then counts as a full burst, so that the next hit is allowed after one interval.
pub(crate) fn step(rule: Rate, ahead: u64, cost: u32) -> Step {
    let ahead = ahead.min(rule.full());
    let asked = ahead.saturating_add(rule.interval().saturating_mul(u64::from(cost)));
    let allowed = asked <= rule.full();
    Step {
        allowed,
        ahead: if allowed { asked } else { ahead },
    }
}

impl Step {
    pub(crate) fn verdict(self, rule: Rate, cost: u32) -> Verdict {
        let free = rule.full().saturating_sub(self.ahead) / rule.interval();
        let asked = self
            .ahead
            .saturating_add(rule.interval().saturating_mul(u64::from(cost)));
        let wait = if self.allowed {
            0
        } else {
            asked.saturating_sub(rule.full())
        };
        Verdict {
            allowed: self.allowed,
            limit: rule.burst,
            remaining: u32::try_from(free).unwrap_or(u32::MAX),
            retry_after: Duration::from_micros(wait),
            reset_after: Duration::from_micros(self.ahead),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Rate = Rate::new(3, Duration::from_secs(3));

    #[test]
    fn a_burst_is_allowed_exactly_and_then_one_at_a_time() {
        let mut ahead = 0;
        for left in [2, 1, 0] {
            let step = step(RULE, ahead, 1);
            assert_eq!(
                (step.allowed, step.verdict(RULE, 1).remaining),
                (true, left)
            );
            ahead = step.ahead;
        }
        let refused = step(RULE, ahead, 1);
        let verdict = refused.verdict(RULE, 1);
        assert_eq!((refused.allowed, refused.ahead), (false, ahead));
        assert_eq!(verdict.retry_after, Duration::from_secs(1));
        assert_eq!(verdict.reset_after, Duration::from_secs(3));
        assert!(step(RULE, ahead - 1_000_000, 1).allowed);
    }

    #[test]
    fn a_burst_that_does_not_divide_its_time_is_still_exact() {
        let rule = Rate::new(7, Duration::from_secs(60));
        let mut ahead = 0;
        let allowed = (0..20).filter(|_| {
            let step = step(rule, ahead, 1);
            ahead = step.ahead;
            step.allowed
        });
        assert_eq!(allowed.count(), 7);
    }

    #[test]
    fn odd_rules_neither_panic_nor_allow_too_much() {
        let none = Rate::new(0, Duration::ZERO);
        assert!(!step(none, 0, 1).allowed);
        let instant = Rate::new(5, Duration::ZERO);
        assert!(step(instant, 0, 5).allowed);
        let endless = Rate::new(1, Duration::MAX);
        assert!(!step(endless, u64::MAX, 1).allowed);
        assert!(
            !step(RULE, 0, 4).allowed,
            "more than a burst is never allowed"
        );
        assert!(step(RULE, RULE.full(), 0).allowed, "asking is free");
    }

    #[test]
    fn a_clock_set_back_costs_one_interval_at_the_most() {
        let refused = step(RULE, RULE.full() * 1_000, 1).verdict(RULE, 1);
        assert_eq!(refused.retry_after, Duration::from_secs(1));
    }
}
