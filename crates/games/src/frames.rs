//! The frames of states: JSON and compact forms, and which states are left out. The layout of the
//! compact forms is documented in `contract::match_frames`.

#[cfg(test)]
mod tests;

use std::io::Write;
use std::sync::OnceLock;

use kernel::{AppError, Timestamp};
use serde_json::Value;

use crate::Seat;
use crate::catalogue::Play;
use crate::port::{FrameForm, FrameRate, SeatSink, TableSeat};
use crate::send_pace::SendPace;

/// A compact frame with the state.
const KIND_STATE: u8 = 1;
/// A compact frame without it.
const KIND_KEYS: u8 = 2;
/// How many ticks may pass until a client that simulates the match is sent the state again.
const KEY_FRAME_TICKS: u32 = 30;

/// The state after a tick, encoded once for all who see it.
pub struct TickState<'a> {
    play: &'a dyn Play,
    /// The time of the server.
    pub server_time: Timestamp,
    /// Milliseconds since `joined.time_base`.
    pub elapsed_ms: u32,
    /// The epoch of the match.
    pub epoch: i64,
    /// The directions of both seats.
    pub keys: [i8; 2],
    /// Whether the match stands still.
    pub frozen: bool,
    /// In games of turns: the milliseconds left for the move.
    pub remaining_ms: Option<u32>,
    /// The seats whose direction has changed in this tick.
    pub changed: [bool; 2],
    /// Whether clients need the state itself: a serve, a coin, a point, a move, a correction, a stop.
    pub is_key_frame: bool,
    encoded: OnceLock<Vec<u8>>,
    json: OnceLock<String>,
    hash: OnceLock<u32>,
}

/// The last input of a seat that a state contains.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct InputAck {
    /// Its number.
    pub seq: u32,
    /// How many ticks early it came.
    pub lead: i8,
}

impl<'a> TickState<'a> {
    /// The state of a match at this time, in which nothing has changed. The table sets what has.
    #[must_use]
    pub fn new(play: &'a dyn Play, server_time: Timestamp, elapsed_ms: u32, epoch: i64) -> Self {
        Self {
            play,
            server_time,
            elapsed_ms,
            epoch,
            keys: [0; 2],
            frozen: false,
            remaining_ms: None,
            changed: [false; 2],
            is_key_frame: false,
            encoded: OnceLock::new(),
            json: OnceLock::new(),
            hash: OnceLock::new(),
        }
    }

    /// The number of ticks or moves so far.
    #[must_use]
    pub fn tick(&self) -> u32 {
        self.play.tick()
    }

    fn hash(&self) -> u32 {
        *self.hash.get_or_init(|| self.play.state_hash())
    }

    fn encoded(&self) -> &[u8] {
        self.encoded.get_or_init(|| {
            let mut bytes = Vec::with_capacity(32);
            self.play.encode(&mut bytes);
            bytes
        })
    }

    /// What a JSON frame has behind the fields of its receiver.
    fn json(&self) -> &str {
        self.json.get_or_init(|| {
            let game = self.play.state().to_string();
            let game = game.trim_start_matches('{');
            let separator = if game == "}" { "" } else { "," };
            let remaining = self
                .remaining_ms
                .map_or(String::new(), |left| format!(r#","remaining_ms":{left}"#));
            let time = serde_json::to_string(&self.server_time).unwrap_or_default();
            format!(
                r#""tick":{},"server_time":{time},"epoch":{},"keys":[{},{}],"frozen":{},"hash":{}{remaining}{separator}{game},"timestamp":{time}}}"#,
                self.tick(),
                self.epoch,
                self.keys[0],
                self.keys[1],
                self.frozen,
                self.hash(),
            )
        })
    }

    /// Whether the direction of another seat than this one has changed.
    fn changed_for(&self, seat: TableSeat) -> bool {
        match seat {
            TableSeat::Player(seat) => seat.other().of(self.changed),
            TableSeat::Spectator => self.changed.contains(&true),
        }
    }
}

/// Encodes the states of one receiver.
#[derive(Debug)]
pub struct FrameEncoder {
    form: FrameForm,
    seat: TableSeat,
    pace: SendPace,
    /// The tick of the last frame with the state; `None` if the next one must have it.
    keyed_at: Option<u32>,
    /// The directions in the last frame.
    keys: [i8; 2],
}

impl FrameEncoder {
    /// The encoder for one who has just joined.
    #[must_use]
    pub fn new(form: FrameForm, rate: FrameRate, seat: TableSeat) -> Self {
        Self {
            form,
            seat,
            pace: SendPace::new(rate),
            keyed_at: None,
            keys: [0; 2],
        }
    }

    /// Makes the next frame one with the state.
    pub fn request_state(&mut self) {
        self.keyed_at = None;
        self.pace.hurry();
    }

    /// Sends a state, unless it is left out. `buffer` is overwritten.
    pub fn send(
        &mut self,
        state: &TickState<'_>,
        ack: InputAck,
        buffer: &mut Vec<u8>,
        sink: &dyn SeatSink,
    ) {
        let changed = state.changed_for(self.seat);
        if !self
            .pace
            .is_due(state.elapsed_ms, state.is_key_frame, changed)
        {
            self.leave_out(state, ack);
            return;
        }
        let needs_state = self.needs_state(state);
        self.encode(state, ack, needs_state, buffer);
        let replaced = sink.state(buffer);
        if replaced && !needs_state {
            // What it follows was not sent.
            self.encode(state, ack, true, buffer);
            sink.state(buffer);
        }
        self.pace.sent(state.elapsed_ms, replaced);
    }

    /// A client that does not see a change of direction cannot go on by itself. It knows its own ones,
    /// unless they came late.
    fn leave_out(&mut self, state: &TickState<'_>, ack: InputAck) {
        let is_known = |seat: Seat| match self.seat {
            TableSeat::Player(own) => seat == own && ack.lead >= 0,
            TableSeat::Spectator => false,
        };
        let mut seats = Seat::BOTH.into_iter();
        let is_missed = |seat: Seat| seat.of(state.keys) != seat.of(self.keys) && !is_known(seat);
        if seats.any(is_missed) {
            self.keyed_at = None;
        }
    }

    fn needs_state(&self, state: &TickState<'_>) -> bool {
        let since = self.keyed_at.map(|at| state.tick().wrapping_sub(at));
        let is_recent = since.is_some_and(|ticks| ticks < KEY_FRAME_TICKS);
        self.form != FrameForm::Lockstep || state.is_key_frame || !is_recent
    }

    fn encode(
        &mut self,
        state: &TickState<'_>,
        ack: InputAck,
        with_state: bool,
        buffer: &mut Vec<u8>,
    ) {
        buffer.clear();
        self.keys = state.keys;
        if with_state {
            self.keyed_at = Some(state.tick());
        }
        match self.form {
            FrameForm::Json => write_json(state, ack, buffer),
            FrameForm::Binary | FrameForm::Lockstep => {
                write_compact(state, ack, with_state, buffer);
            }
        }
    }
}

/// The data of a JSON frame, for [`TableView`](contract::match_frames::TableView).
///
/// # Errors
/// The game's own state is no JSON object, which is a programming error.
pub fn state_data(state: &TickState<'_>, ack: InputAck) -> Result<Value, AppError> {
    let mut frame = vec![];
    write_json(state, ack, &mut frame);
    let mut frame: Value = serde_json::from_slice(&frame)?;
    Ok(frame.get_mut("data").map(Value::take).unwrap_or_default())
}

/// Encodes a whole state for those who watch. `buffer` is overwritten.
pub(crate) fn write_whole(state: &TickState<'_>, form: FrameForm, buffer: &mut Vec<u8>) {
    buffer.clear();
    match form {
        FrameForm::Json => write_json(state, InputAck::default(), buffer),
        FrameForm::Binary | FrameForm::Lockstep => {
            write_compact(state, InputAck::default(), true, buffer);
        }
    }
}

fn write_json(state: &TickState<'_>, ack: InputAck, buffer: &mut Vec<u8>) {
    let InputAck { seq, lead } = ack;
    let rest = state.json();
    // Writing to a vector does not fail.
    let _ = write!(
        buffer,
        r#"{{"type":"state","data":{{"seq":{seq},"lead":{lead},{rest}"#
    );
}

fn write_compact(state: &TickState<'_>, ack: InputAck, with_state: bool, buffer: &mut Vec<u8>) {
    let kind = if with_state { KIND_STATE } else { KIND_KEYS };
    buffer.extend([kind, bits(state)]);
    buffer.extend(&ack.seq.to_le_bytes()[..2]);
    buffer.extend(ack.lead.to_le_bytes());
    buffer.extend(&state.epoch.to_le_bytes()[..1]);
    buffer.extend(state.elapsed_ms.to_le_bytes());
    if with_state {
        buffer.extend(state.encoded());
    } else {
        buffer.extend(&state.tick().to_le_bytes()[..2]);
    }
    buffer.extend(state.hash().to_le_bytes());
}

fn bits(state: &TickState<'_>) -> u8 {
    let direction = |seat: Seat| match seat.of(state.keys) {
        ..0 => 0,
        0 => 1,
        1.. => 2_u8,
    };
    direction(Seat::First) | direction(Seat::Second) << 2 | u8::from(state.frozen) << 4
}
