//! Frames that belong to every socket: the greeting, catching up, signs of life.

use std::collections::BTreeMap;

use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::chat::Unread;
use crate::notify::Badges;
use crate::users::UserSummary;

/// How far a stream is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"seq": 41, "epoch": 1_769_860_800_000_000_i64}))]
pub struct StreamPosition {
    /// The number of the last event.
    pub seq: i64,
    /// The life of the stream: numbers of another mean nothing.
    pub epoch: i64,
}

/// What waits to be read: messages by chat, and notifications.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AllUnread {
    /// Messages.
    #[serde(flatten)]
    pub messages: Unread,
    /// Notifications.
    pub notifications: Badges,
}

/// The first frame of a socket.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Hello {
    /// Who is connected.
    pub user: UserSummary,
    /// The server's clock.
    pub server_time: Timestamp,
    /// The streams that are heard here, and how far each is.
    #[schema(example = json!({
        "user:01890a5d-ac96-774b-bcce-b302099a8057": {"seq": 41, "epoch": 1_769_860_800_000_000_i64}
    }))]
    pub streams: BTreeMap<String, StreamPosition>,
    /// What waits to be read.
    pub unread: AllUnread,
    /// For how many seconds what was missed can be caught up with.
    #[schema(example = 259_200)]
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
    #[schema(example = json!(["user:01890a5d-ac96-774b-bcce-b302099a8057"]))]
    pub streams: Vec<String>,
}

/// The answer to `ping`.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct Pong {
    /// The server's clock.
    pub server_time: Timestamp,
}

/// Data that says nothing.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(example = json!({}))]
pub struct Empty {}

/// What was asked for is done.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({
    "cid": "c1", "id": "01890a5d-ac96-774b-bcce-b302099a8060", "seq": 7
}))]
pub struct Ack<'a> {
    /// The client's mark.
    pub cid: &'a str,
    /// After `new_message`: the message that was stored, or had been with the same `client_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub id: Option<Uuid>,
    /// The place of this message in its chat.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<i64>,
}

/// What was asked for is well formed but not possible.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({
    "cid": "c1", "code": "chat.not_friends", "message": "You can only write to friends."
}))]
pub struct Problem<'a> {
    /// The client's mark, where it gave one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cid: Option<&'a str>,
    /// Which refusal it is; the same codes as over REST.
    pub code: &'static str,
    /// The same for people.
    pub message: &'a str,
    /// What is wrong with which field, where one is at fault.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<&'a str, Vec<&'a str>>,
    /// After how many seconds to try again, where waiting helps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
}
