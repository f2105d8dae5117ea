//! One match of a game, and who plays it.

use std::time::Duration;

use serde_json::Value;

use crate::{MatchOutcome, PointScored, Seat};

/// How a match goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tempo {
    /// By itself, at 60 ticks a second.
    Ticks,
    /// By moves in turn.
    Turns,
}

/// A move that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// Whose move it is.
    pub seat: Seat,
    /// The time for it.
    pub limit: Duration,
}

/// One match, without clock and I/O.
pub trait Play: Send {
    /// How it goes on.
    fn tempo(&self) -> Tempo;

    /// The number of ticks or moves so far.
    fn tick(&self) -> u32;

    /// The move that is due, in a game of turns.
    fn turn(&self) -> Option<Turn>;

    /// Takes a move in a game of turns.
    ///
    /// # Errors
    /// The move is malformed or not allowed.
    fn act(&mut self, seat: Seat, data: &Value) -> Result<StepEvents, MoveError>;

    /// Sets the direction (-1, 0 or 1) of a seat from the next tick on, in a game of ticks.
    fn steer(&mut self, seat: Seat, direction: i8);

    /// Goes on by one tick, in a game of ticks. Returns what happened.
    fn step(&mut self) -> StepEvents;

    /// A copy that is simulated ahead of this one. It has no record.
    fn fork(&self) -> Box<dyn Play>;

    /// Appends the state that players see, as a JSON object. `tick`, `hash` and what else every state frame
    /// has are not part of it.
    fn write_state(&self, out: &mut Vec<u8>);

    /// The state that players see, as JSON.
    fn state(&self) -> Value {
        let mut out = vec![];
        self.write_state(&mut out);
        serde_json::from_slice(&out).unwrap_or_default()
    }

    /// Appends the same in the compact binary form.
    fn encode(&self, out: &mut Vec<u8>);

    /// A hash of the visible state.
    fn state_hash(&self) -> u32;

    /// Whether it can be interrupted now without taking a chance from a player: no point is being played.
    fn is_between_points(&self) -> bool;

    /// Whether it counts. A player who leaves before that aborts it.
    fn has_begun(&self) -> bool;

    /// The points of both seats.
    fn score(&self) -> [u32; 2];

    /// Saves it: returns its snapshot, and appends what was recorded since the last call.
    fn save(&mut self, record: &mut Vec<u8>) -> Vec<u8>;

    /// Its whole record, ended here.
    fn record(&self) -> Vec<u8>;

    /// How it ended, if it has.
    fn outcome(&self) -> Option<MatchOutcome>;
}

/// What happened in a tick or by a move.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StepEvents {
    /// A point was scored.
    pub point: Option<PointScored>,
    /// This seat has answered what it was faced with: it returned the ball.
    pub returned: Option<Seat>,
    /// Something that a client cannot predict: a serve, a coin, a point.
    pub unpredictable: bool,
}

/// Why a move is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoveError {
    /// It is not a move of this game: this field is missing or wrong.
    Malformed(&'static str),
    /// It is another player's turn.
    NotYourTurn,
    /// The rules do not allow it, as this sentence tells.
    NotAllowed(&'static str),
}

/// What restores a match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SavedPlay {
    /// The last snapshot.
    pub snapshot: Vec<u8>,
    /// The whole record up to that snapshot.
    pub record: Vec<u8>,
}

/// A record that was played again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifiedRecord {
    /// The points at its end.
    pub score: [u32; 2],
    /// The ticks or moves that it holds.
    pub ticks: u32,
    /// The result, unless it ends before the match was decided: by a resignation or an absence.
    pub outcome: Option<MatchOutcome>,
    /// A hash of the state at its end.
    pub hash: u64,
}

/// How well a computer plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Strength {
    /// The skill, 0 to 1,000.
    pub skill: u16,
    /// The reaction time in milliseconds, if it is not that of the skill.
    pub reaction_ms: Option<u16>,
    /// The accuracy in percent, if it is not that of the skill.
    pub accuracy: Option<u8>,
}

impl From<u16> for Strength {
    fn from(skill: u16) -> Self {
        Self {
            skill,
            reaction_ms: None,
            accuracy: None,
        }
    }
}

/// A computer player. It learns of a match what players see of it.
pub trait Computer: Send {
    /// Its direction for the next tick, in a game of ticks.
    fn steer(&mut self, play: &dyn Play) -> i8;

    /// Its move, in a game of turns.
    fn choose(&mut self, play: &dyn Play) -> Value;
}
