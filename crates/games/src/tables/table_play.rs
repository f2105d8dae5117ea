//! How a table goes on: inputs, ticks, moves, and the states that are sent.

use std::sync::Arc;
use std::time::Duration;

use contract::match_frames::MatchInput;

use super::receivers::PastState;
use super::simulation::TickReport;
use super::table::{GameTable, HeldAnswer, Pass, Stage};
use super::table_clock::TICK;
use crate::catalogue::{StepEvents, Tempo};
use crate::frames::TickState;
use crate::port::{SeatSink, TableSeat};
use crate::{Seat, TimedPoint};

/// A player who sends nothing for so long counts as gone.
const SILENCE: Duration = Duration::from_secs(2);
/// How often the state of a match that stands still is sent.
const IDLE_INTERVAL: Duration = Duration::from_millis(100);
/// The same in games of turns.
const TURN_INTERVAL: Duration = Duration::from_millis(500);
/// How long the computer thinks about a move.
const THINKING: Duration = Duration::from_millis(600);

impl GameTable {
    /// Goes on by the time of a pass, and of those that were left out.
    pub(super) fn pass(&mut self, pass: &Pass) {
        let left_out = Pass {
            ticks: 0,
            elapsed: std::mem::take(&mut self.left_out),
            ..*pass
        };
        if !left_out.elapsed.is_zero() {
            self.go_on(&left_out);
        }
        self.take_from_sockets(pass);
        self.go_on(pass);
        if matches!(self.stage, Stage::Gone) {
            return;
        }
        self.send_states(pass);
        self.receivers.show(pass.now);
        self.rest = self.time_to_change(pass.now);
    }

    fn go_on(&mut self, pass: &Pass) {
        self.idle += pass.elapsed;
        match &mut self.stage {
            Stage::Live => self.play(pass),
            Stage::Ending | Stage::Gone => {}
            Stage::Rematching(offers) => offers.advance(pass.elapsed),
            Stage::Parting(left) => {
                *left = left.saturating_sub(pass.elapsed);
                if left.is_zero() {
                    self.stage = Stage::Gone;
                }
            }
            Stage::Over(offers) => {
                offers.advance(pass.elapsed);
                if offers.is_over() || !self.receivers.has_players() {
                    self.stage = Stage::Gone;
                }
            }
        }
    }

    /// Leaves a pass out, if nothing happens in it: a match of turns goes on by what its players send and by its
    /// clocks. Returns whether it was left out.
    pub(super) fn leave_out(&mut self, pass: &Pass) -> bool {
        let left_out = self.left_out + pass.elapsed;
        let can_wait = self.simulation.settled().tempo() == Tempo::Turns
            && (!self.is_dirty || !self.held.is_empty())
            && left_out < self.rest
            && !self.mailbox.has_waiting();
        if can_wait {
            self.left_out = left_out;
        }
        can_wait
    }

    /// How long nothing happens unless somebody sends something.
    fn time_to_change(&self, now: Duration) -> Duration {
        let clock = match &self.stage {
            Stage::Live => self.lifecycle.time_to_change().min(self.time_to_move()),
            Stage::Over(offers) | Stage::Rematching(offers) => offers.left(),
            Stage::Parting(left) => *left,
            Stage::Ending | Stage::Gone => Duration::MAX,
        };
        let idle = TURN_INTERVAL.saturating_sub(self.idle);
        clock.min(idle).min(self.receivers.time_to_show(now))
    }

    /// How long the computer still thinks, if it is to move.
    fn time_to_move(&self) -> Duration {
        let turn = self.simulation.settled().turn();
        let [first, second] = self.computers.each_ref().map(Option::is_some);
        let thinks = turn.is_some_and(|turn| turn.seat.of([first, second]));
        if thinks && self.lifecycle.is_running() {
            THINKING.saturating_sub(self.thinking)
        } else {
            Duration::MAX
        }
    }

    /// Takes what sockets have sent. Inputs come last: their sockets may have just joined.
    fn take_from_sockets(&mut self, pass: &Pass) {
        let mut inputs = std::mem::take(&mut self.inputs);
        let mut requests = std::mem::take(&mut self.requests);
        self.mailbox.take(&mut inputs, &mut requests);
        for request in requests.drain(..) {
            self.handle(request, pass);
        }
        self.requests = requests;
        self.take_inputs(&mut inputs, pass);
        self.inputs = inputs;
    }

    fn take_inputs(&mut self, inputs: &mut Vec<(u64, MatchInput)>, pass: &Pass) {
        for (from, input) in inputs.drain(..) {
            let Some((TableSeat::Player(own), _)) = self.receivers.find(from) else {
                continue;
            };
            self.note_activity(own, pass);
            let wanted = input.seat.map_or(own, Seat::from);
            if self.seats_of(own).any(|seat| seat == wanted) {
                self.simulation.take(wanted, &input);
            }
        }
    }

    /// Something came from a player.
    pub(super) fn note_activity(&mut self, seat: Seat, pass: &Pass) {
        if let Some(silence) = self.silence.get_mut(seat.index()) {
            *silence = Duration::ZERO;
        }
        if self.is_silent.get(seat.index()) == Some(&true) {
            self.come(seat, false, pass);
        }
    }

    fn play(&mut self, pass: &Pass) {
        if self.lifecycle.is_running() {
            self.played += pass.elapsed;
            self.miss_silent_players(pass);
        }
        let effects = self.lifecycle.advance(pass.elapsed);
        self.apply(effects, pass);
        match self.simulation.settled().tempo() {
            Tempo::Ticks => self.play_ticks(pass),
            Tempo::Turns => self.let_computer_move(pass),
        }
    }

    fn miss_silent_players(&mut self, pass: &Pass) {
        if self.simulation.settled().tempo() == Tempo::Turns {
            return;
        }
        for seat in Seat::BOTH {
            // Silence is what the clocks of the match count: a server that stood still has heard nobody.
            let Some(silence) = self.silence.get_mut(seat.index()) else {
                continue;
            };
            *silence += pass.elapsed;
            let is_long = *silence >= SILENCE;
            if is_long && self.receivers.player(seat).is_some() && !seat.of(self.is_silent) {
                if let Some(silent) = self.is_silent.get_mut(seat.index()) {
                    *silent = true;
                }
                self.go(seat, pass);
            }
        }
    }

    /// Plays the ticks of a pass, and sends the state after the last one.
    fn play_ticks(&mut self, pass: &Pass) {
        let mut sum: Option<TickReport> = None;
        for _ in 0..pass.ticks {
            if let Some(report) = self.tick(pass) {
                sum = Some(sum.map_or(report, |sum| sum.merged(report)));
            }
        }
        if let Some(sum) = sum {
            self.send_tick(&sum, pass);
        }
    }

    fn tick(&mut self, pass: &Pass) -> Option<TickReport> {
        if !self.lifecycle.is_running() {
            return None;
        }
        for (seat, computer) in Seat::BOTH.into_iter().zip(&mut self.computers) {
            if let Some(computer) = computer {
                let direction = computer.steer(self.simulation.live());
                self.simulation.set(seat, direction);
            }
        }
        let report = self.simulation.step();
        self.settle(&report, pass);
        Some(report)
    }

    fn settle(&mut self, report: &TickReport, pass: &Pass) {
        if !report.has_settled {
            return;
        }
        self.note_point(report.settled, pass);
        let facts = self.simulation.facts(report.settled);
        let effects = self.lifecycle.observe(facts);
        self.apply(effects, pass);
    }

    /// Lets the computer think, and move.
    fn let_computer_move(&mut self, pass: &Pass) {
        let Some(turn) = self.simulation.settled().turn() else {
            return;
        };
        let [first, second] = &mut self.computers;
        let computer = match turn.seat {
            Seat::First => first,
            Seat::Second => second,
        };
        let Some(computer) = computer.as_mut().filter(|_| self.lifecycle.is_running()) else {
            self.thinking = Duration::ZERO;
            return;
        };
        self.thinking += pass.elapsed;
        if self.thinking < THINKING || !self.held.is_empty() {
            return;
        }
        self.thinking = Duration::ZERO;
        let choice = computer.choose(self.simulation.settled());
        if let Ok(events) = self.simulation.act(turn.seat, &choice) {
            self.complete_move(events, None, pass);
        }
    }

    /// A move was played. It is answered and shown once it is saved.
    pub(super) fn complete_move(
        &mut self,
        events: StepEvents,
        to: Option<(Arc<dyn SeatSink>, Option<String>)>,
        pass: &Pass,
    ) {
        self.held.push(HeldAnswer {
            to,
            is_covered: false,
        });
        self.is_dirty = true;
        self.note_point(events, pass);
        let facts = self.simulation.facts(events);
        let effects = self.lifecycle.observe(facts);
        self.saving.request(pass.now);
        self.apply(effects, pass);
    }

    fn note_point(&mut self, events: StepEvents, pass: &Pass) {
        let Some(point) = events.point else {
            return;
        };
        let at = match self.simulation.settled().tempo() {
            // What is settled is a few ticks behind.
            Tempo::Ticks => TICK * point.tick,
            Tempo::Turns => self.played,
        };
        self.points.push(TimedPoint { point, at });
        self.saving.hurry(pass.now);
        self.send_point(point, pass);
    }

    fn send_tick(&mut self, report: &TickReport, pass: &Pass) {
        let is_key_frame = report.is_unpredictable || std::mem::take(&mut self.is_dirty);
        self.show(is_key_frame, report.changed, is_key_frame, pass);
    }

    /// Sends the state of a match that stands still, now and then and whenever it has changed.
    fn send_states(&mut self, pass: &Pass) {
        let tempo = self.simulation.settled().tempo();
        let is_ticking = self.lifecycle.is_running() && tempo == Tempo::Ticks;
        if (is_ticking && !self.is_dirty) || !self.held.is_empty() {
            return;
        }
        let interval = match tempo {
            Tempo::Ticks => IDLE_INTERVAL,
            Tempo::Turns => TURN_INTERVAL,
        };
        if self.is_dirty || self.idle >= interval {
            let has_changed = std::mem::take(&mut self.is_dirty);
            self.show(has_changed, [false; 2], has_changed, pass);
        }
    }

    /// Sends the live state to players, and keeps it for spectators.
    fn show(&mut self, is_key_frame: bool, changed: [bool; 2], is_kept: bool, pass: &Pass) {
        self.idle = Duration::ZERO;
        let (server_time, elapsed_ms) = self.clock.at(pass.now);
        let is_frozen = !self.lifecycle.is_running();
        let remaining_ms = self.remaining_ms();
        let Self {
            simulation,
            receivers,
            claimed,
            ..
        } = self;
        let (acks, directions) = (simulation.acks(), simulation.directions());
        let mut state = TickState::new(simulation.live(), server_time, elapsed_ms, claimed.epoch);
        state.keys = directions;
        state.frozen = is_frozen;
        state.changed = changed;
        state.is_key_frame = is_key_frame;
        state.remaining_ms = remaining_ms;
        receivers.send_state(&state, acks);
        receivers.keep(is_kept, || PastState {
            at: pass.now,
            play: simulation.live().fork(),
            server_time,
            elapsed_ms,
            directions,
            is_frozen,
        });
    }

    /// The time left for the move that is due.
    pub(super) fn remaining_ms(&self) -> Option<u32> {
        let left = self.lifecycle.turn_left()?;
        u32::try_from(left.as_millis()).ok()
    }
}
