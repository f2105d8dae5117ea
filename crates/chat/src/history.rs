//! What was said: pages of messages that cost the same at any depth.

use contract::chat::{ChatId, Message, MessageId};
use db::AnyConn;
use kernel::{Actor, AppError, Cursor, PageRequest, UserId};

use crate::queries::ReadContext;
use crate::rules::Kind;
use crate::store::batch;
use crate::store::chats::{ChatRow, Membership};
use crate::store::members::{self, MemberRow};
use crate::store::messages::{self, From, MessageQuery, MessageRow};
use crate::view::MessageView;
use crate::{Chat, Error};

/// A page of messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// The messages: newest first, but oldest first after a message.
    pub messages: Vec<Message>,
    /// How many there are in all.
    pub total: i64,
    /// Whether more follow in the same direction.
    pub more: bool,
}

impl Chat {
    /// Messages of a chat: the newest, or those before or after one of them. With the newest,
    /// `page.offset` passes over so many.
    pub async fn history(
        &self,
        actor: &Actor,
        chat: ChatId,
        keyset: Cursor,
        page: PageRequest,
    ) -> Result<History, AppError> {
        let user = actor.user;
        let read = move |look: &mut ReadContext<'_>| {
            let seat = look.place(user, chat)?;
            look.history(user, &seat.place, keyset, page)
        };
        self.read_with(read).await
    }

    /// Messages of the conversation with this person, by name or id, as [`history`](Self::history).
    pub async fn direct_history(
        &self,
        actor: &Actor,
        who: &str,
        keyset: Cursor,
        page: PageRequest,
    ) -> Result<History, AppError> {
        let (user, who) = (actor.user, who.to_owned());
        let read = move |look: &mut ReadContext<'_>| {
            let seat = look.direct_seat(user, &who)?;
            look.history(user, &seat.place, keyset, page)
        };
        self.read_with(read).await
    }
}

impl ReadContext<'_> {
    /// Messages of the chat in which the viewer has this place.
    pub(crate) fn history(
        &mut self,
        viewer: UserId,
        place: &Membership,
        keyset: Cursor,
        page: PageRequest,
    ) -> Result<History, AppError> {
        let (chat, floor, last_seq) = (place.chat.id, place.cleared(), place.chat.last_seq);
        let hidden = self.hidden_in(viewer, place.kind)?;
        // Places are passed over at once; where some are hidden, messages have to be counted.
        let (places, offset) = match hidden.as_slice() {
            [] => (page.offset, 0),
            _ => (0, page.offset),
        };
        let unseen = messages::count_by(self.conn, chat, floor, &hidden)?;
        let newest = last_seq - places;
        let wanted = MessageQuery {
            chat,
            from: begin(self.conn, chat, &hidden, keyset, newest)?,
            floor,
            hidden,
            limit: page.limit_plus_one(),
            offset,
        };
        let mut rows = messages::page(self.conn, &wanted)?;
        let limit = usize::try_from(page.limit).unwrap_or_default();
        let more = rows.len() > limit;
        rows.truncate(limit);
        Ok(History {
            messages: self.seen(viewer, chat, place.member.as_ref(), &wanted.hidden, rows)?,
            total: last_seq - floor - unseen,
            more,
        })
    }

    /// One message of a chat in which the viewer may be a member, as they see it.
    pub(crate) fn one(
        &mut self,
        viewer: UserId,
        member: Option<&MemberRow>,
        row: MessageRow,
    ) -> Result<Message, AppError> {
        let hidden = self.hidden_from(viewer)?;
        let mut seen = self.seen(viewer, row.chat_id, member, &hidden, vec![row])?;
        seen.pop().ok_or_else(|| Error::MessageNotFound.into())
    }

    /// The newest message of a chat that is not by these people.
    pub(crate) fn newest(
        &mut self,
        chat: &ChatRow,
        hidden: &[UserId],
    ) -> Result<Option<MessageRow>, AppError> {
        let wanted = MessageQuery {
            chat: chat.id,
            from: From::Down(chat.last_seq),
            floor: 0,
            hidden: hidden.to_vec(),
            limit: 1,
            offset: 0,
        };
        Ok(messages::page(self.conn, &wanted)?.pop())
    }

    /// Takes out of messages what tells of hidden people: that they are named, and which message of
    /// theirs is answered.
    pub(crate) fn conceal(
        &mut self,
        hidden: &[UserId],
        rows: Vec<&mut MessageRow>,
    ) -> Result<(), AppError> {
        if hidden.is_empty() {
            return Ok(());
        }
        let answered: Vec<_> = rows.iter().filter_map(|row| row.reply_to).collect();
        let authors = batch::existing(self.conn, &answered)?;
        for row in rows {
            let author = row.reply_to.and_then(|id| authors.get(&(row.chat_id, id)));
            if author.is_some_and(|author| hidden.contains(author)) {
                row.reply_to = None;
            }
            let mut named = row.mentioned();
            named.retain(|user| !hidden.contains(user));
            row.mentions = messages::mentions_column(&named);
        }
        Ok(())
    }

    /// Messages of a chat, as the viewer sees them.
    fn seen(
        &mut self,
        viewer: UserId,
        chat: ChatId,
        member: Option<&MemberRow>,
        hidden: &[UserId],
        mut rows: Vec<MessageRow>,
    ) -> Result<Vec<Message>, AppError> {
        self.conceal(hidden, rows.iter_mut().collect())?;
        let eye = MessageView {
            viewer: Some(viewer),
            // In a lobby that one does not keep, nothing waits to be read.
            last_read: member.map_or(i64::MAX, |member| member.last_read_seq),
            receipt: match member.and_then(|member| member.peer_id) {
                Some(peer) => members::receipt(self.conn, chat, peer)?,
                None => 0,
            },
            liked: messages::liked_by(self.conn, viewer, &rows)?,
        };
        let called = self.called_in(&rows)?;
        Ok(rows
            .into_iter()
            .map(|row| eye.render(row, &called))
            .collect())
    }
}

/// Where the page begins. What hidden people wrote is as unknown as what is not there.
fn begin(
    conn: &mut AnyConn,
    chat: ChatId,
    hidden: &[UserId],
    keyset: Cursor,
    newest: i64,
) -> Result<From, AppError> {
    let mut seq_of = |id, field| {
        let found = messages::seq_of(conn, chat, MessageId::from_uuid(id), hidden)?;
        found.ok_or_else(|| Error::CursorUnknown.on_field(field))
    };
    Ok(match keyset {
        Cursor::Newest => From::Down(newest),
        Cursor::Before(id) => From::Down(seq_of(id, "before")? - 1),
        Cursor::After(id) => From::Up(seq_of(id, "after")?),
    })
}

impl Kind {
    /// Whether people tell each other here what they have read.
    pub(crate) fn has_receipts(self) -> bool {
        self == Self::Direct
    }
}
