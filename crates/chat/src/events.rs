//! The durable events of chats and messages. Editing and deleting a message also rewrite the stored
//! events that contain its earlier text.

use contract::catalogue::EventName;
use contract::chat::{ChatId, ChatJoined, ChatRef, Message, MessageDeleted, MessageEdited};
use contract::streams::StreamName;
use db::Tx;
use kernel::{AppError, UserId};
use outbox::{Emit, NewEvent};
use serde_json::{Value, json};

use crate::queries::chats::NewChat;
use crate::queries::messages::MessageRow;

/// Emits the first event of a chat's stream, so that members who join have a position to resume from.
pub(crate) fn emit_created(tx: &mut Tx<'_>, chat: ChatId, by: UserId) -> Result<(), AppError> {
    let event = ChatRef { chat_id: chat };
    tx.emit_by(by, StreamName::Chat(chat), EventName::RoomCreated, &event)
}

/// Tells new members from which position on the chat's events are for them.
pub(crate) fn emit_joined(
    tx: &mut Tx<'_>,
    chat: ChatId,
    details: &NewChat,
    users: &[UserId],
) -> Result<(), AppError> {
    let (seq, epoch) = outbox::head(tx.conn, &StreamName::Chat(chat).to_string())?;
    let joined = ChatJoined {
        chat_id: chat,
        kind: details.kind.to_contract(),
        name: details.title.clone(),
        seq,
        epoch,
    };
    let event =
        |user: &UserId| NewEvent::new(StreamName::User(*user), EventName::ChatJoined, &joined);
    tx.emit_all(users.iter().map(event).collect::<Result<_, _>>()?)
}

/// Emits the new text of a message, and rewrites the stored events that contain the earlier one.
pub(crate) fn emit_edited(tx: &mut Tx<'_>, message: &Message) -> Result<(), AppError> {
    let now = tx.env().now();
    let edited = MessageEdited {
        id: message.id,
        chat_id: message.chat_id,
        content: message.content.clone(),
        edited_at: message.edited_at.unwrap_or(now),
        mentions: message.mentions.clone(),
    };
    let mentions = serde_json::to_value(&message.mentions)?;
    outbox::rewrite(tx.conn, message.id, |_, data| {
        replace(data, "content", json!(edited.content));
        replace(data, "mentions", mentions.clone());
        replace(data, "edited_at", json!(edited.edited_at));
    })?;
    let event = NewEvent::new(
        StreamName::Chat(message.chat_id),
        EventName::MessageEdited,
        &edited,
    )?;
    tx.emit_all(vec![event.by(message.sender.id).about(message.id)])
}

/// Emits the deletion of a message, and removes its text from the stored events.
pub(crate) fn emit_deleted(
    tx: &mut Tx<'_>,
    message: &MessageRow,
    by: UserId,
) -> Result<(), AppError> {
    outbox::rewrite(tx.conn, message.id, |_, data| {
        replace(data, "content", json!(""));
        replace(data, "mentions", json!([]));
        replace(data, "is_deleted", json!(true));
    })?;
    let event = MessageDeleted {
        id: message.id,
        chat_id: message.chat_id,
        seq: message.seq,
        sender_id: message.sender,
    };
    tx.emit_by(
        by,
        StreamName::Chat(message.chat_id),
        EventName::MessageDeleted,
        &event,
    )
}

/// Replaces a field if the event has it.
fn replace(data: &mut Value, field: &str, value: Value) {
    if let Some(current) = data.get_mut(field) {
        *current = value;
    }
}
