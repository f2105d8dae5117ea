//! What each entrant did in each round.

use std::collections::{BTreeMap, BTreeSet};

use crate::rules::{
    Bracket, BracketSlot, Competition, EntrantNumber, ResultKind, SlotSide, SlotStatus,
};

/// What an entrant did in a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PlayerGame {
    /// Who was on the other side, if somebody was.
    pub(super) opponent: Option<EntrantNumber>,
    /// The points for it, doubled.
    pub(super) half_points: u16,
    /// Whether it was played.
    pub(super) played: bool,
    /// Whether it was a bye that the entrant did not ask for.
    pub(super) was_bye: bool,
    /// The points of the match, those of the opponent taken off.
    pub(super) difference: i32,
    /// On which side the entrant was.
    pub(super) side: SlotSide,
    /// Whether the slot is over. All above is empty before.
    pub(super) is_over: bool,
}

/// The games of each entrant, by round.
pub(super) type GamesByEntrant = BTreeMap<EntrantNumber, BTreeMap<u16, PlayerGame>>;

impl Competition {
    /// The games in a part of the tournament of all who are in its table.
    pub(super) fn games(&self, bracket: Bracket) -> GamesByEntrant {
        let removed = self.struck_off();
        let numbers = self.participants().map(|entrant| entrant.number);
        let numbers = numbers.filter(|number| !removed.contains(number));
        let mut games: GamesByEntrant = numbers.map(|number| (number, BTreeMap::new())).collect();
        let counts = |slot: &&BracketSlot| {
            let mut entrants = slot.occupants.iter().filter_map(|(_, one)| one.entrant());
            slot.key.bracket == bracket && !entrants.any(|number| removed.contains(&number))
        };
        for slot in self.slots.values().filter(counts) {
            for side in SlotSide::BOTH {
                let entrant = slot.occupants.get(side).entrant();
                if let Some(games) = entrant.and_then(|number| games.get_mut(&number)) {
                    games.insert(slot.key.round, game_of(slot, side));
                }
            }
        }
        games
    }

    /// Round robin: who was taken out of the table, having left before half of its games were over.
    pub(in crate::rules) fn struck_off(&self) -> BTreeSet<EntrantNumber> {
        let removed = self.participants().filter(|entrant| entrant.was_removed());
        let numbers = removed.map(|entrant| entrant.number);
        numbers
            .filter(|number| self.left_before_half(*number))
            .collect()
    }

    /// Round robin: whether less than half of the games of an entrant were over when it left. Those that its leaving has
    /// ended do not count.
    pub(in crate::rules) fn left_before_half(&self, number: EntrantNumber) -> bool {
        let slots = self
            .slots
            .values()
            .filter(|slot| slot.key.bracket == Bracket::RoundRobin);
        let slots: Vec<&BracketSlot> = slots
            .filter(|slot| slot.side_of(number).is_some())
            .collect();
        let ended_before = |slot: &&&BracketSlot| {
            let by_removal = slot
                .result
                .is_some_and(|result| result.how == ResultKind::Removal);
            slot.status.is_over() && (!by_removal || slot.winner() == Some(number))
        };
        slots.iter().filter(ended_before).count() * 2 < slots.len()
    }
}

fn game_of(slot: &BracketSlot, side: SlotSide) -> PlayerGame {
    let winner = slot.result.and_then(|result| result.winner);
    let how = slot.result.map(|result| result.how);
    let half_points = match (slot.status, how) {
        (_, Some(ResultKind::RequestedBye)) => 1,
        (SlotStatus::Done, _) if winner.is_none() => 1,
        (SlotStatus::Done | SlotStatus::Walkover, _) if winner == Some(side) => 2,
        _ => 0,
    };
    let score = slot.result.and_then(|result| result.score);
    let difference = score.map_or(0, |score| {
        i32::from(*score.get(side)) - i32::from(*score.get(side.other()))
    });
    PlayerGame {
        opponent: slot.occupants.get(side.other()).entrant(),
        half_points,
        played: slot.status == SlotStatus::Done,
        was_bye: how == Some(ResultKind::Bye),
        difference,
        side,
        is_over: slot.status.is_over(),
    }
}
