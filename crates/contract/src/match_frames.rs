//! Frames of `/ws/game/{match_id}/`.
//!
#![doc = include_str!("compact_frames.md")]

use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use validator::Validate;

use crate::game_states::GameState;
use crate::invites::MatchId;
use crate::matches::{MatchOrigin, MatchPlayer};

/// The description of compact frames, in Markdown.
pub const COMPACT_FRAMES: &str = include_str!("compact_frames.md");

/// A seat of a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SeatName {
    /// Left in Pong, `X` in tic-tac-toe.
    First,
    /// Right in Pong, `O` in tic-tac-toe.
    Second,
}

/// The phase of a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MatchPhase {
    /// Waiting for the players.
    Open,
    /// Play begins in a moment.
    Countdown,
    /// Being played.
    Playing,
    /// Paused by a player or by both.
    Paused,
    /// A player is absent.
    Interrupted,
    /// Its server was lost; another one takes over.
    Recovering,
    /// It has a result.
    Finished,
    /// It ended without a result.
    Canceled,
}

/// The event `joined`: the match as of now, the first frame after `hello`, and again when the match
/// has moved to another server.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct MatchJoined {
    /// The match.
    #[schema(value_type = String, format = Uuid)]
    pub match_id: MatchId,
    /// The game.
    pub game: String,
    /// Where the match comes from.
    pub mode: MatchOrigin,
    /// The seat of the current user; `null` for spectators.
    #[schema(required)]
    pub seat: Option<SeatName>,
    /// The current user as a player; `null` for spectators.
    #[schema(required)]
    pub you: Option<MatchPlayer>,
    /// The other player; `null` for spectators.
    #[schema(required)]
    pub opponent: Option<MatchPlayer>,
    /// Both players, in the order of their seats.
    #[schema(min_items = 2, max_items = 2)]
    pub players: Vec<MatchPlayer>,
    /// All options of the game.
    #[schema(value_type = Object)]
    pub options: Value,
    /// What the server that runs the match knows.
    #[serde(flatten)]
    pub table: TableView,
    /// The result, once the match has one.
    #[schema(required)]
    pub result: Option<MatchFinished>,
}

/// A match as of now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TableView {
    /// Number of the server that runs the match. Frames of an earlier one are void.
    pub epoch: i64,
    /// Ticks per second; 0 in games of turns.
    #[schema(example = 60)]
    pub tick_rate: u32,
    /// Time of the server.
    pub server_time: Timestamp,
    /// The time from which compact frames count milliseconds.
    pub time_base: Timestamp,
    /// The phase.
    pub phase: MatchPhase,
    /// The points of both seats.
    pub score: [u32; 2],
    /// Whether the players of both seats are connected.
    pub present: [bool; 2],
    /// The last event of the match; those that follow have higher numbers.
    pub number: u32,
    /// The state: the data of a `state` frame; `null` once the match is over.
    #[schema(value_type = Option<MatchStateFrame>, required)]
    pub state: Value,
}

/// The event `state`, with the fields of the game.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "tick": 2, "server_time": "2026-01-31T12:00:00.000000Z", "seq": 0, "lead": 0, "epoch": 1,
    "keys": [0, 0], "frozen": false, "hash": 37_931_229, "remaining_ms": 18_000,
    "board": "X___O____", "turn": "X", "winner": null, "line": null, "game": 1, "games": 1,
    "score": [0, 0], "previous": null
}))]
pub struct MatchStateFrame {
    /// The number of ticks or moves so far.
    pub tick: u32,
    /// Time of the server.
    pub server_time: Timestamp,
    /// The last input of the current user that it contains.
    pub seq: u32,
    /// How many ticks early that input came.
    pub lead: i8,
    /// Number of the server that runs the match.
    pub epoch: i64,
    /// The directions of both seats.
    pub keys: [i8; 2],
    /// Whether the match stands still.
    pub frozen: bool,
    /// The hash of the state.
    pub hash: u32,
    /// In games of turns: the milliseconds left for the move.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remaining_ms: Option<u32>,
    /// The fields of the game.
    #[serde(flatten)]
    pub game: GameState,
}

/// Why a countdown runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CountdownReason {
    /// The match begins.
    Start,
    /// A pause has ended.
    Resumed,
    /// An absent player is back.
    Returned,
    /// Another server has taken over.
    Recovered,
}

/// The event `countdown`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MatchCountdown {
    /// Number of the event in its match.
    pub number: u32,
    /// When play begins.
    pub starts_at: Timestamp,
    /// Milliseconds until then.
    pub remaining_ms: u32,
    /// Why it runs.
    pub reason: CountdownReason,
}

/// The event `point`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MatchPoint {
    /// Number of the event in its match.
    pub number: u32,
    /// Who scored.
    pub seat: SeatName,
    /// The tick of the match.
    pub tick: u32,
    /// The hits of the rally.
    pub rally: u32,
    /// The points of both seats.
    pub score: [u32; 2],
}

/// Who or what stopped a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PausedBy {
    /// The first seat.
    First,
    /// The second seat.
    Second,
    /// Both players.
    Both,
    /// The first seat is absent.
    FirstAbsent,
    /// The second seat is absent.
    SecondAbsent,
    /// Both seats are absent.
    BothAbsent,
    /// The server.
    Server,
}

/// The event `paused`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MatchPaused {
    /// Number of the event in its match.
    pub number: u32,
    /// Who or what stopped it.
    pub by: PausedBy,
    /// Seconds until it goes on, or until an absent player loses; `null` if nobody counts.
    #[schema(required)]
    pub remaining: Option<f64>,
}

/// An event without further data: `resumed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MatchResumed {
    /// Number of the event in its match.
    pub number: u32,
}

/// The event `finished`. It is sent once the result is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MatchFinished {
    /// Number of the event in its match.
    pub number: u32,
    /// The winner; `null` in a draw.
    #[schema(required)]
    pub winner: Option<SeatName>,
    /// How it ended.
    #[schema(example = "score")]
    pub reason: String,
    /// The points of both seats.
    pub score: [u32; 2],
    /// How the ratings of both seats changed; `null` in unrated matches.
    #[schema(required)]
    pub rating_change: Option<[i32; 2]>,
    /// Address of the replay.
    #[schema(required)]
    pub replay: Option<String>,
}

/// The event `canceled`: the match ended without a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MatchCanceled {
    /// Number of the event in its match.
    pub number: u32,
    /// Why.
    #[schema(example = "no_show")]
    pub reason: String,
}

/// The events `player_joined`, `player_left` and `pause_offer`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlayerPresence {
    /// Number of the event in its match.
    pub number: u32,
    /// The seat.
    pub seat: SeatName,
}

/// The events `rematch_offer`, `rematch_decline` and `rematch_accept`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MatchRematch {
    /// Number of the event in its match.
    pub number: u32,
    /// Who offered, declined or accepted.
    pub seat: SeatName,
    /// The new match, if the offer was accepted.
    #[schema(required)]
    pub match_id: Option<MatchId>,
}

/// The event `chat`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MatchChatSaid {
    /// Number of the event in its match.
    pub number: u32,
    /// Who wrote it.
    pub seat: SeatName,
    /// The text.
    pub content: String,
}

/// The event `spectators`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MatchSpectators {
    /// How many watch.
    pub count: u32,
}

/// The action `input` in games of ticks. It is sent when the direction changes, and every half second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"seq": 7, "tick": 421, "direction": -1}))]
pub struct MatchInput {
    /// A number that grows with each input.
    pub seq: u32,
    /// The tick in which the client applied it.
    pub tick: i64,
    /// Where the paddle moves: -1 up, 0 not, 1 down.
    #[schema(minimum = -1, maximum = 1)]
    pub direction: i8,
    /// The seat, where one client plays both. The default is that of the current user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat: Option<SeatName>,
}

/// The action `move` in tic-tac-toe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"position": 4}))]
pub struct MatchMove {
    /// The field, from 0 (top left) to 8.
    #[schema(maximum = 8)]
    pub position: u8,
}

/// The action `chat`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"content": "good game"}))]
pub struct MatchChat {
    /// The text.
    #[validate(length(min = 1, max = 500, message = "1 to 500 characters"))]
    #[schema(min_length = 1, max_length = 500)]
    pub content: String,
}
