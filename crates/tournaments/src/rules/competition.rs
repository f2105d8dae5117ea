//! A tournament that is being played.

use std::collections::BTreeMap;

use super::elimination::{double_elimination_slots, single_elimination_slots};
use super::seeding::{Seeding, seed_order};
use super::{
    BracketSlot, Changes, Entrant, EntrantNumber, EntrantStatus, Format, Occupant, PerSide,
    Placing, RuleError, SlotKey, SlotSide, SlotSource, Timing, UnixMillis,
};

/// What the row of a tournament holds beside its settings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Round robin and Swiss: the round that is being played, from 1. 0 in elimination and before the first round.
    pub round: u16,
    /// When what is open in the round is judged.
    pub round_deadline: Option<UnixMillis>,
    /// Since when the tournament is paused.
    pub paused_at: Option<UnixMillis>,
}

/// A tournament that is being played: its entrants, its slots, and how far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Competition {
    pub(super) format: Format,
    pub(super) timing: Timing,
    pub(super) progress: Progress,
    pub(super) entrants: BTreeMap<EntrantNumber, Entrant>,
    pub(super) slots: BTreeMap<SlotKey, BracketSlot>,
}

impl Competition {
    /// Starts a tournament of these entrants: gives seeds and makes the slots. All of them take part.
    ///
    /// # Errors
    /// The format takes fewer or more entrants or another number of rounds, or the seeding by hand is not complete.
    pub fn start(
        format: Format,
        timing: Timing,
        entrants: Vec<Entrant>,
        seeding: &Seeding,
        now: UnixMillis,
    ) -> Result<(Self, Changes), RuleError> {
        format.check(entrants.len())?;
        let seeds = seed_order(&entrants, seeding)?;
        let mut competition = Self::restore(format, timing, Progress::default(), entrants, vec![]);
        let mut changes = Changes::default();
        for (number, seed) in seeds.iter().zip(1..) {
            if let Some(entrant) = competition.entrants.get_mut(number) {
                entrant.seed = Some(seed);
                entrant.status = EntrantStatus::Playing;
                changes.entrants.insert(*number);
            }
        }
        competition.make_slots(&seeds, &mut changes, now);
        let changes = competition.finish_step(changes, now);
        Ok((competition, changes))
    }

    /// A tournament as it was stored. A side without an entrant may be given as `Unknown`: whether nobody will be
    /// there follows from the slots before.
    #[must_use]
    pub fn restore(
        format: Format,
        timing: Timing,
        progress: Progress,
        entrants: Vec<Entrant>,
        slots: Vec<BracketSlot>,
    ) -> Self {
        let entrants = entrants
            .into_iter()
            .map(|entrant| (entrant.number, entrant));
        let slots = slots.into_iter().map(|slot| (slot.key, slot));
        let mut competition = Self {
            format,
            timing,
            progress,
            entrants: entrants.collect(),
            slots: slots.collect(),
        };
        competition.restore_empty_sides();
        competition
    }

    /// The format.
    #[must_use]
    pub const fn format(&self) -> Format {
        self.format
    }

    /// How far it is.
    #[must_use]
    pub const fn progress(&self) -> Progress {
        self.progress
    }

    /// An entrant.
    #[must_use]
    pub fn entrant(&self, number: EntrantNumber) -> Option<&Entrant> {
        self.entrants.get(&number)
    }

    /// All entrants, by number.
    pub fn entrants(&self) -> impl Iterator<Item = &Entrant> {
        self.entrants.values()
    }

    /// A slot.
    #[must_use]
    pub fn slot(&self, key: SlotKey) -> Option<&BracketSlot> {
        self.slots.get(&key)
    }

    /// All slots, by bracket, round and position.
    pub fn slots(&self) -> impl Iterator<Item = &BracketSlot> {
        self.slots.values()
    }

    /// Places, the best first; those who share one by seed. In elimination those of who is out and of the champion, in
    /// the other formats as they are now.
    #[must_use]
    pub fn placings(&self) -> Vec<Placing> {
        let mut placings = match self.format {
            Format::SingleElimination { .. } | Format::DoubleElimination => {
                self.elimination_placings()
            }
            Format::RoundRobin { .. } | Format::Swiss { .. } => {
                self.table().iter().map(|row| row.placing).collect()
            }
        };
        placings.sort_by_key(|placing| (placing.from, self.seed_of(placing.entrant)));
        placings
    }

    /// Those who have a seed: who takes part, or did.
    pub(super) fn participants(&self) -> impl Iterator<Item = &Entrant> {
        self.entrants
            .values()
            .filter(|entrant| entrant.seed.is_some())
    }

    pub(super) fn seed_of(&self, number: EntrantNumber) -> Option<u16> {
        self.entrants.get(&number)?.seed
    }

    pub(super) fn slot_or_err(&self, key: SlotKey) -> Result<&BracketSlot, RuleError> {
        self.slots.get(&key).ok_or(RuleError::UnknownSlot(key))
    }

    pub(super) fn is_playing(&self, number: EntrantNumber) -> bool {
        self.entrants.get(&number).is_some_and(Entrant::is_playing)
    }

    fn make_slots(&mut self, seeds: &[EntrantNumber], changes: &mut Changes, now: UnixMillis) {
        let slots = match self.format {
            Format::SingleElimination { third_place } => {
                single_elimination_slots(seeds.len(), third_place)
            }
            Format::DoubleElimination => double_elimination_slots(seeds.len()),
            Format::RoundRobin { .. } => self.round_robin_slots(seeds),
            Format::Swiss { .. } => vec![],
        };
        for slot in slots {
            changes.create(slot.key);
            let occupants = PerSide::new(SlotSide::A, SlotSide::B).map(|side| {
                let known = *slot.occupants.get(side);
                seeded(*slot.sources.get(side), seeds).unwrap_or(known)
            });
            self.slots
                .insert(slot.key, BracketSlot { occupants, ..slot });
        }
        let created: Vec<SlotKey> = self.slots.keys().copied().collect();
        self.settle_all(created, changes, now);
    }

    /// Marks the sides where nobody will be.
    fn restore_empty_sides(&mut self) {
        let keys: Vec<SlotKey> = self.slots.keys().copied().collect();
        for key in keys {
            let Some(slot) = self.slots.get(&key) else {
                continue;
            };
            let occupants = slot.occupants;
            let sources = slot.sources;
            let mut restored = occupants;
            for (side, occupant) in occupants.iter() {
                if *occupant == Occupant::Unknown && self.is_empty_source(*sources.get(side)) {
                    *restored.get_mut(side) = Occupant::Nobody;
                }
            }
            if let Some(slot) = self.slots.get_mut(&key) {
                slot.occupants = restored;
            }
        }
    }

    fn is_empty_source(&self, source: SlotSource) -> bool {
        match source {
            SlotSource::Bye => true,
            SlotSource::Seed(_) | SlotSource::Paired => false,
            SlotSource::WinnerOf(key) | SlotSource::LoserOf(key) => self
                .slots
                .get(&key)
                .is_some_and(|slot| slot.status.is_over()),
        }
    }
}

/// Who comes from a source that names a seed.
fn seeded(source: SlotSource, seeds: &[EntrantNumber]) -> Option<Occupant> {
    let SlotSource::Seed(seed) = source else {
        return None;
    };
    let number = seeds.get(usize::from(seed).checked_sub(1)?)?;
    Some(Occupant::Entrant(*number))
}
