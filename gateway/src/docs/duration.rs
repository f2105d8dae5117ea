//! Durations in texts.

use std::time::Duration;

/// A duration in the largest unit that divides it.
pub fn span(duration: Duration) -> String {
    match duration.as_secs() {
        seconds if seconds > 0 && seconds.is_multiple_of(3_600) => {
            format!("{} h", seconds / 3_600)
        }
        seconds if seconds > 0 && seconds.is_multiple_of(60) => format!("{} min", seconds / 60),
        seconds => format!("{seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn span_takes_the_largest_unit() {
        let spans = [0, 6, 60, 90, 300, 3_600, 86_400].map(|s| span(Duration::from_secs(s)));
        assert_eq!(
            spans,
            ["0 s", "6 s", "1 min", "90 s", "5 min", "1 h", "24 h"]
        );
    }
}
