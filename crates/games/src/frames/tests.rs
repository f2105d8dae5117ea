use std::sync::Mutex;

use serde_json::json;

use super::*;
use crate::MatchOutcome;
use crate::catalogue::{MoveError, StepEvents, Tempo, Turn};
use crate::port::{ActionError, TableClose, TableMessage};

#[derive(Clone)]
struct Fake(u32);

impl Play for Fake {
    fn tempo(&self) -> Tempo {
        Tempo::Ticks
    }
    fn tick(&self) -> u32 {
        self.0
    }
    fn turn(&self) -> Option<Turn> {
        None
    }
    fn act(&mut self, _: Seat, _: &Value) -> Result<StepEvents, MoveError> {
        Ok(StepEvents::default())
    }
    fn steer(&mut self, _: Seat, _: i8) {}
    fn step(&mut self) -> StepEvents {
        self.0 += 1;
        StepEvents::default()
    }
    fn fork(&self) -> Box<dyn Play> {
        Box::new(self.clone())
    }
    fn write_state(&self, out: &mut Vec<u8>) {
        out.extend(br#"{"ball":7}"#);
    }
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend([9; 24]);
    }
    fn state_hash(&self) -> u32 {
        0xAABB_CCDD
    }
    fn is_between_points(&self) -> bool {
        false
    }
    fn has_begun(&self) -> bool {
        true
    }
    fn score(&self) -> [u32; 2] {
        [0; 2]
    }
    fn save(&mut self, _: &mut Vec<u8>) -> Vec<u8> {
        vec![]
    }
    fn record(&self) -> Vec<u8> {
        vec![]
    }
    fn outcome(&self) -> Option<MatchOutcome> {
        None
    }
}

/// Keeps the frames; each replaces the one before if `is_slow`.
#[derive(Default)]
struct Kept {
    frames: Mutex<Vec<Vec<u8>>>,
    is_slow: bool,
}

impl SeatSink for Kept {
    fn state(&self, frame: &[u8]) -> bool {
        self.frames.lock().unwrap().push(frame.to_vec());
        self.is_slow
    }
    fn send(&self, _: &TableMessage) {}
    fn answer(&self, _: Option<&str>, _: Result<(), ActionError>) {}
    fn close(&self, _: TableClose) {}
}

const FIRST: TableSeat = TableSeat::Player(Seat::First);

/// The frames of a second of play, changed by `change` before each tick is sent.
fn second(
    encoder: &mut FrameEncoder,
    sink: &Kept,
    from: u32,
    change: impl Fn(u32, &mut TickState<'_>),
) -> Vec<Vec<u8>> {
    let mut buffer = vec![];
    for tick in from..from + 60 {
        let play = Fake(tick);
        let time = Timestamp::from_micros(0);
        let mut state = TickState::new(&play, time, tick * 50 / 3, 0x1_02);
        change(tick, &mut state);
        encoder.send(&state, InputAck { seq: 5, lead: 1 }, &mut buffer, sink);
    }
    std::mem::take(&mut *sink.frames.lock().unwrap())
}

fn nothing(_: u32, _: &mut TickState<'_>) {}

#[test]
fn json_has_the_fields_of_receiver_state_and_game() {
    let mut encoder = FrameEncoder::new(FrameForm::Json, FrameRate::Fixed(60), FIRST);
    let frames = second(&mut encoder, &Kept::default(), 0, |_, state| {
        state.keys = [-1, 1];
    });
    assert_eq!(frames.len(), 60);
    let frame: Value = serde_json::from_slice(&frames[3]).unwrap();
    assert_eq!(
        frame,
        json!({"type": "state", "timestamp": "1970-01-01T00:00:00.000000Z", "data": {
            "seq": 5, "lead": 1, "tick": 3, "server_time": "1970-01-01T00:00:00.000000Z",
            "epoch": 258, "keys": [-1, 1], "frozen": false, "hash": 0xAABB_CCDD_u32, "ball": 7
        }})
    );
}

#[test]
fn binary_has_the_documented_layout() {
    let mut encoder = FrameEncoder::new(FrameForm::Binary, FrameRate::Fixed(60), FIRST);
    let frames = second(&mut encoder, &Kept::default(), 60, |_, state| {
        state.keys = [-1, 1];
        state.frozen = true;
    });
    let head = [1, 0b1_1000, 5, 0, 1, 2, 0xE8, 3, 0, 0];
    assert_eq!(
        frames[0],
        [&head[..], &[9; 24], &[0xDD, 0xCC, 0xBB, 0xAA]].concat()
    );
}

#[test]
fn lockstep_sends_the_state_where_a_client_cannot_know_it() {
    let mut encoder = FrameEncoder::new(FrameForm::Lockstep, FrameRate::Fixed(60), FIRST);
    let sink = Kept::default();
    let frames = second(&mut encoder, &sink, 0, |tick, state| {
        state.is_key_frame = tick == 10;
    });
    let kinds = |frames: &[Vec<u8>]| -> Vec<usize> {
        let keyed = frames.iter().enumerate().filter(|(_, frame)| frame[0] == 1);
        keyed.map(|(at, _)| at).collect()
    };
    assert_eq!(kinds(&frames), [0, 10, 40]);
    assert_eq!(
        frames[41],
        [
            2, 0b101, 5, 0, 1, 2, 0xAB, 2, 0, 0, 41, 0, 0xDD, 0xCC, 0xBB, 0xAA
        ]
    );
    encoder.request_state();
    assert_eq!(kinds(&second(&mut encoder, &sink, 60, nothing)), [0, 30]);
}

#[test]
fn lockstep_repeats_a_frame_with_the_state_if_the_one_before_was_replaced() {
    let mut encoder = FrameEncoder::new(FrameForm::Lockstep, FrameRate::Fixed(60), FIRST);
    let sink = Kept {
        is_slow: true,
        ..Kept::default()
    };
    let frames = second(&mut encoder, &sink, 0, nothing);
    assert!(
        frames
            .chunks_exact(2)
            .skip(1)
            .all(|pair| pair[0][0] == 2 || pair[1][0] == 2),
        "{frames:?}"
    );
    assert_eq!(frames.last().unwrap()[0], 1);
}

#[test]
fn auto_sends_what_the_other_player_does_and_ten_states_a_second() {
    let mut encoder = FrameEncoder::new(FrameForm::Lockstep, FrameRate::Auto, FIRST);
    let sink = Kept::default();
    let quiet = second(&mut encoder, &sink, 0, nothing).len();
    assert!((9..=11).contains(&quiet), "{quiet}");
    let busy = second(&mut encoder, &sink, 60, |tick, state| {
        state.changed = [tick % 6 == 3, tick % 20 == 3];
        state.keys = [i8::from(tick % 12 < 6), i8::from(tick % 40 < 20)];
    });
    assert!((11..=14).contains(&busy.len()), "{}", busy.len());
}
