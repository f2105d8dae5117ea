//! Lobbies, the world chat, and rooms that belong to other domains.
//!
//! A lobby is open to everybody and needs no membership; who wants its messages wherever they are
//! joins it. A room is for its members, and its domain says who they are.

use contract::chat::{ChatId, ChatLeft, ChatRef, OpenRoom};
use contract::notify::Resolved;
use contract::rooms::RoomLine;
use contract::users::UserSummary;
use db::Tx;
use jobs::{Enqueue, NewJob};
use kernel::{Actor, AppError, Cursor, Page, PageRequest, UserId};
use outbox::Emit;

use crate::direct::{AT_OPENING, announce, tell_joined};
use crate::queries::{ChatAccess, ReadContext};
use crate::rules::{Kind, LobbyName, lobby_key};
use crate::service::{personal, settle, stream_of};
use crate::store::chats::{self, NewChat};
use crate::store::conversations::{self, RoomRow};
use crate::store::members::{self, NewMember};
use crate::store::messages;
use crate::view::{MessageView, UserSummaries};
use crate::{Chat, Error};

impl Chat {
    /// Opens a lobby by its name; `world` is the world chat. A lobby that is not there yet is made,
    /// if the actor may write in it.
    pub async fn enter_lobby(&self, actor: &Actor, name: &str) -> Result<OpenRoom, AppError> {
        self.opened_room(actor, self.lobby(actor, name).await?)
            .await
    }

    /// Opens a lobby or a room by its id, as `join_chat` does.
    pub async fn enter(&self, actor: &Actor, chat: ChatId) -> Result<OpenRoom, AppError> {
        self.opened_room(actor, self.seat(actor, chat).await?).await
    }

    /// Whether the actor may listen to a chat; the answer of the action `join_chat`.
    pub async fn may_listen(&self, actor: &Actor, chat: ChatId) -> Result<ChatRef, AppError> {
        let seat = self.seat(actor, chat).await?;
        Ok(ChatRef {
            chat_id: seat.place.chat.id,
        })
    }

    /// The action `room_created`: a member tells the others that the chat is there.
    pub async fn room_created(&self, actor: &Actor, chat: ChatId) -> Result<ChatRef, AppError> {
        let about = ChatRef { chat_id: chat };
        self.may_speak(actor)?;
        let seat = self.seat(actor, chat).await?.writable()?;
        if seat.place.member.is_none() {
            return Err(Error::NotAMember.into());
        }
        let data = serde_json::to_value(about)?;
        let topic = stream_of(chat);
        (self.inner.parts.live).send(&topic, "room_created", data, Some(actor.user));
        Ok(about)
    }

    /// Keeps a lobby among the actor's chats: its messages reach them wherever they are, and count
    /// as unread.
    pub async fn join_lobby(&self, actor: &Actor, name: &str) -> Result<OpenRoom, AppError> {
        let seat = self.lobby(actor, name).await?;
        self.add_members(seat.place.chat.id, &[actor.user]).await?;
        let seat = self.seat(actor, seat.place.chat.id).await?;
        self.opened_room(actor, seat).await
    }

    /// Takes a lobby from among the actor's chats. It can still be entered.
    pub async fn leave_lobby(&self, actor: &Actor, chat: ChatId) -> Result<(), AppError> {
        let seat = self.seat(actor, chat).await?;
        if seat.place.kind != Kind::Lobby {
            return Err(Error::NotALobby.into());
        }
        self.remove_member(chat, actor.user).await
    }

    async fn lobby(&self, actor: &Actor, name: &str) -> Result<ChatAccess, AppError> {
        let name = LobbyName::parse(name).map_err(|error| error.on_field("name"))?;
        let (user, key) = (actor.user, lobby_key(&name));
        let read = move |look: &mut ReadContext<'_>| {
            let place = chats::place_by_key(look.conn, &key, user)?;
            place.map(|place| look.seat(user, Some(place))).transpose()
        };
        if let Some(seat) = self.read_with(read).await? {
            return Ok(seat);
        }
        // The world is always there, also for those who may only look around.
        if !name.is_world() && self.may_speak(actor).is_err() {
            return Err(Error::LobbyNotFound.into());
        }
        let new = NewChat {
            kind: Kind::Lobby,
            key: lobby_key(&name),
            title: name.as_str().to_owned(),
        };
        let chat = self.make(new, &[], user).await?;
        self.seat(actor, chat).await
    }

    /// The actor's place in a chat that is there for them.
    async fn seat(&self, actor: &Actor, chat: ChatId) -> Result<ChatAccess, AppError> {
        let user = actor.user;
        self.read_with(move |look| look.place(user, chat)).await
    }

    async fn opened_room(&self, actor: &Actor, seat: ChatAccess) -> Result<OpenRoom, AppError> {
        let (user, place) = (actor.user, seat.place);
        let read = move |look: &mut ReadContext<'_>| {
            let history = look.history(user, &place, Cursor::Newest, AT_OPENING)?;
            let (chat, hidden) = (place.chat.id, look.hidden_from(user)?);
            let unseen = conversations::unread_by(look.conn, user, &[chat], &hidden)?;
            let unread = conversations::unread_in(look.conn, user, chat)?;
            Ok(OpenRoom {
                chat_id: chat,
                kind: place.kind.on_the_wire(),
                is_member: place.member.is_some(),
                unread_count: unread - unseen.get(&chat).copied().unwrap_or_default(),
                messages: history.messages,
                name: place.chat.title,
            })
        };
        self.read_with(read).await
    }

    /// The lobbies and rooms the actor is in, the one with the newest message first.
    pub async fn rooms(
        &self,
        actor: &Actor,
        page: PageRequest,
    ) -> Result<Page<RoomLine>, AppError> {
        let user = actor.user;
        let read = move |look: &mut ReadContext<'_>| {
            let hidden = look.hidden_from(user)?;
            let mut rooms = conversations::rooms(look.conn, user, &hidden, page)?;
            look.leave_out(user, &hidden, &mut rooms.items)?;
            let called = look.called_in(rooms.items.iter().filter_map(|row| row.last.as_ref()))?;
            let line = |row: RoomRow| line(user, row, &called);
            Ok(Page {
                items: rooms
                    .items
                    .into_iter()
                    .map(line)
                    .collect::<Result<_, _>>()?,
                total: rooms.total,
            })
        };
        self.read_with(read).await
    }

    /// Makes the room with this key, such as `group:ID`, unless there is one, and puts these
    /// people into it. `by` is who made what the room is for.
    pub async fn create_room(
        &self,
        key: &str,
        title: &str,
        people: &[UserId],
        by: UserId,
    ) -> Result<ChatId, AppError> {
        let new = NewChat {
            kind: Kind::Room,
            key: format!("room:{key}"),
            title: title.to_owned(),
        };
        self.make(new, people, by).await
    }

    /// Gives a room another title.
    pub async fn rename_room(&self, chat: ChatId, title: &str) -> Result<(), AppError> {
        let title = title.to_owned();
        let rename = move |tx: &mut Tx<'_>| {
            let renamed = chats::rename(tx.conn, chat, &title)?;
            renamed
                .then_some(())
                .ok_or_else(|| Error::NotAMember.into())
        };
        self.inner.parts.store.write(rename).await
    }

    async fn make(&self, new: NewChat, people: &[UserId], by: UserId) -> Result<ChatId, AppError> {
        let (id, people) = (self.inner.env.id(), people.to_vec());
        let make = move |tx: &mut Tx<'_>| {
            let now = tx.env().now();
            if chats::insert(tx.conn, id, &new, now)? {
                announce(tx, id, by)?;
            }
            let chat = chats::id_of(tx.conn, &new.key)?;
            let chat = chat.ok_or_else(|| AppError::from(Error::NotAMember))?;
            let last_seq = chats::last_seq(tx.conn, chat)?;
            let added = members::add(tx.conn, chat, &plain(&people), last_seq, now)?;
            tell_joined(tx, chat, &new, &added)?;
            Ok(chat)
        };
        self.inner.parts.store.write(make).await
    }

    /// Puts people into a room or lobby. They can read what was said before, and it does not count
    /// as unread.
    pub async fn add_members(&self, chat: ChatId, people: &[UserId]) -> Result<(), AppError> {
        let people = people.to_vec();
        let add = move |tx: &mut Tx<'_>| {
            let now = tx.env().now();
            let about = chats::about(tx.conn, chat)?;
            let about = about.ok_or_else(|| AppError::from(Error::NotAMember))?;
            let last_seq = chats::last_seq(tx.conn, chat)?;
            let added = members::add(tx.conn, chat, &plain(&people), last_seq, now)?;
            settle_for(tx, chat, &added, last_seq)?;
            tell_joined(tx, chat, &about, &added)
        };
        self.inner.parts.store.write(add).await
    }

    /// Takes somebody out of a room or lobby. What they wrote stays, and nothing of it waits for
    /// them any more.
    pub async fn remove_member(&self, chat: ChatId, user: UserId) -> Result<(), AppError> {
        let remove = move |tx: &mut Tx<'_>| {
            if members::remove(tx.conn, chat, user)? {
                let seq = chats::last_seq(tx.conn, chat)?;
                settle(tx, user, chat, seq)?;
                tx.emit(&personal(user), "chat_left", &ChatLeft { chat_id: chat })?;
            }
            Ok(())
        };
        self.inner.parts.store.write(remove).await
    }

    /// The members of a chat that the actor can see.
    pub async fn members(
        &self,
        actor: &Actor,
        chat: ChatId,
        page: PageRequest,
    ) -> Result<Page<UserSummary>, AppError> {
        let user = actor.user;
        let read = move |look: &mut ReadContext<'_>| {
            let place = look.place(user, chat)?.place;
            let hidden = look.hidden_in(user, place.kind)?;
            let ids = members::list(look.conn, chat, &hidden, page)?;
            let called = look.called(ids.items.iter().copied())?;
            Ok(ids.map(|id| called.get(id)))
        };
        self.read_with(read).await
    }
}

impl ReadContext<'_> {
    /// What hidden people wrote waits for nobody, and the newest message is another.
    fn leave_out(
        &mut self,
        user: UserId,
        hidden: &[UserId],
        rooms: &mut [RoomRow],
    ) -> Result<(), AppError> {
        let ids: Vec<ChatId> = rooms.iter().map(|row| row.chat.id).collect();
        let unseen = conversations::unread_by(self.conn, user, &ids, hidden)?;
        for row in rooms.iter_mut() {
            row.unread -= unseen.get(&row.chat.id).copied().unwrap_or_default();
            if row.last.is_none() && row.chat.last_seq > 0 && !hidden.is_empty() {
                row.last = self.newest(&row.chat, hidden)?;
                let liked = messages::liked_by(self.conn, user, row.last.as_slice())?;
                row.is_last_liked = !liked.is_empty();
            }
        }
        let newest = rooms.iter_mut().filter_map(|row| row.last.as_mut());
        self.conceal(hidden, newest.collect())
    }
}

fn line(user: UserId, row: RoomRow, called: &UserSummaries) -> Result<RoomLine, AppError> {
    let eye = MessageView {
        viewer: Some(user),
        last_read: row.last_read_seq,
        receipt: 0,
        liked: (row.last.iter())
            .filter(|_| row.is_last_liked)
            .map(|message| message.id)
            .collect(),
    };
    Ok(RoomLine {
        chat_id: row.chat.id,
        kind: row.chat.kind()?.on_the_wire(),
        name: row.chat.title,
        unread_count: row.unread,
        last_message: row.last.map(|message| eye.render(message, called)),
    })
}

fn plain(people: &[UserId]) -> Vec<NewMember> {
    let member = |user: &UserId| NewMember {
        user: *user,
        peer: None,
        opened: false,
    };
    people.iter().map(member).collect()
}

/// Whoever joins has read what was said before, also where it named them and they were notified.
fn settle_for(
    tx: &mut Tx<'_>,
    chat: ChatId,
    people: &[UserId],
    last_seq: i64,
) -> Result<(), AppError> {
    let done = people.iter().filter(|_| last_seq > 0);
    let job = |user: &UserId| NewJob::new(&Resolved::up_to(*user, chat, last_seq));
    let jobs = done.map(job).collect::<Result<Vec<_>, _>>()?;
    tx.enqueue_all(jobs)
}
