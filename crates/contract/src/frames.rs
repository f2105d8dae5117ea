//! Frames that belong to every socket: the greeting, catching up, signs of life.

use std::collections::BTreeMap;

use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::chat::Unread;
use crate::users::UserSummary;

/// How far a stream is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"seq": 41, "epoch": 1_769_860_800_000_000_i64}))]
pub struct StreamPosition {
    /// The number of the last event.
    pub seq: i64,
    /// The life of the stream: numbers of another mean nothing.
    pub epoch: i64,
}

/// The first frame of a socket.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Hello {
    /// Who is connected.
    pub user: UserSummary,
    /// The server's clock.
    pub server_time: Timestamp,
    /// The streams that are heard here, and how far each is.
    pub streams: BTreeMap<String, StreamPosition>,
    /// What waits to be read.
    pub unread: Unread,
    /// For how many seconds what was missed can be caught up with.
    pub resume_window: u64,
}

/// Asks for what was missed: the last event that was heard on each stream.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "streams": {"user:01890a5d-ac96-774b-bcce-b302099a8057": {"seq": 41, "epoch": 1_769_860_800_000_000_i64}}
}))]
pub struct Resume {
    /// How far the client had come on each stream.
    #[validate(length(max = 1000, message = "too many: 1000 at most"))]
    pub streams: BTreeMap<String, StreamPosition>,
}

/// What was missed on these streams cannot be told any more: read the state over REST.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Resync {
    /// Which streams.
    pub streams: Vec<String>,
}

/// The answer to `ping`.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct Pong {
    /// The server's clock.
    pub server_time: Timestamp,
}
