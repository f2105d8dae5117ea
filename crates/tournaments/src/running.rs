//! A tournament that is played: its rows as the rules take them, and back.

use std::collections::{BTreeMap, HashMap};

use contract::invites::MatchId;
use contract::tournaments::{EntrantState, TournamentId};
use db::{AnyConn, BulkStatement};
use kernel::{AppError, UserId};

use crate::queries::entrants::{self, EntrantRow};
use crate::queries::slots::{self, SlotRow};
use crate::queries::tournaments::TournamentRow;
use crate::rules::{
    Changes, Competition, Entrant, EntrantNumber, EntrantStatus, PlayerNumber, Progress, RuleError,
    SeedRating, SlotKey, Timing,
};
use crate::slot_names::{entrant_number, from_row, into_row, millis, timestamp};

/// A tournament that is played.
pub(crate) struct RunningTournament {
    pub(crate) competition: Competition,
    pub(crate) entrants: BTreeMap<EntrantNumber, EntrantRow>,
    /// The matches of the slots.
    pub(crate) matches: HashMap<SlotKey, MatchId>,
}

impl RunningTournament {
    pub(crate) fn load(
        conn: &mut AnyConn,
        timing: Timing,
        row: &TournamentRow,
    ) -> Result<Self, AppError> {
        let entrants = entrants::load_all(conn, row.id)?;
        let slots = slots::load_all(conn, row.id)?;
        Self::restore(row, timing, entrants, &slots)
    }

    pub(crate) fn restore(
        row: &TournamentRow,
        timing: Timing,
        mut entrants: Vec<EntrantRow>,
        slots: &[SlotRow],
    ) -> Result<Self, AppError> {
        // Who did not check in, or is on the waiting list, has no seed.
        entrants.retain(|entrant| entrant.seed.is_some());
        let format = row.settings()?.format(row.format()?, entrants.len());
        let progress = Progress {
            round: u16::try_from(row.round).unwrap_or_default(),
            round_deadline: row.round_deadline.map(millis),
            paused_at: row.paused_at.map(millis),
        };
        let mut matches = HashMap::new();
        let mut bracket = Vec::with_capacity(slots.len());
        for row in slots {
            let slot = from_row(row)?;
            matches.extend(row.match_id.map(|id| (slot.key, id)));
            bracket.push(slot);
        }
        let known = into_entrants(&entrants)?;
        let competition = Competition::restore(format, timing, progress, known, bracket);
        Ok(Self {
            competition,
            entrants: by_number(entrants),
            matches,
        })
    }

    /// The slot of a match.
    pub(crate) fn slot_of(&self, id: MatchId) -> Option<SlotKey> {
        let found = self.matches.iter().find(|(_, own)| **own == id);
        found.map(|(key, _)| *key)
    }

    /// The entrants of a slot.
    pub(crate) fn entrants_of(&self, key: SlotKey) -> [Option<&EntrantRow>; 2] {
        let occupants = self.competition.slot(key).map(|slot| slot.occupants);
        let of = |number: Option<EntrantNumber>| self.entrants.get(&number?);
        match occupants {
            Some(occupants) => [of(occupants.a.entrant()), of(occupants.b.entrant())],
            None => [None, None],
        }
    }

    /// The row of a slot.
    pub(crate) fn slot_row(&self, id: TournamentId, key: SlotKey) -> Option<SlotRow> {
        let slot = self.competition.slot(key)?;
        Some(SlotRow {
            match_id: self.matches.get(&key).copied(),
            ..into_row(id, slot)
        })
    }

    /// The statements that store what changed. Entrants get what the rules say about them first.
    pub(crate) fn statements(
        &mut self,
        row: &mut TournamentRow,
        changes: &Changes,
    ) -> Vec<BulkStatement<'static, ()>> {
        let progress = self.competition.progress();
        row.round = i32::from(progress.round);
        row.round_deadline = progress.round_deadline.map(timestamp);
        row.paused_at = progress.paused_at.map(timestamp);
        self.update_entrants(changes);
        let changed = changes.created.union(&changes.updated);
        let slots: Vec<SlotRow> = changed
            .filter_map(|key| self.slot_row(row.id, *key))
            .collect();
        let entrants: Vec<&EntrantRow> = changes
            .entrants
            .iter()
            .filter_map(|number| self.entrants.get(number))
            .collect();
        vec![slots::save_all(&slots), entrants::update_all(&entrants)]
    }

    fn update_entrants(&mut self, changes: &Changes) {
        for number in &changes.entrants {
            let (Some(row), Some(entrant)) = (
                self.entrants.get_mut(number),
                self.competition.entrant(*number),
            ) else {
                continue;
            };
            row.set_status(entrant_state(entrant.status));
            row.seed = entrant.seed.map(i32::from);
            row.present = entrant.present;
            row.first_round = i32::from(entrant.first_round);
            row.requested_bye = entrant.requested_bye.map(i32::from);
        }
    }
}

/// Rows by the numbers of their entrants.
pub(crate) fn by_number(rows: Vec<EntrantRow>) -> BTreeMap<EntrantNumber, EntrantRow> {
    rows.into_iter()
        .map(|row| (entrant_number(row.number), row))
        .collect()
}

/// Entrants as the rules take them. A host and their local players are one player.
pub(crate) fn into_entrants(rows: &[EntrantRow]) -> Result<Vec<Entrant>, AppError> {
    let mut players: HashMap<UserId, PlayerNumber> = HashMap::new();
    rows.iter()
        .map(|row| {
            let number = entrant_number(row.number);
            let own = PlayerNumber(number.0);
            let player = row
                .player()
                .map_or(own, |user| *players.entry(user).or_insert(own));
            Ok(Entrant {
                number,
                player,
                rating: seed_rating(row),
                seed: row.seed.and_then(|seed| u16::try_from(seed).ok()),
                status: entrant_status(row.status()?),
                present: row.present,
                first_round: u16::try_from(row.first_round).unwrap_or(1),
                requested_bye: row
                    .requested_bye
                    .and_then(|round| u16::try_from(round).ok()),
            })
        })
        .collect()
}

fn seed_rating(row: &EntrantRow) -> SeedRating {
    match row.rating {
        None => SeedRating::Unrated,
        Some(points) if row.provisional => SeedRating::Provisional(points),
        Some(points) => SeedRating::Established(points),
    }
}

const fn entrant_status(state: EntrantState) -> EntrantStatus {
    match state {
        EntrantState::Waiting | EntrantState::Missed => EntrantStatus::Waiting,
        EntrantState::Registered => EntrantStatus::Registered,
        EntrantState::CheckedIn => EntrantStatus::CheckedIn,
        EntrantState::Playing => EntrantStatus::Playing,
        EntrantState::Out => EntrantStatus::Out,
        EntrantState::Withdrawn => EntrantStatus::Withdrawn,
        EntrantState::Disqualified => EntrantStatus::Disqualified,
    }
}

const fn entrant_state(status: EntrantStatus) -> EntrantState {
    match status {
        EntrantStatus::Waiting => EntrantState::Waiting,
        EntrantStatus::Registered => EntrantState::Registered,
        EntrantStatus::CheckedIn => EntrantState::CheckedIn,
        EntrantStatus::Playing => EntrantState::Playing,
        EntrantStatus::Out => EntrantState::Out,
        EntrantStatus::Withdrawn => EntrantState::Withdrawn,
        EntrantStatus::Disqualified => EntrantState::Disqualified,
    }
}

/// Adds the changes of another step.
pub(crate) fn merge(changes: &mut Changes, later: Changes) {
    let still_new = |key: &SlotKey| changes.created.contains(key);
    let updated: Vec<SlotKey> = later
        .updated
        .iter()
        .copied()
        .filter(|key| !still_new(key))
        .collect();
    changes.updated.extend(updated);
    changes.created.extend(later.created);
    changes.removed.extend(later.removed);
    changes.entrants.extend(later.entrants);
    changes.matches_to_cancel.extend(later.matches_to_cancel);
    changes.round_started = later.round_started.or(changes.round_started);
    changes.round_to_pair = later.round_to_pair.or(changes.round_to_pair);
    changes.finished |= later.finished;
}

/// The rules refused what they had allowed.
pub(crate) fn broken_rules(error: RuleError) -> AppError {
    AppError::internal(error)
}
