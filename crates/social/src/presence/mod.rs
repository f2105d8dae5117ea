//! Who is around.
//!
//! Each connection is an entry in the registry that expires unless its node keeps putting it, so
//! nobody stays online because a node died, and there is no counter that could stick. Ends are kept
//! by the registry's clock (Redis' own, or the process' monotonic one), so no node's time of day
//! matters. What a person
//! looks like is computed from their entries ([`crate::rules::presence_policy`]) wherever it is asked for.
//!
//! **Changes.** A connection that comes, goes or falls quiet marks its person; one task per node
//! ([`PresenceService::run`]) takes all who are marked at once: one write to the registry, one read
//! of it, and for those who look different now than with the change undone, one query for all their
//! friends and one message each. The message names its receivers and every node picks those that
//! it knows ([`crate::ports::Live`]). Beside sockets that subscribe to each of their friends this
//! needs no memory per friend and socket, nothing to do when somebody connects, and cannot tell
//! somebody who is a friend no longer: who hears is read at the moment of the change.
//!
//! Two nodes that change one person at once may both tell of it; none may stay silent, since each
//! looks after it wrote. A node that dies tells nobody, so the others watch for that: the first of
//! the living looks after the people of the dead (`nodes`).
//!
//! Somebody with 1,000 friends who comes costs 0.25 ms until all are told (SQLite; 0.5 ms over
//! PostgreSQL), a second tab 0.02 ms, a snapshot of all 1,000 less than 1 ms, and something done
//! 70 ns, on two busy cores: `cargo bench -p social`.
//!
//! When the registry is away, presence is what this node knows by itself, and is told again once it
//! is back.

mod announce;
mod connection_slot;
mod contacts;
mod entry;
mod local_connections;
mod nodes;
pub(crate) mod store;
mod views;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cluster::ExpiringSets;
use db::{AnyConn, Store};
use kernel::{AppError, Env, Id, OutageLog, SessionId, UserId, id_type};
use tokio::sync::Notify;

pub use connection_slot::{DisconnectReason, Playing, PresenceConnection};
pub use contacts::{Contacts, Friend};

use crate::ports::{Live, People};
use connection_slot::ConnectionSlot;
use local_connections::{LocalConnections, RecheckReason};
use nodes::KnownNodes;

id_type!(ConnectionId, ConnectionKind, "connection");
id_type!(PresenceNodeId, PresenceNodeKind, "node");

/// How often a node says that its connections are still there.
pub const REFRESH: Duration = Duration::from_secs(10);
/// How long the registry believes it: two may be missed.
pub const TTL: Duration = Duration::from_secs(25);
/// How long to wait when the registry or the database is away.
const PAUSE: Duration = Duration::from_secs(2);

/// What presence stands on.
#[derive(Clone)]
pub struct PresenceParts {
    /// The database.
    pub store: Store,
    /// Entries that expire, shared by all nodes.
    pub expiring_sets: Arc<dyn ExpiringSets>,
    /// Knows who people are.
    pub people: Arc<dyn People>,
    /// Carries changes to the sockets.
    pub live: Arc<dyn Live>,
}

impl std::fmt::Debug for PresenceParts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PresenceParts on {:?}", self.store)
    }
}

/// Who is around. Clones are cheap and share everything.
#[derive(Clone)]
pub struct PresenceService {
    inner: Arc<Inner>,
}

struct Inner {
    parts: PresenceParts,
    env: Env,
    node: String,
    local: Mutex<LocalConnections>,
    wake: Notify,
    /// Held while the registry is changed, so that changes reach it in their order.
    turn: tokio::sync::Mutex<KnownNodes>,
}

impl std::fmt::Debug for PresenceService {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PresenceService of {}", self.inner.node)
    }
}

/// The registry's set of a person.
fn set_of(user: UserId) -> String {
    format!("presence:{user}")
}

impl PresenceService {
    /// The presence of this node's connections among those of all nodes.
    #[must_use]
    pub fn new(parts: PresenceParts) -> Self {
        let env = parts.store.env().clone();
        let node: Id<PresenceNodeKind> = env.id();
        let inner = Inner {
            turn: tokio::sync::Mutex::new(KnownNodes::new(env.monotonic())),
            parts,
            env,
            node: node.to_string(),
            local: Mutex::default(),
            wake: Notify::new(),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// A tab or device of this person is connected to this node, until the answer is closed or
    /// dropped.
    #[must_use]
    pub fn connect(&self, user: UserId, session: SessionId) -> PresenceConnection {
        let id: Id<ConnectionKind> = self.inner.env.id();
        let seat = ConnectionSlot::tab(user, id.to_string(), session, self.monotonic());
        PresenceConnection::new(self.clone(), self.sit(seat))
    }

    /// This person plays a match on this node, until the answer is dropped.
    #[must_use]
    pub fn play(&self, user: UserId) -> Playing {
        let id: Id<ConnectionKind> = self.inner.env.id();
        let seat = ConnectionSlot::of_match(user, id.to_string());
        Playing::new(self.clone(), self.sit(seat))
    }

    fn sit(&self, seat: ConnectionSlot) -> Arc<ConnectionSlot> {
        let seat = Arc::new(seat);
        self.local().add(Arc::clone(&seat));
        self.inner.wake.notify_one();
        seat
    }

    /// The person did something other than over a connection, such as a request over HTTP. False
    /// if they are not connected to this node, so that another may be told.
    pub fn acted(&self, user: UserId) -> bool {
        let (here, woke) = self.local().acted(user, self.monotonic());
        if woke {
            self.changed(user);
        }
        here
    }

    /// What these people show to friends has changed: friends are told how they are seen now.
    pub fn recompute(&self, users: &[UserId]) {
        let mut local = self.local();
        users
            .iter()
            .for_each(|user| local.mark(*user, RecheckReason::PrivacyChanged));
        drop(local);
        self.inner.wake.notify_one();
    }

    /// New friends could not be shown to each other: they are as soon as that is possible.
    pub(crate) fn announce_friendship_later(&self, users: [UserId; 2]) {
        let mut local = self.local();
        users
            .iter()
            .for_each(|user| local.mark(*user, RecheckReason::Again));
        drop(local);
        self.inner.wake.notify_one();
    }

    /// Tells changes as they come and keeps the registry up to date, until the future is dropped.
    pub async fn run(self) {
        let mut next = self.monotonic();
        let mut log = OutageLog::default();
        loop {
            let now = self.monotonic();
            let worked = if now >= next {
                next = now + REFRESH;
                self.refresh().await
            } else {
                self.settle().await
            };
            if let Err(error) = worked {
                if let Some(failures) = log.failed(now) {
                    tracing::warn!(error = %error.chain(), failures, "presence refresh failed");
                }
                tokio::time::sleep(PAUSE).await;
                continue;
            }
            if log.worked() {
                tracing::info!("presence refreshed again");
            }
            tokio::select! {
                () = self.inner.wake.notified() => {}
                () = tokio::time::sleep(self.rest_until(next)) => {}
            }
        }
    }

    fn rest_until(&self, next: Duration) -> Duration {
        let end = self.local().next_end();
        let due = end.map_or(next, |end| end.min(next));
        // A little late rather than a little early, which would be in vain.
        due.saturating_sub(self.monotonic()) + Duration::from_millis(1)
    }

    fn changed(&self, user: UserId) {
        self.local().mark(user, RecheckReason::Changed);
        self.inner.wake.notify_one();
    }

    fn left(&self, seat: &ConnectionSlot, leaving: DisconnectReason) {
        self.local().remove(seat, leaving);
        self.inner.wake.notify_one();
    }

    fn monotonic(&self) -> Duration {
        self.inner.env.monotonic()
    }

    fn local(&self) -> MutexGuard<'_, LocalConnections> {
        self.inner
            .local
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads all that an answer needs in one go.
    async fn read<T, F>(&self, run: F) -> Result<T, AppError>
    where
        F: FnOnce(&mut AnyConn, &dyn People) -> Result<T, AppError> + Send + 'static,
        T: Send + 'static,
    {
        let people = Arc::clone(&self.parts().people);
        let read = move |conn: &mut AnyConn| run(conn, &*people);
        self.parts().store.read(read).await
    }

    fn parts(&self) -> &PresenceParts {
        &self.inner.parts
    }

    /// How this person wants to be seen.
    pub(crate) async fn chosen(
        &self,
        user: UserId,
    ) -> Result<contract::social::ChosenStatus, AppError> {
        let read = move |conn: &mut _| store::chosen(conn, &[user]);
        let chosen = self.parts().store.read(read).await?;
        Ok(chosen.get(&user).copied().unwrap_or_default())
    }
}
