//! What this crate needs of others. Reads take the connection at hand, so that what a decision
//! relies on is read in the transaction that acts on it.

use std::collections::HashMap;

use async_trait::async_trait;
use contract::users::UserSummary;
use db::{AnyConn, Tx};
use kernel::{AppError, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// Somebody with an account that is neither deleted nor suspended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Their line in a list.
    pub summary: UserSummary,
    /// Whether strangers may ask them to be friends.
    pub takes_requests: bool,
    /// Whether friends see them come and go.
    pub shows_presence: bool,
    /// Whether they want to be found by those who don't know their name.
    pub searchable: bool,
}

/// Knows who people are. Each call is a fixed number of queries.
#[async_trait]
pub trait People: Send + Sync {
    /// The person with this name, whatever its case.
    ///
    /// # Errors
    /// Only where the database is away.
    fn named(&self, conn: &mut AnyConn, username: &str) -> Result<Option<Person>, AppError>;

    /// These people; who is not there any more is left out.
    ///
    /// # Errors
    /// Only where the database is away.
    fn of(&self, conn: &mut AnyConn, ids: &[UserId]) -> Result<HashMap<UserId, Person>, AppError>;

    /// These people did something not long before this moment. Called about once a minute.
    async fn were_active(&self, ids: &[UserId], at: Timestamp) -> Result<(), AppError>;
}

/// Hears of people who part.
pub trait BlockListener: Send + Sync {
    /// One of these two has blocked the other. In the same transaction it is seen to that nothing
    /// of what they wrote to each other goes on waiting, and that nothing comes of it any more.
    /// Called before anything is told.
    fn blocked(&self, tx: &mut Tx<'_>, one: UserId, other: UserId) -> Result<(), AppError>;
}

/// Carries to the sockets what nobody needs to hear later.
pub trait Live: Send + Sync {
    /// Tells all connected sockets of these people, on every node. One message, whatever the
    /// number of people: each node looks for those it knows. It must not block.
    fn publish(&self, to: &[UserId], event: &'static str, data: serde_json::Value);
}
