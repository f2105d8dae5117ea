//! The states of a match: waiting, countdown, play, pauses, absences and the end.
//!
//! `Open → Countdown → Playing ⇄ {Paused, Interrupted, Recovering} → Ended`. The machine knows no clock: it is
//! told how much time has passed, who came and went, and what was played, and answers with effects.

mod absence;
mod commands;
mod saved;
mod seats;
#[cfg(test)]
mod tests;

use std::time::Duration;

use contract::match_frames::{CountdownReason, MatchPhase, PausedBy};

use crate::catalogue::{Tempo, Turn};
use crate::{
    EndReason, MatchCancelReason, MatchEnding, MatchLimits, MatchMode, MatchOutcome, Seat,
};
use seats::{BothSeats, SeatPresence, SeatState};

pub use saved::SavedLifecycle;

const START_COUNTDOWN: Duration = Duration::from_secs(3);
const RESUME_COUNTDOWN: Duration = Duration::from_millis(2_400);
/// The wait after a player has left the first countdown.
const SECOND_WAIT: Duration = Duration::from_secs(20);
/// How long a point goes on, at most, after a player has dropped.
const MAX_STOP_TICKS: u32 = 90;
/// How long a match that has moved to another server waits until absences count.
const RECOVERY_GRACE: Duration = Duration::from_secs(5);
/// How soon after a match was handed over both players must be here to play on without a countdown.
const MAX_HANDOVER: Duration = Duration::from_millis(300);
/// How long a match may be without a server.
const MAX_OWNERLESS: Duration = Duration::from_secs(15 * 60);

/// What follows from an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LifecycleEffect {
    /// Play begins or goes on after this time.
    Countdown {
        /// The time.
        left: Duration,
        /// Why.
        reason: CountdownReason,
    },
    /// A player left during the first countdown: the match waits for both again.
    Waiting,
    /// Play begins.
    Started,
    /// Play goes on.
    Resumed,
    /// A player wants a pause: at the next serve, or once the other player wants it as well.
    PauseWanted(Seat),
    /// The match stands still.
    Paused {
        /// Who or what stopped it.
        by: PausedBy,
        /// How long it may last: the pause, or the grace of the absent player with less of it.
        left: Option<Duration>,
    },
    /// The match has ended.
    Ended(MatchEnding),
}

/// What happened in the match itself, after a tick or a move.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PlayFacts {
    /// The number of ticks or moves.
    pub tick: u32,
    /// Whether no point is being played.
    pub is_between_points: bool,
    /// The seat that has returned the ball.
    pub returned: Option<Seat>,
    /// The points.
    pub score: [u32; 2],
    /// Whether leaving now is more than an abort.
    pub has_begun: bool,
    /// The move that is due.
    pub turn: Option<Turn>,
    /// The result.
    pub outcome: Option<MatchOutcome>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Countdown {
        left: Duration,
        reason: CountdownReason,
    },
    Playing,
    Paused {
        by: Pauser,
        left: Duration,
    },
    Interrupted,
    Recovering {
        left: Duration,
    },
    Ended(MatchEnding),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pauser {
    Seat(Seat),
    Both,
    Server,
}

/// The state of a match.
#[derive(Debug, Clone)]
pub struct Lifecycle {
    mode: MatchMode,
    limits: MatchLimits,
    tempo: Tempo,
    state: State,
    seats: BothSeats,
    has_started: bool,
    /// Whether it was being played when the server before gave it up.
    is_handed_over: bool,
    wait_left: Duration,
    has_waited_again: bool,
    /// The time left for the move that is due.
    turn_left: Duration,
    facts: PlayFacts,
}

type Effects = Vec<LifecycleEffect>;

impl Lifecycle {
    /// A match that waits for its players.
    #[must_use]
    pub fn new(mode: MatchMode, tempo: Tempo, facts: PlayFacts) -> Self {
        let limits = mode.limits();
        Self {
            mode,
            limits,
            tempo,
            state: State::Open,
            seats: BothSeats([SeatState::new(&limits), SeatState::new(&limits)]),
            has_started: false,
            is_handed_over: false,
            wait_left: limits.wait,
            has_waited_again: false,
            turn_left: facts.turn.map_or(Duration::ZERO, |turn| turn.limit),
            facts,
        }
    }

    /// Whether the simulation runs.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.state == State::Playing
    }

    /// How the match ended, if it has.
    #[must_use]
    pub fn ending(&self) -> Option<MatchEnding> {
        match self.state {
            State::Ended(ending) => Some(ending),
            _ => None,
        }
    }

    /// Whether play has ever begun.
    #[must_use]
    pub fn has_started(&self) -> bool {
        self.has_started
    }

    /// How long the match still waits for its players.
    #[must_use]
    pub fn wait_left(&self) -> Duration {
        self.wait_left
    }

    /// Whether a player is there.
    #[must_use]
    pub fn is_present(&self, seat: Seat) -> bool {
        self.seats.get(seat).is_present()
    }

    /// The phase that clients are told.
    #[must_use]
    pub fn phase(&self) -> MatchPhase {
        match self.state {
            State::Open => MatchPhase::Open,
            State::Countdown { .. } => MatchPhase::Countdown,
            State::Playing => MatchPhase::Playing,
            State::Paused { .. } => MatchPhase::Paused,
            State::Interrupted => MatchPhase::Interrupted,
            State::Recovering { .. } => MatchPhase::Recovering,
            State::Ended(MatchEnding::Finished(_)) => MatchPhase::Finished,
            State::Ended(MatchEnding::Canceled { .. }) => MatchPhase::Canceled,
        }
    }

    /// What a player who has just joined has to know besides the phase: the countdown or the pause.
    #[must_use]
    pub fn current(&self) -> Option<LifecycleEffect> {
        match self.state {
            State::Countdown { left, reason } => Some(LifecycleEffect::Countdown { left, reason }),
            State::Paused { by, left } => Some(paused(by, left)),
            State::Interrupted => Some(self.interruption()),
            _ => None,
        }
    }

    /// The time left for the move that is due.
    #[must_use]
    pub fn turn_left(&self) -> Option<Duration> {
        self.facts.turn.map(|_| self.turn_left)
    }

    /// A player has come.
    pub fn join(&mut self, seat: Seat) -> Effects {
        if self.seats.get(seat).is_present() {
            return vec![];
        }
        self.seats.get_mut(seat).come();
        match self.state {
            State::Open => self.start_if_ready(),
            State::Interrupted => self.end_absence(CountdownReason::Returned),
            State::Recovering { .. } => self.end_absence(CountdownReason::Recovered),
            _ => vec![],
        }
    }

    /// A player's socket has followed the match from the server that gave it up: the player was not away.
    pub fn follow(&mut self, seat: Seat) -> Effects {
        self.seats.get_mut(seat).has_followed = true;
        self.join(seat)
    }

    /// A player has gone, or was silent for too long.
    pub fn leave(&mut self, seat: Seat) -> Effects {
        self.go(seat, SeatPresence::Absent)
    }

    /// The server cannot reach a player any more.
    pub fn lose(&mut self, seat: Seat) -> Effects {
        self.go(seat, SeatPresence::Unreachable)
    }

    fn go(&mut self, seat: Seat, presence: SeatPresence) -> Effects {
        if self.seats.get(seat).presence == presence {
            return vec![];
        }
        self.seats.get_mut(seat).go(presence);
        match self.state {
            State::Countdown { .. } if !self.has_started => self.wait_again(),
            State::Countdown { .. } | State::Interrupted => self.interrupt(),
            State::Playing => self.stop_soon(seat),
            _ => vec![],
        }
    }

    /// How long nothing changes unless something else happens than that time passes.
    #[must_use]
    pub fn time_to_change(&self) -> Duration {
        match self.state {
            State::Open => self.wait_left,
            State::Countdown { left, .. } | State::Recovering { left } => left,
            State::Playing => self.turn_left().unwrap_or(Duration::MAX),
            State::Paused {
                by: Pauser::Server, ..
            }
            | State::Ended(_) => Duration::MAX,
            State::Paused { left, .. } => left,
            State::Interrupted => self.least_grace(),
        }
    }

    /// Time has passed.
    pub fn advance(&mut self, by: Duration) -> Effects {
        match self.state {
            State::Open => self.run_wait(by),
            State::Countdown { left, reason } => {
                self.run_countdown(left.saturating_sub(by), reason)
            }
            State::Playing => self.run_turn(by),
            State::Paused {
                by: Pauser::Server, ..
            }
            | State::Ended(_) => vec![],
            State::Paused { by: pauser, left } => {
                self.run_pause(pauser, left.saturating_sub(by), by)
            }
            State::Interrupted => self.run_grace(by),
            State::Recovering { left } => self.run_recovery(left.saturating_sub(by)),
        }
    }

    /// A tick or a move was played.
    pub fn observe(&mut self, facts: PlayFacts) -> Effects {
        if facts.tick != self.facts.tick {
            self.turn_left = facts.turn.map_or(Duration::ZERO, |turn| turn.limit);
        }
        self.facts = facts;
        if !self.is_running() {
            return vec![];
        }
        if let Some(outcome) = facts.outcome {
            return self.end(MatchEnding::Finished(outcome));
        }
        let stopped = self.stop_now();
        if stopped.is_empty() {
            self.begin_wanted_pause()
        } else {
            stopped
        }
    }

    fn start_if_ready(&mut self) -> Effects {
        let needs_ready = self.mode == MatchMode::Tournament;
        let is_ready = |seat: &SeatState| seat.is_present() && (seat.is_ready || !needs_ready);
        if self.seats.all(is_ready) {
            self.count_down(START_COUNTDOWN, CountdownReason::Start)
        } else {
            vec![]
        }
    }

    fn count_down(&mut self, left: Duration, reason: CountdownReason) -> Effects {
        self.state = State::Countdown { left, reason };
        self.seats.each(|seat| {
            seat.wants_pause = false;
            seat.wants_resume = false;
            seat.stops_in = None;
        });
        vec![LifecycleEffect::Countdown { left, reason }]
    }

    fn run_wait(&mut self, by: Duration) -> Effects {
        self.wait_left = self.wait_left.saturating_sub(by);
        if !self.wait_left.is_zero() {
            return vec![];
        }
        let needs_ready = self.mode == MatchMode::Tournament;
        let at_fault = Seat::BOTH.map(|seat| {
            let seat = self.seats.get(seat);
            seat.is_absent() || (needs_ready && !seat.is_ready)
        });
        self.cancel(MatchCancelReason::NoShow, at_fault)
    }

    fn wait_again(&mut self) -> Effects {
        if !self.has_waited_again {
            self.has_waited_again = true;
            self.wait_left = SECOND_WAIT;
        }
        self.state = State::Open;
        vec![LifecycleEffect::Waiting]
    }

    fn run_countdown(&mut self, left: Duration, reason: CountdownReason) -> Effects {
        if !left.is_zero() {
            self.state = State::Countdown { left, reason };
            return vec![];
        }
        self.state = State::Playing;
        let is_first = !std::mem::replace(&mut self.has_started, true);
        vec![if is_first {
            LifecycleEffect::Started
        } else {
            LifecycleEffect::Resumed
        }]
    }

    fn run_turn(&mut self, by: Duration) -> Effects {
        let Some(turn) = self.facts.turn else {
            return vec![];
        };
        self.turn_left = self.turn_left.saturating_sub(by);
        if self.turn_left.is_zero() {
            return self.finish(Some(turn.seat.other()), EndReason::Clock);
        }
        vec![]
    }

    fn finish(&mut self, winner: Option<Seat>, reason: EndReason) -> Effects {
        self.end(MatchEnding::Finished(MatchOutcome {
            winner,
            reason,
            score: self.facts.score,
        }))
    }

    fn cancel(&mut self, reason: MatchCancelReason, at_fault: [bool; 2]) -> Effects {
        self.end(MatchEnding::Canceled { reason, at_fault })
    }

    fn end(&mut self, ending: MatchEnding) -> Effects {
        self.state = State::Ended(ending);
        vec![LifecycleEffect::Ended(ending)]
    }
}

/// The effect of a pause that may last so long.
fn paused(by: Pauser, left: Duration) -> LifecycleEffect {
    let (by, left) = match by {
        Pauser::Seat(Seat::First) => (PausedBy::First, Some(left)),
        Pauser::Seat(Seat::Second) => (PausedBy::Second, Some(left)),
        Pauser::Both => (PausedBy::Both, Some(left)),
        Pauser::Server => (PausedBy::Server, None),
    };
    LifecycleEffect::Paused { by, left }
}
