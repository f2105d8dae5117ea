//! Conversations of two: opened, listed and deleted for oneself.
//!
//! Only friends open a conversation and write in it. When they are friends no more, or the account
//! of one was deleted, what was written can still be read; when one blocks the other, the
//! conversation is not there for either.

use contract::chat::{
    ChatId, ChatJoined, ChatRef, Conversation, ConversationDeleted, OpenConversation, Unread,
};
use contract::users::UserSummary;
use db::Tx;
use kernel::error::Common;
use kernel::{Actor, AppError, Cursor, Page, PageRequest, UserId};
use outbox::{Emit, NewEvent};

use crate::ports::Standing;
use crate::queries::{ChatAccess, Person, ReadContext, unread};
use crate::rules::{Kind, direct_key};
use crate::service::{catch_up, personal, settle, stream_of};
use crate::store::batch;
use crate::store::chats::{self, NewChat};
use crate::store::conversations::{self, ConversationRow};
use crate::store::members::{self, NewMember};
use crate::view::{MessageView, UserSummaries};
use crate::{Chat, Error};

/// How many messages come with a chat that is opened.
pub(crate) const AT_OPENING: PageRequest = PageRequest {
    limit: 30,
    offset: 0,
};

/// A conversation, and whether it was made just now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Whether it is new.
    pub created: bool,
    /// The conversation with its last messages.
    pub conversation: OpenConversation,
}

impl Chat {
    /// The actor's conversations, the one with the newest message first.
    pub async fn conversations(
        &self,
        actor: &Actor,
        page: PageRequest,
    ) -> Result<Page<Conversation>, AppError> {
        let user = actor.user;
        let read = move |look: &mut ReadContext<'_>| {
            let hidden = look.hidden_set(user);
            let Page { items: rows, total } = conversations::list(look.conn, user, &hidden, page)?;
            let last = rows.iter().filter_map(|row| row.last.as_ref());
            let named = last.flat_map(|message| message.mentioned());
            let called = look.called(named.chain(peers(&rows)).chain([user]))?;
            Ok((rows, total, called))
        };
        let (rows, total, called) = self.read_with(read).await?;
        let peers: Vec<_> = peers(&rows).collect();
        let online = self.inner.parts.presence.online(user, &peers).await?;
        let line = |(row, peer)| line(user, row, called.get(peer), online.contains(&peer), &called);
        let items = rows.into_iter().zip(peers).map(line).collect();
        Ok(Page { items, total })
    }

    /// Opens the conversation with a friend, by name or id, or makes it.
    pub async fn open_direct(&self, actor: &Actor, who: &str) -> Result<Opened, AppError> {
        let (seat, person, created) = self.find_or_make_direct(actor, who).await?;
        let conversation = self.opened(actor, seat, person).await?;
        Ok(Opened {
            created,
            conversation,
        })
    }

    /// As [`open_direct`](Self::open_direct), without its messages: which chat it is, and what the
    /// friend is called.
    ///
    /// # Errors
    /// `chat.not_friends` where nothing can be written in it.
    pub async fn enter_direct(
        &self,
        actor: &Actor,
        who: &str,
    ) -> Result<(ChatId, String), AppError> {
        let (seat, person, _) = self.find_or_make_direct(actor, who).await?;
        if !seat.may_write() {
            return Err(Error::NotFriends.into());
        }
        Ok((seat.place.chat.id, person.summary.username))
    }

    async fn find_or_make_direct(
        &self,
        actor: &Actor,
        who: &str,
    ) -> Result<(ChatAccess, Person, bool), AppError> {
        let (user, who) = (actor.user, who.to_owned());
        let read = move |look: &mut ReadContext<'_>| {
            let person = look.person(user, &who)?;
            Ok((look.direct_place(user, &person)?, person))
        };
        let (found, person) = self.read_with(read).await?;
        let (seat, created) = match found {
            Some(seat) => (seat, false),
            None => self.make_direct(actor, &person).await?,
        };
        let member = seat.place.member.as_ref();
        if member.is_some_and(|member| !member.opened) {
            let chat = seat.place.chat.id;
            let open = move |tx: &mut Tx<'_>| Ok(members::open(tx.conn, chat, user)?);
            self.inner.parts.store.write(open).await?;
        }
        Ok((seat, person, created))
    }

    async fn opened(
        &self,
        actor: &Actor,
        seat: ChatAccess,
        person: Person,
    ) -> Result<OpenConversation, AppError> {
        let (user, chat, can_write) = (actor.user, seat.place.chat.id, seat.may_write());
        let read = move |look: &mut ReadContext<'_>| {
            let history = look.history(user, &seat.place, Cursor::Newest, AT_OPENING)?;
            Ok((history, conversations::unread_in(look.conn, user, chat)?))
        };
        let (history, unread_count) = self.read_with(read).await?;
        let UserSummary {
            id,
            username,
            display_name,
            avatar,
            is_deleted,
        } = person.summary;
        let online = self.inner.parts.presence.online(user, &[id]).await?;
        Ok(OpenConversation {
            chat_id: chat,
            is_online: online.contains(&id),
            is_deleted,
            username,
            display_name,
            avatar,
            unread_count,
            can_write,
            messages: history.messages,
        })
    }

    async fn make_direct(
        &self,
        actor: &Actor,
        person: &Person,
    ) -> Result<(ChatAccess, bool), AppError> {
        self.may_speak(actor)?;
        match person.standing {
            Standing::Friends => {}
            Standing::Deleted => return Err(Common::UserNotFound.into()),
            Standing::Strangers | Standing::Blocked => return Err(Error::NotFriends.into()),
        }
        let (me, peer) = (actor.user, person.summary.id);
        let (id, key) = (self.inner.env.id(), direct_key(me, peer));
        let make = move |tx: &mut Tx<'_>| {
            let created = insert_direct(tx, id, &key, me, peer)?;
            Ok((chats::place_by_key(tx.conn, &key, me)?, created))
        };
        let (place, created) = self.inner.parts.store.write(make).await?;
        let place = place.ok_or_else(|| AppError::from(Error::NotAMember))?;
        Ok((ChatAccess::new(place, person.standing), created))
    }

    /// Deletes the conversation with this person for the actor alone: what was said so far is gone
    /// for them, and it stands in their list again only with the next message.
    pub async fn delete_conversation(&self, actor: &Actor, who: &str) -> Result<(), AppError> {
        let (user, who) = (actor.user, who.to_owned());
        let seat = self
            .read_with(move |look| look.direct_seat(user, &who))
            .await?;
        let chat = seat.place.chat.id;
        let delete = move |tx: &mut Tx<'_>| {
            // The member first: a message of one's own that is on its way counts it on.
            let Some(mut member) = members::locked(tx.conn, chat, user)? else {
                return Err(Error::NotAMember.into());
            };
            let seq = chats::last_seq(tx.conn, chat)?;
            if member.is_notified() {
                settle(tx, user, chat, seq)?;
            }
            member.opened = false;
            member.cleared_seq = seq;
            member.last_read_seq = member.last_read_seq.max(seq);
            members::store_progress(tx.conn, &member)?;
            let event = ConversationDeleted { chat_id: chat, seq };
            tx.emit(&personal(user), "conversation_deleted", &event)
        };
        self.inner.parts.store.write(delete).await
    }

    /// What the actor has not read, over all chats they are in.
    pub async fn unread(&self, actor: &Actor) -> Result<Unread, AppError> {
        let user = actor.user;
        let read = move |look: &mut ReadContext<'_>| {
            let hidden = look.hidden_from(user)?;
            unread(look.conn, user, &hidden)
        };
        self.read_with(read).await
    }
}

/// A notification of what this person has not read in these chats was dismissed, or mailed: the
/// next message of a conversation calls them again, though they have not read the one before.
///
/// # Errors
/// Only where the database is away.
pub fn call_again(tx: &mut Tx<'_>, user: UserId, chats: &[ChatId]) -> Result<(), AppError> {
    let mut chats = chats.to_vec();
    chats.sort_unstable();
    chats
        .into_iter()
        .try_for_each(|chat| Ok(members::store_recall(tx.conn, chat, user, true)?))
}

/// These two are no longer there for each other: what either has not read of their conversation
/// counts as read, and nothing of it waits for them.
///
/// # Errors
/// Only where the database is away.
pub fn settle_between(tx: &mut Tx<'_>, one: UserId, other: UserId) -> Result<(), AppError> {
    let Some(chat) = chats::id_of(tx.conn, &direct_key(one, other))? else {
        return Ok(());
    };
    // The chat is held first: what is being written there is counted, or has to wait and is refused.
    let held = batch::lock_chats(tx.conn, &[chat])?;
    let seq = held.get(&chat).map_or(0, |row| row.last_seq);
    for user in [one, other] {
        catch_up(tx, user, chat, seq)?;
    }
    Ok(())
}

impl ReadContext<'_> {
    /// One's place in the conversation with this person, where there is one.
    fn direct_place(
        &mut self,
        user: UserId,
        person: &Person,
    ) -> Result<Option<ChatAccess>, AppError> {
        let key = direct_key(user, person.summary.id);
        let place = chats::place_by_key(self.conn, &key, user)?;
        Ok(place.map(|place| ChatAccess::new(place, person.standing)))
    }

    /// One's place in the conversation with this person that is there already.
    pub(crate) fn direct_seat(&mut self, user: UserId, who: &str) -> Result<ChatAccess, AppError> {
        let person = self.person(user, who)?;
        let seat = self.direct_place(user, &person)?;
        seat.ok_or_else(|| Error::NotAMember.into())
    }
}

/// The others of these conversations, each of which has one.
fn peers(rows: &[ConversationRow]) -> impl Iterator<Item = UserId> {
    rows.iter().filter_map(|row| row.member.peer_id)
}

fn line(
    user: UserId,
    row: ConversationRow,
    person: UserSummary,
    is_online: bool,
    called: &UserSummaries,
) -> Conversation {
    let eye = MessageView {
        viewer: Some(user),
        last_read: row.member.last_read_seq,
        receipt: row.receipt,
        liked: (row.last.iter())
            .filter(|_| row.is_last_liked)
            .map(|message| message.id)
            .collect(),
    };
    Conversation {
        chat_id: row.member.chat_id,
        username: person.username,
        display_name: person.display_name,
        avatar: person.avatar,
        is_deleted: person.is_deleted,
        is_online,
        unread_count: row.unread,
        last_message: row.last.map(|message| eye.render(message, called)),
    }
}

/// Makes the conversation of two unless there is one, and tells both.
fn insert_direct(
    tx: &mut Tx<'_>,
    id: ChatId,
    key: &str,
    me: UserId,
    peer: UserId,
) -> Result<bool, AppError> {
    let now = tx.env().now();
    let new = NewChat {
        kind: Kind::Direct,
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
    let both = [member(me, peer, true), member(peer, me, false)];
    members::add(tx.conn, id, &both, 0, now)?;
    announce(tx, id, me)?;
    tell_joined(tx, id, &new, &[me, peer])?;
    Ok(true)
}

/// Begins a chat's stream, so that there is a number from which those who join can catch up.
pub(crate) fn announce(tx: &mut Tx<'_>, chat: ChatId, by: UserId) -> Result<(), AppError> {
    tx.emit_by(
        by,
        &stream_of(chat),
        "room_created",
        &ChatRef { chat_id: chat },
    )
}

/// Tells people that the chat's events are theirs from here on.
pub(crate) fn tell_joined(
    tx: &mut Tx<'_>,
    chat: ChatId,
    about: &NewChat,
    people: &[UserId],
) -> Result<(), AppError> {
    let (seq, epoch) = outbox::head(tx.conn, &stream_of(chat))?;
    let joined = ChatJoined {
        chat_id: chat,
        kind: about.kind.on_the_wire(),
        name: about.title.clone(),
        seq,
        epoch,
    };
    let tell = |user: &UserId| NewEvent::new(personal(*user), "chat_joined", &joined);
    tx.emit_all(people.iter().map(tell).collect::<Result<_, _>>()?)
}
