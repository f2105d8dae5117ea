//! What a match reports, from its call to its end.

use std::collections::BTreeSet;

use crate::rules::{
    BracketSlot, Changes, Competition, EntrantNumber, PerSide, PlayerNumber, ResultKind, RuleError,
    SlotKey, SlotResult, SlotSide, SlotStatus, UnixMillis,
};

impl Competition {
    /// The slots to call now, by bracket, round and position. `busy` are the entrants whose player is in a match or a
    /// queue outside of this tournament; who is in another slot that is called or live is known, and no player is
    /// called twice.
    #[must_use]
    pub fn callable(&self, now: UnixMillis, busy: &BTreeSet<EntrantNumber>) -> Vec<SlotKey> {
        if self.progress.paused_at.is_some() {
            return vec![];
        }
        let mut engaged = self.engaged_players();
        engaged.extend(busy.iter().filter_map(|number| self.player_of(*number)));
        let due = self.slots.values().filter(|slot| is_due(slot, now));
        let mut chosen = vec![];
        for slot in due {
            let players = self.players_in(slot);
            if players.iter().all(|player| !engaged.contains(player)) {
                engaged.extend(players);
                chosen.push(slot.key);
            }
        }
        chosen
    }

    /// When [`Competition::callable`] may have more to call, if nothing else happens until then.
    #[must_use]
    pub fn next_due(&self, now: UnixMillis) -> Option<UnixMillis> {
        if self.progress.paused_at.is_some() {
            return None;
        }
        let waiting = self
            .slots
            .values()
            .filter(|slot| slot.status == SlotStatus::Waiting);
        waiting
            .filter_map(|slot| slot.due)
            .filter(|due| *due > now)
            .min()
    }

    /// The match of a slot was opened.
    ///
    /// # Errors
    /// `Paused`, `WrongStatus`, `NotDue` or `PlayerBusy`.
    pub fn call(&mut self, key: SlotKey, now: UnixMillis) -> Result<Changes, RuleError> {
        let slot = self.slot_or_err(key)?;
        if self.progress.paused_at.is_some() {
            return Err(RuleError::Paused);
        }
        if slot.status != SlotStatus::Waiting {
            return Err(RuleError::WrongStatus);
        }
        if !is_due(slot, now) {
            return Err(RuleError::NotDue);
        }
        let engaged = self.engaged_players();
        if self
            .players_in(slot)
            .iter()
            .any(|player| engaged.contains(player))
        {
            return Err(RuleError::PlayerBusy);
        }
        let mut changes = Changes::default();
        let deadline = now.plus(self.timing.no_show);
        self.set_status(key, SlotStatus::Called, Some(deadline), &mut changes);
        self.extend_round(now);
        Ok(changes)
    }

    /// Both came, and the match has begun.
    ///
    /// # Errors
    /// `WrongStatus` if the slot is not called.
    pub fn begin(&mut self, key: SlotKey) -> Result<Changes, RuleError> {
        if self.slot_or_err(key)?.status != SlotStatus::Called {
            return Err(RuleError::WrongStatus);
        }
        let mut changes = Changes::default();
        self.set_status(key, SlotStatus::Live, None, &mut changes);
        Ok(changes)
    }

    /// A match has ended: played, or given up. Where the format knows no draw, the slot of a drawn match is called
    /// again.
    ///
    /// # Errors
    /// `WrongStatus` if the slot is not called or live, or if the result is of another kind.
    pub fn record(
        &mut self,
        key: SlotKey,
        result: SlotResult,
        now: UnixMillis,
    ) -> Result<Changes, RuleError> {
        let is_from_match = matches!(result.how, ResultKind::Played | ResultKind::Forfeit);
        if !self.slot_or_err(key)?.status.is_open() || !is_from_match {
            return Err(RuleError::WrongStatus);
        }
        let mut changes = Changes::default();
        if result.winner.is_none() && !self.allows_draw(key) {
            self.await_call(key, &mut changes, now);
        } else {
            self.end_slot(key, result, &mut changes, now);
        }
        Ok(self.finish_step(changes, now))
    }

    /// A match was canceled through nobody's fault, or did not begin though both came: the slot is called again.
    ///
    /// # Errors
    /// `WrongStatus` if the slot is not called or live.
    pub fn reopen(&mut self, key: SlotKey, now: UnixMillis) -> Result<Changes, RuleError> {
        if !self.slot_or_err(key)?.status.is_open() {
            return Err(RuleError::WrongStatus);
        }
        let mut changes = Changes::default();
        self.await_call(key, &mut changes, now);
        Ok(changes)
    }

    /// The deadline of a called slot has come, and not both are there. In elimination who is absent is out, in the
    /// other formats it gets no points and is absent until it says otherwise.
    ///
    /// # Errors
    /// `WrongStatus` if the slot is not called, or if both are there.
    pub fn no_show(
        &mut self,
        key: SlotKey,
        present: PerSide<bool>,
        now: UnixMillis,
    ) -> Result<Changes, RuleError> {
        let is_called = self.slot_or_err(key)?.status == SlotStatus::Called;
        if !is_called || (present.a && present.b) {
            return Err(RuleError::WrongStatus);
        }
        let mut changes = Changes::default();
        self.end_without_absent(key, present, &mut changes, now);
        Ok(self.finish_step(changes, now))
    }

    /// Ends a slot where not both are there.
    pub(in crate::rules) fn end_without_absent(
        &mut self,
        key: SlotKey,
        present: PerSide<bool>,
        changes: &mut Changes,
        now: UnixMillis,
    ) {
        let occupants = self.slots.get(&key).map(|slot| slot.occupants);
        for (side, is_present) in present.iter() {
            let entrant = occupants.and_then(|occupants| occupants.get(side).entrant());
            if let (Some(number), false) = (entrant, *is_present) {
                self.mark_absent(number, changes);
            }
        }
        let winner = match (present.a, present.b) {
            (true, _) => Some(SlotSide::A),
            (_, true) => Some(SlotSide::B),
            (false, false) => None,
        };
        let result = SlotResult::unplayed(winner, ResultKind::NoShow);
        self.end_slot(key, result, changes, now);
    }

    fn mark_absent(&mut self, number: EntrantNumber, changes: &mut Changes) {
        if self.format.is_elimination() {
            self.set_out(number, changes);
        }
        if let Some(entrant) = self.entrants.get_mut(&number) {
            entrant.present = false;
            changes.entrants.insert(number);
        }
    }

    fn engaged_players(&self) -> BTreeSet<PlayerNumber> {
        let open = self.slots.values().filter(|slot| slot.status.is_open());
        open.flat_map(|slot| self.players_in(slot)).collect()
    }

    fn players_in(&self, slot: &BracketSlot) -> Vec<PlayerNumber> {
        let entrants = SlotSide::BOTH.map(|side| slot.occupants.get(side).entrant());
        let entrants = entrants.into_iter().flatten();
        entrants
            .filter_map(|number| self.player_of(number))
            .collect()
    }

    fn player_of(&self, number: EntrantNumber) -> Option<PlayerNumber> {
        self.entrants.get(&number).map(|entrant| entrant.player)
    }
}

fn is_due(slot: &BracketSlot, now: UnixMillis) -> bool {
    slot.status == SlotStatus::Waiting && slot.due.is_some_and(|due| due <= now)
}
