//! Rooms, which belong to other domains and are for their members, and what lobbies share with them.

use async_trait::async_trait;
use contract::catalogue::EventName;
use contract::chat::{ChatId, ChatLeft, ChatRef, OpenRoom};
use contract::notify::Resolved;
use contract::rooms::RoomLine;
use contract::streams::StreamName;
use contract::users::UserSummary;
use db::Tx;
use jobs::{Enqueue, NewJob};
use kernel::{Actor, AppError, Cursor, Page, PageRequest, UserId};
use outbox::Emit;

use crate::conversations::FIRST_PAGE;
use crate::events::{emit_created, emit_joined};
use crate::queries::chats::{self, NewChat};
use crate::queries::conversations::{self, RoomRow};
use crate::queries::members::{self, NewMember};
use crate::queries::messages;
use crate::read_context::{ChatAccess, ReadContext};
use crate::reading::resolve_notifications;
use crate::rules::ChatType;
use crate::view::{MessageView, UserSummaries};
use crate::{Chat, Error};

/// Rooms and their members. Methods without an actor are for the domain that a room belongs to.
#[async_trait]
pub trait RoomsService: Send + Sync {
    /// Lists the lobbies and rooms that the actor is a member of, the one with the newest message
    /// first.
    ///
    /// # Errors
    /// Only those of the database.
    async fn list_rooms(
        &self,
        actor: &Actor,
        page: PageRequest,
    ) -> Result<Page<RoomLine>, AppError>;

    /// Opens a lobby or room by its id.
    ///
    /// # Errors
    /// `chat.not_a_member`.
    async fn open_room(&self, actor: &Actor, chat: ChatId) -> Result<OpenRoom, AppError>;

    /// Checks that the actor may subscribe to the events of a chat.
    ///
    /// # Errors
    /// `chat.not_a_member`.
    async fn check_subscription(&self, actor: &Actor, chat: ChatId) -> Result<ChatRef, AppError>;

    /// Publishes the ephemeral event `room_created` to the other members of a chat.
    ///
    /// # Errors
    /// `chat.not_a_member`, `chat.not_friends`, `chat.account_deleted`, `auth.email_not_verified`.
    async fn announce_room(&self, actor: &Actor, chat: ChatId) -> Result<ChatRef, AppError>;

    /// Lists the members of a chat, without users who are hidden from the actor.
    ///
    /// # Errors
    /// `chat.not_a_member`.
    async fn list_members(
        &self,
        actor: &Actor,
        chat: ChatId,
        page: PageRequest,
    ) -> Result<Page<UserSummary>, AppError>;

    /// Creates the room with this key, such as `group:ID`, unless it exists, and adds these members.
    /// `by` is the author of the event.
    ///
    /// # Errors
    /// Only those of the database.
    async fn create_room(
        &self,
        key: &str,
        title: &str,
        users: &[UserId],
        by: UserId,
    ) -> Result<ChatId, AppError>;

    /// Sets the title of a room.
    ///
    /// # Errors
    /// `chat.not_a_member` where there is no such chat.
    async fn rename_room(&self, chat: ChatId, title: &str) -> Result<(), AppError>;

    /// Adds members to a lobby or room. They can read earlier messages, which do not count as unread.
    ///
    /// # Errors
    /// `chat.not_a_member` where there is no such chat.
    async fn add_members(&self, chat: ChatId, users: &[UserId]) -> Result<(), AppError>;

    /// Removes a member from a lobby or room and resolves their notifications of it. Their messages
    /// stay.
    ///
    /// # Errors
    /// Only those of the database.
    async fn remove_member(&self, chat: ChatId, user: UserId) -> Result<(), AppError>;
}

#[async_trait]
impl RoomsService for Chat {
    async fn list_rooms(
        &self,
        actor: &Actor,
        page: PageRequest,
    ) -> Result<Page<RoomLine>, AppError> {
        let user = actor.user;
        let read = move |ctx: &mut ReadContext<'_>| {
            let hidden = ctx.hidden_from(user)?;
            let mut rooms = conversations::rooms(ctx.conn, user, &hidden, page)?;
            ctx.leave_out_hidden(user, &hidden, &mut rooms.items)?;
            let last = rooms.items.iter().filter_map(|row| row.last.as_ref());
            let users = ctx.summaries_in(last)?;
            let items = rooms.items.into_iter();
            Ok(Page {
                items: items
                    .map(|row| to_room_line(user, row, &users))
                    .collect::<Result<_, _>>()?,
                total: rooms.total,
            })
        };
        self.read_with(read).await
    }

    async fn open_room(&self, actor: &Actor, chat: ChatId) -> Result<OpenRoom, AppError> {
        let access = self.access(actor, chat).await?;
        self.load_room(actor, access).await
    }

    async fn check_subscription(&self, actor: &Actor, chat: ChatId) -> Result<ChatRef, AppError> {
        let access = self.access(actor, chat).await?;
        Ok(ChatRef {
            chat_id: access.membership.chat.id,
        })
    }

    async fn announce_room(&self, actor: &Actor, chat: ChatId) -> Result<ChatRef, AppError> {
        self.ensure_can_post(actor)?;
        let access = self.access(actor, chat).await?.ensure_write()?;
        if access.membership.member.is_none() {
            return Err(Error::NotAMember.into());
        }
        let event = ChatRef { chat_id: chat };
        let data = serde_json::to_value(event)?;
        let publisher = &self.inner.parts.publisher;
        publisher.publish(
            StreamName::Chat(chat),
            EventName::RoomCreated,
            data,
            Some(actor.user),
        );
        Ok(event)
    }

    async fn list_members(
        &self,
        actor: &Actor,
        chat: ChatId,
        page: PageRequest,
    ) -> Result<Page<UserSummary>, AppError> {
        let user = actor.user;
        let read = move |ctx: &mut ReadContext<'_>| {
            let kind = ctx.access(user, chat)?.membership.kind;
            let hidden = ctx.hidden_in(user, kind)?;
            let ids = members::list(ctx.conn, chat, &hidden, page)?;
            let users = ctx.summaries(ids.items.iter().copied())?;
            Ok(ids.map(|id| users.get(id)))
        };
        self.read_with(read).await
    }

    async fn create_room(
        &self,
        key: &str,
        title: &str,
        users: &[UserId],
        by: UserId,
    ) -> Result<ChatId, AppError> {
        let new = NewChat {
            kind: ChatType::Room,
            key: format!("room:{key}"),
            title: title.to_owned(),
        };
        self.get_or_create_chat(new, users, by).await
    }

    async fn rename_room(&self, chat: ChatId, title: &str) -> Result<(), AppError> {
        let title = title.to_owned();
        let rename = move |tx: &mut Tx<'_>| {
            let renamed = chats::rename(tx.conn, chat, &title)?;
            renamed
                .then_some(())
                .ok_or_else(|| Error::NotAMember.into())
        };
        self.inner.parts.store.write(rename).await
    }

    async fn add_members(&self, chat: ChatId, users: &[UserId]) -> Result<(), AppError> {
        let users = users.to_vec();
        let add = move |tx: &mut Tx<'_>| {
            let now = tx.env().now();
            let details = chats::details(tx.conn, chat)?;
            let details = details.ok_or_else(|| AppError::from(Error::NotAMember))?;
            let last_seq = chats::last_seq(tx.conn, chat)?;
            let added = members::add(tx.conn, chat, &new_members(&users), last_seq, now)?;
            resolve_for_all(tx, chat, &added, last_seq)?;
            emit_joined(tx, chat, &details, &added)
        };
        self.inner.parts.store.write(add).await
    }

    async fn remove_member(&self, chat: ChatId, user: UserId) -> Result<(), AppError> {
        let remove = move |tx: &mut Tx<'_>| {
            if members::remove(tx.conn, chat, user)? {
                let seq = chats::last_seq(tx.conn, chat)?;
                resolve_notifications(tx, user, chat, seq)?;
                let event = ChatLeft { chat_id: chat };
                tx.emit(StreamName::User(user), EventName::ChatLeft, &event)?;
            }
            Ok(())
        };
        self.inner.parts.store.write(remove).await
    }
}

impl Chat {
    pub(crate) async fn access(&self, actor: &Actor, chat: ChatId) -> Result<ChatAccess, AppError> {
        let user = actor.user;
        self.read_with(move |ctx| ctx.access(user, chat)).await
    }

    pub(crate) async fn load_room(
        &self,
        actor: &Actor,
        access: ChatAccess,
    ) -> Result<OpenRoom, AppError> {
        let (user, membership) = (actor.user, access.membership);
        let read = move |ctx: &mut ReadContext<'_>| {
            let page = ctx.messages(user, &membership, Cursor::Newest, FIRST_PAGE)?;
            let (chat, hidden) = (membership.chat.id, ctx.hidden_from(user)?);
            let by_hidden = conversations::unread_by(ctx.conn, user, &[chat], &hidden)?;
            let unread = conversations::unread_in(ctx.conn, user, chat)?;
            Ok(OpenRoom {
                chat_id: chat,
                kind: membership.kind.to_contract(),
                is_member: membership.member.is_some(),
                unread_count: unread - by_hidden.get(&chat).copied().unwrap_or_default(),
                messages: page.messages,
                name: membership.chat.title,
            })
        };
        self.read_with(read).await
    }

    /// Creates the chat unless its key exists, and adds these members.
    pub(crate) async fn get_or_create_chat(
        &self,
        new: NewChat,
        users: &[UserId],
        by: UserId,
    ) -> Result<ChatId, AppError> {
        let (id, users) = (self.inner.env.id(), users.to_vec());
        let create = move |tx: &mut Tx<'_>| {
            let now = tx.env().now();
            if chats::insert(tx.conn, id, &new, now)? {
                emit_created(tx, id, by)?;
            }
            let chat = chats::find_id(tx.conn, &new.key)?;
            let chat = chat.ok_or_else(|| AppError::from(Error::NotAMember))?;
            let last_seq = chats::last_seq(tx.conn, chat)?;
            let added = members::add(tx.conn, chat, &new_members(&users), last_seq, now)?;
            emit_joined(tx, chat, &new, &added)?;
            Ok(chat)
        };
        self.inner.parts.store.write(create).await
    }
}

impl ReadContext<'_> {
    /// Subtracts the messages of hidden users from the unread counts, and replaces newest messages that
    /// they sent.
    fn leave_out_hidden(
        &mut self,
        user: UserId,
        hidden: &[UserId],
        rooms: &mut [RoomRow],
    ) -> Result<(), AppError> {
        let ids: Vec<ChatId> = rooms.iter().map(|row| row.chat.id).collect();
        let by_hidden = conversations::unread_by(self.conn, user, &ids, hidden)?;
        for row in rooms.iter_mut() {
            row.unread -= by_hidden.get(&row.chat.id).copied().unwrap_or_default();
            if row.last.is_none() && row.chat.last_seq > 0 && !hidden.is_empty() {
                row.last = self.newest_visible(&row.chat, hidden)?;
                let liked = messages::liked_by(self.conn, user, row.last.as_slice())?;
                row.is_last_liked = !liked.is_empty();
            }
        }
        let newest = rooms.iter_mut().filter_map(|row| row.last.as_mut());
        self.redact(hidden, newest.collect())
    }
}

fn to_room_line(user: UserId, row: RoomRow, users: &UserSummaries) -> Result<RoomLine, AppError> {
    let progress = (row.last_read_seq, 0);
    let view = MessageView::of_last(user, progress, row.last.as_ref(), row.is_last_liked);
    Ok(RoomLine {
        chat_id: row.chat.id,
        kind: row.chat.kind()?.to_contract(),
        name: row.chat.title,
        unread_count: row.unread,
        last_message: row.last.map(|message| view.render(message, users)),
    })
}

fn new_members(users: &[UserId]) -> Vec<NewMember> {
    let member = |user: &UserId| NewMember {
        user: *user,
        peer: None,
        opened: false,
    };
    users.iter().map(member).collect()
}

/// Resolves the notifications that users received of a lobby's messages before they became members:
/// earlier messages count as read.
fn resolve_for_all(
    tx: &mut Tx<'_>,
    chat: ChatId,
    users: &[UserId],
    last_seq: i64,
) -> Result<(), AppError> {
    let users = users.iter().filter(|_| last_seq > 0);
    let job = |user: &UserId| NewJob::new(&Resolved::up_to(*user, chat, last_seq));
    let jobs = users.map(job).collect::<Result<Vec<_>, _>>()?;
    tx.enqueue_all(jobs)
}
