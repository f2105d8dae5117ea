//! Reads that combine the tables of this crate with the ports. Each round trip to the database costs
//! more than the read itself, so everything that a response or a change depends on is read in one
//! closure.

use std::collections::HashSet;

use contract::chat::ChatId;
use contract::users::UserSummary;
use db::{AnyConn, UserSet};
use kernel::error::Common;
use kernel::{AppError, Relation, UserId};

use crate::queries::chats::{self, Membership};
use crate::queries::messages::MessageRow;
use crate::rules::{ChatType, PeerAccess};
use crate::view::UserSummaries;
use crate::{ChatParts, Error};

/// A database connection and the ports that read with it.
pub(crate) struct ReadContext<'a> {
    pub(crate) conn: &'a mut AnyConn,
    parts: &'a ChatParts,
}

impl<'a> ReadContext<'a> {
    pub(crate) fn new(parts: &'a ChatParts, conn: &'a mut AnyConn) -> Self {
        Self { conn, parts }
    }

    /// The user's access to a chat.
    ///
    /// # Errors
    /// `chat.not_a_member`.
    pub(crate) fn access(&mut self, user: UserId, chat: ChatId) -> Result<ChatAccess, AppError> {
        let membership = chats::membership(self.conn, chat, user)?;
        self.access_of(user, membership)
    }

    /// The user's access to the chat of this membership. A chat that the user may not read, and a
    /// conversation across a block, count as missing.
    ///
    /// # Errors
    /// `chat.not_a_member`.
    pub(crate) fn access_of(
        &mut self,
        user: UserId,
        membership: Option<Membership>,
    ) -> Result<ChatAccess, AppError> {
        let membership = membership
            .filter(Membership::can_read)
            .ok_or_else(|| AppError::from(Error::NotAMember))?;
        let peer_access = match membership.peer() {
            None => PeerAccess::Write,
            Some(peer) => self.peer_access(user, peer)?,
        };
        match peer_access {
            PeerAccess::Hidden => Err(Error::NotAMember.into()),
            peer_access => Ok(ChatAccess::new(membership, peer_access)),
        }
    }

    pub(crate) fn peer_access(
        &mut self,
        user: UserId,
        peer: UserId,
    ) -> Result<PeerAccess, AppError> {
        let found = self.peer_access_all(&[(user, peer)])?;
        // Without an answer, a user stays hidden: the other way round, a block would be ignored.
        Ok(found.first().copied().unwrap_or(PeerAccess::Hidden))
    }

    /// The access of the first user of each pair to the second, in the given order.
    pub(crate) fn peer_access_all(
        &mut self,
        pairs: &[(UserId, UserId)],
    ) -> Result<Vec<PeerAccess>, AppError> {
        if pairs.is_empty() {
            return Ok(vec![]);
        }
        let relations = self.parts.relations.relations(self.conn, pairs)?;
        // Only for strangers does it matter whether the account is deleted.
        let strangers = (pairs.iter().zip(&relations))
            .filter(|(_, relation)| **relation == Relation::Stranger)
            .map(|((_, peer), _)| *peer);
        let users = self.summaries(strangers)?;
        let access = |((_, peer), relation): (&(UserId, UserId), Relation)| {
            PeerAccess::new(relation, users.get(*peer).is_deleted)
        };
        Ok(pairs.iter().zip(relations).map(access).collect())
    }

    /// The other user with this username or id.
    ///
    /// # Errors
    /// `users.not_found`, also across a block; `users.oneself`.
    pub(crate) fn peer(&mut self, user: UserId, username_or_id: &str) -> Result<Peer, AppError> {
        let users = &self.parts.users;
        let found = match username_or_id.parse::<UserId>() {
            Ok(id) => users.summaries(self.conn, &[id])?.remove(&id),
            Err(_) => users.find_by_username(self.conn, username_or_id)?,
        };
        let summary = found.ok_or_else(|| AppError::from(Common::UserNotFound))?;
        if summary.id == user {
            return Err(Common::Oneself.into());
        }
        match self.peer_access(user, summary.id)? {
            PeerAccess::Hidden => Err(Common::UserNotFound.into()),
            access => Ok(Peer { summary, access }),
        }
    }

    /// The users with these usernames, to be mentioned in an event of this transaction.
    pub(crate) fn find_mentioned(
        &mut self,
        usernames: &[String],
    ) -> Result<Vec<UserSummary>, AppError> {
        if usernames.is_empty() {
            return Ok(vec![]);
        }
        self.parts.users.find_mentioned(self.conn, usernames)
    }

    /// The users who are hidden from this one.
    pub(crate) fn hidden_from(&mut self, user: UserId) -> Result<Vec<UserId>, AppError> {
        self.parts.relations.hidden_from(self.conn, user)
    }

    /// The same users as a set that a statement excludes.
    pub(crate) fn hidden_set(&self, user: UserId) -> UserSet {
        self.parts.relations.hidden_set(user)
    }

    /// The users whose messages are hidden from this one in a chat of this type. None in a
    /// conversation: across a block, it does not exist.
    pub(crate) fn hidden_in(
        &mut self,
        user: UserId,
        kind: ChatType,
    ) -> Result<Vec<UserId>, AppError> {
        if kind == ChatType::Direct {
            return Ok(vec![]);
        }
        self.hidden_from(user)
    }

    pub(crate) fn summaries(
        &mut self,
        ids: impl IntoIterator<Item = UserId>,
    ) -> Result<UserSummaries, AppError> {
        let ids: HashSet<_> = ids.into_iter().collect();
        if ids.is_empty() {
            return Ok(UserSummaries::default());
        }
        let ids: Vec<_> = ids.into_iter().collect();
        let found = self.parts.users.summaries(self.conn, &ids)?;
        Ok(UserSummaries::from(found))
    }

    /// The summaries of the senders and the mentioned users of these messages.
    pub(crate) fn summaries_in<'m>(
        &mut self,
        messages: impl IntoIterator<Item = &'m MessageRow>,
    ) -> Result<UserSummaries, AppError> {
        let mut ids = HashSet::new();
        for message in messages {
            ids.insert(message.sender);
            ids.extend(message.mentioned());
        }
        self.summaries(ids)
    }

    /// Whether others may see what this user has read: not while the user is invisible.
    pub(crate) fn shares_receipts(&mut self, user: UserId) -> Result<bool, AppError> {
        let shares = self.parts.privacy.shares_read_receipts(self.conn, user)?;
        Ok(shares && !self.is_invisible(user)?)
    }

    pub(crate) fn is_invisible(&mut self, user: UserId) -> Result<bool, AppError> {
        self.parts.privacy.is_invisible(self.conn, user)
    }
}

/// The access of a user to a chat that they can read.
#[derive(Debug, Clone)]
pub(crate) struct ChatAccess {
    pub(crate) membership: Membership,
    /// In a conversation, the access to the peer; otherwise `Write`.
    peer_access: PeerAccess,
}

impl ChatAccess {
    pub(crate) fn new(membership: Membership, peer_access: PeerAccess) -> Self {
        Self {
            membership,
            peer_access,
        }
    }

    /// Whether the user can do what other members notice.
    pub(crate) fn can_write(&self) -> bool {
        self.peer_access == PeerAccess::Write
    }

    /// Refuses users who can only read.
    ///
    /// # Errors
    /// `chat.not_friends` or `chat.account_deleted`.
    pub(crate) fn ensure_write(self) -> Result<Self, AppError> {
        self.peer_access.ensure_write()?;
        Ok(self)
    }
}

/// The other user of a conversation.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    pub(crate) summary: UserSummary,
    pub(crate) access: PeerAccess,
}
