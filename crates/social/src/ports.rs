//! What this crate needs from other domains. Reads take the connection at hand, so that a decision
//! is made in the transaction that acts on it.

use std::collections::HashMap;

use async_trait::async_trait;
use contract::accounts::Audience;
use contract::catalogue::EventName;
use contract::users::{Privacy, UserSummary};
use db::{AnyConn, Tx};
use kernel::{AppError, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// A user whose account is neither deleted nor suspended, with the settings that concern this crate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserWithPrivacy {
    /// Id and names.
    pub summary: UserSummary,
    /// Whether users who are not friends may send friend requests.
    pub takes_requests: bool,
    /// Whether friends see the user's presence.
    pub shows_presence: bool,
    /// Whether the user may be suggested to others.
    pub searchable: bool,
}

impl UserWithPrivacy {
    /// The user with what of the privacy settings concerns this crate.
    #[must_use]
    pub fn new(summary: UserSummary, privacy: &Privacy) -> Self {
        Self {
            summary,
            takes_requests: privacy.friend_requests == Audience::Everyone,
            shows_presence: privacy.online_status != Audience::Nobody,
            searchable: privacy.searchable,
        }
    }
}

/// Looks users up. Each method takes a fixed number of statements.
#[async_trait]
pub trait SocialDirectory: Send + Sync {
    /// Finds a user by name, in any case.
    ///
    /// # Errors
    /// Only if the database fails.
    fn find_by_username(
        &self,
        conn: &mut AnyConn,
        username: &str,
    ) -> Result<Option<UserWithPrivacy>, AppError>;

    /// Loads users by id. Users without an active account are left out.
    ///
    /// # Errors
    /// Only if the database fails.
    fn load(
        &self,
        conn: &mut AnyConn,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, UserWithPrivacy>, AppError>;

    /// Records that these users were active shortly before `at`. Called about once a minute.
    ///
    /// # Errors
    /// Only if the database fails.
    async fn record_activity(&self, ids: &[UserId], at: Timestamp) -> Result<(), AppError>;
}

/// Reacts to blocks.
pub trait BlockListener: Send + Sync {
    /// Cleans up what is pending between two users of whom one has blocked the other, in the
    /// transaction of the block and before its events are emitted.
    ///
    /// # Errors
    /// Only if the database fails.
    fn blocked(&self, tx: &mut Tx<'_>, one: UserId, other: UserId) -> Result<(), AppError>;
}

/// Publishes ephemeral events.
pub trait UserEventPublisher: Send + Sync {
    /// Sends an event to all connected sockets of these users, on every node: one message for any
    /// number of users, of which each node selects those connected to it. Does not block.
    fn publish(&self, to: &[UserId], event: EventName, data: serde_json::Value);
}
