//! Topics whose messages did not reach the other nodes.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::Topic;

/// Beyond this many topics everything is read again.
const MAX_TOPICS: usize = 1_000;

/// Topics that lost messages since the last announcement.
#[derive(Debug, Default)]
pub(super) struct PendingLoss {
    /// Avoids the lock in the usual case.
    any: AtomicBool,
    lost: Mutex<LostTopics>,
}

/// Lost topics.
#[derive(Debug, Default)]
pub(super) struct LostTopics {
    pub(super) topics: HashSet<Topic>,
    /// More topics than are remembered.
    pub(super) everything: bool,
}

impl PendingLoss {
    pub(super) fn mark(&self, topic: &Topic) {
        let mut lost = self.lock();
        if !lost.everything && !lost.topics.contains(topic) {
            lost.add(topic.clone());
        }
        self.any.store(true, Ordering::Release);
    }

    /// Takes the marked topics.
    pub(super) fn take(&self) -> Option<LostTopics> {
        if !self.any.swap(false, Ordering::AcqRel) {
            return None;
        }
        Some(std::mem::take(&mut *self.lock()))
    }

    /// Marks topics again after their announcement failed.
    pub(super) fn put_back(&self, again: LostTopics) {
        let mut lost = self.lock();
        lost.everything |= again.everything;
        again.topics.into_iter().for_each(|topic| lost.add(topic));
        self.any.store(true, Ordering::Release);
    }

    fn lock(&self) -> MutexGuard<'_, LostTopics> {
        self.lost.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LostTopics {
    fn add(&mut self, topic: Topic) {
        self.topics.insert(topic);
        if self.everything || self.topics.len() > MAX_TOPICS {
            self.everything = true;
            self.topics.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn take_returns_topics_once_and_collapses_many() {
        let missed = PendingLoss::default();
        assert!(missed.take().is_none());
        missed.mark(&Topic::from("chat:1"));
        missed.mark(&Topic::from("chat:1"));
        let lost = missed.take().unwrap();
        assert_eq!((lost.topics.len(), lost.everything), (1, false));
        assert!(missed.take().is_none());

        missed.put_back(lost);
        for number in 0..=MAX_TOPICS {
            missed.mark(&Topic::of("chat", number));
        }
        let lost = missed.take().unwrap();
        assert_eq!((lost.topics.len(), lost.everything), (0, true));
    }
}
