//! What is done to messages: edited, deleted, liked, read.
//!
//! Each holds the message's row first and tells of the change on the chat's stream last, so that
//! the stream has the order in which things happened.

use contract::chat::{ChatId, LikeUpdate, Message, MessageId, MessageRead};
use db::Tx;
use jobs::Enqueue;
use kernel::{Actor, AppError, UserId};
use outbox::Emit;

use crate::calls::UnreadCall;
use crate::events::{emit_deleted, emit_edited};
use crate::ports::Standing;
use crate::queries::{ChatAccess, ReadContext};
use crate::rules::{Content, named_in};
use crate::service::{catch_up, personal, settle, stream_of};
use crate::store::chats::{self, Membership};
use crate::store::messages::{self, MessageRow};
use crate::store::{conversations, members};
use crate::{Chat, Error};

/// A message that the actor can see, and where it stands.
struct MessageAccess {
    message: MessageRow,
    seat: ChatAccess,
}

impl ReadContext<'_> {
    /// The message with this id, if it is there for this person.
    fn message_access(&mut self, user: UserId, id: MessageId) -> Result<MessageAccess, AppError> {
        let missing = || AppError::from(Error::MessageNotFound);
        let message = messages::find(self.conn, id)?.ok_or_else(missing)?;
        let place = chats::place(self.conn, message.chat_id, user)?
            .filter(|place| place.is_open() && message.seq > place.cleared())
            .ok_or_else(missing)?;
        let standing = match place.peer() {
            Some(peer) => self.standing(user, peer)?,
            None if message.sender == user => Standing::Friends,
            // In company, strangers may answer each other; only blocks count.
            None => match self.standing(user, message.sender)? {
                Standing::Blocked => Standing::Blocked,
                _ => Standing::Friends,
            },
        };
        if standing == Standing::Blocked {
            return Err(missing());
        }
        let seat = ChatAccess::new(place, standing);
        Ok(MessageAccess { message, seat })
    }

    /// Those a text names who are in the chat to hear of it.
    fn mentionable(
        &mut self,
        place: &Membership,
        by: UserId,
        content: &Content,
    ) -> Result<Vec<UserId>, AppError> {
        let people = self.mention(&named_in(content.as_str()))?;
        if people.is_empty() {
            return Ok(vec![]);
        }
        let hidden = self.hidden_in(by, place.kind)?;
        let ids = people.iter().map(|person| person.id);
        let ids: Vec<_> = ids.filter(|id| *id != by && !hidden.contains(id)).collect();
        if place.kind.is_open() {
            return Ok(ids);
        }
        let places: Vec<_> = ids.into_iter().map(|id| (id, place.chat.id)).collect();
        let present = members::of(self.conn, &places)?;
        Ok(present.into_iter().map(|member| member.user_id).collect())
    }
}

fn read_content(content: &str) -> Result<Content, AppError> {
    let at_field = |error: Error| error.on_field("content");
    Content::parse(content).map_err(|errors| AppError::together(errors.into_iter().map(at_field)))
}

impl Chat {
    async fn message_access(
        &self,
        actor: &Actor,
        id: MessageId,
    ) -> Result<MessageAccess, AppError> {
        let user = actor.user;
        self.read_with(move |look| look.message_access(user, id))
            .await
    }

    /// A message as the actor sees it.
    pub async fn message(&self, actor: &Actor, id: MessageId) -> Result<Message, AppError> {
        let user = actor.user;
        let read = move |look: &mut ReadContext<'_>| {
            let message_access = look.message_access(user, id)?;
            look.one(
                user,
                message_access.seat.place.member.as_ref(),
                message_access.message,
            )
        };
        self.read_with(read).await
    }

    /// Looks at the new text of a message.
    ///
    /// # Errors
    /// Says why it cannot be so.
    pub fn check_content(content: &str) -> Result<(), AppError> {
        read_content(content).map(|_| ())
    }

    /// Changes what a message of the actor's says. Those it names now are not called again.
    pub async fn edit(
        &self,
        actor: &Actor,
        id: MessageId,
        content: &str,
    ) -> Result<Message, AppError> {
        self.may_speak(actor)?;
        let content = read_content(content)?;
        let (user, parts) = (actor.user, self.inner.parts.clone());
        let change = move |tx: &mut Tx<'_>| {
            let mut look = ReadContext::new(&parts, tx.conn);
            let message_access = look.message_access(user, id)?;
            own(&message_access.message, user)?;
            let seat = message_access.seat.writable()?;
            let named = look.mentionable(&seat.place, user, &content)?;
            let (row, changed) = edit(tx, id, content, &named)?;
            let mut look = ReadContext::new(&parts, tx.conn);
            let message = look.one(user, seat.place.member.as_ref(), row)?;
            if changed {
                emit_edited(tx, &message)?;
            }
            Ok(message)
        };
        self.inner.parts.store.write(change).await
    }

    /// Deletes a message of the actor's for everybody.
    pub async fn delete(&self, actor: &Actor, id: MessageId) -> Result<(), AppError> {
        let message_access = self.message_access(actor, id).await?;
        own(&message_access.message, actor.user)?;
        let (user, peer) = (actor.user, message_access.seat.place.peer());
        let erase = move |tx: &mut Tx<'_>| {
            let now = tx.env().now();
            let message = held(tx, id)?;
            if message.deleted_at.is_some() {
                // Deleting again changes nothing.
                return Ok(());
            }
            messages::erase(tx.conn, &message, now)?;
            if let Some(peer) = peer {
                spare(tx, message.chat_id, peer)?;
            }
            emit_deleted(tx, &message, user)
        };
        self.inner.parts.store.write(erase).await
    }

    /// Likes another's message, or takes the like back. Doing it twice changes nothing.
    pub async fn like(
        &self,
        actor: &Actor,
        id: MessageId,
        likes: bool,
    ) -> Result<LikeUpdate, AppError> {
        let message_access = self.message_access(actor, id).await?;
        if likes {
            self.may_speak(actor)?;
            message_access.seat.writable()?;
        }
        if message_access.message.sender == actor.user {
            return Err(Error::OwnMessage.into());
        }
        let user = actor.user;
        let change = move |tx: &mut Tx<'_>| like(tx, id, user, likes);
        self.inner.parts.store.write(change).await
    }

    /// The actor has read a message and all before it. The other of a conversation hears of it,
    /// unless the actor keeps that to themselves.
    pub async fn read(&self, actor: &Actor, id: MessageId) -> Result<(), AppError> {
        let user = actor.user;
        let ask = move |look: &mut ReadContext<'_>| {
            let MessageAccess { message, seat } = look.message_access(user, id)?;
            let gives = seat.place.kind.has_receipts() && look.gives_receipts(user)?;
            Ok((message, seat, gives))
        };
        let (message, seat, gives) = self.read_with(ask).await?;
        if message.sender == user || seat.place.member.is_none() {
            return Ok(());
        }
        let read = move |tx: &mut Tx<'_>| read(tx, &message, user, gives);
        self.inner.parts.store.write(read).await
    }
}

/// When nothing is left that somebody has not read, they have read all there is: they were called
/// in vain, and the next message calls them again.
fn spare(tx: &mut Tx<'_>, chat: ChatId, user: UserId) -> Result<(), AppError> {
    // The place first: what comes meanwhile stays unread.
    let seq = chats::last_seq(tx.conn, chat)?;
    let nothing_waits = conversations::unread_in(tx.conn, user, chat)? == 0;
    if nothing_waits {
        catch_up(tx, user, chat, seq)?;
    }
    Ok(())
}

fn own(message: &MessageRow, user: UserId) -> Result<(), AppError> {
    if message.sender == user {
        Ok(())
    } else {
        Err(Error::NotYourMessage.into())
    }
}

/// The message, held until the transaction ends.
fn held(tx: &mut Tx<'_>, id: MessageId) -> Result<MessageRow, AppError> {
    let message = messages::locked(tx.conn, id)?;
    message.ok_or_else(|| Error::MessageNotFound.into())
}

/// The message, held, unless it is deleted.
fn living(tx: &mut Tx<'_>, id: MessageId) -> Result<MessageRow, AppError> {
    let message = held(tx, id)?;
    if message.deleted_at.is_some() {
        return Err(Error::MessageDeleted.into());
    }
    Ok(message)
}

/// The message as it is now, and whether that is another one than before.
fn edit(
    tx: &mut Tx<'_>,
    id: MessageId,
    content: Content,
    named: &[UserId],
) -> Result<(MessageRow, bool), AppError> {
    let now = tx.env().now();
    let mut message = living(tx, id)?;
    if message.content == content.as_str() {
        return Ok((message, false));
    }
    message.content = content.into_string();
    message.mentions = messages::mentions_column(named);
    message.edited_at = Some(now);
    messages::store_text(tx.conn, &message)?;
    Ok((message, true))
}

fn like(tx: &mut Tx<'_>, id: MessageId, user: UserId, likes: bool) -> Result<LikeUpdate, AppError> {
    let mut message = living(tx, id)?;
    let changed = if likes {
        messages::like(tx.conn, id, user)?
    } else {
        messages::unlike(tx.conn, id, user)?
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
        let stream = stream_of(message.chat_id);
        tx.emit_by(user, &stream, "chat_like_update", &update)?;
    }
    Ok(update)
}

/// They were called once for all that waited. What came after what they have read calls them anew.
fn call_for_next(tx: &mut Tx<'_>, read: &MessageRow, user: UserId) -> Result<(), AppError> {
    let next = messages::first_by_others(tx.conn, read.chat_id, read.seq, user)?;
    let Some(next) = next else { return Ok(()) };
    let call = UnreadCall {
        user_id: user,
        chat_id: next.chat_id,
        seq: next.seq,
        message_id: next.id,
        sender_id: next.sender,
        mention: next.mentioned().contains(&user),
    };
    let job = call.later(tx)?;
    tx.enqueue_all(vec![job])
}

fn read(
    tx: &mut Tx<'_>,
    message: &MessageRow,
    user: UserId,
    gives_receipts: bool,
) -> Result<(), AppError> {
    let Some(mut member) = members::locked(tx.conn, message.chat_id, user)? else {
        return Err(Error::MessageNotFound.into());
    };
    let news = gives_receipts && member.receipt_seq < message.seq;
    if member.last_read_seq >= message.seq && !news {
        return Ok(());
    }
    let is_new = member.last_read_seq < message.seq;
    let is_notified = is_new && member.is_notified();
    member.last_read_seq = member.last_read_seq.max(message.seq);
    if news {
        member.receipt_seq = message.seq;
    }
    members::store_progress(tx.conn, &member)?;
    if is_notified {
        settle(tx, user, message.chat_id, message.seq)?;
    }
    if is_new && member.peer_id.is_some() {
        call_for_next(tx, message, user)?;
    }
    if news {
        let event = MessageRead {
            id: message.id,
            chat_id: message.chat_id,
            seq: message.seq,
            user_id: user,
        };
        tx.emit_by(user, &personal(message.sender), "message_read", &event)?;
    }
    Ok(())
}
