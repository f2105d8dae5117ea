//! The state of a match in the journal. Times are what is left, so that they mean the same on any server.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::seats::{BothSeats, SavedSeat, SeatState, millis};
use super::{Effects, Lifecycle, MAX_OWNERLESS, PlayFacts, RECOVERY_GRACE, SECOND_WAIT, State};
use crate::MatchMode;
use crate::catalogue::Tempo;

/// A [`Lifecycle`] in the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedLifecycle {
    has_started: bool,
    wait_left_ms: u64,
    has_waited_again: bool,
    turn_left_ms: u64,
    /// Whether it was being played when its server gave it up.
    #[serde(default)]
    is_handed_over: bool,
    seats: [SavedSeat; 2],
}

impl Lifecycle {
    /// Its form in the journal.
    #[must_use]
    pub fn save(&self) -> SavedLifecycle {
        let [first, second] = &self.seats.0;
        SavedLifecycle {
            has_started: self.has_started,
            wait_left_ms: millis(self.wait_left),
            has_waited_again: self.has_waited_again,
            turn_left_ms: millis(self.turn_left),
            is_handed_over: false,
            seats: [first.save(), second.save()],
        }
    }

    /// The same for a server that gives the match up, so that another one goes on at once.
    #[must_use]
    pub fn hand_over(&self) -> SavedLifecycle {
        SavedLifecycle {
            is_handed_over: self.is_running(),
            ..self.save()
        }
    }

    /// Goes on from the journal on another server, or the same one after a restart. `ownerless` is how long the
    /// match was without a server: no player's clock has run meanwhile.
    #[must_use]
    pub fn restore(
        mode: MatchMode,
        tempo: Tempo,
        facts: PlayFacts,
        saved: &SavedLifecycle,
        ownerless: Duration,
    ) -> (Self, Effects) {
        let mut lifecycle = Self::new(mode, tempo, facts);
        let limits = lifecycle.limits;
        let [first, second] = &saved.seats;
        lifecycle.seats = BothSeats([
            SeatState::restore(&limits, first),
            SeatState::restore(&limits, second),
        ]);
        lifecycle.has_started = saved.has_started;
        lifecycle.is_handed_over = saved.is_handed_over;
        lifecycle.has_waited_again = saved.has_waited_again;
        // Everybody has to come again.
        lifecycle.wait_left = Duration::from_millis(saved.wait_left_ms).max(SECOND_WAIT);
        lifecycle.turn_left = Duration::from_millis(saved.turn_left_ms);
        if saved.has_started {
            lifecycle.state = State::Recovering {
                left: RECOVERY_GRACE,
            };
        }
        let effects = if ownerless >= MAX_OWNERLESS {
            lifecycle.cancel_by_server()
        } else {
            vec![]
        };
        (lifecycle, effects)
    }
}
