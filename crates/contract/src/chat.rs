//! Conversations, lobbies and rooms, and the messages in them.

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

/// The most characters of a message.
pub const CONTENT_MAX: usize = 2_000;
/// The most characters of a client's own id for a message.
pub const CLIENT_ID_MAX: u64 = 100;

/// What sort of chat it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChatKind {
    /// Between two people.
    Direct,
    /// Open to everybody, found by its name; `world` is the world chat.
    Lobby,
    /// For its members alone: of a group, a party or a match.
    Room,
}

/// The client's own mark on a message, given back as it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum ClientTimestamp {
    /// Such as milliseconds since 1970.
    Number(serde_json::Number),
    /// Such as a moment in RFC 3339; at most 100 characters.
    Text(String),
}

impl<'de> Deserialize<'de> for ClientTimestamp {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(AnyMark)
    }
}

/// Reads a mark. The derive would not say what a mark is.
struct AnyMark;

impl de::Visitor<'_> for AnyMark {
    type Value = ClientTimestamp;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text or a number")
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

// The derive knows no numbers of any size.
impl utoipa::PartialSchema for ClientTimestamp {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::from_iter([Type::Number, Type::String]))
            .description(Some("The client's own mark, given back as it came."))
            .max_length(Some(100))
            .examples([serde_json::json!(1_769_860_800_000_i64)])
            .into()
    }
}

impl ToSchema for ClientTimestamp {}

/// A message, as I see it.
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
    /// Names it.
    #[schema(value_type = String, format = Uuid)]
    pub id: MessageId,
    /// The chat it stands in.
    #[schema(value_type = String, format = Uuid)]
    pub chat_id: ChatId,
    /// Its place in the chat's one order, from 1, without gaps.
    pub seq: i64,
    /// Who wrote it.
    pub sender: UserSummary,
    /// What it says, as plain text; empty once it is deleted.
    pub content: String,
    /// When it was stored.
    pub date: Timestamp,
    /// When it was changed last.
    #[schema(required)]
    pub edited_at: Option<Timestamp>,
    /// Whether its sender has deleted it; its place stays.
    pub is_deleted: bool,
    /// My own message: whether the other has let it be known that they read it. Another's: whether
    /// I have read it.
    pub is_read: bool,
    /// Whether I like it.
    pub is_liked: bool,
    /// How many people like it.
    pub like_count: i64,
    /// The message it answers.
    #[schema(value_type = Option<String>, format = Uuid, required)]
    pub reply_to: Option<MessageId>,
    /// The sender's own id for it, the same however often it was sent.
    #[schema(required)]
    pub client_id: Option<String>,
    /// People named in it with `@`.
    pub mentions: Vec<UserSummary>,
}

/// A line of the list of conversations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "chat_id": "01890a5d-ac96-774b-bcce-b302099a8061", "username": "grace",
    "display_name": "Grace H.", "avatar": "/api/v1/users/grace/avatar/", "is_deleted": false,
    "is_online": true,
    "unread_count": 2, "last_message": null
}))]
pub struct Conversation {
    /// Names the chat.
    #[schema(value_type = String, format = Uuid)]
    pub chat_id: ChatId,
    /// The other's name.
    pub username: String,
    /// The other's name to read.
    pub display_name: String,
    /// The other's picture.
    pub avatar: String,
    /// Whether the other's account was deleted: what was written can be read, and nothing more be
    /// written.
    pub is_deleted: bool,
    /// Whether the other is around, as far as I may know.
    pub is_online: bool,
    /// Messages I have not read.
    pub unread_count: i64,
    /// The newest message; null where there is none that I can see.
    #[schema(required)]
    pub last_message: Option<Message>,
}

/// A conversation that was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "chat_id": "01890a5d-ac96-774b-bcce-b302099a8061", "username": "grace",
    "display_name": "Grace H.", "avatar": "/api/v1/users/grace/avatar/", "is_deleted": false,
    "is_online": true,
    "unread_count": 0, "can_write": true, "messages": []
}))]
pub struct OpenConversation {
    /// Names the chat.
    #[schema(value_type = String, format = Uuid)]
    pub chat_id: ChatId,
    /// The other's name.
    pub username: String,
    /// The other's name to read.
    pub display_name: String,
    /// The other's picture.
    pub avatar: String,
    /// Whether the other's account was deleted: what was written can be read, and nothing more be
    /// written.
    pub is_deleted: bool,
    /// Whether the other is around, as far as I may know.
    pub is_online: bool,
    /// Messages I have not read.
    pub unread_count: i64,
    /// Whether I can write: only friends write to each other.
    pub can_write: bool,
    /// The last 30 messages, the newest first.
    pub messages: Vec<Message>,
}

/// A lobby or a room that was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "chat_id": "01890a5d-ac96-774b-bcce-b302099a8062", "kind": "lobby", "name": "world",
    "is_member": false, "unread_count": 0, "messages": []
}))]
pub struct OpenRoom {
    /// Names the chat.
    #[schema(value_type = String, format = Uuid)]
    pub chat_id: ChatId,
    /// Lobby or room.
    pub kind: ChatKind,
    /// The lobby's name or the room's title.
    pub name: String,
    /// Whether I keep it among my chats, so that its messages reach me wherever I am.
    pub is_member: bool,
    /// Messages I have not read; 0 where I am not a member.
    pub unread_count: i64,
    /// The last 30 messages, the newest first.
    pub messages: Vec<Message>,
}

/// What I have not read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "total": 2, "chats": [{"chat_id": "01890a5d-ac96-774b-bcce-b302099a8061", "unread_count": 2}]
}))]
pub struct Unread {
    /// Over all my chats.
    pub total: i64,
    /// The chats with messages I have not read.
    pub chats: Vec<UnreadChat>,
}

/// What I have not read in one chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UnreadChat {
    /// Names the chat.
    #[schema(value_type = String, format = Uuid)]
    pub chat_id: ChatId,
    /// How many messages.
    pub unread_count: i64,
}

/// Writes a message into the chat that the route names.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"content": "Ready when you are, @grace", "client_id": "b7c1"}))]
pub struct WriteMessage {
    /// At most 2000 characters of plain text.
    #[schema(min_length = 1, max_length = 2000)]
    pub content: String,
    /// My own id for it: the same text, in answer to the same message, sent again with the same id is
    /// the same message; anything else with it is refused.
    #[serde(default)]
    #[validate(length(min = 1, max = CLIENT_ID_MAX, message = "1 to 100 characters"))]
    #[schema(min_length = 1, max_length = 100)]
    pub client_id: Option<String>,
    /// My own mark, given back in the event.
    #[serde(default)]
    pub timestamp: Option<ClientTimestamp>,
    /// The message it answers, in the same chat.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub reply_to: Option<MessageId>,
}

/// The action `new_message`: writes a message.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "chat_id": "01890a5d-ac96-774b-bcce-b302099a8061", "content": "Ready when you are",
    "timestamp": 1_769_860_800_000_i64, "client_id": "b7c1"
}))]
pub struct PostMessage {
    /// Where to.
    #[schema(value_type = String, format = Uuid)]
    pub chat_id: ChatId,
    /// At most 2000 characters of plain text.
    #[schema(min_length = 1, max_length = 2000)]
    pub content: String,
    /// My own mark, given back in the event. Without a `client_id` it also tells a retry: the same
    /// text with the same mark, in answer to the same message, is the same message.
    #[serde(default)]
    pub timestamp: Option<ClientTimestamp>,
    /// My own id for it: the same text, in answer to the same message, sent again with the same id is
    /// the same message; anything else with it is refused.
    #[serde(default)]
    #[validate(length(min = 1, max = CLIENT_ID_MAX, message = "1 to 100 characters"))]
    #[schema(min_length = 1, max_length = 100)]
    pub client_id: Option<String>,
    /// The message it answers, in the same chat.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub reply_to: Option<MessageId>,
}

impl PostMessage {
    /// The same message with its chat taken from a route.
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

/// Changes a message of mine, in the route that names it.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"content": "Ready now"}))]
pub struct PatchMessage {
    /// At most 2000 characters of plain text.
    #[schema(min_length = 1, max_length = 2000)]
    pub content: String,
}

/// The action `edit_message`: changes a message of mine.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"id": "01890a5d-ac96-774b-bcce-b302099a8060", "content": "Ready now"}))]
pub struct EditMessage {
    /// Which message.
    #[schema(value_type = String, format = Uuid)]
    pub id: MessageId,
    /// At most 2000 characters of plain text.
    #[schema(min_length = 1, max_length = 2000)]
    pub content: String,
}

/// The actions `delete_message` and `read_message`: a message by its id.
#[derive(Debug, Clone, Copy, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"id": "01890a5d-ac96-774b-bcce-b302099a8060"}))]
pub struct MessageRef {
    /// Which message.
    #[schema(value_type = String, format = Uuid)]
    pub id: MessageId,
}

/// The actions `like_message` and `unlike_message`: a message in its chat.
#[derive(Debug, Clone, Copy, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "id": "01890a5d-ac96-774b-bcce-b302099a8060",
    "chat_id": "01890a5d-ac96-774b-bcce-b302099a8061"
}))]
pub struct LikeMessage {
    /// Which message.
    #[schema(value_type = String, format = Uuid)]
    pub id: MessageId,
    /// The chat it stands in.
    #[schema(value_type = String, format = Uuid)]
    pub chat_id: ChatId,
}

/// The action `typing`.
#[derive(Debug, Clone, Copy, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"chat_id": "01890a5d-ac96-774b-bcce-b302099a8061", "is_typing": true}))]
pub struct SetTyping {
    /// Where.
    #[schema(value_type = String, format = Uuid)]
    pub chat_id: ChatId,
    /// Whether I am.
    pub is_typing: bool,
}

/// The actions `join_chat` and `room_created`, and their answers: a chat by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"chat_id": "01890a5d-ac96-774b-bcce-b302099a8061"}))]
pub struct ChatRef {
    /// Which chat.
    #[schema(value_type = String, format = Uuid)]
    pub chat_id: ChatId,
}
