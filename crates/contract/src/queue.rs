//! The queue for matches against other users.

use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use validator::Validate;

/// The body that enters the queue of a game.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"options": {"ranked": true, "game_speed": "medium"}}))]
pub struct EnterQueue {
    /// The options that matter. Those that are left out, or are `any`, do not.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub options: Map<String, Value>,
}

/// A place in the queue of a game.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "game": "pong", "joined_at": "2026-01-31T12:00:00.000000Z",
    "expires_at": "2026-01-31T12:01:00.000000Z"
}))]
pub struct QueueTicket {
    /// The game.
    pub game: String,
    /// When the user entered the queue.
    pub joined_at: Timestamp,
    /// When the place is lost, unless a socket of the user holds it or they enter again.
    pub expires_at: Timestamp,
}

/// The event `queued`: the current user's place in the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "game": "pong", "position": 2, "waited": 14, "band": [1380, 1620], "others": 7,
    "estimate": 20, "paused": false
}))]
pub struct Queued {
    /// The game.
    pub game: String,
    /// The place by time of arrival, from 1.
    pub position: u32,
    /// Seconds since the user entered.
    pub waited: u32,
    /// The ratings of opponents that come into question, which widen with time; `null` for all.
    #[schema(required)]
    pub band: Option<[i32; 2]>,
    /// How many others wait for this game.
    pub others: u32,
    /// Seconds that users of this rating waited lately; `null` if too few did.
    #[schema(required)]
    pub estimate: Option<u32>,
    /// Whether nobody is paired for now, since the servers cannot reach each other.
    pub paused: bool,
}
