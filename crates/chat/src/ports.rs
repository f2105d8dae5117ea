//! What this crate needs from other domains.
//!
//! Each call is a fixed number of queries, however many users it is about. Reads take the connection,
//! so that they run in the same transaction as the queries of this crate.
//!
//! [`NobodyOnline`], [`DefaultPrivacy`], [`DiscardEphemeral`] and [`NoNotifications`] stand in where a
//! program has no such domain.

use std::collections::{BTreeSet, HashMap, HashSet};

use async_trait::async_trait;
use contract::catalogue::EventName;
use contract::notify::NotificationEvent;
use contract::streams::StreamName;
use contract::users::UserSummary;
use db::{AnyConn, BulkStatement, Tx, UserSet};
use kernel::{AppError, Relation, UserId};
use serde_json::Value;

/// Friendships and blocks.
pub trait RelationPort: Send + Sync {
    /// The relation of each pair, in the given order.
    ///
    /// # Errors
    /// The database is unavailable.
    fn relations(
        &self,
        conn: &mut AnyConn,
        pairs: &[(UserId, UserId)],
    ) -> Result<Vec<Relation>, AppError>;

    /// The users who are hidden from the viewer because one of the two has blocked the other.
    ///
    /// # Errors
    /// The database is unavailable.
    fn hidden_from(&self, conn: &mut AnyConn, viewer: UserId) -> Result<Vec<UserId>, AppError>;

    /// The users of [`hidden_from`](Self::hidden_from) as a set that a statement excludes.
    fn hidden_set(&self, viewer: UserId) -> UserSet;

    /// A [guard](BulkStatement::guarded_by) that holds while two users are friends; `None` where there is
    /// no such query, and posting takes the long way.
    fn friends_guard(&self, user: UserId, friend: UserId) -> Option<BulkStatement<'static, ()>> {
        let _ = (user, friend);
        None
    }
}

/// User names and avatars.
pub trait UserDirectory: Send + Sync {
    /// The summaries of these users. Deleted users have one too, with a placeholder name.
    ///
    /// # Errors
    /// The database is unavailable.
    fn summaries(
        &self,
        conn: &mut AnyConn,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, UserSummary>, AppError>;

    /// The users with these usernames, compared without case; unknown names are left out. The result
    /// may be stored in events of the same transaction: when an account is deleted later, its name is
    /// replaced in them.
    ///
    /// # Errors
    /// The database is unavailable.
    fn find_mentioned(
        &self,
        conn: &mut AnyConn,
        usernames: &[String],
    ) -> Result<Vec<UserSummary>, AppError>;

    /// The user with this username, compared without case, also if the account is deleted.
    ///
    /// # Errors
    /// The database is unavailable.
    fn find_by_username(
        &self,
        conn: &mut AnyConn,
        username: &str,
    ) -> Result<Option<UserSummary>, AppError>;

    /// A [guard](BulkStatement::guarded_by) that holds while a user's summary is this one; `None` where
    /// there is no such query, and posting takes the long way.
    fn summary_guard(&self, summary: &UserSummary) -> Option<BulkStatement<'static, ()>> {
        let _ = summary;
        None
    }
}

/// Who is online.
#[async_trait]
pub trait OnlineUsers: Send + Sync {
    /// Those of these users who are online and show it to the viewer.
    ///
    /// # Errors
    /// The presence data is unavailable.
    async fn online(&self, viewer: UserId, users: &[UserId]) -> Result<HashSet<UserId>, AppError>;
}

/// Nobody is online.
#[derive(Debug, Clone, Copy, Default)]
pub struct NobodyOnline;

#[async_trait]
impl OnlineUsers for NobodyOnline {
    async fn online(&self, _: UserId, _: &[UserId]) -> Result<HashSet<UserId>, AppError> {
        Ok(HashSet::new())
    }
}

/// The privacy settings of users.
pub trait PrivacyPort: Send + Sync {
    /// Whether the user shares read receipts.
    ///
    /// # Errors
    /// The database is unavailable.
    fn shares_read_receipts(&self, conn: &mut AnyConn, user: UserId) -> Result<bool, AppError>;

    /// Whether the user appears offline. Then neither typing nor read receipts are published.
    ///
    /// # Errors
    /// The database is unavailable.
    fn is_invisible(&self, conn: &mut AnyConn, user: UserId) -> Result<bool, AppError>;
}

/// All users share read receipts, and none is invisible.
#[derive(Debug, Clone, Copy, Default)]
pub struct DefaultPrivacy;

impl PrivacyPort for DefaultPrivacy {
    fn shares_read_receipts(&self, _: &mut AnyConn, _: UserId) -> Result<bool, AppError> {
        Ok(true)
    }

    fn is_invisible(&self, _: &mut AnyConn, _: UserId) -> Result<bool, AppError> {
        Ok(false)
    }
}

/// Publishes events that are not stored.
pub trait EphemeralPublisher: Send + Sync {
    /// Publishes an event to all subscribers of the stream on every node, except those of the author.
    /// It must not block.
    fn publish(&self, stream: StreamName, event: EventName, data: Value, author: Option<UserId>);
}

/// Discards ephemeral events.
#[derive(Debug, Clone, Copy, Default)]
pub struct DiscardEphemeral;

impl EphemeralPublisher for DiscardEphemeral {
    fn publish(&self, _: StreamName, _: EventName, _: Value, _: Option<UserId>) {}
}

/// Notifies users of unread messages.
pub trait NotificationPort: Send + Sync {
    /// Locks the notifications of these users until the transaction ends. It is called before chats and
    /// members are locked, the order that dismissing a notification uses as well.
    ///
    /// # Errors
    /// The database is unavailable.
    fn lock_users(&self, tx: &mut Tx<'_>, users: &BTreeSet<UserId>) -> Result<(), AppError>;

    /// Creates the notifications of these events in this transaction, one per key.
    ///
    /// # Errors
    /// The database is unavailable.
    fn deliver(&self, tx: &mut Tx<'_>, events: Vec<NotificationEvent>) -> Result<(), AppError>;
}

/// Discards notifications.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoNotifications;

impl NotificationPort for NoNotifications {
    fn lock_users(&self, _: &mut Tx<'_>, _: &BTreeSet<UserId>) -> Result<(), AppError> {
        Ok(())
    }

    fn deliver(&self, _: &mut Tx<'_>, _: Vec<NotificationEvent>) -> Result<(), AppError> {
        Ok(())
    }
}
