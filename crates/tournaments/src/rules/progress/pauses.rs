//! Pauses of the whole tournament.

use crate::rules::{Changes, Competition, RuleError, SlotKey, UnixMillis};

impl Competition {
    /// Pauses the tournament: nothing is called. Matches that are being played go on, and their results count.
    ///
    /// # Errors
    /// `Paused` if it is paused already.
    pub fn pause(&mut self, now: UnixMillis) -> Result<(), RuleError> {
        if self.progress.paused_at.is_some() {
            return Err(RuleError::Paused);
        }
        self.progress.paused_at = Some(now);
        Ok(())
    }

    /// Goes on. All deadlines move by the length of the pause.
    ///
    /// # Errors
    /// `WrongStatus` if it is not paused.
    pub fn resume(&mut self, now: UnixMillis) -> Result<Changes, RuleError> {
        let paused_at = self.progress.paused_at.take();
        let paused_at = paused_at.ok_or(RuleError::WrongStatus)?;
        let length = now.since(paused_at).max(0);
        let mut changes = Changes::default();
        let keys: Vec<SlotKey> = self.slots.keys().copied().collect();
        for key in keys {
            self.postpone(key, length, &mut changes);
        }
        let deadline = &mut self.progress.round_deadline;
        *deadline = deadline.map(|deadline| deadline.plus(length));
        Ok(changes)
    }

    fn postpone(&mut self, key: SlotKey, length: i64, changes: &mut Changes) {
        let Some(slot) = self.slots.get_mut(&key) else {
            return;
        };
        if slot.due.is_none() && slot.dispute.is_none() {
            return;
        }
        slot.due = slot.due.map(|due| due.plus(length));
        if let Some(dispute) = &mut slot.dispute {
            dispute.until = dispute.until.plus(length);
        }
        changes.update(key);
    }
}
