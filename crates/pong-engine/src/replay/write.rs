//! Records a match while it is played.

use super::{
    CHECK_EVERY, HEADER, INPUT_WAITS, MAGIC, OP_CHECK, OP_END, OP_SKIP, OP_WAIT, REPLAY_VERSION,
};
use crate::events::Events;
use crate::game::Match;
use crate::input::Inputs;
use crate::rules::{PHYSICS_VERSION, Rules};

/// A match that is recorded while it is played.
///
/// The record is written to anything that implements `Extend<u8>`, such as `Vec<u8>`. A minute of two
/// people playing takes about 350 bytes.
///
/// ```
/// use pong_engine::{Direction, Inputs, Recorder, Replay, Rules};
///
/// let mut recorder = Recorder::new(Rules::default(), 42, Vec::new());
/// for _ in 0..600 {
///     recorder.step(Inputs::new(Direction::Up, Direction::Down));
/// }
/// let (game, record) = recorder.finish();
/// assert_eq!(Replay::parse(&record)?.verify()?, game);
/// # Ok::<(), pong_engine::ReplayError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Recorder<S> {
    pub(super) game: Match,
    pub(super) sink: S,
    pub(super) cursor: u16,
    pub(super) inputs: Inputs,
}

impl<S: Extend<u8>> Recorder<S> {
    /// Creates a match and begins its record.
    pub fn new(rules: Rules, seed: u64, mut sink: S) -> Self {
        sink.extend(header(rules, seed));
        Self {
            game: Match::new(rules, seed),
            sink,
            cursor: 0,
            inputs: Inputs::default(),
        }
    }

    /// Plays and records one tick. A match that is over does not change any more.
    pub fn step(&mut self, inputs: Inputs) -> Events {
        if self.game.outcome().is_some() {
            return Events::NONE;
        }
        if inputs != self.inputs {
            self.record_inputs(inputs);
        }
        let events = self.game.step(inputs);
        if self.game.tick().is_multiple_of(CHECK_EVERY) {
            self.record_hash();
        }
        events
    }

    /// The match.
    pub fn game(&self) -> &Match {
        &self.game
    }

    /// The record so far, without an end; [`Self::resume`] continues it.
    pub fn record(&self) -> &S {
        &self.sink
    }

    /// Ends the record, whether or not the match is over, and returns both.
    pub fn finish(mut self) -> (Match, S) {
        self.close();
        (self.game, self.sink)
    }

    pub(super) fn close(&mut self) {
        self.skip();
        self.sink.extend([OP_END]);
        self.sink.extend(self.game.hash().to_le_bytes());
    }

    fn record_inputs(&mut self, inputs: Inputs) {
        // A skip is shorter than three waits.
        if self.gap() >= 3 * u16::from(INPUT_WAITS) {
            self.skip();
        }
        while self.gap() >= u16::from(INPUT_WAITS) {
            self.sink.extend([OP_WAIT]);
            self.cursor += u16::from(INPUT_WAITS);
        }
        self.sink
            .extend([inputs.code() * INPUT_WAITS + self.gap() as u8]);
        self.cursor = self.game.tick();
        self.inputs = inputs;
    }

    /// Ticks from the cursor to the current tick.
    fn gap(&self) -> u16 {
        self.game.tick() - self.cursor
    }

    fn record_hash(&mut self) {
        self.skip();
        self.sink.extend([OP_CHECK]);
        self.sink.extend((self.game.hash() as u32).to_le_bytes());
    }

    /// Moves the cursor to the current tick.
    fn skip(&mut self) {
        if self.gap() > 0 {
            self.sink.extend([OP_SKIP]);
            self.sink.extend(self.gap().to_le_bytes());
        }
        self.cursor = self.game.tick();
    }
}

fn header(rules: Rules, seed: u64) -> [u8; HEADER] {
    let [m0, m1, m2, m3] = MAGIC;
    let [speed, score_to_win, minutes, cool_mode] = rules.to_bytes();
    let [s0, s1, s2, s3, s4, s5, s6, s7] = seed.to_le_bytes();
    [
        m0,
        m1,
        m2,
        m3,
        REPLAY_VERSION,
        PHYSICS_VERSION,
        speed,
        score_to_win,
        minutes,
        cool_mode,
        s0,
        s1,
        s2,
        s3,
        s4,
        s5,
        s6,
        s7,
    ]
}
