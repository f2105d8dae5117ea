//! Which topics this node wants, and how far Redis knows it.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, watch};

use crate::Topic;

/// The wanted topics, and the changes that Redis has not been told of.
#[derive(Debug, Default)]
pub(crate) struct Interests {
    wanted: Mutex<Wanted>,
    changed: Notify,
    progress: watch::Sender<Progress>,
}

#[derive(Debug, Default)]
struct Wanted {
    topics: HashMap<Topic, Interest>,
    /// Topics whose interest appeared or ended since the last [`Interests::take`].
    touched: HashSet<Topic>,
    /// Counts the changes.
    version: u64,
}

#[derive(Debug)]
struct Interest {
    holders: usize,
    /// The change that made it.
    since: u64,
}

#[derive(Debug, Default)]
struct Progress {
    /// Whether there is a connection, so that waiting for it makes sense.
    connected: bool,
    /// All changes up to this one are known to Redis.
    applied: u64,
}

/// What to tell Redis.
#[derive(Debug)]
pub(crate) struct Changes {
    pub(crate) version: u64,
    pub(crate) begin: Vec<Topic>,
    pub(crate) end: Vec<Topic>,
}

impl Interests {
    /// One more holder of this topic; the answer is the change that makes it known to Redis.
    pub(crate) fn add(&self, topic: &Topic) -> u64 {
        let mut wanted = self.lock();
        if let Some(interest) = wanted.topics.get_mut(topic) {
            interest.holders += 1;
            return interest.since;
        }
        let since = wanted.touch(topic);
        let interest = Interest { holders: 1, since };
        wanted.topics.insert(topic.clone(), interest);
        self.changed.notify_one();
        since
    }

    /// One holder less.
    pub(crate) fn remove(&self, topic: &Topic) {
        let mut wanted = self.lock();
        let Some(interest) = wanted.topics.get_mut(topic) else {
            return;
        };
        interest.holders -= 1;
        if interest.holders == 0 {
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

    /// Everything wanted, for a new connection. From here on [`Self::applied`] waits.
    pub(crate) fn connected(&self) -> Changes {
        // First, so that whoever did not wait had its topic in the map before the map is read.
        self.progress
            .send_modify(|progress| progress.connected = true);
        let mut wanted = self.lock();
        wanted.touched.clear();
        Changes {
            version: wanted.version,
            begin: wanted.topics.keys().cloned().collect(),
            end: vec![],
        }
    }

    /// The connection is gone; nobody needs to wait for it.
    pub(crate) fn disconnected(&self) {
        self.progress
            .send_modify(|progress| progress.connected = false);
    }

    /// Waits for changes and takes them.
    pub(crate) async fn take(&self) -> Changes {
        self.changed.notified().await;
        let mut wanted = self.lock();
        let touched = std::mem::take(&mut wanted.touched);
        let (begin, end) = touched
            .into_iter()
            .partition(|topic| wanted.topics.contains_key(topic));
        Changes {
            version: wanted.version,
            begin,
            end,
        }
    }

    /// Redis knows all changes up to this one.
    pub(crate) fn confirm(&self, version: u64) {
        self.progress
            .send_modify(|progress| progress.applied = version);
    }

    /// Waits until Redis knows this change, or there is no connection.
    pub(crate) async fn applied(&self, change: u64) {
        let mut progress = self.progress.subscribe();
        let waited = progress.wait_for(|now| !now.connected || now.applied >= change);
        // The sender lives as long as this value, so the wait cannot fail.
        let _ = waited.await;
    }

    fn lock(&self) -> MutexGuard<'_, Wanted> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wanted {
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
    async fn only_the_first_and_the_last_holder_make_a_change() {
        let interests = Interests::default();
        let topic = Topic::from("chat:1");
        let first = interests.add(&topic);
        assert_eq!(interests.add(&topic), first);
        assert_eq!(interests.take().await.begin, std::slice::from_ref(&topic));
        interests.remove(&topic);
        assert_eq!(interests.find("chat:1"), Some(topic.clone()));
        interests.remove(&topic);
        assert_eq!(interests.find("chat:1"), None);
        assert_eq!(interests.take().await.end, [topic]);
    }

    #[tokio::test]
    async fn a_topic_left_and_entered_again_at_once_is_begun_not_ended() {
        let interests = Interests::default();
        let topic = Topic::from("chat:1");
        interests.add(&topic);
        interests.remove(&topic);
        interests.add(&topic);
        let changes = interests.take().await;
        assert_eq!((changes.begin, changes.end), (vec![topic], vec![]));
    }

    #[tokio::test]
    async fn nobody_waits_for_a_redis_that_is_away() {
        let interests = Interests::default();
        let change = interests.add(&Topic::from("chat:1"));
        interests.applied(change).await;
        interests.connected();
        let waiting = interests.applied(change);
        tokio::pin!(waiting);
        assert!(waiting.as_mut().now_or_never().is_none());
        interests.confirm(change);
        waiting.await;
    }
}
