//! What holds a connection or a match of a user open.

use std::sync::Arc;

use super::PresenceTracker;
use super::connection_slot::{ConnectionSlot, DisconnectReason};
use super::local_connections::RecheckReason;

/// A tab or device that is connected to this node. Dropping it means that it was lost.
#[derive(Debug)]
pub struct PresenceConnection {
    tracker: PresenceTracker,
    slot: Arc<ConnectionSlot>,
    reason: DisconnectReason,
}

impl PresenceConnection {
    pub(super) fn new(tracker: PresenceTracker, slot: Arc<ConnectionSlot>) -> Self {
        Self {
            tracker,
            slot,
            reason: DisconnectReason::Lost,
        }
    }

    /// Records activity. It takes no lock unless the user was away.
    pub fn acted(&self) {
        if self.slot.act(self.tracker.monotonic()) {
            self.mark_changed();
        }
    }

    /// Sets this tab online or offline (`user_online`, `user_offline`).
    pub fn announce(&self, is_online: bool) {
        let became_active = is_online && self.slot.act(self.tracker.monotonic());
        if self.slot.set_off(!is_online) || became_active {
            self.mark_changed();
        }
    }

    /// Ends the connection.
    pub fn close(mut self, reason: DisconnectReason) {
        self.reason = reason;
    }

    fn mark_changed(&self) {
        self.tracker.mark(&[self.slot.user], RecheckReason::Changed);
    }
}

impl Drop for PresenceConnection {
    fn drop(&mut self) {
        self.tracker.untrack(&self.slot, self.reason);
    }
}

/// A match of a user on this node. Dropping it means that the match has ended.
#[derive(Debug)]
pub struct MatchPresence {
    tracker: PresenceTracker,
    slot: Arc<ConnectionSlot>,
}

impl MatchPresence {
    pub(super) fn new(tracker: PresenceTracker, slot: Arc<ConnectionSlot>) -> Self {
        Self { tracker, slot }
    }
}

impl Drop for MatchPresence {
    fn drop(&mut self) {
        self.tracker
            .untrack(&self.slot, DisconnectReason::SignedOut);
    }
}
