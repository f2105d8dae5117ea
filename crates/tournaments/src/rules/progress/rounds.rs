//! Rounds of round robin and Swiss, and the end of the tournament.

use crate::rules::round_robin::{BergerPair, berger_rounds, double_rounds};
use crate::rules::{
    Bracket, BracketSlot, Changes, Competition, EntrantNumber, Format, Occupant, PerSide,
    ResultKind, RuleError, SlotKey, SlotResult, SlotSide, SlotSource, SlotStatus, UnixMillis,
};

/// A match that is open when the deadline of its round comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenMatch {
    /// Its slot.
    pub slot: SlotKey,
    /// Who is there, if it has not begun.
    pub present: PerSide<bool>,
    /// The points of both, if it has.
    pub score: PerSide<u16>,
}

impl Competition {
    /// Whether all is played.
    #[must_use]
    pub fn is_over(&self) -> bool {
        let slots_are_over = self.slots.values().all(|slot| slot.status.is_over());
        slots_are_over
            && match self.format {
                Format::SingleElimination { .. } | Format::DoubleElimination => true,
                Format::RoundRobin { .. } => self.play_off_entrants().is_empty(),
                Format::Swiss { rounds } => {
                    self.progress.round >= rounds || !self.enough_for_swiss_round()
                }
            }
    }

    /// Ends a round at its deadline. Matches that are being played count as they stand, and who has not come to a called
    /// one is absent. Slots that wait for a busy player keep the round open.
    ///
    /// # Errors
    /// `NotDue` before the deadline, `UnknownSlot` if a match is of no slot of the tournament.
    pub fn end_round(&mut self, open: &[OpenMatch], now: UnixMillis) -> Result<Changes, RuleError> {
        if self
            .progress
            .round_deadline
            .is_none_or(|deadline| deadline > now)
        {
            return Err(RuleError::NotDue);
        }
        let mut changes = Changes::default();
        for one in open {
            let status = self.slot_or_err(one.slot)?.status;
            if status.is_open() {
                changes.matches_to_cancel.insert(one.slot);
                self.judge(one, status, &mut changes, now);
            }
        }
        Ok(self.finish_step(changes, now))
    }

    fn judge(
        &mut self,
        open: &OpenMatch,
        status: SlotStatus,
        changes: &mut Changes,
        now: UnixMillis,
    ) {
        let is_live = status == SlotStatus::Live;
        let winner = match open.score.a.cmp(&open.score.b) {
            std::cmp::Ordering::Greater => Some(SlotSide::A),
            std::cmp::Ordering::Less => Some(SlotSide::B),
            std::cmp::Ordering::Equal => None,
        };
        if is_live && (winner.is_some() || self.allows_draw(open.slot)) {
            let result = SlotResult {
                winner,
                score: Some(open.score),
                how: ResultKind::Judged,
            };
            self.end_slot(open.slot, result, changes, now);
        } else if is_live || (open.present.a && open.present.b) {
            self.await_call(open.slot, changes, now);
        } else {
            self.end_without_absent(open.slot, open.present, changes, now);
        }
    }

    /// Whether a match in this slot may end without a winner.
    pub(in crate::rules) fn allows_draw(&self, key: SlotKey) -> bool {
        self.format.allows_draws() && key.bracket != Bracket::PlayOff
    }

    /// Moves the deadline of the round when one of its slots is called.
    pub(in crate::rules) fn extend_round(&mut self, now: UnixMillis) {
        if !self.format.is_elimination() {
            let deadline = now.plus(self.timing.round_limit);
            self.progress.round_deadline = self.progress.round_deadline.max(Some(deadline));
        }
    }

    /// The number of the round of a slot, counting play-offs on from the rounds of round robin.
    pub(in crate::rules) fn round_of(&self, key: SlotKey) -> u16 {
        match key.bracket {
            Bracket::PlayOff => self.round_robin_rounds() + key.round,
            _ => key.round,
        }
    }

    /// The slots of all rounds of round robin.
    pub(in crate::rules) fn round_robin_slots(&self, seeds: &[EntrantNumber]) -> Vec<BracketSlot> {
        let players = u16::try_from(seeds.len()).unwrap_or(u16::MAX);
        let rounds = match self.format {
            Format::RoundRobin { double: true, .. } => double_rounds(players),
            _ => berger_rounds(players),
        };
        scheduled_slots(Bracket::RoundRobin, &rounds, seeds)
    }

    /// What follows for the tournament as a whole: rounds that begin, and the end.
    pub(in crate::rules) fn finish_step(
        &mut self,
        mut changes: Changes,
        now: UnixMillis,
    ) -> Changes {
        if let Format::RoundRobin { .. } = self.format {
            self.open_rounds(&mut changes, now);
        }
        changes.finished = self.is_over();
        if let Format::Swiss { .. } = self.format
            && !changes.finished
            && !self.has_open_slots()
        {
            changes.round_to_pair = Some(self.progress.round + 1);
        }
        changes
    }

    /// Whether a slot of the current round, or of one before, is not over.
    pub(in crate::rules) fn has_open_slots(&self) -> bool {
        let mut slots = self.slots.values();
        slots.any(|slot| !slot.status.is_over() && self.round_of(slot.key) <= self.progress.round)
    }

    fn open_rounds(&mut self, changes: &mut Changes, now: UnixMillis) {
        while !self.has_open_slots() {
            let tied = self.play_off_entrants();
            if !tied.is_empty() {
                self.add_play_off(&tied, changes);
            }
            let next = self.progress.round + 1;
            let keys = self.slots.keys().copied();
            let keys: Vec<_> = keys.filter(|key| self.round_of(*key) == next).collect();
            if keys.is_empty() {
                return;
            }
            self.progress.round = next;
            self.progress.round_deadline = None;
            changes.round_started = Some(next);
            let due = self.deadline_base(now).plus(self.timing.call_delay);
            for key in keys {
                if self
                    .slots
                    .get(&key)
                    .is_some_and(|slot| !slot.status.is_over())
                {
                    self.set_status(key, SlotStatus::Waiting, Some(due), changes);
                }
            }
        }
    }

    /// Who plays for the first place: who shares it once all rounds are over, if there is to be a play-off and there
    /// has been none.
    fn play_off_entrants(&self) -> Vec<EntrantNumber> {
        let has_play_off = matches!(self.format, Format::RoundRobin { play_off: true, .. });
        let mut slots = self.slots.values();
        let rounds_are_over =
            slots.all(|slot| slot.status.is_over() && slot.key.bracket == Bracket::RoundRobin);
        if !has_play_off || !rounds_are_over {
            return vec![];
        }
        let mut tied = self.placings();
        tied.retain(|placing| placing.from == 1 && placing.to > 1);
        tied.iter().map(|placing| placing.entrant).collect()
    }

    fn add_play_off(&mut self, tied: &[EntrantNumber], changes: &mut Changes) {
        let players = u16::try_from(tied.len()).unwrap_or(u16::MAX);
        for slot in scheduled_slots(Bracket::PlayOff, &berger_rounds(players), tied) {
            changes.create(slot.key);
            self.slots.insert(slot.key, slot);
        }
    }

    fn round_robin_rounds(&self) -> u16 {
        let keys = self.slots.keys();
        let rounds = keys.filter(|key| key.bracket == Bracket::RoundRobin);
        rounds.map(|key| key.round).max().unwrap_or_default()
    }
}

fn scheduled_slots(
    bracket: Bracket,
    rounds: &[Vec<BergerPair>],
    entrants: &[EntrantNumber],
) -> Vec<BracketSlot> {
    let occupant = |position: u16| {
        let entrant = entrants.get(usize::from(position).wrapping_sub(1));
        entrant.map_or(Occupant::Nobody, |number| Occupant::Entrant(*number))
    };
    let numbered = rounds.iter().zip(1..);
    let slots = numbered.flat_map(|(pairs, round)| {
        let positions = pairs.iter().zip(1..);
        positions.map(move |((a, b), position)| BracketSlot {
            occupants: PerSide::new(occupant(*a), occupant(*b)),
            status: SlotStatus::Waiting,
            ..BracketSlot::new(
                SlotKey::new(bracket, round, position),
                PerSide::new(SlotSource::Paired, SlotSource::Paired),
            )
        })
    });
    slots.collect()
}
