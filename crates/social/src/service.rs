//! The service of this crate, which names all its parts.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use db::{AnyConn, IdempotencyKey, PagedJson, Tx};
use kernel::{AppError, UserId};

use crate::blocks::BlocksService;
use crate::friends::FriendsService;
use crate::locks::lock_users;
use crate::presence::{self, PresenceService};
use crate::requests::{self, RequestsService};
use crate::{Social, blocks, friends, personal_data, queries};

/// How often old rows are deleted.
const PRUNE_INTERVAL: Duration = Duration::from_secs(60 * 60);

/// Friends, friend requests, blocks and presence.
///
/// Each method of this trait and its parts may fail as `unavailable` or `overloaded` when the
/// database does, and names its other errors.
#[async_trait]
pub trait SocialService: FriendsService + RequestsService + BlocksService {
    /// Returns the same service for a request that creates something: a call that is repeated with
    /// the same key creates nothing more and returns the first result.
    fn once(&self, key: Option<IdempotencyKey>) -> Arc<dyn SocialService>;

    /// Presence on this node and in the cluster.
    fn presence(&self) -> Arc<dyn PresenceService>;

    /// Loads the users who are hidden from this user because one has blocked the other.
    ///
    /// # Errors
    /// Only if the database fails.
    async fn hidden_from(&self, user: UserId) -> Result<HashSet<UserId>, AppError>;

    /// The chapter of this crate in a user's data export.
    fn personal_data(&self, user: UserId) -> PagedJson;

    /// Deletes everything about a user whose account is deleted. Friends get `friend_removed`.
    ///
    /// # Errors
    /// Only if the database fails.
    async fn forget(&self, user: UserId) -> Result<(), AppError>;

    /// Deletes records of requests that ended long ago, and returns how many.
    ///
    /// # Errors
    /// Only if the database fails.
    async fn prune(&self) -> Result<usize, AppError>;

    /// Prunes regularly until the future is dropped.
    async fn run_maintenance(self: Arc<Self>);
}

#[async_trait]
impl SocialService for Social {
    fn once(&self, key: Option<IdempotencyKey>) -> Arc<dyn SocialService> {
        let inner = Arc::clone(&self.inner);
        Arc::new(Self { inner, key })
    }

    fn presence(&self) -> Arc<dyn PresenceService> {
        Arc::new(self.inner.presence.clone())
    }

    async fn hidden_from(&self, user: UserId) -> Result<HashSet<UserId>, AppError> {
        let read = move |conn: &mut AnyConn| queries::hidden_from(conn, user);
        self.inner.store.read(read).await
    }

    fn personal_data(&self, user: UserId) -> PagedJson {
        personal_data::export(&self.inner.store, user)
    }

    async fn forget(&self, user: UserId) -> Result<(), AppError> {
        let write = move |tx: &mut Tx<'_>| {
            lock_users(tx.conn, &[user])?;
            let friends = friends::queries::ids(tx.conn, user)?;
            friends::queries::delete_of(tx.conn, user)?;
            requests::forget(tx, user)?;
            blocks::queries::delete_of(tx.conn, user)?;
            presence::queries::delete_status(tx.conn, user)?;
            friends::emit_removed(tx, user, friends)
        };
        self.inner.store.write(write).await
    }

    async fn prune(&self) -> Result<usize, AppError> {
        self.inner.store.delete_in_batches(requests::prune).await
    }

    async fn run_maintenance(self: Arc<Self>) {
        loop {
            if let Err(error) = self.prune().await {
                tracing::warn!(error = %error.chain(), "friend request pruning failed");
            }
            tokio::time::sleep(PRUNE_INTERVAL).await;
        }
    }
}
