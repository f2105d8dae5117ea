//! How often one receiver is sent states: as often as it asked for, and less often if it cannot keep up.

use crate::port::FrameRate;

/// The longest time between two states with [`FrameRate::Auto`], in milliseconds.
const AUTO_INTERVAL: u32 = 100;
/// How long replaced states are counted.
const WINDOW: u32 = 2_000;
/// How long nothing may be replaced until states are sent more often again.
const RECOVERY: u32 = 10_000;
/// The intervals that slow receivers are lowered to.
const SLOWER: [u32; 3] = [0, 33, 50];
/// By how much a state may come early: ticks are not whole milliseconds.
const SLACK: u32 = 8;

/// The pace of one receiver.
#[derive(Debug)]
pub(crate) struct SendPace {
    rate: FrameRate,
    /// When the last state was sent; `None` if the next one is due at once.
    sent_at: Option<u32>,
    /// The other side has changed its direction since.
    is_pending: bool,
    /// The index of the interval that a slow receiver has been lowered to.
    slower: usize,
    window: PaceWindow,
}

#[derive(Debug, Default)]
struct PaceWindow {
    began_at: u32,
    sent: u32,
    replaced: u32,
    /// When states were last too many.
    slow_at: u32,
}

impl SendPace {
    pub(crate) fn new(rate: FrameRate) -> Self {
        Self {
            rate,
            sent_at: None,
            is_pending: false,
            slower: 0,
            window: PaceWindow::default(),
        }
    }

    /// Makes the next state due.
    pub(crate) fn hurry(&mut self) {
        self.sent_at = None;
    }

    /// Whether a state is due at this time: `must_send` if it cannot be left out, `changed` if the other
    /// side has changed its direction.
    pub(crate) fn is_due(&mut self, now: u32, must_send: bool, changed: bool) -> bool {
        self.is_pending |= changed;
        let Some(sent_at) = self.sent_at.filter(|_| !must_send) else {
            return true;
        };
        let passed = now.saturating_sub(sent_at);
        let slowest = SLOWER.get(self.slower).copied().unwrap_or_default();
        let interval = match self.rate {
            FrameRate::Auto if self.is_pending => 0,
            FrameRate::Auto => AUTO_INTERVAL,
            FrameRate::Fixed(60..) => 0,
            FrameRate::Fixed(rate) => 1_000 / u32::from(rate.max(1)),
        };
        passed + SLACK >= interval.max(slowest)
    }

    /// A state was sent at this time, and has replaced an earlier one or not.
    pub(crate) fn sent(&mut self, now: u32, replaced: bool) {
        self.sent_at = Some(now);
        self.is_pending = false;
        let window = &mut self.window;
        window.sent += 1;
        window.replaced += u32::from(replaced);
        if now.saturating_sub(window.began_at) < WINDOW {
            return;
        }
        if window.replaced * 10 > window.sent {
            self.slower = (self.slower + 1).min(SLOWER.len() - 1);
            window.slow_at = now;
        } else if window.replaced > 0 {
            window.slow_at = now;
        } else if now.saturating_sub(window.slow_at) >= RECOVERY && self.slower > 0 {
            self.slower -= 1;
            window.slow_at = now;
        }
        (window.began_at, window.sent, window.replaced) = (now, 0, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The number of states a second, of which every `nth` replaces another.
    fn rates(rate: FrameRate, seconds: u32, nth: u32) -> Vec<u32> {
        let mut pace = SendPace::new(rate);
        let mut sent = 0;
        let counts = (0..seconds * 60).map(|tick| {
            if pace.is_due(tick * 50 / 3, false, false) {
                sent += 1;
                pace.sent(tick * 50 / 3, nth > 0 && sent % nth == 0);
                return (tick / 60, 1);
            }
            (tick / 60, 0)
        });
        let mut all = vec![0; seconds as usize];
        counts.for_each(|(second, count)| all[second as usize] += count);
        all
    }

    #[test]
    fn is_due_keeps_the_rate_that_was_asked_for() {
        for rate in [60, 30, 20] {
            let counts = rates(FrameRate::Fixed(rate), 5, 0);
            let expected = u32::from(rate);
            assert!(
                counts.iter().all(|count| count.abs_diff(expected) <= 1),
                "{rate}: {counts:?}"
            );
        }
    }

    #[test]
    fn sent_lowers_the_rate_of_slow_receivers_alone() {
        let counts = rates(FrameRate::Fixed(60), 8, 5);
        assert!(counts[7] <= 21 && counts[7] >= 19, "{counts:?}");
        let counts = rates(FrameRate::Fixed(60), 8, 20);
        assert!(counts[7] >= 59, "{counts:?}");
    }

    #[test]
    fn sent_raises_the_rate_again() {
        let mut pace = SendPace::new(FrameRate::Fixed(60));
        for tick in 0..300_u32 {
            pace.sent(tick * 16, true);
        }
        assert_eq!(pace.slower, 2);
        for tick in 300..3_000_u32 {
            pace.sent(tick * 16, false);
        }
        assert_eq!(pace.slower, 0);
    }
}
