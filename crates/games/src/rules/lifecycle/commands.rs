//! What players ask for: to begin, to pause, to go on, to give up.

use std::time::Duration;

use contract::match_frames::CountdownReason;

use super::{Effects, Lifecycle, LifecycleEffect, Pauser, RESUME_COUNTDOWN, State, paused};
use crate::catalogue::Tempo;
use crate::error::Error;
use crate::{EndReason, MatchCancelReason, MatchMode, Seat};

impl Lifecycle {
    /// A player is ready to begin.
    pub fn ready(&mut self, seat: Seat) -> Effects {
        self.seats.get_mut(seat).is_ready = true;
        match self.state {
            State::Open => self.start_if_ready(),
            _ => vec![],
        }
    }

    /// A player asks for a pause. It begins at the next serve, or at once if both ask for it or nobody else
    /// plays.
    ///
    /// # Errors
    /// The match is not being played, or the player has no pause left.
    pub fn pause(&mut self, seat: Seat) -> Result<Effects, Error> {
        if !self.is_running() {
            return Err(Error::NotNow);
        }
        let is_agreed = self.seats.get(seat.other()).wants_pause;
        if let Some(length) = self.limits.agreed_pause.filter(|_| is_agreed) {
            return Ok(self.begin_pause(Pauser::Both, length));
        }
        let is_offer = self.tempo == Tempo::Turns && !self.is_solo();
        let can_pause = if is_offer {
            self.limits.agreed_pause.is_some()
        } else {
            self.seats.get(seat).can_pause()
        };
        if !can_pause {
            return Err(Error::NoPauseLeft);
        }
        self.seats.get_mut(seat).wants_pause = true;
        let effects = self.begin_wanted_pause();
        Ok(if effects.is_empty() {
            vec![LifecycleEffect::PauseWanted(seat)]
        } else {
            effects
        })
    }

    /// A player ends the pause, or takes back the wish for one.
    ///
    /// # Errors
    /// There is no pause that this player can end.
    pub fn resume(&mut self, seat: Seat) -> Result<Effects, Error> {
        match self.state {
            State::Paused {
                by: Pauser::Seat(pauser),
                ..
            } if pauser == seat => Ok(self.end_pause()),
            State::Paused {
                by: Pauser::Both, ..
            } => {
                self.seats.get_mut(seat).wants_resume = true;
                let all = self.seats.all(|seat| seat.wants_resume);
                Ok(if all { self.end_pause() } else { vec![] })
            }
            State::Paused { .. } => Err(Error::NotYourPause),
            State::Playing if self.seats.get(seat).wants_pause => {
                self.seats.get_mut(seat).wants_pause = false;
                Ok(vec![])
            }
            _ => Err(Error::NotNow),
        }
    }

    /// A player gives up.
    ///
    /// # Errors
    /// The match has ended.
    pub fn resign(&mut self, seat: Seat) -> Result<Effects, Error> {
        if matches!(self.state, State::Ended(_)) {
            return Err(Error::NotNow);
        }
        let at_fault = Seat::BOTH.map(|one| one == seat);
        if !self.has_started {
            return Ok(self.cancel(MatchCancelReason::Declined, at_fault));
        }
        if self.facts.has_begun {
            return Ok(self.finish(Some(seat.other()), EndReason::Resignation));
        }
        Ok(if self.mode == MatchMode::Tournament {
            self.finish(Some(seat.other()), EndReason::Forfeit)
        } else {
            self.cancel(MatchCancelReason::Abort, at_fault)
        })
    }

    /// The server cannot go on for the moment. No player's clock runs.
    pub fn pause_by_server(&mut self) -> Effects {
        let can_stop = match self.state {
            State::Playing => true,
            State::Countdown { .. } => self.has_started,
            _ => false,
        };
        if can_stop {
            self.begin_pause(Pauser::Server, Duration::MAX)
        } else {
            vec![]
        }
    }

    /// The server can go on.
    pub fn resume_by_server(&mut self) -> Effects {
        match self.state {
            State::Paused {
                by: Pauser::Server, ..
            } => self.end_pause(),
            _ => vec![],
        }
    }

    /// The server cannot go on for good.
    pub fn cancel_by_server(&mut self) -> Effects {
        match self.state {
            State::Ended(_) => vec![],
            _ => self.cancel(MatchCancelReason::Server, [false, false]),
        }
    }

    /// Begins the pause that a player has asked for, if it is time for it.
    pub(super) fn begin_wanted_pause(&mut self) -> Effects {
        let is_time = match self.tempo {
            Tempo::Ticks => self.facts.is_between_points || self.is_solo(),
            Tempo::Turns => self.is_solo(),
        };
        let mut seats = Seat::BOTH.into_iter();
        let wanting = seats.find(|seat| self.seats.get(*seat).wants_pause);
        let Some(seat) = wanting.filter(|_| is_time) else {
            return vec![];
        };
        let limits = self.limits;
        let length = self.seats.get_mut(seat).take_pause(&limits);
        self.begin_pause(Pauser::Seat(seat), length)
    }

    fn begin_pause(&mut self, by: Pauser, left: Duration) -> Effects {
        self.state = State::Paused { by, left };
        self.seats.each(|seat| {
            seat.wants_pause = false;
            seat.wants_resume = false;
        });
        vec![paused(by, left)]
    }

    pub(super) fn run_pause(&mut self, by: Pauser, left: Duration, passed: Duration) -> Effects {
        if let Pauser::Seat(seat) = by {
            let state = self.seats.get_mut(seat);
            state.pause_left = state.pause_left.saturating_sub(passed);
        }
        if left.is_zero() {
            return self.end_pause();
        }
        self.state = State::Paused { by, left };
        vec![]
    }

    fn end_pause(&mut self) -> Effects {
        if self.seats.all(|seat| seat.is_present()) {
            self.count_down(RESUME_COUNTDOWN, CountdownReason::Resumed)
        } else {
            self.interrupt()
        }
    }

    fn is_solo(&self) -> bool {
        matches!(self.mode, MatchMode::Practice | MatchMode::Local)
    }
}
