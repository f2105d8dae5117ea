//! The sockets of this node, by user.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use kernel::UserId;

use crate::connection::Connection;
use crate::sync::{Mutex, MutexGuard, PoisonError};

type SocketShard = HashMap<UserId, UserSockets>;

/// The sockets of this node, in shards with a lock each.
pub(crate) struct Sockets {
    shards: Box<[Mutex<SocketShard>]>,
    hasher: RandomState,
    next_id: AtomicU64,
    count: AtomicUsize,
}

/// A user's sockets.
#[derive(Default)]
struct UserSockets {
    connections: Vec<Arc<Connection>>,
    /// Actions that were counted ahead against a limit that all nodes share.
    prepaid: u32,
}

impl Sockets {
    pub(crate) fn new(shards: usize) -> Self {
        Self {
            shards: (0..shards.max(1)).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
            next_id: AtomicU64::new(1),
            count: AtomicUsize::new(0),
        }
    }

    pub(crate) fn next_id(&self) -> u64 {
        self.next_id.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    pub(crate) fn count_of(&self, user: UserId) -> usize {
        let shard = self.shard(user);
        shard.get(&user).map_or(0, |one| one.connections.len())
    }

    pub(crate) fn of(&self, user: UserId) -> Vec<Arc<Connection>> {
        let shard = self.shard(user);
        let connections = shard.get(&user).map(|one| one.connections.clone());
        connections.unwrap_or_default()
    }

    pub(crate) fn all(&self) -> Vec<Arc<Connection>> {
        self.shards
            .iter()
            .flat_map(|shard| {
                let users = shard.lock().unwrap_or_else(PoisonError::into_inner);
                let connections = users.values().flat_map(|one| &one.connections);
                connections.cloned().collect::<Vec<_>>()
            })
            .collect()
    }

    pub(crate) fn add(&self, connection: &Arc<Connection>) {
        self.count.fetch_add(1, Ordering::Relaxed);
        let mut shard = self.shard(connection.actor.user);
        let sockets = shard.entry(connection.actor.user).or_default();
        sockets.connections.push(Arc::clone(connection));
    }

    pub(crate) fn remove(&self, connection: &Connection) {
        self.count.fetch_sub(1, Ordering::Relaxed);
        let user = connection.actor.user;
        let mut shard = self.shard(user);
        if let Some(sockets) = shard.get_mut(&user) {
            sockets.connections.retain(|one| one.id != connection.id);
            if sockets.connections.is_empty() {
                shard.remove(&user);
            }
        }
    }

    pub(crate) fn take_prepaid(&self, user: UserId) -> bool {
        let mut shard = self.shard(user);
        let sockets = shard.get_mut(&user).filter(|one| one.prepaid > 0);
        sockets.map(|one| one.prepaid -= 1).is_some()
    }

    pub(crate) fn prepay(&self, user: UserId, count: u32) {
        if let Some(sockets) = self.shard(user).get_mut(&user) {
            sockets.prepaid = sockets.prepaid.saturating_add(count);
        }
    }

    #[allow(
        clippy::indexing_slicing,
        reason = "the remainder is within the length, which is not zero"
    )]
    fn shard(&self, user: UserId) -> MutexGuard<'_, SocketShard> {
        let index = self.hasher.hash_one(user) % self.shards.len() as u64;
        let shard = &self.shards[usize::try_from(index).unwrap_or_default()];
        shard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
