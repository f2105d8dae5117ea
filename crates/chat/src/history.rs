//! What was said: pages of messages that cost the same at any depth.

use contract::chat::{ChatId, Message, MessageId};
use kernel::{Actor, Fault, Keyset, PageRequest};
use store::AnyConn;

use crate::rules::Kind;
use crate::service::Seat;
use crate::store::messages::{self, From, MessageRow, Wanted};
use crate::store::{chats, members};
use crate::view::{Called, Eye};
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

/// Messages as they were found, with what the viewer has to do with them.
struct Found {
    rows: Vec<MessageRow>,
    eye: Eye,
    last_seq: i64,
    more: bool,
}

impl Chat {
    /// Messages of a chat: the newest, or those before or after one of them. With the newest,
    /// `page.offset` passes over so many places.
    pub async fn history(
        &self,
        actor: &Actor,
        chat: ChatId,
        keyset: Keyset,
        page: PageRequest,
    ) -> Result<History, Fault> {
        let seat = self.place(actor, chat).await?;
        self.history_of(actor, &seat, keyset, page).await
    }

    /// Messages of the conversation with this person, by name or id, as [`history`](Self::history).
    pub async fn direct_history(
        &self,
        actor: &Actor,
        who: &str,
        keyset: Keyset,
        page: PageRequest,
    ) -> Result<History, Fault> {
        let seat = self.direct_seat(actor, who).await?;
        self.history_of(actor, &seat, keyset, page).await
    }

    pub(crate) async fn history_of(
        &self,
        actor: &Actor,
        seat: &Seat,
        keyset: Keyset,
        page: PageRequest,
    ) -> Result<History, Fault> {
        let place = seat.place.clone();
        let hidden = self.hidden(actor.user, place.kind).await?;
        let viewer = actor.user;
        let floor = place.cleared();
        let look = move |conn: &mut AnyConn| {
            let chat = place.chat.id;
            let last_seq = place.chat.last_seq;
            let wanted = Wanted {
                chat,
                from: begin(conn, chat, keyset, last_seq - page.offset)?,
                floor,
                hidden,
                limit: page.limit + 1,
            };
            let mut rows = messages::page(conn, &wanted)?;
            let limit = usize::try_from(page.limit).unwrap_or_default();
            let more = rows.len() > limit;
            rows.truncate(limit);
            let eye = Eye {
                viewer: Some(viewer),
                // In a lobby that one does not keep, nothing waits to be read.
                last_read: place.member.as_ref().map_or(i64::MAX, |m| m.last_read_seq),
                receipt: match place.peer() {
                    Some(peer) => members::receipt(conn, chat, peer)?,
                    None => 0,
                },
                liked: messages::liked_by(conn, viewer, &rows)?,
            };
            Ok(Found {
                rows,
                eye,
                last_seq,
                more,
            })
        };
        let found = self.inner.parts.store.read(look).await?;
        self.told(found, floor).await
    }

    async fn told(&self, found: Found, floor: i64) -> Result<History, Fault> {
        let called = Called::of(&*self.inner.parts.names, found.rows.iter()).await?;
        let see = |row| found.eye.sees(row, &called);
        Ok(History {
            messages: found.rows.into_iter().map(see).collect(),
            total: found.last_seq - floor,
            more: found.more,
        })
    }

    /// One message, as the actor sees it.
    pub(crate) async fn told_one(&self, actor: &Actor, row: MessageRow) -> Result<Message, Fault> {
        let (viewer, chat) = (actor.user, row.chat_id);
        let rows = vec![row];
        let look = move |conn: &mut AnyConn| {
            let place = chats::place(conn, chat, viewer)?;
            let member = place.as_ref().and_then(|place| place.member.as_ref());
            let eye = Eye {
                viewer: Some(viewer),
                last_read: member.map_or(i64::MAX, |member| member.last_read_seq),
                receipt: match member.and_then(|member| member.peer_id) {
                    Some(peer) => members::receipt(conn, chat, peer)?,
                    None => 0,
                },
                liked: messages::liked_by(conn, viewer, &rows)?,
            };
            Ok((rows, eye))
        };
        let (rows, eye) = self.inner.parts.store.read(look).await?;
        let called = Called::of(&*self.inner.parts.names, rows.iter()).await?;
        let mut told = rows.into_iter().map(|row| eye.sees(row, &called));
        told.next().ok_or_else(|| Error::MessageNotFound.into())
    }
}

/// Where the page begins.
fn begin(conn: &mut AnyConn, chat: ChatId, keyset: Keyset, newest: i64) -> Result<From, Fault> {
    let mut seq_of = |id, field| {
        let found = messages::seq_of(conn, chat, MessageId::from_uuid(id))?;
        found.ok_or_else(|| Error::CursorUnknown.at(field))
    };
    Ok(match keyset {
        Keyset::Newest => From::Down(newest),
        Keyset::Before(id) => From::Down(seq_of(id, "before")? - 1),
        Keyset::After(id) => From::Up(seq_of(id, "after")?),
    })
}

impl Kind {
    /// Whether people tell each other here what they have read.
    pub(crate) fn has_receipts(self) -> bool {
        self == Self::Direct
    }
}
