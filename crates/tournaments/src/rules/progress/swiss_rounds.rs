//! Rounds of Swiss: who is to be paired, and what becomes of a pairing.

use std::collections::BTreeSet;

use crate::rules::{
    Bracket, BracketSlot, Changes, Competition, Entrant, EntrantNumber, EntrantStatus, Format,
    Occupant, PerSide, ResultKind, RuleError, SlotKey, SlotResult, SlotSide, SlotSource,
    SwissPairing, SwissRound, UnixMillis,
};

/// The last round of Swiss that somebody may enter late.
const LAST_LATE_ROUND: u16 = 3;

impl Competition {
    /// The round that is to be paired. Pairs of `blocked` are not made: who blocks whom, and entrants who are the same
    /// person.
    ///
    /// # Errors
    /// `WrongStatus` if the format is not Swiss, the round before is not over, or it was the last one.
    pub fn swiss_round(
        &self,
        blocked: &[(EntrantNumber, EntrantNumber)],
    ) -> Result<SwissRound, RuleError> {
        let next = self.progress.round + 1;
        if !matches!(self.format, Format::Swiss { .. }) || self.is_over() || self.has_open_slots() {
            return Err(RuleError::WrongStatus);
        }
        let comes = |entrant: &&Entrant| entrant.is_playing() && entrant.first_round <= next;
        let comers: Vec<&Entrant> = self.entrants.values().filter(comes).collect();
        let (resting, playing): (Vec<&Entrant>, Vec<&Entrant>) = comers
            .into_iter()
            .partition(|entrant| entrant.requested_bye == Some(next));
        let playing: BTreeSet<EntrantNumber> = playing
            .into_iter()
            .filter(|entrant| entrant.present)
            .map(|entrant| entrant.number)
            .collect();
        let mut players = self.swiss_players();
        players.retain(|player| playing.contains(&player.entrant));
        let requested = resting.into_iter().map(|entrant| entrant.number).collect();
        let blocked = blocked.iter().copied();
        Ok(SwissRound::new(
            next,
            players,
            requested,
            self.met_pairs(),
            blocked,
        ))
    }

    /// Begins the round that was paired.
    ///
    /// # Errors
    /// `OutdatedPairing` if the pairing is not of those who are to be paired now.
    pub fn apply_pairing(
        &mut self,
        pairing: &SwissPairing,
        now: UnixMillis,
    ) -> Result<Changes, RuleError> {
        let expected = self.swiss_round(&[])?;
        if !fits(&expected, pairing) {
            return Err(RuleError::OutdatedPairing);
        }
        let mut changes = Changes::default();
        self.progress.round = pairing.round;
        self.progress.round_deadline = None;
        changes.round_started = Some(pairing.round);
        let mut position = 0;
        for slot in slots_of(pairing) {
            position += 1;
            let key = SlotKey::new(Bracket::Swiss, pairing.round, position);
            changes.create(key);
            self.slots.insert(key, BracketSlot { key, ..slot });
            self.begin_swiss_slot(key, pairing, &mut changes, now);
        }
        Ok(self.finish_step(changes, now))
    }

    /// Somebody enters a tournament of Swiss that is being played, from the next round on, with no points for the
    /// rounds before, behind all others in the order of seeds.
    ///
    /// # Errors
    /// `WrongStatus` if the format is not Swiss or it is over, `TooLate` after the third round was paired,
    /// `TooManyEntrants`.
    pub fn enter_late(&mut self, entrant: Entrant, now: UnixMillis) -> Result<Changes, RuleError> {
        if !matches!(self.format, Format::Swiss { .. }) || self.is_over() {
            return Err(RuleError::WrongStatus);
        }
        let first_round = self.progress.round + 1;
        if first_round > LAST_LATE_ROUND {
            return Err(RuleError::TooLate);
        }
        let seeds = self.entrants.values().filter_map(|entrant| entrant.seed);
        let seed = seeds.max().unwrap_or_default() + 1;
        self.format.check(usize::from(seed))?;
        let mut changes = Changes::default();
        changes.entrants.insert(entrant.number);
        let late = Entrant {
            seed: Some(seed),
            status: EntrantStatus::Playing,
            present: true,
            first_round,
            ..entrant
        };
        self.entrants.insert(late.number, late);
        Ok(self.finish_step(changes, now))
    }

    /// An entrant says that it is there, or that it is not.
    ///
    /// # Errors
    /// `UnknownEntrant`, or `WrongStatus` if it takes part no more.
    pub fn set_present(
        &mut self,
        number: EntrantNumber,
        present: bool,
        now: UnixMillis,
    ) -> Result<Changes, RuleError> {
        self.playing_entrant(number)?.present = present;
        let mut changes = Changes::default();
        changes.entrants.insert(number);
        Ok(self.finish_step(changes, now))
    }

    /// An entrant asks not to be paired in a round that is not paired yet, for half a point; or, with `None`, takes
    /// that back. It can have one such bye, and not in the last round.
    ///
    /// # Errors
    /// `UnknownEntrant`, `TooLate` if it has had its bye or the round is paired or the last one, `WrongStatus` if the
    /// format is not Swiss or the entrant takes part no more.
    pub fn request_bye(
        &mut self,
        number: EntrantNumber,
        round: Option<u16>,
        now: UnixMillis,
    ) -> Result<Changes, RuleError> {
        let Format::Swiss { rounds } = self.format else {
            return Err(RuleError::WrongStatus);
        };
        let current = self.progress.round;
        let is_possible = round.is_none_or(|round| current < round && round < rounds);
        let entrant = self.playing_entrant(number)?;
        if !is_possible || entrant.requested_bye.is_some_and(|used| used <= current) {
            return Err(RuleError::TooLate);
        }
        entrant.requested_bye = round;
        let mut changes = Changes::default();
        changes.entrants.insert(number);
        Ok(self.finish_step(changes, now))
    }

    /// Whether another round of Swiss makes sense.
    pub(in crate::rules) fn enough_for_swiss_round(&self) -> bool {
        let next = self.progress.round + 1;
        let comes = |entrant: &&Entrant| {
            entrant.is_playing() && (entrant.present || entrant.requested_bye == Some(next))
        };
        self.entrants.values().filter(comes).count() >= 2
    }

    fn playing_entrant(&mut self, number: EntrantNumber) -> Result<&mut Entrant, RuleError> {
        let entrant = self.entrants.get_mut(&number);
        let entrant = entrant.ok_or(RuleError::UnknownEntrant(number))?;
        match entrant.is_playing() {
            true => Ok(entrant),
            false => Err(RuleError::WrongStatus),
        }
    }

    fn begin_swiss_slot(
        &mut self,
        key: SlotKey,
        pairing: &SwissPairing,
        changes: &mut Changes,
        now: UnixMillis,
    ) {
        let entrant = self
            .slots
            .get(&key)
            .and_then(|slot| slot.occupants.a.entrant());
        let asked = entrant.is_some_and(|number| pairing.requested_byes.contains(&number));
        if asked {
            let result = SlotResult::unplayed(Some(SlotSide::A), ResultKind::RequestedBye);
            self.end_slot(key, result, changes, now);
        } else {
            self.settle_all([key], changes, now);
        }
    }
}

/// Whether a pairing is of the players of a round.
fn fits(round: &SwissRound, pairing: &SwissPairing) -> bool {
    let paired = pairing.pairs.iter().flat_map(|pair| [pair.a, pair.b]);
    let all = paired
        .chain(pairing.bye)
        .chain(pairing.unpaired.iter().copied());
    let mut all: Vec<EntrantNumber> = all.collect();
    all.sort_unstable();
    let mut expected: Vec<_> = round
        .players()
        .iter()
        .map(|player| player.entrant)
        .collect();
    expected.sort_unstable();
    pairing.round == round.round()
        && all == expected
        && pairing.requested_byes == round.requested_byes
}

/// The slots of a pairing, without their keys.
fn slots_of(pairing: &SwissPairing) -> impl Iterator<Item = BracketSlot> {
    let key = SlotKey::new(Bracket::Swiss, pairing.round, 0);
    let pairs = pairing.pairs.iter().map(move |pair| BracketSlot {
        occupants: pair.map(Occupant::Entrant),
        ..BracketSlot::new(key, PerSide::new(SlotSource::Paired, SlotSource::Paired))
    });
    let byes = pairing.bye.iter().chain(&pairing.requested_byes);
    let byes = byes.map(move |number| BracketSlot {
        occupants: PerSide::new(Occupant::Entrant(*number), Occupant::Nobody),
        ..BracketSlot::new(key, PerSide::new(SlotSource::Paired, SlotSource::Bye))
    });
    pairs.chain(byes)
}
