//! Frames of all sockets: greeting, resume, ping, acknowledgements and errors.

use std::collections::BTreeMap;

use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::chat::Unread;
use crate::notify::Badges;
use crate::users::UserSummary;

/// Position in a stream.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"seq": 41, "epoch": 1_769_860_800_000_000_i64}))]
pub struct StreamPosition {
    /// Number of the last event.
    pub seq: i64,
    /// Incarnation of the stream. Numbers of different epochs cannot be compared.
    pub epoch: i64,
}

/// Unread messages and notifications.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AllUnread {
    /// Unread messages.
    #[serde(flatten)]
    pub messages: Unread,
    /// Unread notifications.
    pub notifications: Badges,
}

/// The event `hello`, the first frame of a socket.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Hello {
    /// The authenticated user.
    pub user: UserSummary,
    /// Time of the server.
    pub server_time: Timestamp,
    /// Subscribed streams with their current positions.
    #[schema(example = json!({
        "user:01890a5d-ac96-774b-bcce-b302099a8057": {"seq": 41, "epoch": 1_769_860_800_000_000_i64}
    }))]
    pub streams: BTreeMap<String, StreamPosition>,
    /// Unread counts.
    pub unread: AllUnread,
    /// Number of seconds for which missed events can be resumed.
    #[schema(example = 259_200)]
    pub resume_window: u64,
}

/// The action `resume`: requests missed events.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "streams": {"user:01890a5d-ac96-774b-bcce-b302099a8057": {"seq": 41, "epoch": 1_769_860_800_000_000_i64}}
}))]
pub struct Resume {
    /// The client's last position in each stream.
    #[validate(length(max = 1000, message = "must have at most 1000 entries"))]
    pub streams: BTreeMap<String, StreamPosition>,
}

/// The event `resync`: missed events of these streams are no longer available. Read the state over
/// REST.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Resync {
    /// Names of the streams.
    #[schema(example = json!(["user:01890a5d-ac96-774b-bcce-b302099a8057"]))]
    pub streams: Vec<String>,
}

/// The response to `ping`.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct Pong {
    /// Time of the server.
    pub server_time: Timestamp,
}

/// Empty data.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(example = json!({}))]
pub struct Empty {}

/// The action succeeded.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({
    "cid": "c1", "id": "01890a5d-ac96-774b-bcce-b302099a8060", "seq": 7
}))]
pub struct Ack<'a> {
    /// The `cid` of the action.
    pub cid: &'a str,
    /// After `new_message`: id of the stored message, or of the earlier one with the same `client_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub id: Option<Uuid>,
    /// Number of this message in its chat.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<i64>,
}

/// The action failed.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({
    "cid": "c1", "code": "chat.not_friends", "message": "You can only write to friends."
}))]
pub struct Problem<'a> {
    /// The `cid` of the action, if it had one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cid: Option<&'a str>,
    /// Error code; the same codes as over REST.
    pub code: &'static str,
    /// Message for users.
    pub message: &'a str,
    /// Invalid fields with their problems.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<&'a str, Vec<&'a str>>,
    /// Seconds to wait before retrying.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
}
