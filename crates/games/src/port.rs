//! The port between the tables, which run matches, and the sockets of players and spectators, which
//! may be connected to other nodes.

use std::borrow::Cow;
use std::sync::Arc;

use async_trait::async_trait;
use contract::catalogue::EventName;
use contract::invites::MatchId;
use contract::match_frames::{
    MatchCanceled, MatchChatSaid, MatchCountdown, MatchFinished, MatchInput, MatchPaused,
    MatchPoint, MatchRematch, MatchResumed, MatchSpectators, PlayerPresence, TableView,
};
use kernel::{AppError, Code};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::Seat;

/// Where a table sends what a player or spectator sees. It never waits.
pub trait SeatSink: Send + Sync {
    /// Replaces the state that waits to be sent by this frame, binary or JSON. Returns whether the earlier
    /// one had not been sent. The connection is woken at the end of the pass (`TableHost::pass_over`).
    fn state(&self, frame: &[u8]) -> bool;

    /// Sends a message, which is not lost.
    fn send(&self, message: &TableMessage);

    /// Answers a command.
    fn answer(&self, cid: Option<&str>, result: Result<(), ActionError>);

    /// Closes the socket after what was sent.
    fn close(&self, reason: TableClose);
}

/// Why a table closes a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TableClose {
    /// The same player has joined from another socket (4409).
    Replaced,
    /// The match is over, and nobody wants a rematch (4410).
    Ended,
    /// Nobody may watch the match, or too many do already (4403).
    NotWatchable,
    /// The node stops, or has lost the match (1012).
    Restarting,
}

/// Why a command has no effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActionError {
    /// It is no command of this game (4400). The reason names the field.
    Malformed(Cow<'static, str>),
    /// The rules do not allow it.
    Refused(&'static Code),
}

/// The form of the states that a client is sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FrameForm {
    /// JSON.
    #[default]
    Json,
    /// Compact, with the whole state.
    Binary,
    /// Compact, for clients that simulate the match themselves.
    Lockstep,
}

/// How often a client is sent states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FrameRate {
    /// So many a second: 60, 30 or 20.
    Fixed(u8),
    /// When something happens that the client cannot foresee, and ten times a second.
    Auto,
}

impl Default for FrameRate {
    fn default() -> Self {
        Self::Fixed(60)
    }
}

/// As whom somebody joins a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TableSeat {
    /// As a player.
    Player(Seat),
    /// To watch.
    Spectator,
}

/// Somebody who joins a table.
#[derive(Clone)]
pub struct JoinTable {
    /// The match.
    pub match_id: MatchId,
    /// As whom.
    pub seat: TableSeat,
    /// The form of the states they want.
    pub form: FrameForm,
    /// How often they want them.
    pub rate: FrameRate,
    /// Whether the socket was at the table of the node that gave the match up a moment ago.
    pub follows: bool,
    /// Where they are sent what they see.
    pub sink: Arc<dyn SeatSink>,
}

/// The tables that sockets can join: those of this node, or of another one.
pub trait MatchTables: Send + Sync {
    /// Joins a table, which sends [`TableMessage::Joined`] first. A player who has joined before is
    /// replaced.
    ///
    /// # Errors
    /// There is no such table here.
    fn join(&self, join: JoinTable) -> Result<Arc<dyn TableHandle>, AppError>;
}

/// The tables of this node.
#[async_trait]
pub trait LocalTables: MatchTables {
    /// Takes over a match that no node owns. False if it is over, or another node was faster.
    ///
    /// # Errors
    /// The database is unavailable.
    async fn claim(&self, id: MatchId) -> Result<bool, AppError>;
}

/// Matches as they were saved last, for those who wait until a node runs them.
#[async_trait]
pub trait SavedMatchViews: Send + Sync {
    /// A live match as it is seen from this seat; nothing if it has ended.
    ///
    /// # Errors
    /// The database is unavailable, or the journal is damaged.
    async fn view(&self, id: MatchId, seat: TableSeat) -> Result<Option<TableView>, AppError>;
}

/// What somebody at a table does. Dropping it leaves the table.
pub trait TableHandle: Send + Sync {
    /// Takes an input in a game of ticks. Those of spectators are ignored.
    fn input(&self, input: MatchInput);

    /// The client has sent something else than inputs.
    fn alive(&self);

    /// The node of the socket cannot be reached. Whatever comes from the client ends this. A table of another
    /// node is not told: it notices by itself.
    fn lost(&self) {}

    /// Executes a command. Its sink gets the answer.
    fn command(&self, command: TableCommand, cid: Option<String>);
}

/// A command of a player.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum TableCommand {
    /// A move in a game of turns, as the client sent it.
    Move(Value),
    /// The player is ready.
    Ready,
    /// Asks for a pause.
    Pause,
    /// Ends the pause.
    Resume,
    /// Gives the match up.
    Resign,
    /// Offers a rematch.
    RematchOffer,
    /// Accepts the offer.
    RematchAccept,
    /// Declines the offer.
    RematchDecline,
    /// Writes to the other player. Spectators can read it.
    Chat(String),
    /// Asks for the whole state (lockstep).
    Resync,
}

/// What a table tells those who have joined it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum TableMessage {
    /// The match as of now, for one who has just joined. The socket adds who plays, and the result.
    Joined(Box<TableView>),
    /// Play begins in a moment.
    Countdown(MatchCountdown),
    /// A point.
    Point(MatchPoint),
    /// The match stands still.
    Paused(MatchPaused),
    /// It goes on.
    Resumed(MatchResumed),
    /// It has a result.
    Finished(MatchFinished),
    /// It ended without a result.
    Canceled(MatchCanceled),
    /// A player is connected.
    PlayerJoined(PlayerPresence),
    /// A player is not connected any more.
    PlayerLeft(PlayerPresence),
    /// A player asks for a pause.
    PauseOffer(PlayerPresence),
    /// A player offers a rematch.
    RematchOffer(MatchRematch),
    /// A player declines a rematch.
    RematchDecline(MatchRematch),
    /// A rematch was accepted.
    RematchAccept(MatchRematch),
    /// A player wrote something.
    Chat(MatchChatSaid),
    /// The number of spectators.
    Spectators(MatchSpectators),
}

impl TableMessage {
    /// The name of its frame.
    #[must_use]
    pub const fn name(&self) -> EventName {
        match self {
            Self::Joined(_) => EventName::Joined,
            Self::Countdown(_) => EventName::Countdown,
            Self::Point(_) => EventName::Point,
            Self::Paused(_) => EventName::Paused,
            Self::Resumed(_) => EventName::Resumed,
            Self::Finished(_) => EventName::Finished,
            Self::Canceled(_) => EventName::Canceled,
            Self::PlayerJoined(_) => EventName::PlayerJoined,
            Self::PlayerLeft(_) => EventName::PlayerLeft,
            Self::PauseOffer(_) => EventName::PauseOffer,
            Self::RematchOffer(_) => EventName::RematchOffer,
            Self::RematchDecline(_) => EventName::RematchDecline,
            Self::RematchAccept(_) => EventName::RematchAccept,
            Self::Chat(_) => EventName::MatchChat,
            Self::Spectators(_) => EventName::Spectators,
        }
    }

    /// The data of its frame.
    ///
    /// # Errors
    /// It cannot be encoded, which is a programming error.
    pub fn data(&self) -> Result<Box<RawValue>, AppError> {
        Ok(match self {
            Self::Joined(data) => raw(data),
            Self::Countdown(data) => raw(data),
            Self::Point(data) => raw(data),
            Self::Paused(data) => raw(data),
            Self::Resumed(data) => raw(data),
            Self::Finished(data) => raw(data),
            Self::Canceled(data) => raw(data),
            Self::PlayerJoined(data) | Self::PlayerLeft(data) | Self::PauseOffer(data) => raw(data),
            Self::RematchOffer(data) | Self::RematchDecline(data) | Self::RematchAccept(data) => {
                raw(data)
            }
            Self::Chat(data) => raw(data),
            Self::Spectators(data) => raw(data),
        }?)
    }
}

fn raw(data: &impl Serialize) -> serde_json::Result<Box<RawValue>> {
    serde_json::value::to_raw_value(data)
}
