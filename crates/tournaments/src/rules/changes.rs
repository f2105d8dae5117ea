//! What a step changed.

use std::collections::BTreeSet;

use super::{EntrantNumber, SlotKey};

/// What a step changed: what a service writes, and what it does besides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Slots that are new.
    pub created: BTreeSet<SlotKey>,
    /// Slots that are different. None of them is new.
    pub updated: BTreeSet<SlotKey>,
    /// Slots that do not exist any more.
    pub removed: BTreeSet<SlotKey>,
    /// Entrants whose status, presence or byes are different.
    pub entrants: BTreeSet<EntrantNumber>,
    /// Slots whose open match is to be canceled, without a result that counts.
    pub matches_to_cancel: BTreeSet<SlotKey>,
    /// The round of round robin or Swiss that has begun.
    pub round_started: Option<u16>,
    /// The round of Swiss that is to be paired.
    pub round_to_pair: Option<u16>,
    /// Whether all is played: the step was the last one.
    pub finished: bool,
}

impl Changes {
    pub(super) fn create(&mut self, key: SlotKey) {
        if self.removed.remove(&key) {
            self.updated.insert(key);
        } else {
            self.created.insert(key);
        }
    }

    pub(super) fn update(&mut self, key: SlotKey) {
        if !self.created.contains(&key) {
            self.updated.insert(key);
        }
    }

    pub(super) fn remove(&mut self, key: SlotKey) {
        self.updated.remove(&key);
        self.removed.insert(key);
    }
}
