//! Lobbies and rooms: among one's chats, on their own sockets, and reports of what is said there.

use kernel::{Timestamp, id_type};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::chat::{ChatId, ChatKind, Message, MessageId};
use crate::users::UserSummary;

id_type!(ReportId, ReportMarker, "report");

/// The most characters of what somebody adds to a report.
pub const DETAILS_MAX: u64 = 1_000;

/// A lobby or a room that I am in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "chat_id": "01890a5d-ac96-774b-bcce-b302099a8062", "kind": "lobby", "name": "chess",
    "unread_count": 2, "last_message": null
}))]
pub struct RoomLine {
    /// Names the chat.
    #[schema(value_type = String, format = Uuid)]
    pub chat_id: ChatId,
    /// Lobby or room.
    pub kind: ChatKind,
    /// The lobby's name or the room's title.
    pub name: String,
    /// Messages I have not read.
    pub unread_count: i64,
    /// The newest message; null where there is none that I can see.
    #[schema(required)]
    pub last_message: Option<Message>,
}

/// What is wrong with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportReason {
    /// Unwanted advertising, or the same again and again.
    Spam,
    /// Aimed at somebody to hurt them.
    Harassment,
    /// Against people for who they are.
    Hate,
    /// Sexual, where it is not wanted.
    Sexual,
    /// Threatens or glorifies violence.
    Violence,
    /// Something else; the details say what.
    Other,
}

/// Reports a message to the moderators.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "spam", "details": "The same advert in every lobby."}))]
pub struct ReportMessage {
    /// What is wrong with it.
    pub reason: ReportReason,
    /// More about it, at most 1000 characters.
    #[serde(default)]
    #[validate(length(max = DETAILS_MAX, message = "too long: 1000 characters at most"))]
    #[schema(max_length = 1000)]
    pub details: String,
}

/// A report that was taken down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01890a5d-ac96-774b-bcce-b302099a8063",
    "message_id": "01890a5d-ac96-774b-bcce-b302099a8060", "reason": "spam",
    "created_at": "2026-01-31T12:00:00.000000Z"
}))]
pub struct Report {
    /// Names it.
    #[schema(value_type = String, format = Uuid)]
    pub id: ReportId,
    /// The message it is about.
    #[schema(value_type = String, format = Uuid)]
    pub message_id: MessageId,
    /// What is wrong with it.
    pub reason: ReportReason,
    /// When it was made.
    pub created_at: Timestamp,
}

/// The event `joined`, on the socket of one chat: which chat it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "chat_id": "01890a5d-ac96-774b-bcce-b302099a8062", "kind": "lobby", "name": "world"
}))]
pub struct Joined {
    /// Which chat.
    #[schema(value_type = String, format = Uuid)]
    pub chat_id: ChatId,
    /// What sort of chat.
    pub kind: ChatKind,
    /// The lobby's name, or the friend's.
    pub name: String,
}

/// The event `members`, on the socket of a lobby: who is there. It comes first, and again where
/// too much changes to tell it one by one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LobbyMembers {
    /// How many people are there.
    pub total: usize,
    /// Up to 100 of them.
    pub members: Vec<UserSummary>,
}

/// The events `member_joined` and `member_left`, on the socket of a lobby.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LobbyMember {
    /// Who came or went.
    pub user: UserSummary,
    /// How many people are there now.
    pub total: usize,
}

/// The event `member_count`, on the socket of a lobby of many, where it would be too much to tell
/// who comes and goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct LobbyCount {
    /// How many people are there now.
    pub total: usize,
}
