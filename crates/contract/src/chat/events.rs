//! Events of chats.

use kernel::{Timestamp, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ChatId, ChatKind, ChatRef, ClientTimestamp, Message, MessageId};
use crate::users::UserSummary;

/// The event `new_message`: a message that nobody has read or liked yet.
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
    /// Timestamp set by the sender's client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<ClientTimestamp>,
    /// Id of the sender of the message in `reply_to`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub reply_to_sender_id: Option<UserId>,
}

/// The event `message_edited`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MessageEdited {
    /// Message id.
    #[schema(value_type = String, format = Uuid)]
    pub id: MessageId,
    /// Chat id.
    #[schema(value_type = String, format = Uuid)]
    pub chat_id: ChatId,
    /// New content.
    pub content: String,
    /// Time of the edit.
    pub edited_at: Timestamp,
    /// Users mentioned with `@`.
    pub mentions: Vec<UserSummary>,
}

/// The event `message_deleted`: the content and the likes of the message are deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct MessageDeleted {
    /// Message id.
    #[schema(value_type = String, format = Uuid)]
    pub id: MessageId,
    /// Chat id.
    #[schema(value_type = String, format = Uuid)]
    pub chat_id: ChatId,
    /// Number of the message in the chat.
    pub seq: i64,
    /// User id of the sender.
    #[schema(value_type = String, format = Uuid)]
    pub sender_id: UserId,
}

/// The event `chat_like_update`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct LikeUpdate {
    /// Message id.
    #[schema(value_type = String, format = Uuid)]
    pub id: MessageId,
    /// Chat id.
    #[schema(value_type = String, format = Uuid)]
    pub chat_id: ChatId,
    /// Whether the acting user likes the message now.
    pub is_liked: bool,
    /// Number of likes.
    pub like_count: i64,
    /// Id of the acting user.
    #[schema(value_type = String, format = Uuid)]
    pub user_id: UserId,
    /// User id of the sender.
    #[schema(value_type = String, format = Uuid)]
    pub sender_id: UserId,
}

/// The event `message_read`, sent to the sender: all messages up to this one were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct MessageRead {
    /// Id of the newest message that was read.
    #[schema(value_type = String, format = Uuid)]
    pub id: MessageId,
    /// Chat id.
    #[schema(value_type = String, format = Uuid)]
    pub chat_id: ChatId,
    /// Number of the message in the chat.
    pub seq: i64,
    /// Id of the user who read it.
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
    /// Chat id.
    #[schema(value_type = String, format = Uuid)]
    pub chat_id: ChatId,
    /// User id.
    #[schema(value_type = String, format = Uuid)]
    pub user_id: UserId,
    /// Username.
    pub username: String,
    /// Whether the user is typing. `true` expires after 5 seconds unless it is repeated.
    pub is_typing: bool,
}

/// The event `chat_joined`, sent to the user who joined. Events of the chat follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChatJoined {
    /// Chat id.
    #[schema(value_type = String, format = Uuid)]
    pub chat_id: ChatId,
    /// Kind of chat.
    pub kind: ChatKind,
    /// Name of the lobby or title of the room; empty for conversations.
    pub name: String,
    /// Number of the newest event in the chat's stream at that time.
    pub seq: i64,
    /// Epoch of the chat's stream.
    pub epoch: i64,
}

/// The event `chat_left`, sent to the user who left or was removed.
pub type ChatLeft = ChatRef;

/// The event `conversation_deleted`, sent to the user's other sockets: the messages up to `seq` are
/// deleted for the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConversationDeleted {
    /// Chat id.
    #[schema(value_type = String, format = Uuid)]
    pub chat_id: ChatId,
    /// Number of the last deleted message.
    pub seq: i64,
}

/// The data of a notification about a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MessageNotice {
    /// Chat id.
    #[schema(value_type = String, format = Uuid)]
    pub chat_id: ChatId,
    /// Message id.
    #[schema(value_type = String, format = Uuid)]
    pub message_id: MessageId,
    /// Number of the message in the chat.
    pub seq: i64,
    /// User id of the sender.
    #[schema(value_type = String, format = Uuid)]
    pub sender_id: UserId,
    /// Username of the sender.
    pub sender: String,
    /// Whether the message mentions the recipient.
    pub mention: bool,
}
