//! The door to friendship: one value that every use case is a method of. The methods stand in the
//! folders of their rooms.

use std::collections::HashSet;
use std::sync::Arc;

use contract::notify::{Action, NotificationEvent, Settled};
use contract::social::{ChosenStatus, OwnStatus};
use db::{AnyConn, IdempotencyKey, Store, Tx};
use jobs::Enqueue;
use kernel::error::Common;
use kernel::{Actor, AppError, UserId};
use outbox::NewEvent;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::ports::{BlockListener, People, Person};
use crate::presence::{self, PresenceParts, PresenceService};
use crate::{blocks, friends, queries, requests};

/// How somebody stands to a viewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// Friends.
    Friend,
    /// Neither friends nor blocked.
    Stranger,
    /// One has blocked the other: neither is there for the other.
    Blocked,
}

/// Friends, blocks, and how people want to be seen. Clones are cheap and share everything.
#[derive(Clone)]
pub struct Social {
    pub(crate) inner: Arc<Inner>,
    /// What the next thing that is made is known by, where the caller may ask again.
    pub(crate) key: Option<IdempotencyKey>,
}

/// What the rooms share.
pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) people: Arc<dyn People>,
    pub(crate) partings: Arc<dyn BlockListener>,
    pub(crate) presence: PresenceService,
}

impl std::fmt::Debug for Social {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Social on {:?}", self.inner.store)
    }
}

impl Social {
    /// The friendships in this database and the presence in this registry.
    #[must_use]
    pub fn new(parts: PresenceParts, partings: Arc<dyn BlockListener>) -> Self {
        let inner = Inner {
            store: parts.store.clone(),
            people: Arc::clone(&parts.people),
            partings,
            presence: PresenceService::new(parts),
        };
        Self {
            inner: Arc::new(inner),
            key: None,
        }
    }

    /// The same friendships for one request that makes something: with the same key again it makes nothing
    /// more and gives the first result.
    #[must_use]
    pub fn once(&self, key: Option<IdempotencyKey>) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            key,
        }
    }

    /// Who is around.
    #[must_use]
    pub fn presence(&self) -> &PresenceService {
        &self.inner.presence
    }

    /// How I want to be seen and am seen.
    pub async fn status(&self, actor: &Actor) -> Result<OwnStatus, AppError> {
        self.inner.presence.own(actor).await
    }

    /// Changes how I want to be seen. Friends see the difference at once.
    pub async fn set_status(
        &self,
        actor: &Actor,
        wanted: ChosenStatus,
    ) -> Result<OwnStatus, AppError> {
        self.inner.presence.choose(actor, wanted).await
    }

    /// How somebody else stands to this viewer.
    pub async fn relation(&self, viewer: UserId, other: UserId) -> Result<Relation, AppError> {
        let read = move |conn: &mut AnyConn| queries::relations(conn, &[(viewer, other)]);
        let relations = self.inner.store.read(read).await?;
        // Better nobody there than somebody who is blocked.
        Ok(relations.first().copied().unwrap_or(Relation::Blocked))
    }

    /// Whether these two are friends.
    pub async fn are_friends(&self, one: UserId, other: UserId) -> Result<bool, AppError> {
        let read = move |conn: &mut AnyConn| friends::store::since(conn, one, other);
        Ok(self.inner.store.read(read).await?.is_some())
    }

    /// Whether one of these two has blocked the other.
    pub async fn blocked_either_way(&self, one: UserId, other: UserId) -> Result<bool, AppError> {
        let read = move |conn: &mut AnyConn| blocks::store::between(conn, one, other);
        let (mine, theirs) = self.inner.store.read(read).await?;
        Ok(mine || theirs)
    }

    /// Everybody who must not show up for this person, because one has blocked the other.
    pub async fn hidden_from(&self, user: UserId) -> Result<HashSet<UserId>, AppError> {
        let read = move |conn: &mut AnyConn| queries::hidden_from(conn, user);
        self.inner.store.read(read).await
    }

    /// All friends of this person.
    pub async fn friend_ids(&self, user: UserId) -> Result<Vec<UserId>, AppError> {
        let read = move |conn: &mut AnyConn| friends::store::ids(conn, user);
        self.inner.store.read(read).await
    }

    /// Forgets a person whose account is deleted. Friends find them gone from their lists.
    pub async fn forget(&self, user: UserId) -> Result<(), AppError> {
        let write = move |tx: &mut Tx<'_>| {
            lock(tx.conn, &[user])?;
            let friends = friends::store::ids(tx.conn, user)?;
            friends::store::forget(tx.conn, user)?;
            requests::forget(tx, user)?;
            blocks::store::forget(tx.conn, user)?;
            presence::store::forget(tx.conn, user)?;
            friends::tell_removed(tx, user, friends)
        };
        self.inner.store.write(write).await
    }

    /// Runs a use case in one transaction.
    pub(crate) async fn write<T, F>(&self, run: F) -> Result<T, AppError>
    where
        F: FnOnce(&mut Tx<'_>, &dyn People) -> Result<T, AppError> + Send + 'static,
        T: Send + 'static,
    {
        let people = Arc::clone(&self.inner.people);
        let write = move |tx: &mut Tx<'_>| run(tx, &*people);
        self.inner.store.write(write).await
    }

    /// As [`write`](Self::write), once for each key.
    pub(crate) async fn write_once<T, F>(&self, run: F) -> Result<T, AppError>
    where
        F: FnOnce(&mut Tx<'_>, &dyn People) -> Result<T, AppError> + Send + 'static,
        T: Serialize + DeserializeOwned + Send + 'static,
    {
        let people = Arc::clone(&self.inner.people);
        let write = move |tx: &mut Tx<'_>| run(tx, &*people);
        self.inner.store.write_once(self.key.as_ref(), write).await
    }

    /// Reads all that an answer needs in one go.
    pub(crate) async fn read<T, F>(&self, run: F) -> Result<T, AppError>
    where
        F: FnOnce(&mut AnyConn, &dyn People) -> Result<T, AppError> + Send + 'static,
        T: Send + 'static,
    {
        let people = Arc::clone(&self.inner.people);
        let read = move |conn: &mut AnyConn| run(conn, &*people);
        self.inner.store.read(read).await
    }
}

/// The person with this name, who is somebody else.
pub(crate) fn other(
    conn: &mut AnyConn,
    people: &dyn People,
    me: UserId,
    username: &str,
) -> Result<Person, AppError> {
    let named = people.named(conn, username)?;
    let person = named.ok_or(Common::UserNotFound)?;
    if person.summary.id == me {
        return Err(Common::Oneself.on_field("username"));
    }
    Ok(person)
}

/// These two people.
pub(crate) fn both(
    conn: &mut AnyConn,
    people: &dyn People,
    one: UserId,
    other: UserId,
) -> Result<[Person; 2], AppError> {
    let mut found = people.of(conn, &[one, other])?;
    match (found.remove(&one), found.remove(&other)) {
        (Some(one), Some(other)) => Ok([one, other]),
        _ => Err(Common::UserNotFound.into()),
    }
}

/// Keeps others from changing how these people stand to anybody until the transaction ends.
pub(crate) fn lock(conn: &mut AnyConn, users: &[UserId]) -> Result<(), AppError> {
    let mut users = users.to_vec();
    users.sort_unstable();
    users
        .iter()
        .try_for_each(|user| db::lock(conn, &format!("social:{user}")))
}

/// An event for one person.
pub(crate) fn event(
    to: UserId,
    name: &'static str,
    data: &impl Serialize,
) -> Result<NewEvent, AppError> {
    NewEvent::new(format!("user:{to}"), name, data)
}

/// Asks for a notification, in the same transaction.
pub(crate) fn notify(
    tx: &mut Tx<'_>,
    user_id: UserId,
    action: Action,
    data: &impl Serialize,
    key: String,
) -> Result<(), AppError> {
    let happened = NotificationEvent {
        user_id,
        action,
        data: serde_json::to_value(data)?,
        key,
    };
    tx.enqueue(happened)
}

/// Says that what the notification with this key tells of is dealt with, in the same transaction.
pub(crate) fn settle(tx: &mut Tx<'_>, user_id: UserId, key: String) -> Result<(), AppError> {
    tx.enqueue(Settled::by_key(user_id, key))
}

/// Says that what the notification with this key tells of was taken back, in the same transaction.
pub(crate) fn withdraw(tx: &mut Tx<'_>, user_id: UserId, key: String) -> Result<(), AppError> {
    tx.enqueue(Settled::withdrawn(user_id, key))
}
