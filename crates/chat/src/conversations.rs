//! Conversations of two users.
//!
//! Only friends open a conversation and write in it. After the friendship has ended, or an account
//! was deleted, the conversation can still be read; across a block, it does not exist.

use async_trait::async_trait;
use contract::catalogue::EventName;
use contract::chat::{ChatId, Conversation, ConversationDeleted, OpenConversation, Unread};
use contract::streams::StreamName;
use contract::users::UserSummary;
use db::Tx;
use kernel::error::Common;
use kernel::{Actor, AppError, Cursor, Page, PageRequest, UserId};
use outbox::Emit;

use crate::events::{emit_created, emit_joined};
use crate::queries::chats::{self, NewChat};
use crate::queries::conversations::{self, ConversationRow};
use crate::queries::members::{self, NewMember};
use crate::queries::unread;
use crate::read_context::{ChatAccess, Peer, ReadContext};
use crate::reading::{mark_read_up_to, resolve_notifications};
use crate::rules::{ChatType, PeerAccess, conversation_key};
use crate::view::{MessageView, UserSummaries};
use crate::{Chat, Error};

/// The page of messages that is returned with an opened chat.
pub(crate) const FIRST_PAGE: PageRequest = PageRequest {
    limit: 30,
    offset: 0,
};

/// A conversation, and whether it was created by this call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedConversation {
    /// Whether the conversation is new.
    pub created: bool,
    /// The conversation with its newest messages.
    pub conversation: OpenConversation,
}

/// Conversations of two users. `peer` is the username or id of the other one.
#[async_trait]
pub trait ConversationsService: Send + Sync {
    /// Lists the actor's conversations, the one with the newest message first.
    ///
    /// # Errors
    /// Only those of the database and of presence.
    async fn list_conversations(
        &self,
        actor: &Actor,
        page: PageRequest,
    ) -> Result<Page<Conversation>, AppError>;

    /// Opens the conversation with a user, and creates it if the two are friends.
    ///
    /// # Errors
    /// `users.not_found`, also across a block; `users.oneself`; where there is no conversation yet,
    /// `chat.not_friends` and `auth.email_not_verified`.
    async fn open_conversation(
        &self,
        actor: &Actor,
        peer: &str,
    ) -> Result<OpenedConversation, AppError>;

    /// As [`open_conversation`](Self::open_conversation), without loading messages. Returns the id of
    /// the chat and the username of the peer.
    ///
    /// # Errors
    /// Those of [`open_conversation`](Self::open_conversation); `chat.not_friends` also where the
    /// conversation can only be read.
    async fn enter_conversation(
        &self,
        actor: &Actor,
        peer: &str,
    ) -> Result<(ChatId, String), AppError>;

    /// Deletes the conversation for the actor only: its messages so far are gone for them, and it is
    /// listed again with the next message.
    ///
    /// # Errors
    /// `users.not_found`, `users.oneself`; `chat.not_a_member` where there is no conversation.
    async fn delete_conversation(&self, actor: &Actor, peer: &str) -> Result<(), AppError>;

    /// Gets the unread counts of all chats that the actor is a member of.
    ///
    /// # Errors
    /// Only those of the database.
    async fn unread_counts(&self, actor: &Actor) -> Result<Unread, AppError>;
}

#[async_trait]
impl ConversationsService for Chat {
    async fn list_conversations(
        &self,
        actor: &Actor,
        page: PageRequest,
    ) -> Result<Page<Conversation>, AppError> {
        let user = actor.user;
        let read = move |ctx: &mut ReadContext<'_>| {
            let hidden = ctx.hidden_set(user);
            let found = conversations::list(ctx.conn, user, &hidden, page)?;
            let last = found.items.iter().filter_map(|row| row.last.as_ref());
            let mentioned = last.flat_map(|message| message.mentioned());
            let users = ctx.summaries(mentioned.chain(peers(&found.items)).chain([user]))?;
            Ok((found, users))
        };
        let (found, users) = self.read_with(read).await?;
        let peers: Vec<_> = peers(&found.items).collect();
        let online = self.inner.parts.presence.online(user, &peers).await?;
        let item = |(row, peer)| to_conversation(user, row, peer, online.contains(&peer), &users);
        Ok(Page {
            items: found.items.into_iter().zip(peers).map(item).collect(),
            total: found.total,
        })
    }

    async fn open_conversation(
        &self,
        actor: &Actor,
        peer: &str,
    ) -> Result<OpenedConversation, AppError> {
        let (access, peer, created) = self.get_or_create_conversation(actor, peer).await?;
        let conversation = self.load_conversation(actor, access, peer.summary).await?;
        Ok(OpenedConversation {
            created,
            conversation,
        })
    }

    async fn enter_conversation(
        &self,
        actor: &Actor,
        peer: &str,
    ) -> Result<(ChatId, String), AppError> {
        let (access, peer, _) = self.get_or_create_conversation(actor, peer).await?;
        if !access.can_write() {
            return Err(Error::NotFriends.into());
        }
        Ok((access.membership.chat.id, peer.summary.username))
    }

    async fn delete_conversation(&self, actor: &Actor, peer: &str) -> Result<(), AppError> {
        let (user, peer) = (actor.user, peer.to_owned());
        let read = move |ctx: &mut ReadContext<'_>| ctx.existing_conversation(user, &peer);
        let chat = self.read_with(read).await?.membership.chat.id;
        let delete = move |tx: &mut Tx<'_>| delete_for(tx, chat, user);
        self.inner.parts.store.write(delete).await
    }

    async fn unread_counts(&self, actor: &Actor) -> Result<Unread, AppError> {
        let user = actor.user;
        let read = move |ctx: &mut ReadContext<'_>| {
            let hidden = ctx.hidden_from(user)?;
            unread(ctx.conn, user, &hidden)
        };
        self.read_with(read).await
    }
}

impl Chat {
    async fn get_or_create_conversation(
        &self,
        actor: &Actor,
        peer: &str,
    ) -> Result<(ChatAccess, Peer, bool), AppError> {
        let (user, peer) = (actor.user, peer.to_owned());
        let read = move |ctx: &mut ReadContext<'_>| {
            let peer = ctx.peer(user, &peer)?;
            Ok((ctx.conversation_with(user, &peer)?, peer))
        };
        let (found, peer) = self.read_with(read).await?;
        let (access, created) = match found {
            Some(access) => (access, false),
            None => self.create_conversation(actor, &peer).await?,
        };
        let member = access.membership.member.as_ref();
        if member.is_some_and(|member| !member.opened) {
            let chat = access.membership.chat.id;
            let open = move |tx: &mut Tx<'_>| Ok(members::open(tx.conn, chat, user)?);
            self.inner.parts.store.write(open).await?;
        }
        Ok((access, peer, created))
    }

    async fn load_conversation(
        &self,
        actor: &Actor,
        access: ChatAccess,
        peer: UserSummary,
    ) -> Result<OpenConversation, AppError> {
        let (user, chat) = (actor.user, access.membership.chat.id);
        let can_write = access.can_write();
        let read = move |ctx: &mut ReadContext<'_>| {
            let page = ctx.messages(user, &access.membership, Cursor::Newest, FIRST_PAGE)?;
            Ok((page, conversations::unread_in(ctx.conn, user, chat)?))
        };
        let (page, unread_count) = self.read_with(read).await?;
        let online = self.inner.parts.presence.online(user, &[peer.id]).await?;
        Ok(OpenConversation {
            chat_id: chat,
            is_online: online.contains(&peer.id),
            is_deleted: peer.is_deleted,
            username: peer.username,
            display_name: peer.display_name,
            avatar: peer.avatar,
            unread_count,
            can_write,
            messages: page.messages,
        })
    }

    async fn create_conversation(
        &self,
        actor: &Actor,
        peer: &Peer,
    ) -> Result<(ChatAccess, bool), AppError> {
        self.ensure_can_post(actor)?;
        match peer.access {
            PeerAccess::Write => {}
            PeerAccess::Deleted => return Err(Common::UserNotFound.into()),
            PeerAccess::ReadOnly | PeerAccess::Hidden => return Err(Error::NotFriends.into()),
        }
        let (user, peer_id) = (actor.user, peer.summary.id);
        let (id, key) = (self.inner.env.id(), conversation_key(user, peer_id));
        let create = move |tx: &mut Tx<'_>| {
            let created = insert_conversation(tx, id, &key, user, peer_id)?;
            Ok((chats::membership_by_key(tx.conn, &key, user)?, created))
        };
        let (membership, created) = self.inner.parts.store.write(create).await?;
        let membership = membership.ok_or_else(|| AppError::from(Error::NotAMember))?;
        Ok((ChatAccess::new(membership, peer.access), created))
    }
}

/// Schedules a notification for the next message of these conversations, although earlier ones are
/// unread: the user has dismissed the notification of those, or received it by email.
///
/// # Errors
/// The database is unavailable.
pub fn rearm_notifications(
    tx: &mut Tx<'_>,
    user: UserId,
    chats: &[ChatId],
) -> Result<(), AppError> {
    let mut chats = chats.to_vec();
    chats.sort_unstable();
    chats
        .into_iter()
        .try_for_each(|chat| Ok(members::store_rearmed(tx.conn, chat, user, true)?))
}

/// Marks the conversation of two users as read for both and resolves their notifications about it,
/// when one has blocked the other.
///
/// # Errors
/// The database is unavailable.
pub fn mark_read_between(tx: &mut Tx<'_>, one: UserId, other: UserId) -> Result<(), AppError> {
    let Some(chat) = chats::find_id(tx.conn, &conversation_key(one, other))? else {
        return Ok(());
    };
    // The lock on the chat makes messages that are being sent wait; they are then refused.
    let seq = chats::lock_anew(tx.conn, chat)?.unwrap_or_default();
    for user in [one, other] {
        mark_read_up_to(tx, user, chat, seq)?;
    }
    Ok(())
}

impl ReadContext<'_> {
    /// The user's access to the conversation with a peer, if there is one.
    fn conversation_with(
        &mut self,
        user: UserId,
        peer: &Peer,
    ) -> Result<Option<ChatAccess>, AppError> {
        let key = conversation_key(user, peer.summary.id);
        let membership = chats::membership_by_key(self.conn, &key, user)?;
        Ok(membership.map(|membership| ChatAccess::new(membership, peer.access)))
    }

    /// The user's access to the conversation with a peer, by username or id.
    ///
    /// # Errors
    /// Those of [`peer`](Self::peer); `chat.not_a_member` where there is no conversation.
    pub(crate) fn existing_conversation(
        &mut self,
        user: UserId,
        peer: &str,
    ) -> Result<ChatAccess, AppError> {
        let peer = self.peer(user, peer)?;
        let access = self.conversation_with(user, &peer)?;
        access.ok_or_else(|| Error::NotAMember.into())
    }
}

/// The peers of these conversations; each row has one.
fn peers(rows: &[ConversationRow]) -> impl Iterator<Item = UserId> {
    rows.iter().filter_map(|row| row.member.peer_id)
}

fn to_conversation(
    user: UserId,
    row: ConversationRow,
    peer: UserId,
    is_online: bool,
    users: &UserSummaries,
) -> Conversation {
    let progress = (row.member.last_read_seq, row.receipt);
    let view = MessageView::of_last(user, progress, row.last.as_ref(), row.is_last_liked);
    let peer = users.get(peer);
    Conversation {
        chat_id: row.member.chat_id,
        username: peer.username,
        display_name: peer.display_name,
        avatar: peer.avatar,
        is_deleted: peer.is_deleted,
        is_online,
        unread_count: row.unread,
        last_message: row.last.map(|message| view.render(message, users)),
    }
}

/// Inserts the conversation of two users unless it exists, and emits it to both. Returns whether it
/// did.
fn insert_conversation(
    tx: &mut Tx<'_>,
    id: ChatId,
    key: &str,
    user: UserId,
    peer: UserId,
) -> Result<bool, AppError> {
    let now = tx.env().now();
    let new = NewChat {
        kind: ChatType::Direct,
        key: key.to_owned(),
        title: String::new(),
    };
    if !chats::insert(tx.conn, id, &new, now)? {
        return Ok(false);
    }
    let member = |user, peer, opened| NewMember {
        user,
        peer: Some(peer),
        opened,
    };
    let both = [member(user, peer, true), member(peer, user, false)];
    members::add(tx.conn, id, &both, 0, now)?;
    emit_created(tx, id, user)?;
    emit_joined(tx, id, &new, &[user, peer])?;
    Ok(true)
}

fn delete_for(tx: &mut Tx<'_>, chat: ChatId, user: UserId) -> Result<(), AppError> {
    // The member is locked first: a message that the user is sending advances the chat's number.
    let Some(mut member) = members::lock(tx.conn, chat, user)? else {
        return Err(Error::NotAMember.into());
    };
    let seq = chats::last_seq(tx.conn, chat)?;
    if member.is_notified() {
        resolve_notifications(tx, user, chat, seq)?;
    }
    member.opened = false;
    member.cleared_seq = seq;
    member.last_read_seq = member.last_read_seq.max(seq);
    members::store_progress(tx.conn, &member)?;
    let event = ConversationDeleted { chat_id: chat, seq };
    tx.emit(
        StreamName::User(user),
        EventName::ConversationDeleted,
        &event,
    )
}
