//! What a node remembers from one refresh to the next.

use std::collections::BTreeSet;
use std::time::Duration;

/// What this node knows of the others, and when it last recorded activity.
#[derive(Debug)]
pub(super) struct KnownNodes {
    pub(super) living: BTreeSet<String>,
    pub(super) activity_recorded_at: Duration,
}

impl KnownNodes {
    pub(super) fn new(now: Duration) -> Self {
        Self {
            living: BTreeSet::new(),
            activity_recorded_at: now,
        }
    }

    /// Replaces the living nodes and returns those that are no longer among them.
    pub(super) fn update(&mut self, living: BTreeSet<String>) -> BTreeSet<String> {
        let dead = self.living.difference(&living).cloned().collect();
        self.living = living;
        dead
    }
}
