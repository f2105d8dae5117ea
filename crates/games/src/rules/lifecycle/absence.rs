//! Players who are gone: the match stands still, and their grace runs.

use std::time::Duration;

use contract::match_frames::{CountdownReason, PausedBy};

use super::{
    Effects, Lifecycle, LifecycleEffect, MAX_HANDOVER, MAX_STOP_TICKS, RECOVERY_GRACE,
    RESUME_COUNTDOWN, State,
};
use crate::catalogue::Tempo;
use crate::{EndReason, MatchCancelReason, Seat};

/// Two players whose graces end within this time of each other have both lost.
const TOGETHER: Duration = Duration::from_secs(5);
/// The lead that decides a match in which both players are gone.
const CLEAR_LEAD: u32 = 2;

impl Lifecycle {
    /// A player has gone while the match is played. A point that is being played goes on until it is decided
    /// on the player's side: leaving never saves a point, and never costs a second one.
    pub(super) fn stop_soon(&mut self, seat: Seat) -> Effects {
        let is_at_stake = self.tempo == Tempo::Ticks && !self.facts.is_between_points;
        if is_at_stake && self.seats.get(seat).is_absent() {
            self.seats.get_mut(seat).stops_in = Some(MAX_STOP_TICKS);
            return vec![];
        }
        self.interrupt()
    }

    /// Interrupts the match after a tick in which a point of an absent player was decided.
    pub(super) fn stop_now(&mut self) -> Effects {
        let facts = self.facts;
        let mut stops = false;
        for seat in Seat::BOTH {
            let state = self.seats.get_mut(seat);
            let Some(ticks) = state.stops_in else {
                continue;
            };
            let left = ticks.saturating_sub(1);
            state.stops_in = Some(left);
            stops |= facts.is_between_points || facts.returned == Some(seat) || left == 0;
        }
        if stops { self.interrupt() } else { vec![] }
    }

    pub(super) fn interrupt(&mut self) -> Effects {
        let limits = self.limits;
        self.state = State::Interrupted;
        self.seats.each(|seat| {
            seat.stops_in = None;
            seat.wants_pause = false;
            seat.count_drop(&limits);
        });
        vec![self.interruption()]
    }

    /// The interruption as clients are told of it.
    pub(super) fn interruption(&self) -> LifecycleEffect {
        let absent = Seat::BOTH.map(|seat| self.seats.get(seat).is_absent());
        let by = match absent {
            [true, true] => PausedBy::BothAbsent,
            [true, false] => PausedBy::FirstAbsent,
            [false, true] => PausedBy::SecondAbsent,
            [false, false] => PausedBy::Server,
        };
        let gone = self.seats.0.iter().filter(|seat| seat.is_absent());
        let left = gone.map(|seat| seat.grace_left).min();
        LifecycleEffect::Paused { by, left }
    }

    /// A player is back: play goes on once all are.
    pub(super) fn end_absence(&mut self, reason: CountdownReason) -> Effects {
        if self.seats.any(|seat| seat.is_expired) {
            return self.end_by_grace();
        }
        if self.is_seamless() {
            self.state = State::Playing;
            return vec![LifecycleEffect::Resumed];
        }
        if self.seats.all(|seat| seat.is_present()) {
            return self.count_down(RESUME_COUNTDOWN, reason);
        }
        match self.state {
            State::Interrupted => vec![self.interruption()],
            _ => vec![],
        }
    }

    /// Whether the match was only handed over, and neither player has been away from it.
    fn is_seamless(&self) -> bool {
        let State::Recovering { left } = self.state else {
            return false;
        };
        self.is_handed_over
            && RECOVERY_GRACE.saturating_sub(left) <= MAX_HANDOVER
            && self
                .seats
                .all(|seat| seat.is_present() && seat.has_followed)
    }

    /// The time until the grace of a player who is gone is used up.
    pub(super) fn least_grace(&self) -> Duration {
        let gone = self.seats.0.iter().filter(|seat| seat.is_absent());
        let left = gone.map(|seat| seat.grace_left);
        left.filter(|left| !left.is_zero())
            .min()
            .unwrap_or(Duration::MAX)
    }

    pub(super) fn run_grace(&mut self, by: Duration) -> Effects {
        self.seats.each(|seat| seat.spend_grace(by));
        if self.seats.any(|seat| seat.is_expired) {
            self.end_by_grace()
        } else {
            vec![]
        }
    }

    /// A grace is used up. If the other player's is about to be, it decides whether both have lost.
    fn end_by_grace(&mut self) -> Effects {
        let [first, second] = Seat::BOTH.map(|seat| self.seats.get(seat).is_expired);
        let expired = match (first, second) {
            (true, true) => return self.end_without_players(),
            (true, false) => Seat::First,
            _ => Seat::Second,
        };
        let other = self.seats.get(expired.other());
        if other.is_absent() && other.grace_left <= TOGETHER {
            return vec![];
        }
        self.finish(Some(expired.other()), EndReason::Forfeit)
    }

    fn end_without_players(&mut self) -> Effects {
        let [first, second] = self.facts.score;
        if first.abs_diff(second) < CLEAR_LEAD {
            return self.cancel(MatchCancelReason::Void, [true, true]);
        }
        let leader = if first > second {
            Seat::First
        } else {
            Seat::Second
        };
        self.finish(Some(leader), EndReason::Forfeit)
    }

    pub(super) fn run_recovery(&mut self, left: Duration) -> Effects {
        if !left.is_zero() {
            self.state = State::Recovering { left };
            return vec![];
        }
        self.seats.each(|seat| seat.excuse_drop());
        self.interrupt()
    }
}
