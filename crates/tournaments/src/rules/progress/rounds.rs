//! What ends a step: rounds that begin, and the end of the tournament.

use crate::rules::{Changes, Competition, SlotKey, UnixMillis};

impl Competition {
    /// Whether all is played.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.slots.values().all(|slot| slot.status.is_over())
    }

    /// Whether a match in this slot may end without a winner.
    pub(in crate::rules) fn allows_draw(&self, _key: SlotKey) -> bool {
        self.format.allows_draws()
    }

    /// Moves the deadline of the round of a slot that was called.
    pub(in crate::rules) fn extend_round(&mut self, _key: SlotKey, now: UnixMillis) {
        if !self.format.is_elimination() {
            let deadline = now.plus(self.timing.round_limit);
            self.progress.round_deadline = self.progress.round_deadline.max(Some(deadline));
        }
    }

    /// What follows for the tournament as a whole.
    pub(in crate::rules) fn finish_step(&self, mut changes: Changes, _now: UnixMillis) -> Changes {
        changes.finished = self.is_over();
        changes
    }
}
