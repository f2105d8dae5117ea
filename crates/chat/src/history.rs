//! Pages of messages, which take the same time at any position.

use async_trait::async_trait;
use contract::chat::{ChatId, Message, MessageId};
use db::AnyConn;
use kernel::{Actor, AppError, Cursor, PageRequest, UserId};

use crate::queries::batch;
use crate::queries::chats::{ChatRow, Membership};
use crate::queries::members::{self, MemberRow};
use crate::queries::messages::{self, MessageQuery, MessageRange, MessageRow};
use crate::read_context::ReadContext;
use crate::view::MessageView;
use crate::{Chat, Error};

/// A page of messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessagePage {
    /// The messages, newest first; oldest first for [`Cursor::After`].
    pub messages: Vec<Message>,
    /// The number of messages that the viewer can see in the chat.
    pub total: i64,
    /// Whether more messages follow in the direction of the page.
    pub more: bool,
}

/// The messages of a chat, page by page.
#[async_trait]
pub trait HistoryService: Send + Sync {
    /// Lists messages of a chat: the newest, or those before or after one of them. `page.offset`
    /// applies to the newest only.
    ///
    /// # Errors
    /// `chat.not_a_member`; `chat.cursor_unknown` where the message of the cursor is not in the chat.
    async fn list_messages(
        &self,
        actor: &Actor,
        chat: ChatId,
        cursor: Cursor,
        page: PageRequest,
    ) -> Result<MessagePage, AppError>;

    /// As [`list_messages`](Self::list_messages), for the conversation with the user who has this
    /// username or id.
    ///
    /// # Errors
    /// Those of [`list_messages`](Self::list_messages); `users.not_found`, also across a block;
    /// `users.oneself`.
    async fn list_conversation_messages(
        &self,
        actor: &Actor,
        peer: &str,
        cursor: Cursor,
        page: PageRequest,
    ) -> Result<MessagePage, AppError>;
}

#[async_trait]
impl HistoryService for Chat {
    async fn list_messages(
        &self,
        actor: &Actor,
        chat: ChatId,
        cursor: Cursor,
        page: PageRequest,
    ) -> Result<MessagePage, AppError> {
        let user = actor.user;
        let read = move |ctx: &mut ReadContext<'_>| {
            let access = ctx.access(user, chat)?;
            ctx.messages(user, &access.membership, cursor, page)
        };
        self.read_with(read).await
    }

    async fn list_conversation_messages(
        &self,
        actor: &Actor,
        peer: &str,
        cursor: Cursor,
        page: PageRequest,
    ) -> Result<MessagePage, AppError> {
        let (user, peer) = (actor.user, peer.to_owned());
        let read = move |ctx: &mut ReadContext<'_>| {
            let access = ctx.existing_conversation(user, &peer)?;
            ctx.messages(user, &access.membership, cursor, page)
        };
        self.read_with(read).await
    }
}

impl ReadContext<'_> {
    /// Messages of the chat of this membership, as the viewer sees them.
    pub(crate) fn messages(
        &mut self,
        viewer: UserId,
        membership: &Membership,
        cursor: Cursor,
        page: PageRequest,
    ) -> Result<MessagePage, AppError> {
        let chat = &membership.chat;
        let floor = membership.cleared_up_to();
        let hidden = self.hidden_in(viewer, membership.kind)?;
        // Sequence numbers have no gaps, so an offset is a subtraction. Only where messages are hidden
        // does the database have to skip rows.
        let (skipped, offset) = match hidden.as_slice() {
            [] => (page.offset, 0),
            _ => (0, page.offset),
        };
        let hidden_count = messages::count_by(self.conn, chat.id, floor, &hidden)?;
        let newest = chat.last_seq - skipped;
        let query = MessageQuery {
            chat: chat.id,
            range: range_of(self.conn, chat.id, &hidden, cursor, newest)?,
            floor,
            hidden,
            limit: page.limit_plus_one(),
            offset,
        };
        let mut rows = messages::page(self.conn, &query)?;
        let limit = usize::try_from(page.limit).unwrap_or_default();
        let more = rows.len() > limit;
        rows.truncate(limit);
        let member = membership.member.as_ref();
        Ok(MessagePage {
            messages: self.render(viewer, chat.id, member, &query.hidden, rows)?,
            total: chat.last_seq - floor - hidden_count,
            more,
        })
    }

    /// One message as the viewer sees it; `member` is the viewer's membership in its chat.
    pub(crate) fn render_one(
        &mut self,
        viewer: UserId,
        member: Option<&MemberRow>,
        row: MessageRow,
    ) -> Result<Message, AppError> {
        let hidden = self.hidden_from(viewer)?;
        let mut rendered = self.render(viewer, row.chat_id, member, &hidden, vec![row])?;
        rendered.pop().ok_or_else(|| Error::MessageNotFound.into())
    }

    /// The newest message of a chat that none of the hidden users sent.
    pub(crate) fn newest_visible(
        &mut self,
        chat: &ChatRow,
        hidden: &[UserId],
    ) -> Result<Option<MessageRow>, AppError> {
        let query = MessageQuery {
            chat: chat.id,
            range: MessageRange::UpTo(chat.last_seq),
            floor: 0,
            hidden: hidden.to_vec(),
            limit: 1,
            offset: 0,
        };
        Ok(messages::page(self.conn, &query)?.pop())
    }

    /// Removes references to hidden users from messages: mentions of them, and replies to their
    /// messages.
    pub(crate) fn redact(
        &mut self,
        hidden: &[UserId],
        rows: Vec<&mut MessageRow>,
    ) -> Result<(), AppError> {
        if hidden.is_empty() {
            return Ok(());
        }
        let answered: Vec<_> = rows.iter().filter_map(|row| row.reply_to).collect();
        let senders = batch::senders_of(self.conn, &answered)?;
        for row in rows {
            let sender = row.reply_to.and_then(|id| senders.get(&(row.chat_id, id)));
            if sender.is_some_and(|sender| hidden.contains(sender)) {
                row.reply_to = None;
            }
            let mut mentioned = row.mentioned();
            mentioned.retain(|user| !hidden.contains(user));
            row.mentions = messages::mentions_column(&mentioned);
        }
        Ok(())
    }

    fn render(
        &mut self,
        viewer: UserId,
        chat: ChatId,
        member: Option<&MemberRow>,
        hidden: &[UserId],
        mut rows: Vec<MessageRow>,
    ) -> Result<Vec<Message>, AppError> {
        self.redact(hidden, rows.iter_mut().collect())?;
        let view = MessageView {
            viewer: Some(viewer),
            // Users who are not members of a lobby have no unread messages in it.
            last_read: member.map_or(i64::MAX, |member| member.last_read_seq),
            receipt: match member.and_then(|member| member.peer_id) {
                Some(peer) => members::receipt(self.conn, chat, peer)?,
                None => 0,
            },
            liked: messages::liked_by(self.conn, viewer, &rows)?,
        };
        let users = self.summaries_in(&rows)?;
        let render = |row| view.render(row, &users);
        Ok(rows.into_iter().map(render).collect())
    }
}

/// The range in which a page begins. The message of a cursor counts as unknown if a hidden user sent it.
fn range_of(
    conn: &mut AnyConn,
    chat: ChatId,
    hidden: &[UserId],
    cursor: Cursor,
    newest: i64,
) -> Result<MessageRange, AppError> {
    let mut seq_of = |id, field| {
        let found = messages::seq_of(conn, chat, MessageId::from_uuid(id), hidden)?;
        found.ok_or_else(|| Error::CursorUnknown.on_field(field))
    };
    Ok(match cursor {
        Cursor::Newest => MessageRange::UpTo(newest),
        Cursor::Before(id) => MessageRange::UpTo(seq_of(id, "before")? - 1),
        Cursor::After(id) => MessageRange::After(seq_of(id, "after")?),
    })
}
