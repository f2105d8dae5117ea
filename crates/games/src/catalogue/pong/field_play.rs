//! One match of Pong.

use pong_engine::{
    Ball, Direction, Ending, Event, Events, Inputs, Match, Paddle, PublicState, Recorder, Rules,
    SeenCoin, SeenEffect, Side, Sides,
};
use serde::Serialize;
use serde_json::Value;

use super::convert::{outcome, points, seat, side};
use crate::catalogue::play::{MoveError, Play, StepEvents, Tempo, Turn};
use crate::{MatchOutcome, PointScored, Seat};

/// Events that a client cannot compute from the keys and the last state.
const UNPREDICTABLE: [Event; 7] = [
    Event::Serve,
    Event::Point(Side::Left),
    Event::Point(Side::Right),
    Event::CoinAppeared,
    Event::Coin(Side::Left),
    Event::Coin(Side::Right),
    Event::End,
];

/// The state on the wire.
#[derive(Serialize)]
struct FieldView {
    ball: Ball,
    paddles: Sides<Paddle>,
    half_lengths: Sides<i16>,
    thickness: Sides<i16>,
    score: Sides<u8>,
    rally: u16,
    serve_in: Option<u8>,
    receiver: Side,
    ending: Option<Ending>,
    effect: Option<SeenEffect>,
    coin: Option<SeenCoin>,
}

impl FieldView {
    fn of(rules: Rules, seen: PublicState) -> Self {
        Self {
            ball: seen.ball(),
            paddles: Sides {
                left: seen.paddle(Side::Left),
                right: seen.paddle(Side::Right),
            },
            half_lengths: Sides {
                left: seen.half_length(rules, Side::Left),
                right: seen.half_length(rules, Side::Right),
            },
            thickness: Sides {
                left: seen.thickness(Side::Left),
                right: seen.thickness(Side::Right),
            },
            score: seen.score(),
            rally: seen.rally(),
            serve_in: seen.serve_in(),
            receiver: seen.receiver(),
            ending: seen.ending(),
            effect: seen.effect(),
            coin: seen.coin(),
        }
    }
}

/// A match of Pong.
pub(super) struct PongPlay {
    source: PlaySource,
    inputs: Inputs,
}

enum PlaySource {
    /// The match itself.
    Recorded {
        recorder: Recorder<Vec<u8>>,
        /// The length of the record that was saved.
        saved: usize,
    },
    /// A copy that runs ahead.
    Fork(Match),
}

impl PongPlay {
    pub(super) fn recorded(recorder: Recorder<Vec<u8>>, saved: usize) -> Self {
        Self {
            source: PlaySource::Recorded { recorder, saved },
            inputs: Inputs::default(),
        }
    }

    /// A copy of a match as it is.
    pub(super) fn fork_of(game: &Match, inputs: Inputs) -> Self {
        Self {
            source: PlaySource::Fork(game.clone()),
            inputs,
        }
    }

    fn game(&self) -> &Match {
        match &self.source {
            PlaySource::Recorded { recorder, .. } => recorder.game(),
            PlaySource::Fork(game) => game,
        }
    }

    fn play_tick(&mut self) -> Events {
        match &mut self.source {
            PlaySource::Recorded { recorder, .. } => recorder.step(self.inputs),
            PlaySource::Fork(game) => game.step(self.inputs),
        }
    }
}

impl Play for PongPlay {
    fn tempo(&self) -> Tempo {
        Tempo::Ticks
    }

    fn tick(&self) -> u32 {
        self.game().tick().into()
    }

    fn turn(&self) -> Option<Turn> {
        None
    }

    fn act(&mut self, _seat: Seat, _data: &Value) -> Result<StepEvents, MoveError> {
        Err(MoveError::NotAllowed("This game has no moves."))
    }

    fn steer(&mut self, seat: Seat, direction: i8) {
        let direction = Direction::along(direction.into());
        self.inputs = self.inputs.with(side(seat), direction);
    }

    fn step(&mut self) -> StepEvents {
        let rally = self.game().public().rally();
        let events = self.play_tick();
        let point = events.scorer().map(|scorer| PointScored {
            tick: self.tick(),
            seat: seat(scorer),
            rally: rally.into(),
        });
        let returned = Side::BOTH
            .into_iter()
            .find(|side| events.contains(Event::Hit(*side)));
        StepEvents {
            point,
            returned: returned.map(seat),
            unpredictable: UNPREDICTABLE
                .into_iter()
                .any(|event| events.contains(event)),
        }
    }

    fn fork(&self) -> Box<dyn Play> {
        Box::new(Self::fork_of(self.game(), self.inputs))
    }

    fn write_state(&self, out: &mut Vec<u8>) {
        // Writing to a vector cannot fail, and the state has string keys only.
        let _ = serde_json::to_writer(
            out,
            &FieldView::of(self.game().rules(), self.game().public()),
        );
    }

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.game().public().encode());
    }

    fn state_hash(&self) -> u32 {
        self.game().public().hash()
    }

    fn is_between_points(&self) -> bool {
        self.game().public().serve_in().is_some()
    }

    fn has_begun(&self) -> bool {
        self.score() != [0, 0]
    }

    fn score(&self) -> [u32; 2] {
        points(self.game().score())
    }

    fn save(&mut self, record: &mut Vec<u8>) -> Vec<u8> {
        if let PlaySource::Recorded { recorder, saved } = &mut self.source {
            let all = recorder.record();
            record.extend_from_slice(all.get(*saved..).unwrap_or_default());
            *saved = all.len();
        }
        self.game().snapshot().to_bytes().to_vec()
    }

    fn record(&self) -> Vec<u8> {
        match &self.source {
            PlaySource::Recorded { recorder, .. } => recorder.clone().finish().1,
            PlaySource::Fork(_) => Vec::new(),
        }
    }

    fn outcome(&self) -> Option<MatchOutcome> {
        self.game().outcome().map(outcome)
    }
}
