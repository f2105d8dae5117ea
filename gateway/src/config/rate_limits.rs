//! How strictly people are held to limits on how often they may do something.

use cluster::Rate;

/// The limits of the routes and sockets, as they are, multiplied, or not at all.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RateLimits {
    /// Nothing is counted: for measuring on a closed network.
    Off,
    /// So many times as much is allowed.
    Times(f64),
}

impl RateLimits {
    /// The largest factor: with more, say off.
    const LARGEST: f64 = 1_000.0;

    /// `off`, or a factor.
    pub(super) fn parse(value: &str) -> Option<Self> {
        if value.eq_ignore_ascii_case("off") {
            return Some(Self::Off);
        }
        let factor: f64 = value.parse().ok()?;
        (factor > 0.0 && factor <= Self::LARGEST).then_some(Self::Times(factor))
    }

    /// The limit as it holds here; nothing where none does.
    #[must_use]
    pub fn applied(self, rule: Rate) -> Option<Rate> {
        match self {
            Self::Off => None,
            Self::Times(factor) => Some(Rate::new(times(rule.burst, factor), rule.per)),
        }
    }

    /// By how much what a socket may send is multiplied.
    #[must_use]
    pub fn factor(self) -> f64 {
        match self {
            Self::Off => f64::from(u32::MAX),
            Self::Times(factor) => factor,
        }
    }
}

/// So many times as many, but at least one.
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
    fn limits_are_multiplied_or_off() {
        let rule = Rate::new(10, Duration::from_secs(60));
        let burst = |text| RateLimits::parse(text).map(|limits| limits.applied(rule));
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
