//! The port between the tables, which run matches, and the database.

use std::time::Duration;

use async_trait::async_trait;
use contract::invites::MatchId;
use kernel::{AppError, Timestamp, UserId};
use serde_json::Value;

use crate::{MatchEnding, MatchMode, TimedPoint};

/// Stores the matches that a node runs.
#[async_trait]
pub trait MatchStore: Send + Sync {
    /// Takes a match over. Nothing if it has ended or a living node runs it.
    ///
    /// # Errors
    /// Only if the database fails.
    async fn claim(&self, id: MatchId) -> Result<Option<ClaimedMatch>, AppError>;

    /// Saves the state of matches. Returns those that this node has lost, of which nothing is saved.
    ///
    /// # Errors
    /// Only if the database fails.
    async fn save_heads(&self, heads: Vec<MatchHead>) -> Result<Vec<MatchId>, AppError>;

    /// Saves the state of matches and gives them up, so that any node can take them over at once.
    ///
    /// # Errors
    /// Only if the database fails.
    async fn release(&self, heads: Vec<MatchHead>) -> Result<(), AppError>;

    /// Stores how a match ended, and all that follows from it. Repeating it returns the same conclusion.
    /// Nothing if this node has lost the match.
    ///
    /// # Errors
    /// Only if the database fails.
    async fn end(&self, ended: EndedMatch) -> Result<Option<MatchConclusion>, AppError>;

    /// Stores when play began. Returns whether this node still runs the match.
    ///
    /// # Errors
    /// Only if the database fails.
    async fn note_start(&self, id: MatchId, epoch: i64, at: Timestamp) -> Result<bool, AppError>;
}

/// A match that this node runs from now on.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimedMatch {
    /// Its id.
    pub id: MatchId,
    /// Its epoch, which fences all writes.
    pub epoch: i64,
    /// The game.
    pub game: String,
    /// Where it comes from.
    pub mode: MatchMode,
    /// All options of the game.
    pub options: Value,
    /// The seed of its chance.
    pub seed: u64,
    /// Who plays, by seat.
    pub players: [TablePlayer; 2],
    /// What it goes on from; nothing if it was never run.
    pub head: Option<SavedMatch>,
    /// How long ago its state was saved by an earlier owner, or it was created.
    pub ownerless: Duration,
}

/// Who plays a seat at a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TablePlayer {
    /// A user.
    User(UserId),
    /// The computer.
    Computer {
        /// Its skill, 0 to 1,000.
        skill: u16,
        /// Its reaction time, if it does not follow from the skill.
        reaction_ms: Option<u16>,
        /// Its accuracy in percent, if it does not follow from the skill.
        accuracy: Option<u8>,
    },
    /// A second player at the keyboard of the user in the other seat.
    Local,
}

/// The state of a match to be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchHead {
    /// The match.
    pub id: MatchId,
    /// The epoch of its owner, who writes this.
    pub epoch: i64,
    /// The tick of the snapshot.
    pub tick: u32,
    /// The snapshot.
    pub snapshot: Vec<u8>,
    /// The record since the last chunk.
    pub tail: Vec<u8>,
    /// Phase, clocks and budgets.
    pub lifecycle: String,
    /// The points so far.
    pub points: String,
    /// The last input of each seat.
    pub seqs: [u32; 2],
    /// A new chunk of the record, which precedes the tail.
    pub chunk: Option<Vec<u8>>,
    /// How many chunks were saved before, and so the number of the new one.
    pub chunks: u32,
}

/// What a match goes on from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedMatch {
    /// The tick of the snapshot.
    pub tick: u32,
    /// The snapshot.
    pub snapshot: Vec<u8>,
    /// The whole record up to it.
    pub record: Vec<u8>,
    /// Phase, clocks and budgets.
    pub lifecycle: String,
    /// The points so far.
    pub points: String,
    /// The last input of each seat.
    pub seqs: [u32; 2],
    /// How many chunks are saved.
    pub chunks: u32,
    /// How many bytes at the end of the record are in no chunk.
    pub tail_len: usize,
}

impl SavedMatch {
    /// The end of the record that is in no chunk: each owner saves it until it is in one.
    pub(crate) fn tail(&self) -> &[u8] {
        let start = self.record.len().saturating_sub(self.tail_len);
        self.record.get(start..).unwrap_or_default()
    }

    /// Whether the match was ever run. If not, its row is empty.
    pub(crate) fn was_run(&self) -> bool {
        !self.lifecycle.is_empty()
    }
}

/// How a match ended, from the simulation.
#[derive(Debug, Clone, PartialEq)]
pub struct EndedMatch {
    /// The match.
    pub id: MatchId,
    /// The epoch of its owner, who writes this.
    pub epoch: i64,
    /// How it ended.
    pub ending: MatchEnding,
    /// Its whole record.
    pub record: Vec<u8>,
    /// Its points in their order.
    pub points: Vec<TimedPoint>,
    /// How long was played, pauses not counted.
    pub played: Duration,
    /// Who gave any input, by seat.
    pub steered: [bool; 2],
    /// The ticks or moves.
    pub ticks: u32,
    /// The most hits of a rally.
    pub longest_rally: u32,
}

/// What followed from the end of a match.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MatchConclusion {
    /// The ratings that changed, by seat.
    pub rating_changes: [Option<RatingChange>; 2],
    /// Whether there is a replay.
    pub replay: bool,
}

/// The rating of a player before and after a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RatingChange {
    /// Before the match.
    pub before: i32,
    /// After the match.
    pub after: i32,
}
