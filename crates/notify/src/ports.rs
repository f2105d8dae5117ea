//! What this crate needs from the rest of the house.

use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use contract::chat::ChatId;
use contract::users::UserSummary;
use db::{AnyConn, Tx};
use kernel::{Actor, AppError, UserId, id_type};

id_type!(DeliveryId, DeliveryKind, "delivery");

/// Knows who has an account.
#[async_trait]
pub trait Registry: Send + Sync {
    /// Accounts that are neither deleted nor suspended, in the order of their ids, from after this
    /// one.
    async fn active_after(&self, after: Option<UserId>, most: i64)
    -> Result<Vec<UserId>, AppError>;

    /// Whether this person looks after the place now, whatever they did when they came.
    async fn is_admin(&self, actor: &Actor) -> Result<bool, AppError>;
}

/// Knows what people are called and whom they block, as the transaction sees it.
pub trait People: Send + Sync {
    /// These people, also those whose account was deleted.
    fn summaries(
        &self,
        conn: &mut AnyConn,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, UserSummary>, AppError>;

    /// Whether one of each pair has blocked the other, in the order given.
    fn blocked(
        &self,
        conn: &mut AnyConn,
        pairs: &[(UserId, UserId)],
    ) -> Result<Vec<bool>, AppError>;
}

/// Knows the conversations that notifications are about.
pub trait Conversations: Send + Sync {
    /// The next message of these chats tells this person anew, though they have not read the one
    /// before.
    fn call_again(&self, tx: &mut Tx<'_>, user: UserId, chats: &[ChatId]) -> Result<(), AppError>;

    /// Notifications were made of messages up to these places.
    fn note_notified(
        &self,
        tx: &mut Tx<'_>,
        places: &BTreeMap<(UserId, ChatId), i64>,
    ) -> Result<(), AppError>;
}

/// Knows who is around.
#[async_trait]
pub trait Presence: Send + Sync {
    /// Whether this person uses a connected tab or device now: then they see what there is.
    async fn is_around(&self, user: UserId) -> Result<bool, AppError>;
}

/// A mail about what waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// The same for every try, so that who gets it twice can tell.
    pub id: DeliveryId,
    /// Who gets it.
    pub user: UserId,
    /// What it tells of, a sentence each.
    pub lines: Vec<String>,
    /// How many notifications these lines leave out.
    pub more: usize,
}

/// What became of a try to send a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It left.
    Sent,
    /// There is no proven address, or no account.
    Unreachable,
    /// It was refused for good.
    Refused,
    /// It did not leave, but may later.
    Later,
}

/// A way for mail to leave.
#[async_trait]
pub trait DigestMailer: Send + Sync {
    /// Sends a mail, once.
    ///
    /// # Errors
    /// Something broke before it could leave.
    async fn send(&self, digest: Digest) -> Result<Outcome, AppError>;
}
