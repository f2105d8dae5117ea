//! The fields that games add to the states of their matches.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The state of a game.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum GameState {
    /// Pong.
    Pong(PongState),
    /// Tic-tac-toe.
    TicTacToe(TicTacToeState),
}

/// The state of Pong. The middle of the field is `[0, 0]`; `y` grows downward.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PongState {
    /// The ball.
    pub ball: PongBall,
    /// The paddles.
    pub paddles: PongSides<PongPaddle>,
    /// Half of the length of each paddle.
    pub half_lengths: PongSides<i16>,
    /// The thickness of each paddle.
    pub thickness: PongSides<i16>,
    /// The points.
    pub score: PongSides<u8>,
    /// The hits since the serve.
    pub rally: u16,
    /// Ticks until the serve; `null` in a rally.
    #[schema(required)]
    pub serve_in: Option<u8>,
    /// The side to which the ball is served.
    pub receiver: PongSide,
    /// How the match ended; `null` while it is played.
    #[schema(required)]
    pub ending: Option<PongEnding>,
    /// The effect at work.
    #[schema(required)]
    pub effect: Option<PongEffect>,
    /// The coin on the field.
    #[schema(required)]
    pub coin: Option<PongCoin>,
}

/// A side of the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PongSide {
    /// The first seat.
    Left,
    /// The second seat.
    Right,
}

/// A value of each side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PongSides<T> {
    /// Of the first seat.
    pub left: T,
    /// Of the second seat.
    pub right: T,
}

/// A ball.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PongBall {
    /// Horizontal position.
    pub x: i16,
    /// Vertical position.
    pub y: i16,
    /// Horizontal velocity, per tick.
    pub vx: i16,
    /// Vertical velocity, per tick.
    pub vy: i16,
}

/// A paddle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PongPaddle {
    /// Vertical position of its middle.
    pub y: i16,
    /// Vertical velocity, per tick.
    pub v: i16,
}

/// How a match of Pong ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PongEnding {
    /// Someone reached the score to win.
    Score,
    /// The time was up, and someone led.
    Time,
    /// The time was up with the score even, and someone made the next point.
    SuddenDeath,
}

/// What a coin does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PongEffectKind {
    /// The opponent's keys do the opposite.
    Reverse,
    /// The opponent moves at half speed.
    Slow,
    /// The opponent's paddle is shorter.
    Shorten,
    /// The owner's paddle is longer.
    Lengthen,
    /// The owner's paddle is thicker.
    Thicken,
}

/// An effect at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PongEffect {
    /// What it does.
    pub kind: PongEffectKind,
    /// Who took the coin.
    pub owner: PongSide,
    /// In how many ticks it wears off.
    pub ticks_left: u16,
}

/// A coin on its way across the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PongCoin {
    /// Horizontal position; it stays the same.
    pub lane: i16,
    /// Whether it moves down.
    pub down: bool,
    /// Ticks since it appeared.
    pub age: u16,
}

/// The mark of a player: `X` is the first seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum TicTacToeMark {
    /// The first seat.
    X,
    /// The second seat.
    O,
}

/// How a game of tic-tac-toe ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum TicTacToeResult {
    /// The first seat won.
    X,
    /// The second seat won.
    O,
    /// Nobody won.
    #[serde(rename = "draw")]
    Draw,
}

/// The state of tic-tac-toe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TicTacToeState {
    /// The nine fields from the top left to the bottom right: `X`, `O`, or `_` for an empty one.
    #[schema(min_length = 9, max_length = 9, example = "X___O____")]
    pub board: String,
    /// Whose turn it is; `null` when the match is over.
    #[schema(required)]
    pub turn: Option<TicTacToeMark>,
    /// Who won the last game; `null` while it is played.
    #[schema(required)]
    pub winner: Option<TicTacToeResult>,
    /// The positions of the three in a row.
    #[schema(required)]
    pub line: Option<[usize; 3]>,
    /// The number of the game in the match, from 1.
    pub game: u8,
    /// How many games the match has: two with sides swapped in a ranked match.
    pub games: u8,
    /// The points of both seats.
    pub score: [u32; 2],
    /// The game before, as it ended.
    #[schema(required)]
    pub previous: Option<TicTacToeGame>,
}

/// A game of tic-tac-toe that has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TicTacToeGame {
    /// The board.
    pub board: String,
    /// Who won.
    pub winner: TicTacToeResult,
    /// The positions of the three in a row.
    #[schema(required)]
    pub line: Option<[usize; 3]>,
}
