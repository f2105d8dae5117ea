//! The installation-wide factor on rate limits.

use crate::rate_limiter::Rate;

/// Scales all rate limits of an installation, or turns them off.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RateLimitFactor {
    /// No limits, for benchmarks on a closed network.
    Off,
    /// All limits times this factor.
    Times(f64),
}

impl RateLimitFactor {
    const MAX_FACTOR: f64 = 1_000.0;

    /// Parses `off` or a factor above 0 and up to 1,000.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        if value.eq_ignore_ascii_case("off") {
            return Some(Self::Off);
        }
        let factor: f64 = value.parse().ok()?;
        (factor > 0.0 && factor <= Self::MAX_FACTOR).then_some(Self::Times(factor))
    }

    /// The effective rate; `None` if limits are off.
    #[must_use]
    pub fn apply(self, rate: Rate) -> Option<Rate> {
        match self {
            Self::Off => None,
            Self::Times(factor) => Some(Rate::new(times(rate.burst, factor), rate.per)),
        }
    }

    /// The factor for limits that are not counted by a [`RateLimiter`](crate::RateLimiter).
    #[must_use]
    pub fn factor(self) -> f64 {
        match self {
            Self::Off => f64::from(u32::MAX),
            Self::Times(factor) => factor,
        }
    }
}

/// The scaled count, at least one.
fn times(count: u32, factor: f64) -> u32 {
    let product = (f64::from(count) * factor).clamp(1.0, f64::from(u32::MAX));
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to the range above"
    )]
    let rounded = product.round() as u32;
    rounded
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn apply_scales_rates_or_turns_them_off() {
        let rule = Rate::new(10, Duration::from_secs(60));
        let burst = |text| RateLimitFactor::parse(text).map(|limits| limits.apply(rule));
        assert_eq!(burst("1"), Some(Some(rule)));
        let twice_and_a_half = Rate::new(25, rule.per);
        assert_eq!(burst("2.5"), Some(Some(twice_and_a_half)));
        assert_eq!(burst("0.01"), Some(Some(Rate::new(1, rule.per))));
        assert_eq!(burst("OFF"), Some(None));
        for wrong in ["", "0", "-1", "nan", "inf", "1001", "none"] {
            assert_eq!(burst(wrong), None, "{wrong}");
        }
    }
}
