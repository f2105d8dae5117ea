//! Events about messages: those that are emitted, and those that are stored already and must not
//! say any longer what was changed or deleted.

use contract::chat::{Message, MessageDeleted, MessageEdited};
use db::Tx;
use kernel::{AppError, UserId};
use outbox::{Emit, NewEvent};
use serde_json::{Value, json};

use crate::service::stream_of;
use crate::store::messages::MessageRow;

/// Tells of another text, and rewrites the stored events with the one before.
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
    let event = NewEvent::new(stream_of(message.chat_id), "message_edited", &edited)?;
    tx.emit_all(vec![event.by(message.sender.id).about(message.id)])
}

/// Tells that a message is deleted, and removes its text from the stored events.
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
    tx.emit_by(by, &stream_of(message.chat_id), "message_deleted", &event)
}

/// Replaces a field that the event has.
fn replace(data: &mut Value, field: &str, value: Value) {
    if let Some(there) = data.get_mut(field) {
        *there = value;
    }
}
