//! What this crate needs from other domains. Reads of the database take the connection at hand, so
//! that a decision is made in the transaction that acts on it.

use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use contract::chat::ChatId;
use contract::users::UserSummary;
use db::{AnyConn, Tx};
use kernel::{AppError, UserId, id_type};

id_type!(DeliveryId, DeliveryKind, "delivery");

/// Looks up recipients and those whom notifications are about.
pub trait RecipientDirectory: Send + Sync {
    /// The ids of up to `limit` accounts that are neither deleted nor suspended, in ascending order
    /// and greater than `after`.
    ///
    /// # Errors
    /// Only if the database fails.
    fn active_after(
        &self,
        conn: &mut AnyConn,
        after: Option<UserId>,
        limit: i64,
    ) -> Result<Vec<UserId>, AppError>;

    /// Whether a user is an administrator now, whatever role their session began with.
    ///
    /// # Errors
    /// Only if the database fails.
    fn is_admin(&self, conn: &mut AnyConn, user: UserId) -> Result<bool, AppError>;

    /// Loads the summaries of users, including those whose account is deleted.
    ///
    /// # Errors
    /// Only if the database fails.
    fn summaries(
        &self,
        conn: &mut AnyConn,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, UserSummary>, AppError>;

    /// Whether one user of each pair has blocked the other, in the order of the pairs.
    ///
    /// # Errors
    /// Only if the database fails.
    fn blocked(
        &self,
        conn: &mut AnyConn,
        pairs: &[(UserId, UserId)],
    ) -> Result<Vec<bool>, AppError>;
}

/// Keeps what chats know about notifications of their messages.
pub trait ChatNotifications: Send + Sync {
    /// Lets the next message of these chats notify the user again, although earlier ones are unread.
    ///
    /// # Errors
    /// Only if the database fails.
    fn rearm(&self, tx: &mut Tx<'_>, user: UserId, chats: &[ChatId]) -> Result<(), AppError>;

    /// Stores up to which sequence number members were notified.
    ///
    /// # Errors
    /// Only if the database fails.
    fn record_notified(
        &self,
        tx: &mut Tx<'_>,
        up_to_seq: &BTreeMap<(UserId, ChatId), i64>,
    ) -> Result<(), AppError>;
}

/// Knows which users are active. It is asynchronous since presence is not in the database.
#[async_trait]
pub trait ActivityPort: Send + Sync {
    /// Whether a user is active on a connection, where they see their notifications.
    ///
    /// # Errors
    /// Only if presence cannot be read.
    async fn is_active(&self, user: UserId) -> Result<bool, AppError>;
}

/// An email about unread notifications.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestMail {
    /// The same in each attempt, so that a duplicate can be recognized.
    pub id: DeliveryId,
    /// The recipient.
    pub user: UserId,
    /// The text, one sentence per line.
    pub lines: Vec<String>,
    /// The number of notifications that the lines leave out.
    pub more: usize,
}

/// The result of an attempt to send a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DigestOutcome {
    /// It was handed to the mail server.
    Sent,
    /// The user has no verified address or no account.
    Unreachable,
    /// It was rejected permanently.
    Rejected,
    /// It was not sent and may be sent later.
    Deferred,
}

/// Sends digests.
#[async_trait]
pub trait DigestMailer: Send + Sync {
    /// Makes one attempt to send a digest.
    ///
    /// # Errors
    /// The attempt could not be made.
    async fn send(&self, digest: DigestMail) -> Result<DigestOutcome, AppError>;
}
