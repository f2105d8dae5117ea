//! The topics of this node. A topic exists while sockets subscribe to it or are about to.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use cluster::Topic;

use super::local_topic::LocalTopic;
use crate::connection::Connection;
use crate::sync::{Mutex, MutexGuard, PoisonError};

type TopicShard = HashMap<Topic, Arc<LocalTopic>>;

/// The topics of this node, in shards with a lock each.
pub(crate) struct Topics {
    shards: Box<[Mutex<TopicShard>]>,
    hasher: RandomState,
}

/// A socket that is about to subscribe. The topic stays until this is dropped.
pub(crate) struct Joining<'t> {
    topics: &'t Topics,
    topic: Arc<LocalTopic>,
}

impl Joining<'_> {
    pub(crate) fn topic(&self) -> &Arc<LocalTopic> {
        &self.topic
    }
}

impl Drop for Joining<'_> {
    fn drop(&mut self) {
        self.topics
            .remove_if(self.topic.topic(), LocalTopic::end_joining);
    }
}

impl Topics {
    pub(crate) fn new(shards: usize) -> Self {
        Self {
            shards: (0..shards.max(1)).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
        }
    }

    /// The topic, if it exists here.
    pub(crate) fn get(&self, topic: &Topic) -> Option<Arc<LocalTopic>> {
        self.shard(topic).get(topic).cloned()
    }

    /// All topics.
    pub(crate) fn all(&self) -> Vec<Arc<LocalTopic>> {
        let shards = self.shards.iter();
        shards
            .flat_map(|shard| lock(shard).values().cloned().collect::<Vec<_>>())
            .collect()
    }

    /// Announces that a socket is about to subscribe to a topic.
    pub(crate) fn begin_joining(&self, topic: &Topic) -> Joining<'_> {
        let mut shard = self.shard(topic);
        let local = shard
            .entry(topic.clone())
            .or_insert_with(|| Arc::new(LocalTopic::new(topic.clone())));
        local.begin_joining();
        Joining {
            topics: self,
            topic: Arc::clone(local),
        }
    }

    /// Takes a socket out of a topic.
    pub(crate) fn leave(&self, connection: &Connection, topic: &Topic) {
        self.remove_if(topic, |local| local.leave(connection));
    }

    /// Removes a topic if it turns out to be idle. It is decided under the lock under which sockets
    /// [announce](Self::begin_joining) themselves.
    fn remove_if(&self, topic: &Topic, is_idle: impl FnOnce(&LocalTopic) -> bool) {
        let mut shard = self.shard(topic);
        if shard.get(topic).is_some_and(|local| is_idle(local)) {
            let removed = shard.remove(topic);
            // Its end is told to the bus, for which the other topics of the shard need not wait.
            drop(shard);
            drop(removed);
        }
    }

    #[allow(
        clippy::indexing_slicing,
        reason = "the remainder is within the length, which is not zero"
    )]
    fn shard(&self, topic: &Topic) -> MutexGuard<'_, TopicShard> {
        let hash = self.hasher.hash_one(topic);
        let index = hash % self.shards.len() as u64;
        lock(&self.shards[usize::try_from(index).unwrap_or_default()])
    }
}

fn lock(shard: &Mutex<TopicShard>) -> MutexGuard<'_, TopicShard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}
