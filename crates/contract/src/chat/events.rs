//! What sockets are told of chats.

use kernel::{Timestamp, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ChatId, ChatKind, ChatRef, ClientTimestamp, Message, MessageId};
use crate::users::UserSummary;

/// The event `new_message`: nobody has read or liked it yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01890a5d-ac96-774b-bcce-b302099a8060",
    "chat_id": "01890a5d-ac96-774b-bcce-b302099a8061", "seq": 7,
    "sender": {
        "id": "01890a5d-ac96-774b-bcce-b302099a8057", "username": "ada",
        "display_name": "Ada L.", "avatar": "/api/v1/users/ada/avatar/", "is_deleted": false
    },
    "content": "Ready when you are", "date": "2026-01-31T12:00:00.000000Z",
    "edited_at": null, "is_deleted": false, "is_read": false, "is_liked": false,
    "like_count": 0, "client_id": "b7c1", "mentions": [],
    "reply_to": "01890a5d-ac96-774b-bcce-b302099a8064",
    "reply_to_sender_id": "01890a5d-ac96-774b-bcce-b302099a8058",
    "timestamp": 1_769_860_800_000_i64
}))]
pub struct NewMessage {
    /// The message.
    #[serde(flatten)]
    pub message: Message,
    /// The sender's own mark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<ClientTimestamp>,
    /// Who wrote the message that is answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub reply_to_sender_id: Option<UserId>,
}

/// The event `message_edited`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MessageEdited {
    /// Which message.
    #[schema(value_type = String, format = Uuid)]
    pub id: MessageId,
    /// The chat it stands in.
    #[schema(value_type = String, format = Uuid)]
    pub chat_id: ChatId,
    /// What it says now.
    pub content: String,
    /// When it was changed.
    pub edited_at: Timestamp,
    /// People named in it with `@`.
    pub mentions: Vec<UserSummary>,
}

/// The event `message_deleted`: its text is gone and so are its likes, its place stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct MessageDeleted {
    /// Which message.
    #[schema(value_type = String, format = Uuid)]
    pub id: MessageId,
    /// The chat it stands in.
    #[schema(value_type = String, format = Uuid)]
    pub chat_id: ChatId,
    /// Its place.
    pub seq: i64,
    /// Who wrote it.
    #[schema(value_type = String, format = Uuid)]
    pub sender_id: UserId,
}

/// The event `chat_like_update`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct LikeUpdate {
    /// Which message.
    #[schema(value_type = String, format = Uuid)]
    pub id: MessageId,
    /// The chat it stands in.
    #[schema(value_type = String, format = Uuid)]
    pub chat_id: ChatId,
    /// Whether the one who acted likes it now.
    pub is_liked: bool,
    /// How many like it now.
    pub like_count: i64,
    /// Who acted.
    #[schema(value_type = String, format = Uuid)]
    pub user_id: UserId,
    /// Who wrote the message.
    #[schema(value_type = String, format = Uuid)]
    pub sender_id: UserId,
}

/// The event `message_read`, to the sender: all up to this message is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct MessageRead {
    /// The newest message that was read.
    #[schema(value_type = String, format = Uuid)]
    pub id: MessageId,
    /// The chat it stands in.
    #[schema(value_type = String, format = Uuid)]
    pub chat_id: ChatId,
    /// Its place.
    pub seq: i64,
    /// Who read it.
    #[schema(value_type = String, format = Uuid)]
    pub user_id: UserId,
}

/// The ephemeral event `typing`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "chat_id": "01890a5d-ac96-774b-bcce-b302099a8061",
    "user_id": "01890a5d-ac96-774b-bcce-b302099a8057", "username": "ada", "is_typing": true
}))]
pub struct Typing {
    /// Where.
    #[schema(value_type = String, format = Uuid)]
    pub chat_id: ChatId,
    /// Who.
    #[schema(value_type = String, format = Uuid)]
    pub user_id: UserId,
    /// Their name.
    pub username: String,
    /// Whether they are; a `true` that is not renewed ends after 5 seconds.
    pub is_typing: bool,
}

/// The event `chat_joined`, to the one who joined: the chat's events come from here on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChatJoined {
    /// Which chat.
    #[schema(value_type = String, format = Uuid)]
    pub chat_id: ChatId,
    /// What sort of chat.
    pub kind: ChatKind,
    /// The lobby's name or the room's title; empty between two people.
    pub name: String,
    /// The number of the newest event of its stream at that moment.
    pub seq: i64,
    /// The life of its stream.
    pub epoch: i64,
}

/// The event `chat_left`, to the one who left or was removed.
pub type ChatLeft = ChatRef;

/// The event `conversation_deleted`, to one's own other sockets: all up to here is gone for me.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConversationDeleted {
    /// Which chat.
    #[schema(value_type = String, format = Uuid)]
    pub chat_id: ChatId,
    /// The place of the last message that is gone.
    pub seq: i64,
}

/// The data of a notification about a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MessageNotice {
    /// The chat it stands in.
    #[schema(value_type = String, format = Uuid)]
    pub chat_id: ChatId,
    /// Which message.
    #[schema(value_type = String, format = Uuid)]
    pub message_id: MessageId,
    /// Its place.
    pub seq: i64,
    /// Who wrote it.
    #[schema(value_type = String, format = Uuid)]
    pub sender_id: UserId,
    /// The sender's name.
    pub sender: String,
    /// Whether it names the one who is told.
    pub mention: bool,
}
