//! What a game is.

use std::fmt;

use kernel::AppError;
use serde_json::{Map, Value};

use super::options::{self, GameOption, Wants};
use super::play::{Computer, Play, SavedPlay, Strength, Tempo, VerifiedRecord};
use crate::{MatchOutcome, Seat};

/// The option that makes a match count for the ratings.
const RANKED: &str = "ranked";

/// A game. A value per game, without state.
pub trait Game: Send + Sync {
    /// Its name in addresses.
    fn slug(&self) -> &'static str;

    /// How its matches go on.
    fn tempo(&self) -> Tempo;

    /// What the catalogue tells about it.
    fn info(&self) -> GameInfo;

    /// The options of its matches.
    fn options(&self) -> &'static [GameOption];

    /// Starts a match with checked options.
    ///
    /// # Errors
    /// The options are not those that [`check`](Self::check) returned.
    fn start(&self, options: &Value, seed: u64) -> Result<Box<dyn Play>, AppError>;

    /// Goes on with a match from what [`Play::save`] wrote.
    ///
    /// # Errors
    /// The snapshot and the record do not belong together, or are damaged.
    fn restore(&self, options: &Value, saved: &SavedPlay) -> Result<Box<dyn Play>, AppError>;

    /// A computer player for a seat.
    ///
    /// # Errors
    /// The options are not those that [`check`](Self::check) returned.
    fn computer(
        &self,
        options: &Value,
        seat: Seat,
        strength: Strength,
        seed: u64,
    ) -> Result<Box<dyn Computer>, AppError>;

    /// The states of the last ticks of a record, some ticks apart, each with the directions of both seats. A game of
    /// turns needs none: nothing moves in it.
    ///
    /// # Errors
    /// The record is damaged.
    fn last_states(&self, record: &[u8], span: TickSpan) -> Result<Vec<PlayedState>, AppError> {
        let _ = (record, span);
        Ok(vec![])
    }

    /// Plays a record again.
    ///
    /// # Errors
    /// The record is damaged.
    fn verify(&self, record: &[u8]) -> Result<VerifiedRecord, AppError>;

    /// The state of an adaptive level after a match of a human against it; `None` begins anew. By
    /// default it is the position of a level: the next one after a win, the one before after a loss.
    fn adapt(&self, state: Option<u32>, outcome: &MatchOutcome, human: Seat) -> Option<u32> {
        let levels = u32::try_from(self.info().levels.len()).unwrap_or(u32::MAX);
        let at = state.unwrap_or(levels / 2);
        Some(match outcome.winner {
            Some(winner) if winner == human => (at + 1).min(levels.saturating_sub(1)),
            Some(_) => at.saturating_sub(1),
            None => at,
        })
    }

    /// The skill of an adaptive level in this state.
    fn adapted_skill(&self, state: Option<u32>) -> u16 {
        let levels = self.info().levels;
        let at = state.and_then(|at| usize::try_from(at).ok());
        levels
            .get(at.unwrap_or(levels.len() / 2))
            .map_or(500, |level| level.skill)
    }

    /// The JSON schema of the options.
    fn options_schema(&self) -> Value {
        options::schema(self.options())
    }

    /// Checks the options of a match, and returns all of them, with the defaults of those that are not
    /// given.
    ///
    /// # Errors
    /// `games.options_invalid` with each option that is not valid.
    fn check(&self, given: &Map<String, Value>) -> Result<Value, AppError> {
        options::check(self.options(), given)
    }

    /// Reads what a queued player accepts; an option that is not given, or `any`, may have any value.
    ///
    /// # Errors
    /// `games.options_invalid` with each option that is not valid.
    fn wants(&self, given: &Map<String, Value>) -> Result<Wants, AppError> {
        options::wants(self.options(), given)
    }

    /// What both players accept, if they can agree on each option.
    fn meet(&self, one: Wants, other: Wants) -> Option<Wants> {
        options::meet(self.options(), one, other)
    }

    /// The options of a match of players who accept this.
    fn settle(&self, wants: Wants) -> Value {
        options::settle(self.options(), wants)
    }
}

/// The last ticks of a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TickSpan {
    /// How many.
    pub ticks: u32,
    /// How many from one state to the next.
    pub step: u32,
}

/// A state of a match, and the directions of both seats.
pub type PlayedState = (Box<dyn Play>, [i8; 2]);

/// Whether a match with these options counts for the ratings.
#[must_use]
pub fn is_ranked(options: &Value) -> bool {
    options.get(RANKED).and_then(Value::as_bool) == Some(true)
}

/// What the catalogue tells about a game.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GameInfo {
    /// Its title.
    pub title: &'static str,
    /// A sentence about it.
    pub description: &'static str,
    /// Whether matches can end in a draw.
    pub has_draws: bool,
    /// The levels of the computer, the weakest first.
    pub levels: Vec<ComputerLevel>,
}

/// A level of the computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComputerLevel {
    /// Its name on the wire.
    pub name: String,
    /// Its skill, 0 to 1,000.
    pub skill: u16,
}

impl fmt::Debug for dyn Game {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Game").field(&self.slug()).finish()
    }
}
