//! What happens at a table: sockets come and go, players command, the match changes its state and ends.

use std::sync::Arc;
use std::time::Duration;

use contract::match_frames::{MatchChatSaid, MatchPoint, PlayerPresence};
use kernel::{AppError, Code};
use serde_json::Value;

use super::receivers::TableReceiver;
use super::requests::TableRequest;
use super::shared::MatchEvent;
use super::table::{GameTable, Pass, Stage, TableTask};
use crate::catalogue::MoveError;
use crate::port::{
    ActionError, JoinTable, SeatSink, TableClose, TableCommand, TableMessage, TableSeat,
};
use crate::rules::{Lifecycle, LifecycleEffect};
use crate::{Error, MatchEnding, PointScored, Seat};

/// What a command leads to: an answer now, or later.
type Handled = Result<Answering, ActionError>;

enum Answering {
    Now,
    Later,
}

impl GameTable {
    pub(super) fn handle(&mut self, request: TableRequest, pass: &Pass) {
        match request {
            TableRequest::Join(id, join) => self.join(id, *join, pass),
            TableRequest::Leave(id) => {
                if let Some(seat) = self.receivers.remove(id) {
                    self.go(seat, pass);
                }
            }
            TableRequest::Command(from, command, cid) => {
                self.command(from, command, cid.as_deref(), pass);
            }
            TableRequest::Alive(from) => {
                if let Some((TableSeat::Player(own), _)) = self.receivers.find(from) {
                    self.note_activity(own, pass);
                }
            }
            TableRequest::Lost(id) => {
                if let Some((TableSeat::Player(own), _)) = self.receivers.find(id) {
                    self.lose(own, pass);
                }
            }
        }
    }

    /// Takes what happened outside of the thread.
    pub(super) fn take_event(&mut self, event: MatchEvent, pass: &Pass) {
        match event {
            MatchEvent::Lost => self.lose_match(),
            MatchEvent::Ended(conclusion) => self.conclude(conclusion, pass),
            MatchEvent::Rematch(seat, opened) => self.conclude_rematch(seat, opened, pass),
            MatchEvent::Chat {
                seat,
                from,
                cid,
                text,
            } => self.conclude_chat(seat, from, cid.as_deref(), text, pass),
        }
    }

    /// Another node has the match.
    pub(super) fn lose_match(&mut self) {
        tracing::warn!(match_id = %self.claimed.id, "match lost to another node");
        self.close(TableClose::Restarting);
    }

    fn join(&mut self, id: u64, join: JoinTable, pass: &Pass) {
        let (seat, sink, follows) = (join.seat, Arc::clone(&join.sink), join.follows);
        match seat {
            TableSeat::Player(own) => {
                self.receivers.seat(own, TableReceiver::new(id, join));
                self.greet(seat, &*sink, pass);
                self.note_activity(own, pass);
                self.come(own, follows, pass);
            }
            TableSeat::Spectator => {
                if self.receivers.watch(id, join) {
                    self.greet(seat, &*sink, pass);
                } else {
                    sink.close(TableClose::NotWatchable);
                }
            }
        }
    }

    fn greet(&mut self, seat: TableSeat, sink: &dyn SeatSink, pass: &Pass) {
        match self.view(seat, pass.now) {
            Ok(view) => sink.send(&TableMessage::Joined(Box::new(view))),
            Err(error) => {
                tracing::error!(?error, "state of a match not encoded");
                sink.close(TableClose::Restarting);
                return;
            }
        }
        let current = self.lifecycle.current();
        if let (TableSeat::Player(_), Some(current)) = (seat, current) {
            let message = self.lifecycle_message(current, self.number, pass.now);
            message.iter().for_each(|message| sink.send(message));
        }
    }

    /// A player is there, and was not away if their socket follows the match.
    pub(super) fn come(&mut self, own: Seat, follows: bool, pass: &Pass) {
        if let Some(silent) = self.is_silent.get_mut(own.index()) {
            *silent = false;
        }
        for seat in self.seats_of(own) {
            if !self.lifecycle.is_present(seat) {
                let number = self.next_number();
                let presence = PlayerPresence {
                    number,
                    seat: seat.into(),
                };
                self.send(TableMessage::PlayerJoined(presence), pass);
            }
            let effects = if follows {
                self.lifecycle.follow(seat)
            } else {
                self.lifecycle.join(seat)
            };
            self.apply(effects, pass);
        }
        self.show_playing(own);
        self.is_dirty = true;
    }

    /// A player is gone.
    pub(super) fn go(&mut self, own: Seat, pass: &Pass) {
        self.miss(own, Lifecycle::leave, pass);
    }

    /// The node of a player cannot be reached. Whatever comes from the player ends this.
    fn lose(&mut self, own: Seat, pass: &Pass) {
        if let Some(silent) = self.is_silent.get_mut(own.index()) {
            *silent = true;
        }
        self.miss(own, Lifecycle::lose, pass);
    }

    fn miss(
        &mut self,
        own: Seat,
        why: fn(&mut Lifecycle, Seat) -> Vec<LifecycleEffect>,
        pass: &Pass,
    ) {
        for seat in self.seats_of(own) {
            self.simulation.set(seat, 0);
            let was_present = self.lifecycle.is_present(seat);
            let effects = why(&mut self.lifecycle, seat);
            if was_present {
                let number = self.next_number();
                let presence = PlayerPresence {
                    number,
                    seat: seat.into(),
                };
                self.send(TableMessage::PlayerLeft(presence), pass);
            }
            self.apply(effects, pass);
        }
        self.saving.hurry(pass.now);
    }

    fn command(&mut self, from: u64, command: TableCommand, cid: Option<&str>, pass: &Pass) {
        let Some((seat, sink)) = self.receivers.find(from) else {
            return;
        };
        let sink = Arc::clone(sink);
        if command == TableCommand::Resync {
            self.receivers.request_state(from);
            return sink.answer(cid, Ok(()));
        }
        let TableSeat::Player(own) = seat else {
            return sink.answer(cid, Err(refused(Error::NotAPlayer)));
        };
        self.note_activity(own, pass);
        match self.execute(own, from, command, cid, pass) {
            Ok(Answering::Later) => {}
            Ok(Answering::Now) => sink.answer(cid, Ok(())),
            Err(error) => sink.answer(cid, Err(error)),
        }
    }

    fn execute(
        &mut self,
        own: Seat,
        from: u64,
        command: TableCommand,
        cid: Option<&str>,
        pass: &Pass,
    ) -> Handled {
        let effects = match command {
            TableCommand::Move(data) => return self.act(own, from, &data, cid, pass),
            TableCommand::Chat(text) => {
                self.tasks
                    .push(TableTask::Chat(own, from, text, cid.map(str::to_owned)));
                return Ok(Answering::Later);
            }
            TableCommand::RematchOffer
            | TableCommand::RematchAccept
            | TableCommand::RematchDecline => {
                let answered = self.rematch(pass, |offers| match command {
                    TableCommand::RematchOffer => offers.offer(own),
                    TableCommand::RematchAccept => offers.accept(own),
                    _ => offers.decline(own),
                });
                return answered.map(|()| Answering::Now).map_err(refused);
            }
            TableCommand::Ready => {
                let seats: Vec<Seat> = self.seats_of(own).collect();
                let ready = seats
                    .into_iter()
                    .flat_map(|seat| self.lifecycle.ready(seat));
                ready.collect()
            }
            TableCommand::Pause => self.lifecycle.pause(own).map_err(refused)?,
            TableCommand::Resume => self.lifecycle.resume(own).map_err(refused)?,
            TableCommand::Resign => self.lifecycle.resign(own).map_err(refused)?,
            TableCommand::Resync => vec![],
        };
        self.apply(effects, pass);
        self.saving.hurry(pass.now);
        Ok(Answering::Now)
    }

    fn act(
        &mut self,
        own: Seat,
        from: u64,
        data: &Value,
        cid: Option<&str>,
        pass: &Pass,
    ) -> Handled {
        let turn = self.simulation.settled().turn().map(|turn| turn.seat);
        let seat = self.seats_of(own).find(|seat| Some(*seat) == turn);
        let seat = seat.unwrap_or(own);
        if !self.lifecycle.is_running() {
            // What is no move at all is never one.
            let tried = self.simulation.settled().fork().act(seat, data);
            return Err(match tried {
                Err(error @ MoveError::Malformed(_)) => refused_move(error),
                _ => refused(Error::NotNow),
            });
        }
        let events = self.simulation.act(seat, data).map_err(refused_move)?;
        let to = self.receivers.find(from).map(|(_, sink)| Arc::clone(sink));
        self.complete_move(events, to.map(|sink| (sink, cid.map(str::to_owned))), pass);
        Ok(Answering::Later)
    }

    /// A text may be shown, or not.
    fn conclude_chat(
        &mut self,
        seat: Seat,
        from: u64,
        cid: Option<&str>,
        text: Result<String, AppError>,
        pass: &Pass,
    ) {
        let answered = match text {
            Ok(content) => {
                let number = self.next_number();
                let said = MatchChatSaid {
                    number,
                    seat: seat.into(),
                    content,
                };
                self.send(TableMessage::Chat(said), pass);
                Ok(())
            }
            Err(error) => Err(ActionError::Refused(error.code())),
        };
        if let Some((_, sink)) = self.receivers.find(from) {
            sink.answer(cid, answered);
        }
    }

    pub(super) fn send_point(&mut self, point: PointScored, pass: &Pass) {
        let message = MatchPoint {
            number: self.next_number(),
            seat: point.seat.into(),
            tick: point.tick,
            rally: point.rally,
            score: self.simulation.settled().score(),
        };
        self.send(TableMessage::Point(message), pass);
    }

    /// Lets the effects of the states of the match happen.
    pub(super) fn apply(&mut self, effects: Vec<LifecycleEffect>, pass: &Pass) {
        for effect in effects {
            if !self.lifecycle.is_running() {
                self.simulation.freeze();
            }
            self.is_dirty = true;
            self.saving.hurry(pass.now);
            match effect {
                LifecycleEffect::Started => {
                    self.silence = [Duration::ZERO; 2];
                    let (wall, _) = self.clock.at(pass.now);
                    self.tasks.push(TableTask::NoteStart(wall));
                }
                LifecycleEffect::Resumed => self.resume(),
                LifecycleEffect::Countdown { .. } => self.carried = None,
                LifecycleEffect::Ended(ending) => self.end(ending),
                _ => {}
            }
            if let Some(message) = self.lifecycle_message(effect, self.number + 1, pass.now) {
                self.number += 1;
                self.send(message, pass);
            }
        }
    }

    /// Play goes on: at once after a hand-over, so that keys that were held still are.
    fn resume(&mut self) {
        self.silence = [Duration::ZERO; 2];
        let Some(directions) = self.carried.take() else {
            return;
        };
        for (seat, direction) in Seat::BOTH.into_iter().zip(directions) {
            self.simulation.set(seat, direction);
        }
    }

    fn end(&mut self, ending: MatchEnding) {
        self.stage = Stage::Ending;
        let ended = Box::new(self.ended(ending));
        self.tasks.push(TableTask::End(ended));
    }

    pub(super) fn next_number(&mut self) -> u32 {
        self.number += 1;
        self.number
    }

    pub(super) fn send(&mut self, message: TableMessage, pass: &Pass) {
        self.receivers.send(message, pass.now);
    }
}

fn refused_move(error: MoveError) -> ActionError {
    match error {
        MoveError::Malformed(field) => ActionError::Malformed(field.into()),
        MoveError::NotYourTurn => refused(Error::NotYourTurn),
        MoveError::NotAllowed(_) => refused(Error::MoveNotAllowed),
    }
}

fn refused(error: Error) -> ActionError {
    let code: &'static Code = error.code();
    ActionError::Refused(code)
}
