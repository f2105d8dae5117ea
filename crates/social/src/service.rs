//! The service of this crate and its implementation.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use contract::notify::{Action, NotificationEvent, Resolved};
use db::{AnyConn, IdempotencyKey, PagedJson, Store, Tx};
use jobs::Enqueue;
use kernel::error::Common;
use kernel::{Actor, AppError, UserId};
use outbox::NewEvent;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::blocks::BlocksService;
use crate::friends::FriendsService;
use crate::ports::{BlockListener, SocialDirectory, UserWithPrivacy};
use crate::presence::{self, PresenceParts, PresenceService, PresenceTracker};
use crate::requests::{self, RequestsService};
use crate::{blocks, friends, personal_data, queries};

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

/// Implements [`SocialService`]. Clones are cheap and share their state.
#[derive(Clone)]
pub struct Social {
    pub(crate) inner: Arc<SocialInner>,
    /// The key of the request that is served, if it may be repeated.
    pub(crate) key: Option<IdempotencyKey>,
}

pub(crate) struct SocialInner {
    pub(crate) store: Store,
    pub(crate) users: Arc<dyn SocialDirectory>,
    pub(crate) block_listener: Arc<dyn BlockListener>,
    pub(crate) presence: PresenceTracker,
}

impl std::fmt::Debug for Social {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Social on {:?}", self.inner.store)
    }
}

impl Social {
    /// A service over this database and this registry of connections.
    #[must_use]
    pub fn new(parts: PresenceParts, block_listener: Arc<dyn BlockListener>) -> Self {
        let inner = SocialInner {
            store: parts.store.clone(),
            users: Arc::clone(&parts.users),
            block_listener,
            presence: PresenceTracker::new(parts),
        };
        Self {
            inner: Arc::new(inner),
            key: None,
        }
    }

    /// Runs a use case in one transaction.
    pub(crate) async fn write<T, F>(&self, run: F) -> Result<T, AppError>
    where
        F: FnOnce(&mut Tx<'_>, &dyn SocialDirectory) -> Result<T, AppError> + Send + 'static,
        T: Send + 'static,
    {
        let users = Arc::clone(&self.inner.users);
        let write = move |tx: &mut Tx<'_>| run(tx, &*users);
        self.inner.store.write(write).await
    }

    /// As [`write`](Self::write), once for each idempotency key.
    pub(crate) async fn write_once<T, F>(&self, run: F) -> Result<T, AppError>
    where
        F: FnOnce(&mut Tx<'_>, &dyn SocialDirectory) -> Result<T, AppError> + Send + 'static,
        T: Serialize + DeserializeOwned + Send + 'static,
    {
        let users = Arc::clone(&self.inner.users);
        let write = move |tx: &mut Tx<'_>| run(tx, &*users);
        self.inner.store.write_once(self.key.as_ref(), write).await
    }

    /// Reads everything that a response needs in one task.
    pub(crate) async fn read<T, F>(&self, run: F) -> Result<T, AppError>
    where
        F: FnOnce(&mut AnyConn, &dyn SocialDirectory) -> Result<T, AppError> + Send + 'static,
        T: Send + 'static,
    {
        let users = Arc::clone(&self.inner.users);
        let read = move |conn: &mut AnyConn| run(conn, &*users);
        self.inner.store.read(read).await
    }
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

/// Finds another user than the actor by name.
pub(crate) fn find_other_user(
    conn: &mut AnyConn,
    users: &dyn SocialDirectory,
    actor: &Actor,
    username: &str,
) -> Result<UserWithPrivacy, AppError> {
    let found = users.find_by_username(conn, username)?;
    let user = found.ok_or(Common::UserNotFound)?;
    if user.summary.id == actor.user {
        return Err(Common::Oneself.on_field("username"));
    }
    Ok(user)
}

/// Loads two users, both of whom must have an active account.
pub(crate) fn load_pair(
    conn: &mut AnyConn,
    users: &dyn SocialDirectory,
    one: UserId,
    other: UserId,
) -> Result<[UserWithPrivacy; 2], AppError> {
    let mut found = users.load(conn, &[one, other])?;
    match (found.remove(&one), found.remove(&other)) {
        (Some(one), Some(other)) => Ok([one, other]),
        _ => Err(Common::UserNotFound.into()),
    }
}

/// Locks the relations of these users until the transaction ends.
pub(crate) fn lock_users(conn: &mut AnyConn, users: &[UserId]) -> Result<(), AppError> {
    let mut users = users.to_vec();
    users.sort_unstable();
    users
        .iter()
        .try_for_each(|user| db::lock(conn, &format!("social:{user}")))
}

/// A durable event on the stream of one user.
pub(crate) fn user_event(
    to: UserId,
    name: &'static str,
    data: &impl Serialize,
) -> Result<NewEvent, AppError> {
    NewEvent::new(format!("user:{to}"), name, data)
}

/// Enqueues a notification.
pub(crate) fn enqueue_notification(
    tx: &mut Tx<'_>,
    user_id: UserId,
    action: Action,
    data: &impl Serialize,
    key: String,
) -> Result<(), AppError> {
    let data = serde_json::to_value(data)?;
    tx.enqueue(NotificationEvent {
        user_id,
        action,
        data,
        key,
    })
}

/// Enqueues the resolution of the notification with this key.
pub(crate) fn resolve_notification(
    tx: &mut Tx<'_>,
    user_id: UserId,
    key: String,
) -> Result<(), AppError> {
    tx.enqueue(Resolved::by_key(user_id, key))
}

/// Enqueues the withdrawal of the notification with this key.
pub(crate) fn withdraw_notification(
    tx: &mut Tx<'_>,
    user_id: UserId,
    key: String,
) -> Result<(), AppError> {
    tx.enqueue(Resolved::withdrawn(user_id, key))
}
