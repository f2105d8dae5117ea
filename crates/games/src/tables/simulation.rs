//! A match that is simulated twice: *settled*, which is recorded and counts, and *live*, a few ticks ahead of
//! it, which players see. A late input changes the live state from where it belongs.

#[cfg(test)]
mod tests;

use contract::match_frames::MatchInput;
use serde_json::Value;

use super::inputs::{InputTrack, InputWindow, LATE_TICKS};
use crate::Seat;
use crate::catalogue::{MoveError, Play, StepEvents, Tempo};
use crate::frames::InputAck;
use crate::rules::PlayFacts;

pub(super) struct Simulation {
    settled: Box<dyn Play>,
    /// Nothing where the settled state is the live one.
    live: Option<Box<dyn Play>>,
    inputs: [InputTrack; 2],
    /// The last tick of the live state, and of the settled one. They go on when the match has ended.
    live_tick: u32,
    settled_tick: u32,
    delay: u32,
    is_running: bool,
    /// An input came for a tick that was played already.
    is_outdated: bool,
    directions: [i8; 2],
    settled_directions: [i8; 2],
}

/// What a tick brought.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct TickReport {
    /// What happened in the settled state.
    pub(super) settled: StepEvents,
    /// Whether a tick was settled.
    pub(super) has_settled: bool,
    /// Whether clients need the live state.
    pub(super) is_unpredictable: bool,
    /// The seats whose direction has changed in the live state.
    pub(super) changed: [bool; 2],
}

impl TickReport {
    /// What this tick and the next one bring to clients.
    pub(super) fn merged(self, next: Self) -> Self {
        Self {
            is_unpredictable: self.is_unpredictable || next.is_unpredictable,
            changed: Seat::BOTH.map(|seat| seat.of(self.changed) || seat.of(next.changed)),
            ..next
        }
    }
}

impl Simulation {
    /// The simulation of a match. Inputs may come late if `is_remote`.
    pub(super) fn new(
        play: Box<dyn Play>,
        is_remote: bool,
        seqs: [u32; 2],
        steered: [bool; 2],
    ) -> Self {
        let delay = if is_remote && play.tempo() == Tempo::Ticks {
            LATE_TICKS
        } else {
            0
        };
        let tick = play.tick();
        Self {
            live: (delay > 0).then(|| play.fork()),
            inputs: Seat::BOTH.map(|seat| InputTrack::new(seat.of(seqs), seat.of(steered))),
            settled: play,
            live_tick: tick,
            settled_tick: tick,
            delay,
            is_running: false,
            is_outdated: false,
            directions: [0; 2],
            settled_directions: [0; 2],
        }
    }

    /// The state that players see.
    pub(super) fn live(&self) -> &dyn Play {
        self.live.as_deref().unwrap_or(&*self.settled)
    }

    /// The state that counts.
    pub(super) fn settled(&self) -> &dyn Play {
        &*self.settled
    }

    pub(super) fn settled_mut(&mut self) -> &mut dyn Play {
        &mut *self.settled
    }

    pub(super) const fn directions(&self) -> [i8; 2] {
        self.directions
    }

    /// The directions that players have asked for last, some of which may not be played yet.
    pub(super) fn newest_directions(&self) -> [i8; 2] {
        let [first, second] = &self.inputs;
        let [in_first, in_second] = self.directions;
        [
            first.newest_direction().unwrap_or(in_first),
            second.newest_direction().unwrap_or(in_second),
        ]
    }

    pub(super) fn acks(&self) -> [InputAck; 2] {
        let [first, second] = &self.inputs;
        [first.ack(), second.ack()]
    }

    pub(super) fn seqs(&self) -> [u32; 2] {
        let [first, second] = &self.inputs;
        [first.newest_seq(), second.newest_seq()]
    }

    pub(super) fn steered(&self) -> [bool; 2] {
        let [first, second] = &self.inputs;
        [first.has_steered(), second.has_steered()]
    }

    fn window(&self) -> InputWindow {
        InputWindow {
            settled: self.settled_tick,
            live: self.live_tick,
            is_running: self.is_running,
        }
    }

    fn track(&mut self, seat: Seat) -> &mut InputTrack {
        let [first, second] = &mut self.inputs;
        match seat {
            Seat::First => first,
            Seat::Second => second,
        }
    }

    /// Takes an input of a player.
    pub(super) fn take(&mut self, seat: Seat, input: &MatchInput) {
        let window = self.window();
        let placed = self.track(seat).take(input, window);
        self.is_outdated |= placed.is_some_and(|tick| tick <= window.live);
    }

    /// Sets the direction of a seat from the next tick on.
    pub(super) fn set(&mut self, seat: Seat, direction: i8) {
        let window = self.window();
        self.track(seat).set(direction, window);
    }

    /// Plays a move in a game of turns.
    pub(super) fn act(&mut self, seat: Seat, data: &Value) -> Result<StepEvents, MoveError> {
        let events = self.settled.act(seat, data)?;
        self.track(seat).note_steered();
        self.live_tick = self.settled.tick();
        self.settled_tick = self.live_tick;
        Ok(events)
    }

    /// Plays a tick.
    pub(super) fn step(&mut self) -> TickReport {
        self.is_running = true;
        self.live_tick += 1;
        let before = self.directions;
        let corrected = std::mem::take(&mut self.is_outdated);
        let mut report = TickReport::default();
        if let Some(mut live) = self.live.take() {
            if corrected {
                live = self.settled.fork();
                self.directions = self.settled_directions;
            }
            let from = if corrected {
                self.settled_tick + 1
            } else {
                self.live_tick
            };
            for tick in from..=self.live_tick {
                self.steer(&mut *live, tick);
                report.is_unpredictable |= live.step().unpredictable;
            }
            self.live = Some(live);
            report.is_unpredictable |= corrected;
        }
        self.settle(&mut report);
        report.changed = Seat::BOTH.map(|seat| seat.of(before) != seat.of(self.directions));
        report
    }

    /// Applies the inputs of a tick to the live state.
    fn steer(&mut self, live: &mut dyn Play, tick: u32) {
        for seat in Seat::BOTH {
            if let Some(slot) = self.track(seat).at(tick) {
                live.steer(seat, slot.direction);
                self.track(seat).acknowledge(slot);
                set(&mut self.directions, seat, slot.direction);
            }
        }
    }

    /// Settles the next tick, if it is due.
    fn settle(&mut self, report: &mut TickReport) {
        if self.settled_tick + self.delay >= self.live_tick {
            return;
        }
        self.settled_tick += 1;
        let tick = self.settled_tick;
        for seat in Seat::BOTH {
            if let Some(slot) = self.track(seat).settle(tick) {
                self.settled.steer(seat, slot.direction);
                set(&mut self.settled_directions, seat, slot.direction);
                if self.live.is_none() {
                    self.track(seat).acknowledge(slot);
                    set(&mut self.directions, seat, slot.direction);
                }
            }
        }
        report.settled = self.settled.step();
        report.has_settled = true;
        if self.live.is_none() {
            report.is_unpredictable = report.settled.unpredictable;
        }
    }

    /// Stops at the settled state: what was played ahead of it is void, and all keys are released.
    pub(super) fn freeze(&mut self) {
        if !std::mem::replace(&mut self.is_running, false) {
            return;
        }
        self.directions = [0; 2];
        self.settled_directions = [0; 2];
        for seat in Seat::BOTH {
            self.settled.steer(seat, 0);
            self.track(seat).clear();
        }
        self.live_tick = self.settled_tick;
        self.is_outdated = false;
        if self.live.is_some() {
            self.live = Some(self.settled.fork());
        }
    }

    /// What the settled state means for the states of the match.
    pub(super) fn facts(&self, events: StepEvents) -> PlayFacts {
        PlayFacts {
            tick: self.settled.tick(),
            is_between_points: self.settled.is_between_points(),
            returned: events.returned,
            score: self.settled.score(),
            has_begun: self.settled.has_begun(),
            turn: self.settled.turn(),
            outcome: self.settled.outcome(),
        }
    }
}

fn set(directions: &mut [i8; 2], seat: Seat, direction: i8) {
    let [first, second] = directions;
    *match seat {
        Seat::First => first,
        Seat::Second => second,
    } = direction;
}
