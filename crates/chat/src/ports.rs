//! What this crate needs from the rest of the house. Each call is a fixed number of queries,
//! however many people it is about. What stands in the database is asked with the connection, so
//! that it is read in one go with what chat keeps there.

use std::collections::{BTreeSet, HashMap, HashSet};

use async_trait::async_trait;
use contract::notify::NotificationEvent;
use contract::users::UserSummary;
use db::{AnyConn, Tx, UserSet};
use kernel::{AppError, UserId};
use serde_json::Value;

/// What two people are to each other, as far as chat cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// They can write to each other.
    Friends,
    /// They can read what they wrote, but write no more.
    Strangers,
    /// The same, because the other's account was deleted.
    Deleted,
    /// One has blocked the other: to each, the other is not there.
    Blocked,
}

/// Knows how people stand to each other.
pub trait Contacts: Send + Sync {
    /// The standing of each pair, in the order given.
    fn standings(
        &self,
        conn: &mut AnyConn,
        pairs: &[(UserId, UserId)],
    ) -> Result<Vec<Standing>, AppError>;

    /// Who is not there for this person, because one has blocked the other.
    fn hidden_from(&self, conn: &mut AnyConn, viewer: UserId) -> Result<Vec<UserId>, AppError>;

    /// The same people, for a statement that leaves them out.
    fn hidden_set(&self, viewer: UserId) -> UserSet;
}

/// Knows what people are called.
pub trait Names: Send + Sync {
    /// These people, also those who are gone: they keep a line without a name of their own.
    fn summaries(
        &self,
        conn: &mut AnyConn,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, UserSummary>, AppError>;

    /// Whoever has one of these usernames, whatever their case; who has none is left out. What is
    /// returned may be stored in events of the same transaction: if one of the accounts is deleted
    /// later, its name is replaced in them.
    fn mention(
        &self,
        conn: &mut AnyConn,
        usernames: &[String],
    ) -> Result<Vec<UserSummary>, AppError>;

    /// Whoever has this username, whatever its case, also one whose account was deleted.
    fn any_named(
        &self,
        conn: &mut AnyConn,
        username: &str,
    ) -> Result<Option<UserSummary>, AppError>;
}

/// Knows who is around.
#[async_trait]
pub trait Presence: Send + Sync {
    /// Those of these people who are online, as far as the viewer may know.
    async fn online(&self, viewer: UserId, of: &[UserId]) -> Result<HashSet<UserId>, AppError>;
}

/// Knows what people keep to themselves.
pub trait Privacy: Send + Sync {
    /// Whether this person lets others know what they have read.
    fn gives_receipts(&self, conn: &mut AnyConn, user: UserId) -> Result<bool, AppError>;

    /// Whether this person has chosen to be seen as offline: then nothing is told of what they do
    /// in passing.
    fn is_invisible(&self, conn: &mut AnyConn, user: UserId) -> Result<bool, AppError>;
}

/// Carries to the sockets what nobody needs to hear later.
pub trait Live: Send + Sync {
    /// Tells all who listen to this topic, on every node, but not the author. It must not block.
    fn send(&self, topic: &str, name: &'static str, data: Value, author: Option<UserId>);
}

/// Notifies people.
pub trait Notices: Send + Sync {
    /// Keeps others from changing the notifications of these people until the transaction ends. It
    /// comes before chats and their members are held: who dismisses a notification does the same.
    fn hold(&self, tx: &mut Tx<'_>, users: &BTreeSet<UserId>) -> Result<(), AppError>;

    /// Tells of what happened, each thing once, in this transaction.
    fn deliver(&self, tx: &mut Tx<'_>, happened: Vec<NotificationEvent>) -> Result<(), AppError>;
}
