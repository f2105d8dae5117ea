//! Lobbies, rooms and reports.

use kernel::{Timestamp, id_type};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::chat::{ChatId, ChatKind, Message, MessageId};
use crate::users::UserSummary;

id_type!(ReportId, ReportMarker, "report");

/// The maximum length of the details of a report.
pub const DETAILS_MAX: u64 = 1_000;

/// A lobby or room in the current user's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "chat_id": "01890a5d-ac96-774b-bcce-b302099a8062", "kind": "lobby", "name": "chess",
    "unread_count": 2, "last_message": null
}))]
pub struct RoomLine {
    /// Chat id.
    #[schema(value_type = String, format = Uuid)]
    pub chat_id: ChatId,
    /// `lobby` or `room`.
    pub kind: ChatKind,
    /// Name of the lobby or title of the room.
    pub name: String,
    /// Number of unread messages.
    pub unread_count: i64,
    /// Newest message; null if there is none visible to the current user.
    #[schema(required)]
    pub last_message: Option<Message>,
}

/// Reason of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportReason {
    /// Unwanted advertising or repeated messages.
    Spam,
    /// Harassment of a person.
    Harassment,
    /// Hate against a group of people.
    Hate,
    /// Unwanted sexual content.
    Sexual,
    /// Threats or glorification of violence.
    Violence,
    /// Another reason, explained in `details`.
    Other,
}

/// Reports a message to the moderators.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "spam", "details": "The same advert in every lobby."}))]
pub struct ReportMessage {
    /// Reason of the report.
    pub reason: ReportReason,
    /// Details, at most 1000 characters. Required if the reason is `other`.
    #[serde(default)]
    #[validate(length(max = DETAILS_MAX, message = "must be at most 1000 characters long"))]
    #[schema(max_length = 1000)]
    pub details: String,
}

/// A stored report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01890a5d-ac96-774b-bcce-b302099a8063",
    "message_id": "01890a5d-ac96-774b-bcce-b302099a8060", "reason": "spam",
    "created_at": "2026-01-31T12:00:00.000000Z"
}))]
pub struct Report {
    /// Report id.
    #[schema(value_type = String, format = Uuid)]
    pub id: ReportId,
    /// Id of the reported message.
    #[schema(value_type = String, format = Uuid)]
    pub message_id: MessageId,
    /// Reason of the report.
    pub reason: ReportReason,
    /// Time of the report.
    pub created_at: Timestamp,
}

/// The event `joined` on the socket of a single chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "chat_id": "01890a5d-ac96-774b-bcce-b302099a8062", "kind": "lobby", "name": "world"
}))]
pub struct Joined {
    /// Chat id.
    #[schema(value_type = String, format = Uuid)]
    pub chat_id: ChatId,
    /// Kind of chat.
    pub kind: ChatKind,
    /// Name of the lobby, or username of the friend.
    pub name: String,
}

/// The event `members` on the socket of a lobby: the users who are present. It is sent first, and
/// again if too many changes occur to send each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LobbyMembers {
    /// Number of present users.
    pub total: usize,
    /// At most 100 of the present users.
    pub members: Vec<UserSummary>,
}

/// The events `member_joined` and `member_left` on the socket of a lobby.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LobbyMember {
    /// The user who joined or left.
    pub user: UserSummary,
    /// Number of present users after the change.
    pub total: usize,
}

/// The event `member_count` on the socket of a large lobby, in which single users are not reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct LobbyCount {
    /// Number of present users after the change.
    pub total: usize,
}
