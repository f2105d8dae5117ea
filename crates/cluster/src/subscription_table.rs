//! The topics this node subscribes to, and how far Redis has applied the changes.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, watch};

use crate::Topic;

/// Topics with the number of their subscribers, and the changes not sent to Redis yet.
#[derive(Debug, Default)]
pub(crate) struct SubscriptionTable {
    wanted: Mutex<TableState>,
    changed: Notify,
    progress: watch::Sender<SyncProgress>,
}

#[derive(Debug, Default)]
struct TableState {
    topics: HashMap<Topic, TopicEntry>,
    /// Topics that gained their first or lost their last subscriber since the last [`SubscriptionTable::take`].
    touched: HashSet<Topic>,
    /// Counts the changes.
    version: u64,
}

#[derive(Debug)]
struct TopicEntry {
    subscribers: usize,
    /// Version of the change that added it.
    since: u64,
}

#[derive(Debug, Default)]
struct SyncProgress {
    /// Whether a connection exists; without one nobody waits.
    connected: bool,
    /// Redis has applied all changes up to this one.
    applied: u64,
}

/// The channels to open and close.
#[derive(Debug)]
pub(crate) struct SubscriptionChanges {
    pub(crate) version: u64,
    pub(crate) subscribe: Vec<Topic>,
    pub(crate) unsubscribe: Vec<Topic>,
}

impl SubscriptionTable {
    /// Adds a subscriber and returns the version of the change that opens the channel.
    pub(crate) fn add(&self, topic: &Topic) -> u64 {
        let mut wanted = self.lock();
        if let Some(interest) = wanted.topics.get_mut(topic) {
            interest.subscribers += 1;
            return interest.since;
        }
        let since = wanted.touch(topic);
        let interest = TopicEntry {
            subscribers: 1,
            since,
        };
        wanted.topics.insert(topic.clone(), interest);
        self.changed.notify_one();
        since
    }

    /// Removes a subscriber.
    pub(crate) fn remove(&self, topic: &Topic) {
        let mut wanted = self.lock();
        let Some(interest) = wanted.topics.get_mut(topic) else {
            return;
        };
        interest.subscribers -= 1;
        if interest.subscribers == 0 {
            wanted.topics.remove(topic);
            wanted.touch(topic);
            self.changed.notify_one();
        }
    }

    /// The wanted topic of this name.
    pub(crate) fn find(&self, name: &str) -> Option<Topic> {
        let wanted = self.lock();
        wanted
            .topics
            .get_key_value(name)
            .map(|(topic, _)| topic.clone())
    }

    /// All topics, for a new connection. From here on [`Self::applied`] waits.
    pub(crate) fn connected(&self) -> SubscriptionChanges {
        // First, so that whoever did not wait had its topic in the map before the map is read.
        self.progress
            .send_modify(|progress| progress.connected = true);
        let mut wanted = self.lock();
        wanted.touched.clear();
        SubscriptionChanges {
            version: wanted.version,
            subscribe: wanted.topics.keys().cloned().collect(),
            unsubscribe: vec![],
        }
    }

    /// Ends all waits: the connection is lost.
    pub(crate) fn disconnected(&self) {
        self.progress
            .send_modify(|progress| progress.connected = false);
    }

    /// Waits for changes and takes them.
    pub(crate) async fn take(&self) -> SubscriptionChanges {
        self.changed.notified().await;
        let mut wanted = self.lock();
        let touched = std::mem::take(&mut wanted.touched);
        let (subscribe, unsubscribe) = touched
            .into_iter()
            .partition(|topic| wanted.topics.contains_key(topic));
        SubscriptionChanges {
            version: wanted.version,
            subscribe,
            unsubscribe,
        }
    }

    /// Records that Redis has applied all changes up to this one.
    pub(crate) fn confirm(&self, version: u64) {
        self.progress
            .send_modify(|progress| progress.applied = version);
    }

    /// Waits until Redis has applied this change or the connection is lost.
    pub(crate) async fn applied(&self, change: u64) {
        let mut progress = self.progress.subscribe();
        let waited = progress.wait_for(|now| !now.connected || now.applied >= change);
        // The sender lives as long as this value, so the wait cannot fail.
        let _ = waited.await;
    }

    fn lock(&self) -> MutexGuard<'_, TableState> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TableState {
    fn touch(&mut self, topic: &Topic) -> u64 {
        self.touched.insert(topic.clone());
        self.version += 1;
        self.version
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn add_and_remove_change_only_on_first_and_last_subscriber() {
        let subscriptions = SubscriptionTable::default();
        let topic = Topic::from("chat:1");
        let first = subscriptions.add(&topic);
        assert_eq!(subscriptions.add(&topic), first);
        assert_eq!(
            subscriptions.take().await.subscribe,
            std::slice::from_ref(&topic)
        );
        subscriptions.remove(&topic);
        assert_eq!(subscriptions.find("chat:1"), Some(topic.clone()));
        subscriptions.remove(&topic);
        assert_eq!(subscriptions.find("chat:1"), None);
        assert_eq!(subscriptions.take().await.unsubscribe, [topic]);
    }

    #[tokio::test]
    async fn take_subscribes_topic_removed_and_added_again() {
        let subscriptions = SubscriptionTable::default();
        let topic = Topic::from("chat:1");
        subscriptions.add(&topic);
        subscriptions.remove(&topic);
        subscriptions.add(&topic);
        let changes = subscriptions.take().await;
        assert_eq!(
            (changes.subscribe, changes.unsubscribe),
            (vec![topic], vec![])
        );
    }

    #[tokio::test]
    async fn applied_does_not_wait_while_disconnected() {
        let subscriptions = SubscriptionTable::default();
        let change = subscriptions.add(&Topic::from("chat:1"));
        subscriptions.applied(change).await;
        subscriptions.connected();
        let waiting = subscriptions.applied(change);
        tokio::pin!(waiting);
        assert!(waiting.as_mut().now_or_never().is_none());
        subscriptions.confirm(change);
        waiting.await;
    }
}
