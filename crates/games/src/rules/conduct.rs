//! Who leaves matches of the queue, and how long they are kept out of it.

use std::time::Duration;

use kernel::Timestamp;

use crate::{EndReason, MatchCancelReason, MatchEnding, MatchMode, Seat};

/// How many outcomes are remembered.
const MEMORY: usize = 20;
/// A bar needs at least this many tenths, or [`TENTHS_PER_OUTCOME`] on average.
const MIN_TENTHS: u32 = 30;
const TENTHS_PER_OUTCOME: u32 = 4;
/// So many bad outcomes in a row are enough.
const BAD_IN_A_ROW: usize = 5;
const FIRST_BAR: Duration = Duration::from_secs(10 * 60);
const MAX_BAR: Duration = Duration::from_secs(48 * 3_600);
/// A bar within this time after the last one is longer.
const REPEAT_WITHIN: Duration = Duration::from_secs(72 * 3_600);
const REPEAT_FACTOR: u32 = 3;

/// How bad an outcome is, in tenths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Strike(u8);

/// A time in which a player cannot queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueBar {
    /// When it began.
    pub from: Timestamp,
    /// When it ends.
    pub until: Timestamp,
}

/// The conduct of a player in matches of the queue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conduct {
    /// The latest outcomes, the newest last.
    strikes: Vec<Strike>,
    /// The last bar.
    last_bar: Option<QueueBar>,
}

impl Strike {
    /// The match was played to its end.
    pub const NONE: Self = Self(0);
    const CASUAL_ABORT: Self = Self(5);
    const ABORT: Self = Self(7);
    const QUIT: Self = Self(10);

    /// The strike of a seat for how a match ended. `None`: it says nothing about this player.
    #[must_use]
    pub fn of(mode: MatchMode, ending: &MatchEnding, seat: Seat) -> Option<Self> {
        if !matches!(mode, MatchMode::Casual | MatchMode::Ranked) {
            return None;
        }
        match ending {
            MatchEnding::Finished(outcome) => {
                let quit = outcome.reason == EndReason::Forfeit && outcome.winner != Some(seat);
                Some(if quit { Self::QUIT } else { Self::NONE })
            }
            MatchEnding::Canceled { reason, at_fault } => {
                let is_at_fault = at_fault.get(seat.index()) == Some(&true);
                is_at_fault
                    .then(|| Self::of_cancel(mode, *reason))
                    .flatten()
            }
        }
    }

    const fn of_cancel(mode: MatchMode, reason: MatchCancelReason) -> Option<Self> {
        match (reason, mode) {
            (MatchCancelReason::Server, _) => None,
            (MatchCancelReason::Void, _) => Some(Self::QUIT),
            (MatchCancelReason::NoShow, _) => Some(Self::ABORT),
            (MatchCancelReason::Declined | MatchCancelReason::Abort, MatchMode::Casual) => {
                Some(Self::CASUAL_ABORT)
            }
            (MatchCancelReason::Declined | MatchCancelReason::Abort, _) => Some(Self::ABORT),
        }
    }
}

impl Conduct {
    /// Records an outcome. Returns the bar that follows from it.
    pub fn record(&mut self, strike: Strike, now: Timestamp) -> Option<QueueBar> {
        self.strikes.push(strike);
        let excess = self.strikes.len().saturating_sub(MEMORY);
        self.strikes.drain(..excess);
        if strike == Strike::NONE || !self.is_bad() {
            return None;
        }
        let bar = QueueBar {
            from: now,
            until: now + self.next_bar(now),
        };
        self.strikes.clear();
        self.last_bar = Some(bar);
        Some(bar)
    }

    /// The bar at this time.
    #[must_use]
    pub fn bar(&self, now: Timestamp) -> Option<QueueBar> {
        self.last_bar.filter(|bar| bar.until > now)
    }

    /// The mean of the latest outcomes: 0 for a player who never leaves, 1 for one who always does.
    #[must_use]
    pub fn score(&self) -> f64 {
        let count = u32::try_from(self.strikes.len()).unwrap_or(u32::MAX).max(1);
        f64::from(self.tenths()) / 10.0 / f64::from(count)
    }

    fn tenths(&self) -> u32 {
        self.strikes.iter().map(|strike| u32::from(strike.0)).sum()
    }

    fn is_bad(&self) -> bool {
        let count = u32::try_from(self.strikes.len()).unwrap_or(u32::MAX);
        let limit = MIN_TENTHS.max(TENTHS_PER_OUTCOME * count);
        let newest = self.strikes.iter().rev();
        let in_a_row = newest.take_while(|strike| **strike != Strike::NONE);
        self.tenths() >= limit || in_a_row.count() >= BAD_IN_A_ROW
    }

    /// How long the next bar lasts: three times as long as one that ended recently, less the longer ago it
    /// ended.
    fn next_bar(&self, now: Timestamp) -> Duration {
        let Some(last) = self.last_bar else {
            return FIRST_BAR;
        };
        let longer = last.until.since(last.from) * REPEAT_FACTOR;
        let since = now.since(last.until);
        let length = if since <= REPEAT_WITHIN {
            longer
        } else {
            longer.mul_f64(REPEAT_WITHIN.as_secs_f64() / since.as_secs_f64())
        };
        length.clamp(FIRST_BAR, MAX_BAR)
    }

    /// Its form in a column: the outcomes in tenths, and the microseconds of the last bar.
    #[must_use]
    pub fn to_text(&self) -> String {
        let strikes: Vec<String> = self.strikes.iter().map(|one| one.0.to_string()).collect();
        let bar = self.last_bar.map_or(String::new(), |bar| {
            format!("{}-{}", bar.from.micros(), bar.until.micros())
        });
        format!("{};{bar}", strikes.join(","))
    }

    /// Reads it again. What cannot be read is left out: at worst a player is treated as a new one.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        let (strikes, bar) = text.split_once(';').unwrap_or((text, ""));
        let strikes = strikes.split(',').filter_map(|one| one.parse().ok());
        let last_bar = bar.split_once('-').and_then(|(from, until)| {
            Some(QueueBar {
                from: Timestamp::from_micros(from.parse().ok()?),
                until: Timestamp::from_micros(until.parse().ok()?),
            })
        });
        Self {
            strikes: strikes.map(Strike).collect(),
            last_bar,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MatchOutcome;

    const MINUTE: Duration = Duration::from_secs(60);

    fn start() -> Timestamp {
        Timestamp::from_micros(1_790_000_000_000_000)
    }

    fn canceled(reason: MatchCancelReason) -> MatchEnding {
        MatchEnding::Canceled {
            reason,
            at_fault: [true, false],
        }
    }

    fn finished(reason: EndReason) -> MatchEnding {
        MatchEnding::Finished(MatchOutcome {
            winner: Some(Seat::Second),
            reason,
            score: [1, 2],
        })
    }

    /// Aborts until the player is barred; returns how many and for how long.
    fn bar(conduct: &mut Conduct, now: Timestamp) -> (usize, Duration) {
        let mut count = 0;
        loop {
            count += 1;
            if let Some(bar) = conduct.record(Strike::ABORT, now) {
                assert_eq!(bar.from, now);
                return (count, bar.until.since(bar.from));
            }
        }
    }

    #[test]
    fn strikes_follow_from_how_matches_end() {
        use MatchCancelReason::{Abort, NoShow, Server, Void};
        use MatchMode::{Casual, Invite, Ranked};
        let of = |mode, ending: &MatchEnding| Seat::BOTH.map(|seat| Strike::of(mode, ending, seat));
        assert_eq!(of(Ranked, &canceled(Abort)), [Some(Strike(7)), None]);
        assert_eq!(of(Casual, &canceled(Abort)), [Some(Strike(5)), None]);
        assert_eq!(of(Casual, &canceled(NoShow)), [Some(Strike(7)), None]);
        assert_eq!(of(Ranked, &canceled(Void)), [Some(Strike(10)), None]);
        assert_eq!(of(Ranked, &canceled(Server)), [None, None]);
        let forfeit = finished(EndReason::Forfeit);
        assert_eq!(of(Ranked, &forfeit), [Some(Strike(10)), Some(Strike::NONE)]);
        let resigned = finished(EndReason::Resignation);
        assert_eq!(of(Ranked, &resigned), [Some(Strike::NONE); 2]);
        assert_eq!(of(Invite, &forfeit), [None, None]);
    }

    #[test]
    fn five_aborts_in_a_row_bar_for_ten_minutes() {
        let mut conduct = Conduct::default();
        assert_eq!(bar(&mut conduct, start()), (5, 10 * MINUTE));
        assert!(conduct.bar(start() + 9 * MINUTE).is_some());
        assert_eq!(conduct.bar(start() + 10 * MINUTE), None);
    }

    #[test]
    fn good_matches_between_spare_a_player() {
        let mut conduct = Conduct::default();
        for _ in 0..30 {
            for strike in [Strike::QUIT, Strike::NONE, Strike::NONE, Strike::NONE] {
                assert_eq!(conduct.record(strike, start()), None);
            }
        }
        assert!((conduct.score() - 0.25).abs() < 0.05);
    }

    #[test]
    fn four_in_ten_bad_matches_bar() {
        let mut conduct = Conduct::default();
        let outcomes = [Strike::QUIT, Strike::NONE].into_iter().cycle().take(20);
        let bars = outcomes.filter_map(|strike| conduct.record(strike, start()));
        assert!(bars.count() >= 1);
    }

    #[test]
    fn bars_within_three_days_triple_up_to_two_days() {
        let mut conduct = Conduct::default();
        let mut now = start();
        let lengths: Vec<u64> = (0..8)
            .map(|_| {
                let (_, length) = bar(&mut conduct, now);
                now = now + length + MINUTE;
                length.as_secs() / 60
            })
            .collect();
        assert_eq!(lengths, [10, 30, 90, 270, 810, 2_430, 2_880, 2_880]);
    }

    #[test]
    fn bars_get_shorter_again_after_a_long_time() {
        let mut conduct = Conduct::default();
        bar(&mut conduct, start());
        bar(&mut conduct, start() + 11 * MINUTE);
        let (_, length) = bar(&mut conduct, start() + 365 * 24 * 60 * MINUTE);
        assert_eq!(length, 10 * MINUTE);
    }

    #[test]
    fn text_form_reads_back() {
        let mut conduct = Conduct::default();
        assert_eq!(Conduct::from_text(&conduct.to_text()), conduct);
        bar(&mut conduct, start());
        conduct.record(Strike::ABORT, start());
        conduct.record(Strike::NONE, start());
        assert_eq!(Conduct::from_text(&conduct.to_text()), conduct);
        assert_eq!(Conduct::from_text("what; ever"), Conduct::default());
    }
}
