//! What this crate needs from the rest of the house.

use async_trait::async_trait;
use kernel::{Actor, Fault, UserId, id_type};

id_type!(DeliveryId, DeliveryKind, "delivery");

/// Knows who has an account.
#[async_trait]
pub trait Registry: Send + Sync {
    /// Accounts that are neither deleted nor suspended, in the order of their ids, from after this
    /// one.
    async fn living_after(&self, after: Option<UserId>, most: i64) -> Result<Vec<UserId>, Fault>;

    /// Whether this person looks after the place now, whatever they did when they came.
    async fn is_admin(&self, actor: &Actor) -> Result<bool, Fault>;
}

/// Knows who is around.
#[async_trait]
pub trait Presence: Send + Sync {
    /// Whether this person uses a connected tab or device now: then they see what there is.
    async fn is_around(&self, user: UserId) -> Result<bool, Fault>;
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
pub trait Post: Send + Sync {
    /// Sends a mail, once.
    ///
    /// # Errors
    /// Something broke before it could leave.
    async fn send(&self, digest: Digest) -> Result<Outcome, Fault>;
}
