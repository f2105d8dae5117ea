//! Plays tournaments, and keeps what a service would have stored beside them.

use std::collections::{BTreeMap, BTreeSet};

use tournaments::rules::*;

/// A tournament that is played by rule, with a copy of its rows that only [`Changes`] keep current.
pub(crate) struct Simulation {
    pub(crate) competition: Competition,
    pub(crate) now: UnixMillis,
    pub(crate) dice: DrawGenerator,
    stored_slots: BTreeMap<SlotKey, BracketSlot>,
    stored_entrants: BTreeMap<EntrantNumber, Entrant>,
    /// The rounds that were said to begin.
    pub(crate) rounds_started: Vec<u16>,
    /// How often the end was announced.
    pub(crate) finished: bool,
}

pub(crate) fn entrants(count: u32) -> Vec<Entrant> {
    (1..=count)
        .map(|number| Entrant::new(EntrantNumber(number)))
        .collect()
}

/// A tournament that has just started.
pub(crate) fn started(format: Format, count: u32) -> Competition {
    let now = UnixMillis(1_000_000);
    let started = Competition::start(
        format,
        Timing::default(),
        entrants(count),
        &Seeding::Rating,
        now,
    );
    started.unwrap().0
}

impl Simulation {
    pub(crate) fn start(format: Format, count: u32, seed: u64) -> Self {
        Self::start_with(format, entrants(count), seed)
    }

    pub(crate) fn start_with(format: Format, entrants: Vec<Entrant>, seed: u64) -> Self {
        let now = UnixMillis(1_000_000);
        let stored_entrants = entrants
            .iter()
            .map(|entrant| (entrant.number, *entrant))
            .collect();
        let (competition, changes) =
            Competition::start(format, Timing::default(), entrants, &Seeding::Rating, now).unwrap();
        let mut simulation = Self {
            competition,
            now,
            dice: DrawGenerator::new(seed),
            stored_slots: BTreeMap::new(),
            stored_entrants,
            rounds_started: vec![],
            finished: false,
        };
        simulation.store(&changes);
        simulation
    }

    /// A step: what it changes is stored, and the stored rows must be the tournament.
    pub(crate) fn step(
        &mut self,
        step: impl FnOnce(&mut Competition, UnixMillis) -> Result<Changes, RuleError>,
    ) -> Changes {
        let changes = step(&mut self.competition, self.now).unwrap();
        self.store(&changes);
        changes
    }

    fn store(&mut self, changes: &Changes) {
        for key in &changes.removed {
            assert!(self.stored_slots.remove(key).is_some(), "{key} was stored");
        }
        for key in &changes.created {
            let slot = self.competition.slot(*key).unwrap().clone();
            assert!(
                self.stored_slots.insert(*key, slot).is_none(),
                "{key} is new"
            );
        }
        for key in &changes.updated {
            let slot = self.competition.slot(*key).unwrap().clone();
            assert!(
                self.stored_slots.insert(*key, slot).is_some(),
                "{key} was stored"
            );
        }
        for number in &changes.entrants {
            let entrant = *self.competition.entrant(*number).unwrap();
            self.stored_entrants.insert(*number, entrant);
        }
        self.rounds_started.extend(changes.round_started);
        self.finished = changes.finished;
        if self.stored_slots.len() < 100 || self.dice.below(200) == 0 {
            self.compare_stored();
        }
    }

    /// The stored rows are the tournament, also when sides without an entrant are stored without anything.
    pub(crate) fn compare_stored(&self) {
        let bare = |occupant| match occupant {
            Occupant::Entrant(_) => occupant,
            Occupant::Nobody | Occupant::Unknown => Occupant::Unknown,
        };
        let slots = self.stored_slots.values().map(|slot| BracketSlot {
            occupants: slot.occupants.map(bare),
            ..*slot
        });
        let restored = Competition::restore(
            self.competition.format(),
            Timing::default(),
            self.competition.progress(),
            self.stored_entrants.values().copied().collect(),
            slots.collect(),
        );
        assert!(
            restored == self.competition,
            "what is stored is what there is"
        );
    }

    /// Calls what can be called, waiting if need be. Returns what was called.
    pub(crate) fn call_next(&mut self) -> Vec<SlotKey> {
        let nobody = BTreeSet::new();
        let mut callable = self.competition.callable(self.now, &nobody);
        if callable.is_empty() {
            let Some(due) = self.competition.next_due(self.now) else {
                return vec![];
            };
            self.now = due;
            callable = self.competition.callable(self.now, &nobody);
        }
        for key in &callable {
            self.step(|competition, now| competition.call(*key, now));
        }
        callable
    }

    pub(crate) fn begin(&mut self, key: SlotKey) {
        self.step(|competition, _| competition.begin(key));
    }

    pub(crate) fn record(&mut self, key: SlotKey, result: SlotResult) -> Changes {
        self.step(|competition, now| competition.record(key, result, now))
    }

    /// Begins and ends a match.
    pub(crate) fn play(&mut self, key: SlotKey, result: SlotResult) -> Changes {
        self.begin(key);
        self.now = self.now.plus(1_000);
        self.record(key, result)
    }

    pub(crate) fn pair_swiss(&mut self) -> SwissPairing {
        let pairing = self.competition.swiss_round(&[]).unwrap().pair_or_repeat();
        self.step(|competition, now| competition.apply_pairing(&pairing, now));
        pairing
    }

    /// Plays to the end. The results are those of `result`, or by chance where it has none.
    pub(crate) fn finish(&mut self, result: impl Fn(&BracketSlot) -> Option<SlotResult>) {
        for _ in 0..1_000_000 {
            if self.competition.is_over() {
                self.compare_stored();
                assert!(self.finished, "the last step says so");
                return;
            }
            let mut called = self.call_next();
            if called.is_empty() {
                let slots = self.competition.slots();
                let open = slots.filter(|slot| slot.status == SlotStatus::Called);
                called.extend(open.map(|slot| slot.key));
            }
            if called.is_empty() {
                self.pair_swiss();
            }
            for key in called {
                let given = result(self.competition.slot(key).unwrap());
                let result = given.unwrap_or_else(|| self.random_result(key));
                self.play(key, result);
            }
        }
        panic!("the tournament does not end");
    }

    pub(crate) fn random_result(&mut self, key: SlotKey) -> SlotResult {
        let loser = u16::try_from(self.dice.below(11)).unwrap();
        let draws = self.competition.format().allows_draws() && key.bracket != Bracket::PlayOff;
        if draws && self.dice.below(5) == 0 {
            return SlotResult::drawn(loser, loser);
        }
        match self.dice.below(2) {
            0 => SlotResult::played(SlotSide::A, 11, loser),
            _ => SlotResult::played(SlotSide::B, loser, 11),
        }
    }

    pub(crate) fn slot(&self, bracket: Bracket, round: u16, position: u16) -> &BracketSlot {
        self.competition
            .slot(SlotKey::new(bracket, round, position))
            .unwrap()
    }

    pub(crate) fn entrant(&self, number: u32) -> &Entrant {
        self.competition.entrant(EntrantNumber(number)).unwrap()
    }

    /// The places by entrant.
    pub(crate) fn places(&self) -> BTreeMap<u32, (u16, u16)> {
        let placings = self.competition.placings();
        let places = placings
            .iter()
            .map(|one| (one.entrant.0, (one.from, one.to)));
        places.collect()
    }

    /// The slots that were played.
    pub(crate) fn played(&self) -> Vec<&BracketSlot> {
        let slots = self.competition.slots();
        slots
            .filter(|slot| slot.status == SlotStatus::Done)
            .collect()
    }
}

/// The better seed wins.
pub(crate) fn favourite_wins(slot: &BracketSlot) -> Option<SlotResult> {
    let entrants = slot.occupants.map(|one| one.entrant());
    match entrants.a < entrants.b {
        true => Some(SlotResult::played(SlotSide::A, 11, 3)),
        false => Some(SlotResult::played(SlotSide::B, 3, 11)),
    }
}
