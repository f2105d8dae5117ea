//! Matches: running, finished and canceled ones.

use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::invites::MatchId;
use crate::users::UserSummary;

/// Where a match comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MatchOrigin {
    /// An accepted invite or rematch.
    Invite,
    /// The queue, unrated.
    Casual,
    /// The queue, rated.
    Ranked,
    /// A tournament.
    Tournament,
    /// Against the computer.
    Practice,
    /// Two players at one keyboard.
    Local,
}

/// The state of a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MatchState {
    /// It has not ended.
    Live,
    /// It has a result.
    Finished,
    /// It ended without a result.
    Canceled,
}

/// How a match ended: the first seven with a result, the others without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MatchReason {
    /// A player reached the score.
    Score,
    /// The time limit passed, and a player led.
    Time,
    /// The first point after a draw at the time limit.
    SuddenDeath,
    /// Three in a row, or a full board.
    Board,
    /// A player ran out of time for a move.
    Clock,
    /// A player resigned.
    Resignation,
    /// A player was absent for too long.
    Forfeit,
    /// A player did not come in time.
    NoShow,
    /// A player left before the start, or began something else.
    Declined,
    /// A player left before the first point.
    Abort,
    /// Both players were absent.
    Void,
    /// The server could not go on with it.
    Server,
}

/// The result of a match for one of its players.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlayerResult {
    /// Won.
    Won,
    /// Lost.
    Lost,
    /// Drawn.
    Drawn,
}

/// Who plays a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlayerType {
    /// A user.
    User,
    /// A second player at the keyboard of a user.
    Local,
    /// The computer.
    Computer,
}

/// The rating of a player before and after a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"before": 1500, "after": 1542}))]
pub struct RatingDelta {
    /// Before the match.
    pub before: i32,
    /// After the match.
    pub after: i32,
}

/// A player of a match. Players are in the order of their seats: the first one is left in Pong, and `X`
/// in tic-tac-toe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "type": "user", "name": "Ada L.",
    "user": {
        "id": "01890a5d-ac96-774b-bcce-b302099a8058", "username": "ada",
        "display_name": "Ada L.", "avatar": "/api/v1/users/ada/avatar/", "is_deleted": false
    },
    "skill": null, "score": 5, "result": "won", "rating": {"before": 1500, "after": 1542}
}))]
pub struct MatchPlayer {
    /// Who plays.
    #[serde(rename = "type")]
    pub player_type: PlayerType,
    /// The name to show.
    pub name: String,
    /// The user, if it is one.
    #[schema(required)]
    pub user: Option<UserSummary>,
    /// The skill of the computer, 0 to 1,000.
    #[schema(required, maximum = 1000)]
    pub skill: Option<u16>,
    /// The points.
    pub score: i32,
    /// The result; null without one.
    #[schema(required)]
    pub result: Option<PlayerResult>,
    /// The rating, if it was changed by the match.
    #[schema(required)]
    pub rating: Option<RatingDelta>,
}

/// A point of a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"tick": 412, "at_ms": 6867, "player": 0, "rally": 7}))]
pub struct TimelinePoint {
    /// The tick of the match, 60 a second; in games of turns the number of moves.
    pub tick: u32,
    /// The time since the start of the match, pauses not counted.
    pub at_ms: u64,
    /// The position of the scorer in `players`.
    pub player: u8,
    /// The hits of the rally.
    pub rally: u32,
}

/// A match.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "id": "01890a5d-ac96-774b-bcce-b302099a8060", "game": "pong", "mode": "ranked", "rated": true,
    "state": "finished", "reason": "score", "winner": 0,
    "options": {
        "game_speed": "medium", "ranked": true, "cool_mode": false, "score_to_win": 5,
        "time_limit": 5
    },
    "players": [
        {
            "type": "user", "name": "Ada L.",
            "user": {
                "id": "01890a5d-ac96-774b-bcce-b302099a8058", "username": "ada",
                "display_name": "Ada L.", "avatar": "/api/v1/users/ada/avatar/", "is_deleted": false
            },
            "skill": null, "score": 5, "result": "won", "rating": {"before": 1500, "after": 1542}
        },
        {
            "type": "user", "name": "Grace H.",
            "user": {
                "id": "01890a5d-ac96-774b-bcce-b302099a8059", "username": "grace",
                "display_name": "Grace H.", "avatar": "/api/v1/users/grace/avatar/",
                "is_deleted": false
            },
            "skill": null, "score": 3, "result": "lost", "rating": {"before": 1500, "after": 1458}
        }
    ],
    "created_at": "2026-01-31T12:00:00.000000Z", "started_at": "2026-01-31T12:00:06.000000Z",
    "ended_at": "2026-01-31T12:02:07.000000Z", "duration_ms": 121000, "has_replay": true,
    "timeline": [{"tick": 412, "at_ms": 6867, "player": 0, "rally": 7}]
}))]
pub struct GameMatch {
    /// The id of the match.
    #[schema(value_type = String, format = Uuid)]
    pub id: MatchId,
    /// The game.
    pub game: String,
    /// Where it comes from.
    pub mode: MatchOrigin,
    /// Whether it counts for ratings.
    pub rated: bool,
    /// The state.
    pub state: MatchState,
    /// How it ended; null while it is live.
    #[schema(required)]
    pub reason: Option<MatchReason>,
    /// The position of the winner in `players`; null in a draw or without a result.
    #[schema(required)]
    pub winner: Option<u8>,
    /// All options of the game.
    #[schema(value_type = Object)]
    pub options: Value,
    /// The two players, in the order of their seats.
    #[schema(min_items = 2, max_items = 2)]
    pub players: Vec<MatchPlayer>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When play began.
    #[schema(required)]
    pub started_at: Option<Timestamp>,
    /// When it ended.
    #[schema(required)]
    pub ended_at: Option<Timestamp>,
    /// How long was played, pauses not counted; 0 until it has ended.
    pub duration_ms: i64,
    /// Whether it can be downloaded as a replay.
    pub has_replay: bool,
    /// The points in their order, once the match has ended; null in lists.
    #[schema(required)]
    pub timeline: Option<Vec<TimelinePoint>>,
}

/// The data of the events `match_finished` and `match_canceled`, for each player.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(example = json!({
    "match_id": "01890a5d-ac96-774b-bcce-b302099a8060", "game": "pong", "mode": "ranked",
    "reason": "score", "result": "won", "score": [5, 3],
    "opponent": {
        "id": "01890a5d-ac96-774b-bcce-b302099a8059", "username": "grace",
        "display_name": "Grace H.", "avatar": "/api/v1/users/grace/avatar/", "is_deleted": false
    },
    "rating": {"before": 1500, "after": 1542}, "requeued": false
}))]
pub struct MatchEnded {
    /// The id of the match.
    #[schema(value_type = String, format = Uuid)]
    pub match_id: MatchId,
    /// The game.
    pub game: String,
    /// Where it came from.
    pub mode: MatchOrigin,
    /// How it ended.
    pub reason: MatchReason,
    /// The result for the current user; null if it was canceled.
    #[schema(required)]
    pub result: Option<PlayerResult>,
    /// The points of the current user and of the opponent.
    #[schema(min_items = 2, max_items = 2)]
    pub score: [i32; 2],
    /// The opponent, if it is a user.
    #[schema(required)]
    pub opponent: Option<UserSummary>,
    /// The current user's rating, if it was changed.
    #[schema(required)]
    pub rating: Option<RatingDelta>,
    /// Whether the current user waits in the queue again, at the place that they had: the opponent did
    /// not come, or left before the start.
    pub requeued: bool,
}

/// The result of playing a replay again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "verified": true, "score": [5, 3], "winner": 0, "ticks": 7260, "hash": "9f86d081884c7d65"
}))]
pub struct ReplayVerification {
    /// Whether the replay leads to the stored result.
    pub verified: bool,
    /// The points in the replay.
    #[schema(min_items = 2, max_items = 2)]
    pub score: [u32; 2],
    /// The position of the winner, if the replay ends with one.
    #[schema(required)]
    pub winner: Option<u8>,
    /// The ticks or moves of the replay.
    pub ticks: u32,
    /// The hash of its last state, in hexadecimal digits.
    pub hash: String,
}
