//! Who sees a match: its players at once, spectators with a delay, so that nobody can tell a player what the
//! opponent does.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use kernel::Timestamp;

use super::spectators::Spectators;
use crate::catalogue::Play;
use crate::frames::{FrameEncoder, InputAck, TickState};
use crate::port::{JoinTable, SeatSink, TableClose, TableMessage, TableSeat};
use crate::{MatchMode, Seat};

/// Spectators see every third tick, and many of them every sixth.
pub(super) const SPECTATOR_TICKS: u32 = 3;
/// How long spectators are shown nothing at most. Then they are shown the last state again: a match that has moved
/// to this node has nothing new that is old enough for them.
const SHOW_INTERVAL: Duration = Duration::from_millis(500);

/// The socket of a player.
pub(super) struct TableReceiver {
    pub(super) id: u64,
    sink: Arc<dyn SeatSink>,
    encoder: FrameEncoder,
}

impl TableReceiver {
    pub(super) fn new(id: u64, join: JoinTable) -> Self {
        Self {
            id,
            encoder: FrameEncoder::new(join.form, join.rate, join.seat),
            sink: join.sink,
        }
    }
}

/// How much later than the players spectators see a match.
pub(super) const fn spectator_delay(mode: MatchMode) -> Duration {
    match mode {
        MatchMode::Ranked => Duration::from_secs(3),
        MatchMode::Tournament => Duration::from_secs(5),
        _ => Duration::from_millis(500),
    }
}

/// Whether anybody but its players may see a match.
pub(super) const fn can_be_watched(mode: MatchMode) -> bool {
    !matches!(mode, MatchMode::Practice | MatchMode::Local)
}

/// A state as it was.
pub(super) struct PastState {
    pub(super) at: Duration,
    pub(super) play: Box<dyn Play>,
    pub(super) server_time: Timestamp,
    pub(super) elapsed_ms: u32,
    pub(super) directions: [i8; 2],
    pub(super) is_frozen: bool,
}

/// What spectators are shown later.
enum Delayed {
    State(PastState),
    Message(TableMessage),
}

/// The sockets at a table.
pub(super) struct Receivers {
    players: [Option<TableReceiver>; 2],
    spectators: Spectators,
    delay: Duration,
    /// Matches that nobody else may watch need no past.
    can_be_watched: bool,
    delayed: VecDeque<(Duration, Delayed)>,
    shown: PastState,
    /// When spectators were shown it.
    shown_at: Duration,
    /// The tick since the last state for spectators.
    skipped: u32,
    epoch: i64,
    buffer: Vec<u8>,
}

impl Receivers {
    /// No receivers yet. Those to come are shown a state, and the later ones when it is time for them.
    pub(super) fn new(
        mode: MatchMode,
        epoch: i64,
        shown: PastState,
        later: impl IntoIterator<Item = PastState>,
    ) -> Self {
        let delay = spectator_delay(mode);
        let delayed = later.into_iter();
        Self {
            players: [None, None],
            spectators: Spectators::default(),
            delay,
            can_be_watched: can_be_watched(mode),
            delayed: delayed
                .map(|state| (state.at + delay, Delayed::State(state)))
                .collect(),
            shown_at: shown.at,
            shown,
            skipped: 0,
            epoch,
            buffer: vec![],
        }
    }

    pub(super) fn player(&self, seat: Seat) -> Option<&TableReceiver> {
        let [first, second] = &self.players;
        match seat {
            Seat::First => first,
            Seat::Second => second,
        }
        .as_ref()
    }

    fn player_mut(&mut self, seat: Seat) -> &mut Option<TableReceiver> {
        let [first, second] = &mut self.players;
        match seat {
            Seat::First => first,
            Seat::Second => second,
        }
    }

    pub(super) fn has_players(&self) -> bool {
        self.players.iter().any(Option::is_some)
    }

    /// The state that spectators see now.
    pub(super) const fn shown(&self) -> &PastState {
        &self.shown
    }

    /// Seats a player, in place of the same player's earlier socket.
    pub(super) fn seat(&mut self, seat: Seat, receiver: TableReceiver) {
        let replaced = self.player_mut(seat).replace(receiver);
        if let Some(replaced) = replaced {
            replaced.sink.close(TableClose::Replaced);
        }
    }

    /// Lets a spectator in. Returns whether there is room.
    pub(super) fn watch(&mut self, id: u64, join: JoinTable) -> bool {
        self.can_be_watched && self.spectators.add(id, join)
    }

    /// A socket has gone. Returns the seat that is empty now.
    pub(super) fn remove(&mut self, id: u64) -> Option<Seat> {
        let is_theirs = |seat: &Seat| self.player(*seat).is_some_and(|player| player.id == id);
        let seat = Seat::BOTH.into_iter().find(is_theirs);
        if let Some(seat) = seat {
            *self.player_mut(seat) = None;
            return Some(seat);
        }
        self.spectators.remove(id);
        None
    }

    /// Where a socket is sent to.
    pub(super) fn find(&self, id: u64) -> Option<(TableSeat, &Arc<dyn SeatSink>)> {
        for seat in Seat::BOTH {
            if let Some(player) = self.player(seat).filter(|player| player.id == id) {
                return Some((TableSeat::Player(seat), &player.sink));
            }
        }
        let spectator = self.spectators.find(id);
        spectator.map(|sink| (TableSeat::Spectator, sink))
    }

    /// Sends the whole state to a player with the next frame. Spectators are always sent whole states.
    pub(super) fn request_state(&mut self, id: u64) {
        let mut players = self.players.iter_mut().flatten();
        if let Some(receiver) = players.find(|receiver| receiver.id == id) {
            receiver.encoder.request_state();
        }
    }

    /// Sends a message to the players, and later to spectators.
    pub(super) fn send(&mut self, message: TableMessage, now: Duration) {
        self.send_to_players(&message);
        if !self.spectators.is_empty() {
            self.delayed
                .push_back((now + self.delay, Delayed::Message(message)));
        }
    }

    pub(super) fn send_to_players(&self, message: &TableMessage) {
        let players = self.players.iter().flatten();
        players.for_each(|player| player.sink.send(message));
    }

    /// Sends a state to the players.
    pub(super) fn send_state(&mut self, state: &TickState<'_>, acks: [InputAck; 2]) {
        let (players, buffer) = (&mut self.players, &mut self.buffer);
        for (player, ack) in players.iter_mut().zip(acks) {
            if let Some(TableReceiver { encoder, sink, .. }) = player {
                encoder.send(state, ack, buffer, &**sink);
            }
        }
    }

    /// Keeps a state for spectators, if it is one that they will be shown.
    pub(super) fn keep(&mut self, is_key_frame: bool, state: impl FnOnce() -> PastState) {
        self.skipped += 1;
        let interval = if self.spectators.are_many() {
            SPECTATOR_TICKS * 2
        } else {
            SPECTATOR_TICKS
        };
        if self.can_be_watched && (is_key_frame || self.skipped >= interval) {
            self.skipped = 0;
            let state = state();
            let due = state.at + self.delay;
            self.delayed.push_back((due, Delayed::State(state)));
        }
    }

    /// Shows spectators what is due, or the last state again, and tells all how many they are.
    pub(super) fn show(&mut self, now: Duration) {
        if let Some(count) = self.spectators.count_to_tell(now) {
            self.send_to_players(&count);
            self.spectators.send(&count);
        }
        self.show_due(now);
        if now.saturating_sub(self.shown_at) >= SHOW_INTERVAL {
            self.show_state(now);
        }
    }

    /// How long there is nothing to show.
    pub(super) fn time_to_show(&self, now: Duration) -> Duration {
        let again = self.shown_at.saturating_add(SHOW_INTERVAL);
        let due = self.delayed.front().map_or(again, |(due, _)| *due);
        due.min(again).saturating_sub(now)
    }

    pub(super) fn show_due(&mut self, now: Duration) {
        while self.delayed.front().is_some_and(|(due, _)| *due <= now) {
            match self.delayed.pop_front() {
                Some((_, Delayed::State(state))) => {
                    self.shown = state;
                    self.show_state(now);
                }
                Some((_, Delayed::Message(message))) => self.spectators.send(&message),
                None => return,
            }
        }
    }

    fn show_state(&mut self, now: Duration) {
        self.shown_at = now;
        if self.spectators.is_empty() {
            return;
        }
        self.spectators.show(&self.shown.tick_state(self.epoch));
    }

    /// Closes all sockets. Spectators are shown all that is left of a match that has ended; of one that goes on
    /// elsewhere they will see it there.
    pub(super) fn close(&mut self, reason: TableClose) {
        if reason == TableClose::Ended {
            self.show_due(Duration::MAX);
        }
        let players = self.players.iter_mut().filter_map(Option::take);
        players
            .map(|player| player.sink)
            .chain(self.spectators.take_sinks())
            .for_each(|sink| sink.close(reason));
    }
}

impl PastState {
    /// The state as a frame tells it.
    pub(super) fn tick_state(&self, epoch: i64) -> TickState<'_> {
        let mut state = TickState::new(&*self.play, self.server_time, self.elapsed_ms, epoch);
        state.keys = self.directions;
        state.frozen = self.is_frozen;
        state
    }
}
