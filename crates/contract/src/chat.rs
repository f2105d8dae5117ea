//! Conversations, lobbies, rooms and messages.

mod events;

use std::fmt;

use kernel::{Timestamp, id_type};
use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::ToSchema;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType};
use utoipa::openapi::{RefOr, Schema, Type};
use validator::Validate;

pub use events::{
    ChatJoined, ChatLeft, ConversationDeleted, LikeUpdate, MessageDeleted, MessageEdited,
    MessageNotice, MessageRead, NewMessage, Typing,
};

use crate::users::UserSummary;

id_type!(ChatId, ChatMarker, "chat");
id_type!(MessageId, MessageMarker, "message");

/// The maximum length of a message, in characters.
pub const CONTENT_MAX: usize = 2_000;
/// The maximum length of a `client_id`.
pub const CLIENT_ID_MAX: u64 = 100;

/// Kind of chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChatKind {
    /// Conversation of two users.
    Direct,
    /// Open to all users by name; `world` is the world chat.
    Lobby,
    /// For the members of a group, a party or a match.
    Room,
}

/// Timestamp set by the client, returned unchanged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum ClientTimestamp {
    /// A number, such as milliseconds since 1970.
    Number(serde_json::Number),
    /// A string of at most 100 characters, such as an RFC 3339 timestamp.
    Text(String),
}

impl<'de> Deserialize<'de> for ClientTimestamp {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(TimestampVisitor)
    }
}

/// Reads a client timestamp. The error of the derive macro would not name the expected types.
struct TimestampVisitor;

impl de::Visitor<'_> for TimestampVisitor {
    type Value = ClientTimestamp;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string or a number")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<ClientTimestamp, E> {
        Ok(ClientTimestamp::Text(text.to_owned()))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<ClientTimestamp, E> {
        Ok(ClientTimestamp::Number(number.into()))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<ClientTimestamp, E> {
        Ok(ClientTimestamp::Number(number.into()))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<ClientTimestamp, E> {
        let finite = serde_json::Number::from_f64(number).map(ClientTimestamp::Number);
        finite.ok_or_else(|| E::invalid_value(de::Unexpected::Float(number), &self))
    }
}

// The derive macro does not support numbers of any size.
impl utoipa::PartialSchema for ClientTimestamp {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::from_iter([Type::Number, Type::String]))
            .description(Some("Timestamp set by the client, returned unchanged."))
            .max_length(Some(100))
            .examples([serde_json::json!(1_769_860_800_000_i64)])
            .into()
    }
}

impl ToSchema for ClientTimestamp {}

/// A message, as visible to the current user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01890a5d-ac96-774b-bcce-b302099a8060",
    "chat_id": "01890a5d-ac96-774b-bcce-b302099a8061", "seq": 7,
    "sender": {
        "id": "01890a5d-ac96-774b-bcce-b302099a8057", "username": "ada",
        "display_name": "Ada L.", "avatar": "/api/v1/users/ada/avatar/", "is_deleted": false
    },
    "content": "Ready when you are, @grace", "date": "2026-01-31T12:00:00.000000Z",
    "edited_at": null, "is_deleted": false, "is_read": false, "is_liked": false,
    "like_count": 0, "reply_to": null, "client_id": "b7c1",
    "mentions": [{
        "id": "01890a5d-ac96-774b-bcce-b302099a8058", "username": "grace",
        "display_name": "Grace H.", "avatar": "/api/v1/users/grace/avatar/", "is_deleted": false
    }]
}))]
pub struct Message {
    /// Message id.
    #[schema(value_type = String, format = Uuid)]
    pub id: MessageId,
    /// Chat id.
    #[schema(value_type = String, format = Uuid)]
    pub chat_id: ChatId,
    /// Number of the message in the chat, from 1, without gaps.
    pub seq: i64,
    /// Sender.
    pub sender: UserSummary,
    /// Content as plain text; empty if the message is deleted.
    pub content: String,
    /// Time at which the message was stored.
    pub date: Timestamp,
    /// Time of the last edit.
    #[schema(required)]
    pub edited_at: Option<Timestamp>,
    /// Whether the sender has deleted the message. Its number is not used again.
    pub is_deleted: bool,
    /// For messages of the current user: whether the other user has read the message and shares read
    /// receipts. For messages of others: whether the current user has read it.
    pub is_read: bool,
    /// Whether the current user likes the message.
    pub is_liked: bool,
    /// Number of likes.
    pub like_count: i64,
    /// Id of the message that this message replies to.
    #[schema(value_type = Option<String>, format = Uuid, required)]
    pub reply_to: Option<MessageId>,
    /// Client id set by the sender.
    #[schema(required)]
    pub client_id: Option<String>,
    /// Users mentioned with `@`.
    pub mentions: Vec<UserSummary>,
}

/// A conversation in the list of conversations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "chat_id": "01890a5d-ac96-774b-bcce-b302099a8061", "username": "grace",
    "display_name": "Grace H.", "avatar": "/api/v1/users/grace/avatar/", "is_deleted": false,
    "is_online": true,
    "unread_count": 2, "last_message": null
}))]
pub struct Conversation {
    /// Chat id.
    #[schema(value_type = String, format = Uuid)]
    pub chat_id: ChatId,
    /// Username of the other user.
    pub username: String,
    /// Display name of the other user.
    pub display_name: String,
    /// Address of the other user's avatar.
    pub avatar: String,
    /// Whether the other account was deleted. Its messages can be read, but no messages can be sent.
    pub is_deleted: bool,
    /// Whether the other user is online, as far as visible to the current user.
    pub is_online: bool,
    /// Number of unread messages.
    pub unread_count: i64,
    /// Newest message; null if there is none visible to the current user.
    #[schema(required)]
    pub last_message: Option<Message>,
}

/// A conversation with its last messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "chat_id": "01890a5d-ac96-774b-bcce-b302099a8061", "username": "grace",
    "display_name": "Grace H.", "avatar": "/api/v1/users/grace/avatar/", "is_deleted": false,
    "is_online": true,
    "unread_count": 0, "can_write": true, "messages": []
}))]
pub struct OpenConversation {
    /// Chat id.
    #[schema(value_type = String, format = Uuid)]
    pub chat_id: ChatId,
    /// Username of the other user.
    pub username: String,
    /// Display name of the other user.
    pub display_name: String,
    /// Address of the other user's avatar.
    pub avatar: String,
    /// Whether the other account was deleted. Its messages can be read, but no messages can be sent.
    pub is_deleted: bool,
    /// Whether the other user is online, as far as visible to the current user.
    pub is_online: bool,
    /// Number of unread messages.
    pub unread_count: i64,
    /// Whether messages can be sent. Only friends can send each other messages.
    pub can_write: bool,
    /// The last 30 messages, newest first.
    pub messages: Vec<Message>,
}

/// A lobby or room with its last messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "chat_id": "01890a5d-ac96-774b-bcce-b302099a8062", "kind": "lobby", "name": "world",
    "is_member": false, "unread_count": 0, "messages": []
}))]
pub struct OpenRoom {
    /// Chat id.
    #[schema(value_type = String, format = Uuid)]
    pub chat_id: ChatId,
    /// `lobby` or `room`.
    pub kind: ChatKind,
    /// Name of the lobby or title of the room.
    pub name: String,
    /// Whether the current user is a member, so that its messages are delivered on all sockets.
    pub is_member: bool,
    /// Number of unread messages; 0 if the current user is not a member.
    pub unread_count: i64,
    /// The last 30 messages, newest first.
    pub messages: Vec<Message>,
}

/// Unread counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "total": 2, "chats": [{"chat_id": "01890a5d-ac96-774b-bcce-b302099a8061", "unread_count": 2}]
}))]
pub struct Unread {
    /// Number of unread messages in all chats.
    pub total: i64,
    /// Chats with unread messages.
    pub chats: Vec<UnreadChat>,
}

/// Unread count of a chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UnreadChat {
    /// Chat id.
    #[schema(value_type = String, format = Uuid)]
    pub chat_id: ChatId,
    /// Number of unread messages.
    pub unread_count: i64,
}

/// Sends a message to the chat in the path.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"content": "Ready when you are, @grace", "client_id": "b7c1"}))]
pub struct WriteMessage {
    /// Content, at most 2000 characters of plain text.
    #[schema(min_length = 1, max_length = 2000)]
    pub content: String,
    /// Id set by the client, for retries. Sending the same content and `reply_to` with the same id
    /// again has no further effect; different content is refused.
    #[serde(default)]
    #[validate(length(min = 1, max = CLIENT_ID_MAX, message = "must be 1 to 100 characters long"))]
    #[schema(min_length = 1, max_length = 100)]
    pub client_id: Option<String>,
    /// Timestamp set by the client, returned in the event.
    #[serde(default)]
    pub timestamp: Option<ClientTimestamp>,
    /// Id of the message to reply to, in the same chat.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub reply_to: Option<MessageId>,
}

/// The action `new_message`: sends a message.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "chat_id": "01890a5d-ac96-774b-bcce-b302099a8061", "content": "Ready when you are",
    "timestamp": 1_769_860_800_000_i64, "client_id": "b7c1"
}))]
pub struct PostMessage {
    /// Chat id.
    #[schema(value_type = String, format = Uuid)]
    pub chat_id: ChatId,
    /// Content, at most 2000 characters of plain text.
    #[schema(min_length = 1, max_length = 2000)]
    pub content: String,
    /// Timestamp set by the client, returned in the event. Without `client_id` it also identifies
    /// retries: sending the same content and `reply_to` with it again has no further effect.
    #[serde(default)]
    pub timestamp: Option<ClientTimestamp>,
    /// Id set by the client, for retries. Sending the same content and `reply_to` with the same id
    /// again has no further effect; different content is refused.
    #[serde(default)]
    #[validate(length(min = 1, max = CLIENT_ID_MAX, message = "must be 1 to 100 characters long"))]
    #[schema(min_length = 1, max_length = 100)]
    pub client_id: Option<String>,
    /// Id of the message to reply to, in the same chat.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub reply_to: Option<MessageId>,
}

impl PostMessage {
    /// The message for the chat in a path.
    #[must_use]
    pub fn into_chat(chat_id: ChatId, message: WriteMessage) -> Self {
        Self {
            chat_id,
            content: message.content,
            timestamp: message.timestamp,
            client_id: message.client_id,
            reply_to: message.reply_to,
        }
    }
}

/// Edits the message in the path.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"content": "Ready now"}))]
pub struct PatchMessage {
    /// Content, at most 2000 characters of plain text.
    #[schema(min_length = 1, max_length = 2000)]
    pub content: String,
}

/// The action `edit_message`: edits a message of the current user.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"id": "01890a5d-ac96-774b-bcce-b302099a8060", "content": "Ready now"}))]
pub struct EditMessage {
    /// Message id.
    #[schema(value_type = String, format = Uuid)]
    pub id: MessageId,
    /// Content, at most 2000 characters of plain text.
    #[schema(min_length = 1, max_length = 2000)]
    pub content: String,
}

/// The actions `delete_message` and `read_message`.
#[derive(Debug, Clone, Copy, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"id": "01890a5d-ac96-774b-bcce-b302099a8060"}))]
pub struct MessageRef {
    /// Message id.
    #[schema(value_type = String, format = Uuid)]
    pub id: MessageId,
}

/// The actions `like_message` and `unlike_message`.
#[derive(Debug, Clone, Copy, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "id": "01890a5d-ac96-774b-bcce-b302099a8060",
    "chat_id": "01890a5d-ac96-774b-bcce-b302099a8061"
}))]
pub struct LikeMessage {
    /// Message id.
    #[schema(value_type = String, format = Uuid)]
    pub id: MessageId,
    /// Chat id.
    #[schema(value_type = String, format = Uuid)]
    pub chat_id: ChatId,
}

/// The action `typing`.
#[derive(Debug, Clone, Copy, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"chat_id": "01890a5d-ac96-774b-bcce-b302099a8061", "is_typing": true}))]
pub struct SetTyping {
    /// Chat id.
    #[schema(value_type = String, format = Uuid)]
    pub chat_id: ChatId,
    /// Whether the current user is typing.
    pub is_typing: bool,
}

/// The actions and events `join_chat` and `room_created`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"chat_id": "01890a5d-ac96-774b-bcce-b302099a8061"}))]
pub struct ChatRef {
    /// Chat id.
    #[schema(value_type = String, format = Uuid)]
    pub chat_id: ChatId,
}
