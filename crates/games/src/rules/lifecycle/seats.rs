//! What a match counts for each seat.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{MatchLimits, Seat};

/// The grace that is left from the first drop beyond the limit on.
const LAST_GRACE: Duration = Duration::from_secs(5);

/// Whether a player is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SeatPresence {
    Present,
    Absent,
    /// The server cannot reach the player, who is not to blame for it.
    Unreachable,
}

/// The budgets and wishes of a seat.
#[derive(Debug, Clone)]
pub(super) struct SeatState {
    pub(super) presence: SeatPresence,
    /// Whether the player's socket has followed the match from another server.
    pub(super) has_followed: bool,
    pub(super) is_ready: bool,
    pub(super) pauses_left: u32,
    /// The time of all pauses together that is left.
    pub(super) pause_left: Duration,
    pub(super) grace_left: Duration,
    drops: u32,
    /// Whether this absence is counted.
    is_counted: bool,
    /// Whether the grace was used up.
    pub(super) is_expired: bool,
    pub(super) wants_pause: bool,
    pub(super) wants_resume: bool,
    /// The seat has dropped while a point is being played: ticks until the match stands still.
    pub(super) stops_in: Option<u32>,
}

/// A seat in the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SavedSeat {
    is_ready: bool,
    pauses_left: u32,
    pause_left_ms: u64,
    grace_left_ms: u64,
    drops: u32,
}

impl SeatState {
    pub(super) fn new(limits: &MatchLimits) -> Self {
        let counted = if limits.pauses == u32::MAX {
            1
        } else {
            limits.pauses
        };
        Self {
            presence: SeatPresence::Absent,
            has_followed: false,
            is_ready: false,
            pauses_left: limits.pauses,
            pause_left: limits.pause * counted,
            grace_left: limits.grace,
            drops: 0,
            is_counted: false,
            is_expired: false,
            wants_pause: false,
            wants_resume: false,
            stops_in: None,
        }
    }

    pub(super) fn restore(limits: &MatchLimits, saved: &SavedSeat) -> Self {
        Self {
            is_ready: saved.is_ready,
            pauses_left: saved.pauses_left,
            pause_left: Duration::from_millis(saved.pause_left_ms),
            grace_left: Duration::from_millis(saved.grace_left_ms),
            drops: saved.drops,
            ..Self::new(limits)
        }
    }

    pub(super) fn save(&self) -> SavedSeat {
        SavedSeat {
            is_ready: self.is_ready,
            pauses_left: self.pauses_left,
            pause_left_ms: millis(self.pause_left),
            grace_left_ms: millis(self.grace_left),
            drops: self.drops,
        }
    }

    pub(super) fn is_present(&self) -> bool {
        self.presence == SeatPresence::Present
    }

    pub(super) fn is_absent(&self) -> bool {
        self.presence == SeatPresence::Absent
    }

    pub(super) fn come(&mut self) {
        self.presence = SeatPresence::Present;
        self.is_counted = false;
        self.stops_in = None;
    }

    pub(super) fn go(&mut self, presence: SeatPresence) {
        // An absence that the server has caused is no drop, even if the player does not come back.
        self.is_counted |= self.presence == SeatPresence::Unreachable;
        self.has_followed = false;
        self.presence = presence;
        self.is_ready = false;
    }

    /// Counts this absence as a drop, once.
    pub(super) fn count_drop(&mut self, limits: &MatchLimits) {
        if !self.is_absent() || self.is_counted {
            return;
        }
        self.is_counted = true;
        self.drops = self.drops.saturating_add(1);
        if self.drops > limits.drops {
            self.grace_left = self.grace_left.min(LAST_GRACE);
        }
    }

    /// This absence is not the player's fault.
    pub(super) fn excuse_drop(&mut self) {
        self.is_counted |= self.is_absent();
    }

    /// Runs the grace of an absent player.
    pub(super) fn spend_grace(&mut self, by: Duration) {
        if self.is_absent() {
            self.grace_left = self.grace_left.saturating_sub(by);
            self.is_expired |= self.grace_left.is_zero();
        }
    }

    /// Takes a pause. Returns how long it may last.
    pub(super) fn take_pause(&mut self, limits: &MatchLimits) -> Duration {
        self.wants_pause = false;
        if self.pauses_left != u32::MAX {
            self.pauses_left = self.pauses_left.saturating_sub(1);
        }
        limits.pause.min(self.pause_left)
    }

    pub(super) fn can_pause(&self) -> bool {
        self.pauses_left > 0 && !self.pause_left.is_zero()
    }
}

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// The state of both seats, by seat.
#[derive(Debug, Clone)]
pub(super) struct BothSeats(pub(super) [SeatState; 2]);

impl BothSeats {
    pub(super) fn get(&self, seat: Seat) -> &SeatState {
        let [first, second] = &self.0;
        match seat {
            Seat::First => first,
            Seat::Second => second,
        }
    }

    pub(super) fn get_mut(&mut self, seat: Seat) -> &mut SeatState {
        let [first, second] = &mut self.0;
        match seat {
            Seat::First => first,
            Seat::Second => second,
        }
    }

    pub(super) fn all(&self, is: impl Fn(&SeatState) -> bool) -> bool {
        self.0.iter().all(is)
    }

    pub(super) fn any(&self, is: impl Fn(&SeatState) -> bool) -> bool {
        self.0.iter().any(is)
    }

    pub(super) fn each(&mut self, change: impl FnMut(&mut SeatState)) {
        self.0.iter_mut().for_each(change);
    }
}
