//! What the other nodes must be told that they did not get.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::Topic;

/// Beyond this many topics it is cheaper to have everything read again.
const MOST: usize = 1_000;

/// Topics of which messages were lost since the others were last told.
#[derive(Debug, Default)]
pub(super) struct MissedTopics {
    /// Saves the lock where nothing is lost, which is nearly always.
    any: AtomicBool,
    lost: Mutex<Lost>,
}

/// What was lost.
#[derive(Debug, Default)]
pub(super) struct Lost {
    pub(super) topics: HashSet<Topic>,
    /// More topics than are remembered.
    pub(super) everything: bool,
}

impl MissedTopics {
    pub(super) fn mark(&self, topic: &Topic) {
        let mut lost = self.lock();
        if !lost.everything && !lost.topics.contains(topic) {
            lost.add(topic.clone());
        }
        self.any.store(true, Ordering::Release);
    }

    /// Takes what is marked, if anything is.
    pub(super) fn take(&self) -> Option<Lost> {
        if !self.any.swap(false, Ordering::AcqRel) {
            return None;
        }
        Some(std::mem::take(&mut *self.lock()))
    }

    /// Marks it again: telling the others has failed.
    pub(super) fn put_back(&self, again: Lost) {
        let mut lost = self.lock();
        lost.everything |= again.everything;
        again.topics.into_iter().for_each(|topic| lost.add(topic));
        self.any.store(true, Ordering::Release);
    }

    fn lock(&self) -> MutexGuard<'_, Lost> {
        self.lost.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lost {
    fn add(&mut self, topic: Topic) {
        self.topics.insert(topic);
        if self.everything || self.topics.len() > MOST {
            self.everything = true;
            self.topics.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_told_once_and_many_become_everything() {
        let missed = MissedTopics::default();
        assert!(missed.take().is_none());
        missed.mark(&Topic::from("chat:1"));
        missed.mark(&Topic::from("chat:1"));
        let lost = missed.take().unwrap();
        assert_eq!((lost.topics.len(), lost.everything), (1, false));
        assert!(missed.take().is_none());

        missed.put_back(lost);
        for number in 0..=MOST {
            missed.mark(&Topic::of("chat", number));
        }
        let lost = missed.take().unwrap();
        assert_eq!((lost.topics.len(), lost.everything), (0, true));
    }
}
