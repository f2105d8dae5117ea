//! Objections of entrants.

use super::Correction;
use crate::rules::{
    Bracket, Changes, Competition, Dispute, EntrantNumber, RuleError, SlotKey, SlotStatus,
    UnixMillis,
};

/// What the organizer decides about a dispute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling {
    /// The result stands.
    Uphold,
    /// The result changes.
    Correct(Correction),
}

impl Competition {
    /// An entrant objects to the result of its match. Until it is settled, or for a limited time, the slots that depend
    /// on it are not called; a call is taken back.
    ///
    /// # Errors
    /// `NotInSlot`, `WrongStatus` if the match is not over or disputed already, `TooLate` if it was over too long ago.
    pub fn dispute(
        &mut self,
        key: SlotKey,
        by: EntrantNumber,
        now: UnixMillis,
    ) -> Result<Changes, RuleError> {
        let slot = self.slot_or_err(key)?;
        slot.side_of(by).ok_or(RuleError::NotInSlot)?;
        let ended_at = slot.ended_at.filter(|_| slot.status.is_over());
        let ended_at = ended_at.ok_or(RuleError::WrongStatus)?;
        if slot.dispute.is_some() {
            return Err(RuleError::WrongStatus);
        }
        if now.since(ended_at) > self.timing.dispute_window {
            return Err(RuleError::TooLate);
        }
        let until = self.deadline_base(now).plus(self.timing.dispute_hold);
        let mut changes = Changes::default();
        if let Some(slot) = self.slots.get_mut(&key) {
            slot.dispute = Some(Dispute { by, until });
            changes.update(key);
        }
        for dependent in self.dependents(key) {
            self.hold(dependent, until, &mut changes);
        }
        Ok(changes)
    }

    /// The organizer decides about a dispute.
    ///
    /// # Errors
    /// `WrongStatus` if there is none; those of [`Competition::correct`].
    pub fn settle_dispute(
        &mut self,
        key: SlotKey,
        ruling: Ruling,
        now: UnixMillis,
    ) -> Result<Changes, RuleError> {
        if self.slot_or_err(key)?.dispute.is_none() {
            return Err(RuleError::WrongStatus);
        }
        match ruling {
            Ruling::Correct(correction) => self.correct(key, correction, now),
            Ruling::Uphold => Ok(self.end_dispute(key, now)),
        }
    }

    /// Until when a slot is not called because of disputes about the slots before.
    pub(in crate::rules) fn held_until(&self, key: SlotKey) -> Option<UnixMillis> {
        let until = |key: &SlotKey| Some(self.slots.get(key)?.dispute?.until);
        self.slots_before(key).iter().filter_map(until).max()
    }

    /// The slots that a slot depends on.
    fn slots_before(&self, key: SlotKey) -> Vec<SlotKey> {
        let Some(slot) = self.slots.get(&key) else {
            return vec![];
        };
        let keys = self.slots.keys().copied();
        match key.bracket {
            Bracket::PlayOff => keys
                .filter(|key| key.bracket == Bracket::RoundRobin)
                .collect(),
            Bracket::Swiss => self.slots_of_both(slot, key.round.saturating_sub(1)),
            _ => {
                let sources = slot.sources.iter();
                sources.filter_map(|(_, source)| source.slot()).collect()
            }
        }
    }

    fn end_dispute(&mut self, key: SlotKey, now: UnixMillis) -> Changes {
        let mut changes = Changes::default();
        if let Some(slot) = self.slots.get_mut(&key) {
            slot.dispute = None;
            changes.update(key);
        }
        let from = self.deadline_base(now).plus(self.timing.call_delay);
        for dependent in self.dependents(key) {
            let due = self
                .held_until(dependent)
                .map_or(from, |held| held.max(from));
            self.hold(dependent, due, &mut changes);
        }
        changes
    }

    /// A slot that has not begun is called at this time at the earliest.
    fn hold(&mut self, key: SlotKey, until: UnixMillis, changes: &mut Changes) {
        let status = self.slots.get(&key).map(|slot| slot.status);
        if status == Some(SlotStatus::Called) {
            changes.matches_to_cancel.insert(key);
        }
        if matches!(status, Some(SlotStatus::Called | SlotStatus::Waiting)) {
            self.set_status(key, SlotStatus::Waiting, Some(until), changes);
        }
    }
}
