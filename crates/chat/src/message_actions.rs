//! Reading, editing, deleting and liking single messages.
//!
//! A change locks the message's row first and emits its event last, so that the events of the chat's
//! stream are in the order of the changes.

use async_trait::async_trait;
use contract::catalogue::EventName;
use contract::chat::{ChatId, LikeUpdate, Message, MessageId, MessageRead};
use contract::streams::StreamName;
use db::Tx;
use jobs::Enqueue;
use kernel::{Actor, AppError, UserId};
use outbox::Emit;

use crate::events::{emit_deleted, emit_edited};
use crate::message_notifications::MessageNotificationJob;
use crate::queries::chats::{self, Membership};
use crate::queries::messages::{self, MessageRow};
use crate::queries::{conversations, members};
use crate::read_context::{ChatAccess, ReadContext};
use crate::reading::{mark_read_up_to, resolve_notifications};
use crate::rules::{MessageContent, PeerAccess, mentioned_names};
use crate::{Chat, Error};

/// Actions on single messages.
#[async_trait]
pub trait MessagesService: Send + Sync {
    /// Gets a message as the actor sees it.
    ///
    /// # Errors
    /// `chat.message_not_found`.
    async fn get_message(&self, actor: &Actor, id: MessageId) -> Result<Message, AppError>;

    /// Edits the text of a message that the actor has sent. Users whom the new text mentions are not
    /// notified.
    ///
    /// # Errors
    /// `chat.message_not_found`, `chat.message_deleted`, `chat.not_your_message`; `chat.not_friends`
    /// and `chat.account_deleted` where the conversation can only be read; `auth.email_not_verified`;
    /// those of [`check_content`].
    async fn edit_message(
        &self,
        actor: &Actor,
        id: MessageId,
        content: &str,
    ) -> Result<Message, AppError>;

    /// Deletes a message that the actor has sent, for all members. Deleting it again changes nothing.
    ///
    /// # Errors
    /// `chat.message_not_found`, `chat.not_your_message`.
    async fn delete_message(&self, actor: &Actor, id: MessageId) -> Result<(), AppError>;

    /// Likes another user's message, or removes the like. Doing it again changes nothing.
    ///
    /// # Errors
    /// `chat.message_not_found`, `chat.message_deleted`, `chat.own_message`; for a new like also
    /// `chat.not_friends`, `chat.account_deleted` and `auth.email_not_verified`.
    async fn set_like(
        &self,
        actor: &Actor,
        id: MessageId,
        likes: bool,
    ) -> Result<LikeUpdate, AppError>;

    /// Marks a message and all before it as read. In a conversation, the sender gets a read receipt if
    /// the actor shares them.
    ///
    /// # Errors
    /// `chat.message_not_found`.
    async fn mark_read(&self, actor: &Actor, id: MessageId) -> Result<(), AppError>;
}

/// Checks the new text of a message, without the database.
///
/// # Errors
/// `chat.content_empty`, `chat.content_too_long`, `chat.content_control_character`, on the field
/// `content`.
pub fn check_content(content: &str) -> Result<(), AppError> {
    parse_content(content).map(|_| ())
}

/// A message that a user can see, and their access to its chat.
struct MessageAccess {
    message: MessageRow,
    chat: ChatAccess,
}

#[async_trait]
impl MessagesService for Chat {
    async fn get_message(&self, actor: &Actor, id: MessageId) -> Result<Message, AppError> {
        let user = actor.user;
        let read = move |ctx: &mut ReadContext<'_>| {
            let MessageAccess { message, chat } = ctx.message_access(user, id)?;
            ctx.render_one(user, chat.membership.member.as_ref(), message)
        };
        self.read_with(read).await
    }

    async fn edit_message(
        &self,
        actor: &Actor,
        id: MessageId,
        content: &str,
    ) -> Result<Message, AppError> {
        self.ensure_can_post(actor)?;
        let content = parse_content(content)?;
        let (user, parts) = (actor.user, self.inner.parts.clone());
        let edit = move |tx: &mut Tx<'_>| {
            let mut ctx = ReadContext::new(&parts, tx.conn);
            let MessageAccess { message, chat } = ctx.message_access(user, id)?;
            ensure_sender(&message, user)?;
            let membership = chat.ensure_write()?.membership;
            let mentioned = ctx.mentioned_members(&membership, user, &content)?;
            let (row, changed) = edit(tx, id, content, &mentioned)?;
            let mut ctx = ReadContext::new(&parts, tx.conn);
            let message = ctx.render_one(user, membership.member.as_ref(), row)?;
            if changed {
                emit_edited(tx, &message)?;
            }
            Ok(message)
        };
        self.inner.parts.store.write(edit).await
    }

    async fn delete_message(&self, actor: &Actor, id: MessageId) -> Result<(), AppError> {
        let MessageAccess { message, chat } = self.message_access(actor, id).await?;
        ensure_sender(&message, actor.user)?;
        let (user, peer) = (actor.user, chat.membership.peer());
        let delete = move |tx: &mut Tx<'_>| delete(tx, id, user, peer);
        self.inner.parts.store.write(delete).await
    }

    async fn set_like(
        &self,
        actor: &Actor,
        id: MessageId,
        likes: bool,
    ) -> Result<LikeUpdate, AppError> {
        let MessageAccess { message, chat } = self.message_access(actor, id).await?;
        if likes {
            self.ensure_can_post(actor)?;
            chat.ensure_write()?;
        }
        if message.sender == actor.user {
            return Err(Error::OwnMessage.into());
        }
        let user = actor.user;
        let set = move |tx: &mut Tx<'_>| set_like(tx, id, user, likes);
        self.inner.parts.store.write(set).await
    }

    async fn mark_read(&self, actor: &Actor, id: MessageId) -> Result<(), AppError> {
        let user = actor.user;
        let read = move |ctx: &mut ReadContext<'_>| {
            let MessageAccess { message, chat } = ctx.message_access(user, id)?;
            let membership = chat.membership;
            let shares = membership.kind.has_receipts() && ctx.shares_receipts(user)?;
            Ok((message, membership.member.is_some(), shares))
        };
        let (message, is_member, shares) = self.read_with(read).await?;
        if message.sender == user || !is_member {
            return Ok(());
        }
        let mark = move |tx: &mut Tx<'_>| mark_read(tx, &message, user, shares);
        self.inner.parts.store.write(mark).await
    }
}

impl Chat {
    async fn message_access(
        &self,
        actor: &Actor,
        id: MessageId,
    ) -> Result<MessageAccess, AppError> {
        let user = actor.user;
        self.read_with(move |ctx| ctx.message_access(user, id))
            .await
    }
}

impl ReadContext<'_> {
    fn message_access(&mut self, user: UserId, id: MessageId) -> Result<MessageAccess, AppError> {
        let missing = || AppError::from(Error::MessageNotFound);
        let message = messages::find(self.conn, id)?.ok_or_else(missing)?;
        let membership = chats::membership(self.conn, message.chat_id, user)?
            .filter(|found| found.can_read() && message.seq > found.cleared_up_to())
            .ok_or_else(missing)?;
        let peer_access = match membership.peer() {
            Some(peer) => self.peer_access(user, peer)?,
            None if message.sender == user => PeerAccess::Write,
            // In lobbies and rooms, strangers can answer each other; only blocks matter.
            None => match self.peer_access(user, message.sender)? {
                PeerAccess::Hidden => PeerAccess::Hidden,
                _ => PeerAccess::Write,
            },
        };
        if peer_access == PeerAccess::Hidden {
            return Err(missing());
        }
        let chat = ChatAccess::new(membership, peer_access);
        Ok(MessageAccess { message, chat })
    }

    /// The users whom a text mentions and who can read the chat.
    fn mentioned_members(
        &mut self,
        membership: &Membership,
        sender: UserId,
        content: &MessageContent,
    ) -> Result<Vec<UserId>, AppError> {
        let mentioned = self.find_mentioned(&mentioned_names(content.as_str()))?;
        if mentioned.is_empty() {
            return Ok(vec![]);
        }
        let hidden = self.hidden_in(sender, membership.kind)?;
        let ids = mentioned.iter().map(|user| user.id);
        let ids: Vec<_> = ids
            .filter(|id| *id != sender && !hidden.contains(id))
            .collect();
        if membership.kind.is_open() {
            return Ok(ids);
        }
        let keys: Vec<_> = ids.into_iter().map(|id| (id, membership.chat.id)).collect();
        let members = members::load(self.conn, &keys)?;
        Ok(members.into_iter().map(|member| member.user_id).collect())
    }
}

fn parse_content(content: &str) -> Result<MessageContent, AppError> {
    let on_field = |error: Error| error.on_field("content");
    MessageContent::parse(content)
        .map_err(|errors| AppError::together(errors.into_iter().map(on_field)))
}

fn ensure_sender(message: &MessageRow, user: UserId) -> Result<(), AppError> {
    if message.sender == user {
        Ok(())
    } else {
        Err(Error::NotYourMessage.into())
    }
}

fn lock_message(tx: &mut Tx<'_>, id: MessageId) -> Result<MessageRow, AppError> {
    let message = messages::lock(tx.conn, id)?;
    message.ok_or_else(|| Error::MessageNotFound.into())
}

/// Locks a message and refuses deleted ones.
fn lock_undeleted(tx: &mut Tx<'_>, id: MessageId) -> Result<MessageRow, AppError> {
    let message = lock_message(tx, id)?;
    if message.deleted_at.is_some() {
        return Err(Error::MessageDeleted.into());
    }
    Ok(message)
}

/// Stores a new text. Returns the message and whether it has changed.
fn edit(
    tx: &mut Tx<'_>,
    id: MessageId,
    content: MessageContent,
    mentioned: &[UserId],
) -> Result<(MessageRow, bool), AppError> {
    let now = tx.env().now();
    let mut message = lock_undeleted(tx, id)?;
    if message.content == content.as_str() {
        return Ok((message, false));
    }
    message.content = content.into_string();
    message.mentions = messages::mentions_column(mentioned);
    message.edited_at = Some(now);
    messages::store_text(tx.conn, &message)?;
    Ok((message, true))
}

fn delete(
    tx: &mut Tx<'_>,
    id: MessageId,
    user: UserId,
    peer: Option<UserId>,
) -> Result<(), AppError> {
    let now = tx.env().now();
    let message = lock_message(tx, id)?;
    if message.deleted_at.is_some() {
        return Ok(());
    }
    messages::erase(tx.conn, &message, now)?;
    if let Some(peer) = peer {
        mark_caught_up(tx, message.chat_id, peer)?;
    }
    emit_deleted(tx, &message, user)
}

/// If deleting a message leaves the user without unread ones, marks the chat as read: the notification
/// is resolved, and the next message schedules a new one.
fn mark_caught_up(tx: &mut Tx<'_>, chat: ChatId, user: UserId) -> Result<(), AppError> {
    // The number is read before the count, so that a message in between stays unread.
    let seq = chats::last_seq(tx.conn, chat)?;
    if conversations::unread_in(tx.conn, user, chat)? == 0 {
        mark_read_up_to(tx, user, chat, seq)?;
    }
    Ok(())
}

fn set_like(
    tx: &mut Tx<'_>,
    id: MessageId,
    user: UserId,
    likes: bool,
) -> Result<LikeUpdate, AppError> {
    let mut message = lock_undeleted(tx, id)?;
    let changed = if likes {
        messages::insert_like(tx.conn, id, user)?
    } else {
        messages::delete_like(tx.conn, id, user)?
    };
    if changed {
        message.like_count += if likes { 1 } else { -1 };
        messages::store_like_count(tx.conn, &message)?;
    }
    let update = LikeUpdate {
        id,
        chat_id: message.chat_id,
        is_liked: likes,
        like_count: message.like_count,
        user_id: user,
        sender_id: message.sender,
    };
    if changed {
        let stream = StreamName::Chat(message.chat_id);
        tx.emit_by(user, stream, EventName::ChatLikeUpdate, &update)?;
    }
    Ok(update)
}

fn mark_read(
    tx: &mut Tx<'_>,
    message: &MessageRow,
    user: UserId,
    shares_receipts: bool,
) -> Result<(), AppError> {
    let Some(mut member) = members::lock(tx.conn, message.chat_id, user)? else {
        return Err(Error::MessageNotFound.into());
    };
    let is_confirmed = shares_receipts && member.receipt_seq < message.seq;
    let is_new = member.last_read_seq < message.seq;
    if !is_new && !is_confirmed {
        return Ok(());
    }
    let is_notified = is_new && member.is_notified();
    member.last_read_seq = member.last_read_seq.max(message.seq);
    if is_confirmed {
        member.receipt_seq = message.seq;
    }
    members::store_progress(tx.conn, &member)?;
    if is_notified {
        resolve_notifications(tx, user, message.chat_id, message.seq)?;
    }
    if is_new && member.peer_id.is_some() {
        schedule_for_next(tx, message, user)?;
    }
    if is_confirmed {
        emit_read(tx, message, user)?;
    }
    Ok(())
}

/// Schedules a notification for the first unread message after one that was read. The notification
/// for the messages up to that one does not cover it.
fn schedule_for_next(tx: &mut Tx<'_>, read: &MessageRow, user: UserId) -> Result<(), AppError> {
    let next = messages::first_by_others(tx.conn, read.chat_id, read.seq, user)?;
    let Some(next) = next else { return Ok(()) };
    let notification = MessageNotificationJob {
        user_id: user,
        chat_id: next.chat_id,
        seq: next.seq,
        message_id: next.id,
        sender_id: next.sender,
        mention: next.mentioned().contains(&user),
    };
    let job = notification.scheduled(tx)?;
    tx.enqueue_all(vec![job])
}

fn emit_read(tx: &mut Tx<'_>, message: &MessageRow, user: UserId) -> Result<(), AppError> {
    let event = MessageRead {
        id: message.id,
        chat_id: message.chat_id,
        seq: message.seq,
        user_id: user,
    };
    tx.emit_by(
        user,
        StreamName::User(message.sender),
        EventName::MessageRead,
        &event,
    )
}
