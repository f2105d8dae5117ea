//! Rate limits, by the generic cell rate algorithm: one number per key, and no fixed windows that let
//! twice the burst through at their edges.

use std::time::Duration;

use async_trait::async_trait;

/// Longer periods count as this long, which keeps every sum exact in Redis' floating point.
const MAX_PERIOD: Duration = Duration::from_secs(366 * 24 * 3600);

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
        let per = u64::try_from(self.per.min(MAX_PERIOD).as_micros()).unwrap_or(u64::MAX);
        (per / u64::from(self.burst.max(1))).max(1)
    }

    /// Microseconds from having used everything to having everything again.
    pub(crate) fn full(self) -> u64 {
        self.interval().saturating_mul(u64::from(self.burst))
    }
}

/// The result of a check, with the values of the `RateLimit-*` headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateDecision {
    /// Whether the request is allowed.
    pub allowed: bool,
    /// Burst of the rule.
    pub limit: u32,
    /// Requests that are allowed right now.
    pub remaining: u32,
    /// Time until a refused request would be allowed; zero if it was allowed.
    pub retry_after: Duration,
    /// Time until the whole burst is allowed again.
    pub reset_after: Duration,
}

/// Checks requests against rules. It never fails.
#[async_trait]
pub trait RateLimiter: Send + Sync {
    /// Consumes this cost from the key unless the request is refused. A cost of 0 only reads; one
    /// above the burst is never allowed.
    async fn check(&self, key: &str, rule: Rate, cost: u32) -> RateDecision;
}

/// The effect of one check on a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct GcraStep {
    pub(crate) allowed: bool,
    /// How far the key's theoretical arrival time is ahead of now, in microseconds.
    pub(crate) ahead: u64,
}

/// The rule itself: `ahead` is what the key had before. The Redis script does the same sum.
///
/// More than a full burst ahead means that the clock was set back or that the key had another
/// rule; it then counts as a full burst, so that the next request is allowed after one interval.
pub(crate) fn step(rule: Rate, ahead: u64, cost: u32) -> GcraStep {
    let ahead = ahead.min(rule.full());
    let asked = ahead.saturating_add(rule.interval().saturating_mul(u64::from(cost)));
    let allowed = asked <= rule.full();
    GcraStep {
        allowed,
        ahead: if allowed { asked } else { ahead },
    }
}

impl GcraStep {
    pub(crate) fn decision(self, rule: Rate, cost: u32) -> RateDecision {
        let free = rule.full().saturating_sub(self.ahead) / rule.interval();
        let asked = self
            .ahead
            .saturating_add(rule.interval().saturating_mul(u64::from(cost)));
        let wait = if self.allowed {
            0
        } else {
            asked.saturating_sub(rule.full())
        };
        RateDecision {
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
    fn step_allows_burst_then_one_per_interval() {
        let mut ahead = 0;
        for left in [2, 1, 0] {
            let step = step(RULE, ahead, 1);
            assert_eq!(
                (step.allowed, step.decision(RULE, 1).remaining),
                (true, left)
            );
            ahead = step.ahead;
        }
        let refused = step(RULE, ahead, 1);
        let decision = refused.decision(RULE, 1);
        assert_eq!((refused.allowed, refused.ahead), (false, ahead));
        assert_eq!(decision.retry_after, Duration::from_secs(1));
        assert_eq!(decision.reset_after, Duration::from_secs(3));
        assert!(step(RULE, ahead - 1_000_000, 1).allowed);
    }

    #[test]
    fn step_is_exact_when_burst_does_not_divide_period() {
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
    fn step_handles_extreme_rules() {
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
    fn clock_set_back_delays_by_one_interval_at_most() {
        let refused = step(RULE, RULE.full() * 1_000, 1).decision(RULE, 1);
        assert_eq!(refused.retry_after, Duration::from_secs(1));
    }
}
