//! The state of presence on a node.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cluster::ExpiringSets;
use db::{AnyConn, Store};
use kernel::{AppError, Env, Id, UserId, id_type};
use tokio::sync::Notify;

use super::connection_slot::{ConnectionSlot, DisconnectReason};
use super::known_nodes::KnownNodes;
use super::latest_counts::LatestCounts;
use super::local_connections::{LocalConnections, RecheckReason};
use crate::ports::{SocialDirectory, UserEventPublisher};

id_type!(ConnectionId, ConnectionKind, "connection");
id_type!(PresenceNodeId, PresenceNodeKind, "node");

/// How often a node renews the entries of its connections.
pub const REFRESH_INTERVAL: Duration = Duration::from_secs(10);
/// How long an entry lasts without renewal. Two renewals may fail.
pub const TTL: Duration = Duration::from_secs(25);

/// What presence needs.
#[derive(Clone)]
pub struct PresenceParts {
    /// The database.
    pub store: Store,
    /// The registry of connections, shared by all nodes.
    pub expiring_sets: Arc<dyn ExpiringSets>,
    /// Looks users up.
    pub users: Arc<dyn SocialDirectory>,
    /// Publishes changes of presence.
    pub publisher: Arc<dyn UserEventPublisher>,
}

impl std::fmt::Debug for PresenceParts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PresenceParts on {:?}", self.store)
    }
}

/// Implements [`super::PresenceService`]. Clones are cheap and share their state.
#[derive(Clone)]
pub struct PresenceTracker {
    pub(super) inner: Arc<TrackerInner>,
}

pub(super) struct TrackerInner {
    pub(super) parts: PresenceParts,
    pub(super) env: Env,
    /// The id of this node.
    pub(super) node: String,
    local: Mutex<LocalConnections>,
    pub(super) latest_counts: LatestCounts,
    /// Wakes the task that processes changes.
    pub(super) changed: Notify,
    /// Held while the registry is written, so that changes reach it in their order.
    pub(super) known_nodes: tokio::sync::Mutex<KnownNodes>,
}

impl std::fmt::Debug for PresenceTracker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PresenceTracker of {}", self.inner.node)
    }
}

/// The set of a user's connections in the registry.
pub(super) fn set_of(user: UserId) -> String {
    format!("presence:{user}")
}

impl PresenceTracker {
    /// Tracks the connections of this node.
    #[must_use]
    pub fn new(parts: PresenceParts) -> Self {
        let env = parts.store.env().clone();
        let node: Id<PresenceNodeKind> = env.id();
        let inner = TrackerInner {
            known_nodes: tokio::sync::Mutex::new(KnownNodes::new(env.monotonic())),
            parts,
            env,
            node: node.to_string(),
            local: Mutex::default(),
            latest_counts: LatestCounts::default(),
            changed: Notify::new(),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// A new name of an entry.
    pub(super) fn entry_name(&self) -> String {
        let id: Id<ConnectionKind> = self.inner.env.id();
        id.to_string()
    }

    /// Adds a connection of this node.
    pub(super) fn track(&self, slot: ConnectionSlot) -> Arc<ConnectionSlot> {
        let slot = Arc::new(slot);
        self.local().add(Arc::clone(&slot));
        self.inner.changed.notify_one();
        slot
    }

    /// Removes a connection of this node.
    pub(super) fn untrack(&self, slot: &ConnectionSlot, reason: DisconnectReason) {
        self.local().remove(slot, reason);
        self.inner.changed.notify_one();
    }

    /// Asks for these users to be processed.
    pub(super) fn mark(&self, users: &[UserId], reason: RecheckReason) {
        let mut local = self.local();
        users.iter().for_each(|user| local.mark(*user, reason));
        drop(local);
        self.inner.changed.notify_one();
    }

    /// Announces two new friends to each other as soon as that is possible.
    pub(crate) fn announce_friendship_later(&self, users: [UserId; 2]) {
        self.mark(&users, RecheckReason::AnnounceAgain);
    }

    /// How long to sleep unless something changes: until the next refresh or the end of a grace.
    pub(super) fn sleep_time(&self, next_refresh: Duration) -> Duration {
        let end = self.local().next_grace_end();
        let due = end.map_or(next_refresh, |end| end.min(next_refresh));
        // Waking up early would be in vain.
        due.saturating_sub(self.monotonic()) + Duration::from_millis(1)
    }

    pub(super) fn monotonic(&self) -> Duration {
        self.inner.env.monotonic()
    }

    pub(super) fn local(&self) -> MutexGuard<'_, LocalConnections> {
        self.inner
            .local
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn parts(&self) -> &PresenceParts {
        &self.inner.parts
    }

    /// Reads everything that a response needs in one task.
    pub(super) async fn read<T, F>(&self, run: F) -> Result<T, AppError>
    where
        F: FnOnce(&mut AnyConn, &dyn SocialDirectory) -> Result<T, AppError> + Send + 'static,
        T: Send + 'static,
    {
        let users = Arc::clone(&self.parts().users);
        let read = move |conn: &mut AnyConn| run(conn, &*users);
        self.parts().store.read(read).await
    }
}
