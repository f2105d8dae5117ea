//! Stores the usual message with one statement.
//!
//! The usual message goes to a friend, answers none, mentions nobody, and is the next of a conversation in
//! which this node stored the last ones. What its event contains is then known but for what may have
//! changed meanwhile, and that is checked by the statement that stores it: PostgreSQL is asked once
//! instead of six times. Where something has changed, the statement has no effect, and the message takes
//! the long way, which looks at everything under the lock of the chat.

use std::collections::{BTreeMap, HashMap};

use contract::chat::Message;
use db::{BulkStatement, Tx};
use jobs::Enqueue;
use kernel::{AppError, UserId};
use outbox::Emit;

use crate::ChatParts;
use crate::message_notifications::MessageNotificationJob;
use crate::posting::batch::message_and_event;
use crate::posting::known_chats::{KnownChats, KnownSender};
use crate::posting::parsed_post::ParsedPost;
use crate::posting::validator::row_of;
use crate::queries::batch::{self, IS_PEER_NOTIFIED, NextMessage};
use crate::view::UserSummaries;

/// Stores a message, if it is a usual one.
///
/// # Errors
/// The database is unavailable; the message may be stored nevertheless.
pub(super) async fn store(
    parts: &ChatParts,
    known: &KnownChats,
    post: &ParsedPost,
) -> Result<Option<Message>, AppError> {
    let Some(usual) = UsualMessage::of(parts, known, post) else {
        return Ok(None);
    };
    let write = move |tx: &mut Tx<'_>| usual.write(tx);
    let stored = parts.store.write_one_statement(write).await?;
    if let Some(message) = &stored {
        known.advance(message.chat_id, message.seq);
    }
    Ok(stored)
}

/// A usual message, and what the statement checks of its sender.
struct UsualMessage {
    post: ParsedPost,
    seq: i64,
    sender: KnownSender,
    guards: Vec<BulkStatement<'static, ()>>,
}

impl UsualMessage {
    fn of(parts: &ChatParts, known: &KnownChats, post: &ParsedPost) -> Option<Self> {
        if parts.store.is_embedded() || post.reply_to.is_some() || !post.mentioned.is_empty() {
            return None;
        }
        let (seq, sender) = known.next(post.chat, post.sender)?;
        let is_named = parts.users.summary_guard(&sender.summary)?;
        let are_friends = parts.relations.friends_guard(post.sender, sender.peer)?;
        Some(Self {
            post: post.clone(),
            seq,
            sender,
            guards: vec![is_named, are_friends],
        })
    }

    fn write(self, tx: &mut Tx<'_>) -> Result<Option<Message>, AppError> {
        let now = tx.env().now();
        let Self { post, seq, .. } = self;
        let (sender, chat, peer) = (post.sender, post.chat, self.sender.peer);
        let job = notification(&post, seq, peer).scheduled(tx)?;
        let job = tx.insertion_of(vec![job]);
        let timestamp = post.timestamp.clone();
        let row = row_of(post, seq, &[], now);
        let client_id = row.client_id.clone();
        let users = UserSummaries::from(HashMap::from([(sender, self.sender.summary)]));
        let (message, event) = message_and_event(row.clone(), timestamp, None, &users)?;
        let rows = [row];
        let statements = vec![
            batch::insert_messages(&rows),
            batch::advance_chats(&BTreeMap::from([(chat, seq)]), now),
            batch::mark_read_by_senders(&BTreeMap::from([((sender, chat), seq)])),
            job.only_if(IS_PEER_NOTIFIED),
        ];
        let next = NextMessage {
            sender,
            peer,
            chat,
            seq,
            client_id: client_id.as_deref(),
        };
        let mut guards = self.guards;
        guards.push(batch::guard(next));
        let is_stored = tx.emit_guarded(event, statements, guards)?;
        Ok(is_stored.then_some(message))
    }
}

/// Notifies the peer, if the message is their first unread one.
fn notification(post: &ParsedPost, seq: i64, peer: UserId) -> MessageNotificationJob {
    MessageNotificationJob {
        user_id: peer,
        chat_id: post.chat,
        seq,
        message_id: post.id,
        sender_id: post.sender,
        mention: false,
    }
}
