//! Results that the organizer changes.

use crate::rules::{
    Bracket, BracketSlot, Changes, Competition, EntrantStatus, Occupant, PerSide, ResultKind,
    RuleError, SlotKey, SlotResult, SlotSide, SlotStatus, UnixMillis,
};

/// What becomes of a slot that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Correction {
    /// This is the result.
    Award {
        /// Who wins. `None` is a draw, where the format knows one.
        winner: Option<SlotSide>,
        /// The points of both, if they are to count.
        score: Option<PerSide<u16>>,
    },
    /// The match is played again.
    Replay,
}

impl Competition {
    /// Changes the result of a slot that is over. Slots that depend on it and have not begun get their entrants anew;
    /// calls of them are taken back. In Swiss, the slots of both entrants in the next round depend on it, but a pairing stands
    /// whatever becomes of the points; in round robin only the play-off does, which is made anew.
    ///
    /// # Errors
    /// `WrongStatus` if the slot is not over or has a bye, `TooLate` if a slot that depends on it is live or done.
    pub fn correct(
        &mut self,
        key: SlotKey,
        correction: Correction,
        now: UnixMillis,
    ) -> Result<Changes, RuleError> {
        let slot = self.slot_or_err(key)?;
        if !slot.status.is_over()
            || slot
                .occupants
                .iter()
                .any(|(_, one)| one.entrant().is_none())
        {
            return Err(RuleError::WrongStatus);
        }
        if matches!(correction, Correction::Award { winner: None, .. }) && !self.allows_draw(key) {
            return Err(RuleError::WrongStatus);
        }
        let affected = self.undecided_dependents(key)?;
        let mut changes = Changes::default();
        for dependent in &affected {
            self.reset_dependent(*dependent, &mut changes);
        }
        self.reset(key, &mut changes);
        self.let_play_again(key, &mut changes);
        match correction {
            Correction::Replay => self.settle_all([key], &mut changes, now),
            Correction::Award { winner, score } => {
                let result = SlotResult {
                    winner,
                    score,
                    how: ResultKind::Awarded,
                };
                self.end_slot(key, result, &mut changes, now);
            }
        }
        self.settle_all(affected, &mut changes, now);
        Ok(self.finish_step(changes, now))
    }

    /// The slots that depend on a slot, directly or through slots that were decided without anybody's doing.
    fn undecided_dependents(&self, key: SlotKey) -> Result<Vec<SlotKey>, RuleError> {
        let mut found = vec![];
        let mut queue = self.dependents(key);
        while let Some(key) = queue.pop() {
            let slot = self.slot_or_err(key)?;
            if slot.status == SlotStatus::Live || (slot.status.is_over() && !was_automatic(slot)) {
                return Err(RuleError::TooLate);
            }
            if slot.status.is_over() {
                queue.extend(self.dependents(key));
            }
            found.push(key);
        }
        Ok(found)
    }

    fn reset_dependent(&mut self, key: SlotKey, changes: &mut Changes) {
        if key.bracket != Bracket::Swiss {
            self.take_back_call(key, changes);
        }
        match key.bracket {
            // The pairing of a round stands, whatever becomes of the points before.
            Bracket::Swiss => {}
            Bracket::PlayOff => self.remove_slot(key, changes),
            _ if key == SlotKey::GRAND_FINAL_RESET => self.remove_slot(key, changes),
            _ => self.reset(key, changes),
        }
    }

    fn remove_slot(&mut self, key: SlotKey, changes: &mut Changes) {
        if key.bracket == Bracket::PlayOff {
            self.progress.round = self.progress.round.min(self.round_of(key) - key.round);
        }
        self.slots.remove(&key);
        changes.remove(key);
    }

    /// Makes a slot as it was before it was known who is in it.
    fn reset(&mut self, key: SlotKey, changes: &mut Changes) {
        let Some(slot) = self.slots.get_mut(&key) else {
            return;
        };
        slot.status = SlotStatus::Unknown;
        slot.result = None;
        slot.due = None;
        slot.ended_at = None;
        slot.dispute = None;
        if key == SlotKey::GRAND_FINAL {
            slot.winner_to = None;
            slot.loser_to = None;
        }
        changes.update(key);
    }

    /// Who was out because of this slot is not.
    fn let_play_again(&mut self, key: SlotKey, changes: &mut Changes) {
        let occupants = self.slots.get(&key).map(|slot| slot.occupants);
        let entrants = occupants.map(|occupants| occupants.map(Occupant::entrant));
        let entrants = entrants.into_iter().flat_map(|both| [both.a, both.b]);
        for number in entrants.flatten() {
            if let Some(entrant) = self.entrants.get_mut(&number)
                && entrant.status == EntrantStatus::Out
            {
                entrant.status = EntrantStatus::Playing;
                changes.entrants.insert(number);
            }
        }
    }
}

fn was_automatic(slot: &BracketSlot) -> bool {
    let how = slot.result.map(|result| result.how);
    matches!(
        how,
        Some(ResultKind::Bye | ResultKind::RequestedBye | ResultKind::Removal)
    )
}
