//! One look into the database: what chat keeps there, and what the other rooms of the house know
//! beside it. Asked one after the other they would each be a way to the database and back; so a
//! whole answer, or all that a change depends on, is read in one go. The functions are for other
//! rooms that do the same.

use std::collections::HashSet;

use contract::chat::{ChatId, Unread, UnreadChat};
use contract::users::UserSummary;
use db::{AnyConn, UserSet};
use kernel::error::Common;
use kernel::{AppError, UserId};

use crate::ports::Standing;
use crate::rules::Kind;
use crate::store::chats::{self, Membership};
use crate::store::conversations::OverviewRow;
use crate::store::messages::MessageRow;
use crate::store::{conversations, members};
use crate::view::UserSummaries;
use crate::{Chat, ChatParts, Error};

/// Every chat whose events are for this person.
///
/// # Errors
/// Only where the database is away.
pub fn chats_of(conn: &mut AnyConn, user: UserId) -> Result<Vec<ChatId>, AppError> {
    Ok(members::chats_of(conn, user)?)
}

/// Whether a person is in a chat, so that its events are for them.
///
/// # Errors
/// Only where the database is away.
pub fn is_member(conn: &mut AnyConn, user: UserId, chat: ChatId) -> Result<bool, AppError> {
    Ok(!members::of(conn, &[(user, chat)])?.is_empty())
}

/// All chats of a person, and what they have not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// Every chat whose events are for them.
    pub all: Vec<ChatId>,
    /// What they have not read, but for conversations with hidden people.
    pub unread: Unread,
}

/// The chats of a person and what they have not read: one statement, and another only where somebody
/// is hidden and something unread.
///
/// # Errors
/// Only where the database is away.
pub fn overview(conn: &mut AnyConn, user: UserId, hidden: &[UserId]) -> Result<Overview, AppError> {
    let rows = conversations::overview(conn, user, true)?;
    let all = rows.iter().map(|row| row.chat).collect();
    let unread = unread_in(conn, user, rows, hidden)?;
    Ok(Overview { all, unread })
}

/// What a person has not read, over all chats they are in, but for those with hidden people.
///
/// # Errors
/// Only where the database is away.
pub fn unread(conn: &mut AnyConn, user: UserId, hidden: &[UserId]) -> Result<Unread, AppError> {
    let rows = conversations::overview(conn, user, false)?;
    unread_in(conn, user, rows, hidden)
}

fn unread_in(
    conn: &mut AnyConn,
    user: UserId,
    rows: Vec<OverviewRow>,
    hidden: &[UserId],
) -> Result<Unread, AppError> {
    let is_unread = |row: &OverviewRow| {
        let with_hidden = row.peer.is_some_and(|peer| hidden.contains(&peer));
        row.unread > 0 && !with_hidden
    };
    let rows: Vec<_> = rows.into_iter().filter(is_unread).collect();
    let ids: Vec<ChatId> = rows.iter().map(|row| row.chat).collect();
    let unseen = conversations::unread_by(conn, user, &ids, hidden)?;
    let chat = |row: OverviewRow| UnreadChat {
        chat_id: row.chat,
        unread_count: row.unread - unseen.get(&row.chat).copied().unwrap_or_default(),
    };
    let mut chats: Vec<UnreadChat> = rows.into_iter().map(chat).collect();
    chats.retain(|chat| chat.unread_count > 0);
    let total = chats.iter().map(|chat| chat.unread_count).sum();
    Ok(Unread { total, chats })
}

/// The database, and the neighbours who look into it too.
pub(crate) struct ReadContext<'a> {
    pub(crate) conn: &'a mut AnyConn,
    parts: &'a ChatParts,
}

impl Chat {
    /// Looks into the database.
    pub(crate) async fn read_with<T, F>(&self, look: F) -> Result<T, AppError>
    where
        F: FnOnce(&mut ReadContext<'_>) -> Result<T, AppError> + Send + 'static,
        T: Send + 'static,
    {
        let parts = self.inner.parts.clone();
        let read = move |conn: &mut AnyConn| look(&mut ReadContext::new(&parts, conn));
        self.inner.parts.store.read(read).await
    }
}

impl<'a> ReadContext<'a> {
    pub(crate) fn new(parts: &'a ChatParts, conn: &'a mut AnyConn) -> Self {
        Self { conn, parts }
    }

    /// A person's place in a chat that is there for them.
    pub(crate) fn place(&mut self, user: UserId, chat: ChatId) -> Result<ChatAccess, AppError> {
        let place = chats::place(self.conn, chat, user)?;
        self.seat(user, place)
    }

    /// A place as it is for this person: a conversation across a block is not there.
    pub(crate) fn seat(
        &mut self,
        user: UserId,
        place: Option<Membership>,
    ) -> Result<ChatAccess, AppError> {
        let place = place
            .filter(Membership::is_open)
            .ok_or_else(|| AppError::from(Error::NotAMember))?;
        let standing = match place.peer() {
            None => Standing::Friends,
            Some(peer) => self.standing(user, peer)?,
        };
        match standing {
            Standing::Blocked => Err(Error::NotAMember.into()),
            standing => Ok(ChatAccess::new(place, standing)),
        }
    }

    pub(crate) fn standing(&mut self, one: UserId, other: UserId) -> Result<Standing, AppError> {
        let standings = self.standings(&[(one, other)])?;
        // Better nobody there than somebody who is blocked.
        Ok(standings.first().copied().unwrap_or(Standing::Blocked))
    }

    /// The standing of each pair, in their order.
    pub(crate) fn standings(
        &mut self,
        pairs: &[(UserId, UserId)],
    ) -> Result<Vec<Standing>, AppError> {
        if pairs.is_empty() {
            return Ok(vec![]);
        }
        let mut standings = self.parts.contacts.standings(self.conn, pairs)?;
        self.mark_deleted(pairs, &mut standings)?;
        Ok(standings)
    }

    /// Tells strangers whose account was deleted from others.
    fn mark_deleted(
        &mut self,
        pairs: &[(UserId, UserId)],
        standings: &mut [Standing],
    ) -> Result<(), AppError> {
        let is_stranger = |standing: &Standing| *standing == Standing::Strangers;
        let both = || pairs.iter().zip(standings.iter());
        let strangers = both().filter(|(_, standing)| is_stranger(standing));
        let called = self.called(strangers.map(|((_, other), _)| *other))?;
        for ((_, other), standing) in pairs.iter().zip(standings) {
            if is_stranger(standing) && called.get(*other).is_deleted {
                *standing = Standing::Deleted;
            }
        }
        Ok(())
    }

    /// The person with this name or id, who is not the one who asks and not across a block.
    pub(crate) fn person(&mut self, user: UserId, who: &str) -> Result<Person, AppError> {
        let names = &self.parts.names;
        let found = match who.parse::<UserId>() {
            Ok(id) => names.summaries(self.conn, &[id])?.remove(&id),
            Err(_) => names.any_named(self.conn, who)?,
        };
        let summary = found.ok_or_else(|| AppError::from(Common::UserNotFound))?;
        if summary.id == user {
            return Err(Common::Oneself.into());
        }
        match self.standing(user, summary.id)? {
            Standing::Blocked => Err(Common::UserNotFound.into()),
            standing => Ok(Person { summary, standing }),
        }
    }

    /// Whoever has one of these usernames, to be mentioned in an event of this transaction.
    pub(crate) fn mention(&mut self, usernames: &[String]) -> Result<Vec<UserSummary>, AppError> {
        if usernames.is_empty() {
            return Ok(vec![]);
        }
        self.parts.names.mention(self.conn, usernames)
    }

    /// Those who are not there for this person.
    pub(crate) fn hidden_from(&mut self, user: UserId) -> Result<Vec<UserId>, AppError> {
        self.parts.contacts.hidden_from(self.conn, user)
    }

    /// The same people, for a statement that leaves them out.
    pub(crate) fn hidden_set(&self, user: UserId) -> UserSet {
        self.parts.contacts.hidden_set(user)
    }

    /// Those whose messages are not there for this person in a chat of this kind. Two people who
    /// block each other have no conversation at all.
    pub(crate) fn hidden_in(&mut self, user: UserId, kind: Kind) -> Result<Vec<UserId>, AppError> {
        if kind == Kind::Direct {
            return Ok(vec![]);
        }
        self.hidden_from(user)
    }

    /// What these people are called.
    pub(crate) fn called(
        &mut self,
        ids: impl IntoIterator<Item = UserId>,
    ) -> Result<UserSummaries, AppError> {
        let ids: HashSet<_> = ids.into_iter().collect();
        if ids.is_empty() {
            return Ok(UserSummaries::default());
        }
        let ids: Vec<_> = ids.into_iter().collect();
        Ok(UserSummaries::from(
            self.parts.names.summaries(self.conn, &ids)?,
        ))
    }

    /// What all are called who wrote these messages or are named in them.
    pub(crate) fn called_in<'m>(
        &mut self,
        messages: impl IntoIterator<Item = &'m MessageRow>,
    ) -> Result<UserSummaries, AppError> {
        let mut ids = HashSet::new();
        for message in messages {
            ids.insert(message.sender);
            ids.extend(message.mentioned());
        }
        self.called(ids)
    }

    /// Whether others may know what this person has read: not while they are invisible.
    pub(crate) fn gives_receipts(&mut self, user: UserId) -> Result<bool, AppError> {
        Ok(self.parts.privacy.gives_receipts(self.conn, user)? && !self.is_invisible(user)?)
    }

    /// Whether this person has chosen to be seen as offline.
    pub(crate) fn is_invisible(&mut self, user: UserId) -> Result<bool, AppError> {
        self.parts.privacy.is_invisible(self.conn, user)
    }
}

/// A place, and how one stands to the other where there is one.
#[derive(Debug, Clone)]
pub(crate) struct ChatAccess {
    pub(crate) place: Membership,
    standing: Standing,
}

impl ChatAccess {
    pub(crate) fn new(place: Membership, standing: Standing) -> Self {
        Self { place, standing }
    }

    /// Whether what one does may show up at others.
    pub(crate) fn may_write(&self) -> bool {
        self.standing == Standing::Friends
    }

    /// Refuses what would show up at somebody who is no friend.
    pub(crate) fn writable(self) -> Result<Self, AppError> {
        match self.standing {
            Standing::Friends => Ok(self),
            Standing::Deleted => Err(Error::AccountDeleted.into()),
            Standing::Strangers | Standing::Blocked => Err(Error::NotFriends.into()),
        }
    }
}

/// Somebody to have a conversation with.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) summary: UserSummary,
    pub(crate) standing: Standing,
}
