//! Entrants who leave or are disqualified.

use crate::rules::{
    BracketSlot, Changes, Competition, EntrantNumber, EntrantStatus, Format, ResultKind, RuleError,
    SlotKey, SlotResult, SlotSide, SlotStatus, UnixMillis,
};

/// Why an entrant takes part no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// It left.
    Withdrawal,
    /// It was disqualified.
    Disqualification,
}

impl Competition {
    /// Takes an entrant out. It loses the match that it is in, and all later slots are walkovers for the other side,
    /// in both brackets. Results that stand stay. In round robin, who has not played half of its games is taken out of the
    /// table, and its remaining slots are void.
    ///
    /// # Errors
    /// `UnknownEntrant`, or `WrongStatus` if it has been taken out before.
    pub fn remove(
        &mut self,
        number: EntrantNumber,
        removal: Removal,
        now: UnixMillis,
    ) -> Result<Changes, RuleError> {
        let entrant = self.entrants.get_mut(&number);
        let entrant = entrant.ok_or(RuleError::UnknownEntrant(number))?;
        if !matches!(entrant.status, EntrantStatus::Playing | EntrantStatus::Out) {
            return Err(RuleError::WrongStatus);
        }
        entrant.status = match removal {
            Removal::Withdrawal => EntrantStatus::Withdrawn,
            Removal::Disqualification => EntrantStatus::Disqualified,
        };
        let mut changes = Changes::default();
        changes.entrants.insert(number);
        self.end_slots_of(number, &mut changes, now);
        Ok(self.finish_step(changes, now))
    }

    fn end_slots_of(&mut self, number: EntrantNumber, changes: &mut Changes, now: UnixMillis) {
        let open = self.slots.values().filter(|slot| !slot.status.is_over());
        let found = open.filter_map(|slot| Some((slot.key, slot.status, slot.side_of(number)?)));
        let found: Vec<(SlotKey, SlotStatus, SlotSide)> = found.collect();
        for (key, status, side) in found.iter().copied() {
            if status.is_open() {
                changes.matches_to_cancel.insert(key);
            }
            if status == SlotStatus::Live {
                let result = SlotResult::unplayed(Some(side.other()), ResultKind::Forfeit);
                self.end_slot(key, result, changes, now);
            }
        }
        let strike_off =
            matches!(self.format, Format::RoundRobin { .. }) && self.left_before_half(number);
        for (key, status, _) in found {
            if status == SlotStatus::Live {
                continue;
            }
            if strike_off {
                let result = SlotResult::unplayed(None, ResultKind::Removal);
                self.end_slot(key, result, changes, now);
            } else {
                self.take_back_call(key, changes);
                self.settle_all([key], changes, now);
            }
        }
    }

    /// A called slot is not called any more.
    pub(in crate::rules) fn take_back_call(&mut self, key: SlotKey, changes: &mut Changes) {
        let is_called = |slot: &BracketSlot| slot.status == SlotStatus::Called;
        if self.slots.get(&key).is_some_and(is_called) {
            changes.matches_to_cancel.insert(key);
            self.set_status(key, SlotStatus::Unknown, None, changes);
        }
    }
}
