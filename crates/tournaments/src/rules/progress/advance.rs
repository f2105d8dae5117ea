//! What follows when the entrants of a slot are known, and when a slot is over.

use std::collections::VecDeque;

use crate::rules::{
    Bracket, BracketSlot, Changes, Competition, Entrant, EntrantNumber, EntrantStatus, Occupant,
    PerSide, ResultKind, SlotFeed, SlotKey, SlotResult, SlotSide, SlotSource, SlotStatus,
    UnixMillis,
};

impl Competition {
    /// Finds out who is in these slots and what follows from that, in them and in those that depend on them.
    pub(in crate::rules) fn settle_all(
        &mut self,
        keys: impl IntoIterator<Item = SlotKey>,
        changes: &mut Changes,
        now: UnixMillis,
    ) {
        let mut queue: VecDeque<SlotKey> = keys.into_iter().collect();
        while let Some(key) = queue.pop_front() {
            self.refresh_occupants(key, changes);
            if self.settle(key, changes, now) {
                queue.extend(self.dependents(key));
            }
        }
    }

    /// Ends a slot, and lets follow what follows.
    pub(in crate::rules) fn end_slot(
        &mut self,
        key: SlotKey,
        result: SlotResult,
        changes: &mut Changes,
        now: UnixMillis,
    ) {
        self.close(key, result, changes, now);
        self.settle_all(self.dependents(key), changes, now);
    }

    /// The slots that depend on a slot: where winner and loser go; in Swiss those of both in the next round; in round
    /// robin the play-off.
    pub(in crate::rules) fn dependents(&self, key: SlotKey) -> Vec<SlotKey> {
        let Some(slot) = self.slots.get(&key) else {
            return vec![];
        };
        let keys = self.slots.keys();
        match key.bracket {
            Bracket::Swiss => self.slots_of_both(slot, key.round + 1),
            Bracket::RoundRobin => keys
                .copied()
                .filter(|key| key.bracket == Bracket::PlayOff)
                .collect(),
            _ => {
                let feeds = [slot.winner_to, slot.loser_to].into_iter().flatten();
                feeds.map(|feed| feed.slot).collect()
            }
        }
    }

    /// Swiss: the slots in another round of who is in a slot.
    pub(in crate::rules) fn slots_of_both(&self, slot: &BracketSlot, round: u16) -> Vec<SlotKey> {
        let first = SlotKey::new(Bracket::Swiss, round, 0);
        let last = SlotKey::new(Bracket::Swiss, round, u16::MAX);
        let entrants = slot.occupants.map(Occupant::entrant);
        let entrants = [entrants.a, entrants.b];
        let next = self.slots.range(first..=last).filter(|(_, next)| {
            let mut found = entrants.iter().flatten();
            found.any(|number| next.side_of(*number).is_some())
        });
        next.map(|(key, _)| *key).collect()
    }

    /// The time that deadlines are counted from: it stands still while the tournament is paused.
    pub(in crate::rules) fn deadline_base(&self, now: UnixMillis) -> UnixMillis {
        self.progress.paused_at.unwrap_or(now)
    }

    fn refresh_occupants(&mut self, key: SlotKey, changes: &mut Changes) {
        let Some(slot) = self.slots.get(&key) else {
            return;
        };
        if slot.status.is_over() || slot.status.is_open() {
            return;
        }
        let occupants = PerSide::new(SlotSide::A, SlotSide::B).map(|side| {
            let known = *slot.occupants.get(side);
            self.occupant_from(*slot.sources.get(side)).unwrap_or(known)
        });
        if occupants != slot.occupants
            && let Some(slot) = self.slots.get_mut(&key)
        {
            slot.occupants = occupants;
            changes.update(key);
        }
    }

    /// Who comes from a source; `None` if that was known from the beginning.
    fn occupant_from(&self, source: SlotSource) -> Option<Occupant> {
        let of_slot = |key: SlotKey, pick: fn(&BracketSlot) -> Option<EntrantNumber>| {
            let slot = self.slots.get(&key)?;
            if !slot.status.is_over() {
                return Some(Occupant::Unknown);
            }
            Some(pick(slot).map_or(Occupant::Nobody, Occupant::Entrant))
        };
        match source {
            SlotSource::Paired | SlotSource::Seed(_) => None,
            SlotSource::Bye => Some(Occupant::Nobody),
            SlotSource::WinnerOf(key) => of_slot(key, BracketSlot::winner),
            SlotSource::LoserOf(key) => of_slot(key, BracketSlot::loser),
        }
    }

    /// Returns whether the slot is over now and was not before.
    fn settle(&mut self, key: SlotKey, changes: &mut Changes, now: UnixMillis) -> bool {
        let Some(slot) = self.slots.get(&key) else {
            return false;
        };
        if slot.status.is_over() || slot.status.is_open() {
            return false;
        }
        let occupants = slot.occupants;
        if occupants.iter().any(|(_, one)| *one == Occupant::Unknown) {
            self.set_status(key, SlotStatus::Unknown, None, changes);
            return false;
        }
        if !slot.is_match() {
            self.advance_by_bye(key, occupants, changes, now);
            return true;
        }
        let can_play = occupants.map(|one| one.entrant().is_some_and(|one| self.is_playing(one)));
        let winner = match (can_play.a, can_play.b) {
            (true, true) => {
                self.await_call(key, changes, now);
                return false;
            }
            (true, false) => Some(SlotSide::A),
            (false, true) => Some(SlotSide::B),
            (false, false) => None,
        };
        let result = SlotResult::unplayed(winner, ResultKind::Removal);
        self.close(key, result, changes, now);
        true
    }

    /// Who has a bye advances, even if it has left: it leaves the tournament in its next match.
    fn advance_by_bye(
        &mut self,
        key: SlotKey,
        occupants: PerSide<Occupant>,
        changes: &mut Changes,
        now: UnixMillis,
    ) {
        let mut sides = SlotSide::BOTH.into_iter();
        let winner = sides.find(|side| occupants.get(*side).entrant().is_some());
        let how = match winner {
            Some(_) => ResultKind::Bye,
            None => ResultKind::Removal,
        };
        self.close(key, SlotResult::unplayed(winner, how), changes, now);
    }

    /// Both are known: the slot can be called after a while.
    pub(in crate::rules) fn await_call(
        &mut self,
        key: SlotKey,
        changes: &mut Changes,
        now: UnixMillis,
    ) {
        let is_waiting = |slot: &BracketSlot| slot.status == SlotStatus::Waiting;
        if self.slots.get(&key).is_some_and(is_waiting) {
            return;
        }
        let from = self.deadline_base(now).plus(self.timing.call_delay);
        let due = self.held_until(key).map_or(from, |held| held.max(from));
        self.set_status(key, SlotStatus::Waiting, Some(due), changes);
    }

    /// Changes the status of a slot that is not over.
    pub(in crate::rules) fn set_status(
        &mut self,
        key: SlotKey,
        status: SlotStatus,
        due: Option<UnixMillis>,
        changes: &mut Changes,
    ) {
        if let Some(slot) = self.slots.get_mut(&key)
            && (slot.status, slot.due) != (status, due)
        {
            slot.status = status;
            slot.due = due;
            changes.update(key);
        }
    }

    fn close(&mut self, key: SlotKey, result: SlotResult, changes: &mut Changes, now: UnixMillis) {
        let Some(slot) = self.slots.get_mut(&key) else {
            return;
        };
        slot.status = final_status(result);
        slot.result = Some(result);
        slot.due = None;
        slot.ended_at = Some(now);
        changes.update(key);
        if key == SlotKey::GRAND_FINAL {
            self.add_grand_final_reset(key, changes);
        }
        self.mark_out(key, changes);
    }

    /// The upper champion has lost the first match of the grand final: there is a second one.
    fn add_grand_final_reset(&mut self, first: SlotKey, changes: &mut Changes) {
        let Some(slot) = self.slots.get_mut(&first) else {
            return;
        };
        let upper_won = slot.result.and_then(|result| result.winner) != Some(SlotSide::B);
        let upper_champion = slot.occupants.a.entrant();
        let can_play = |number| {
            let entrant = self.entrants.get(&number);
            entrant.is_some_and(Entrant::is_playing)
        };
        if upper_won || !upper_champion.is_some_and(can_play) {
            return;
        }
        let second = SlotKey::GRAND_FINAL_RESET;
        let feed = |side| Some(SlotFeed { slot: second, side });
        slot.loser_to = feed(SlotSide::A);
        slot.winner_to = feed(SlotSide::B);
        let sources = PerSide::new(SlotSource::LoserOf(first), SlotSource::WinnerOf(first));
        self.slots.insert(second, BracketSlot::new(second, sources));
        changes.create(second);
    }

    /// Elimination: who is in a slot that is over, did not win it, and goes nowhere from it, is out.
    fn mark_out(&mut self, key: SlotKey, changes: &mut Changes) {
        let Some(slot) = self.slots.get(&key) else {
            return;
        };
        if !self.format.is_elimination() {
            return;
        }
        let winner = slot.result.and_then(|result| result.winner);
        let goes_on = |side| winner == Some(side) || (winner.is_some() && slot.loser_to.is_some());
        let leaving = SlotSide::BOTH.into_iter().filter(|side| !goes_on(*side));
        let leaving: Vec<_> = leaving
            .filter_map(|side| slot.occupants.get(side).entrant())
            .collect();
        for number in leaving {
            self.set_out(number, changes);
        }
    }

    /// Somebody who takes part plays no more.
    pub(in crate::rules) fn set_out(&mut self, number: EntrantNumber, changes: &mut Changes) {
        if let Some(entrant) = self.entrants.get_mut(&number)
            && entrant.is_playing()
        {
            entrant.status = EntrantStatus::Out;
            changes.entrants.insert(number);
        }
    }
}

fn final_status(result: SlotResult) -> SlotStatus {
    match (result.how, result.winner) {
        (ResultKind::NoShow | ResultKind::Removal, None) => SlotStatus::Void,
        (ResultKind::NoShow | ResultKind::Removal, Some(_)) => SlotStatus::Walkover,
        (ResultKind::Bye | ResultKind::RequestedBye, _) => SlotStatus::Walkover,
        (
            ResultKind::Played | ResultKind::Forfeit | ResultKind::Awarded | ResultKind::Judged,
            _,
        ) => SlotStatus::Done,
    }
}
