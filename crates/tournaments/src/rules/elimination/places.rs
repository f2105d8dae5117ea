//! Places of elimination, by the round of exit.

use std::collections::BTreeMap;

use crate::rules::{Bracket, BracketSlot, Competition, EntrantNumber, Placing, SlotKey, SlotSide};

/// The places that those share who leave the tournament from a part of it.
type PlaceRange = (u16, u16);

impl Competition {
    /// The places of those who are out, and of the champion: by round of exit, shared where several leave in the same
    /// round. A place that nobody has earned stays free.
    pub(in crate::rules) fn elimination_placings(&self) -> Vec<Placing> {
        let ranges = self.exit_ranges();
        let mut places: BTreeMap<EntrantNumber, PlaceRange> = BTreeMap::new();
        for slot in self.slots.values().filter(|slot| slot.status.is_over()) {
            for (entrant, range) in self.exits(slot, &ranges) {
                places.insert(entrant, range);
            }
        }
        let placings = places.into_iter();
        let placings = placings.map(|(entrant, (from, to))| Placing { entrant, from, to });
        placings.collect()
    }

    /// Who leaves the tournament from this slot, or wins it there, with the places.
    fn exits(
        &self,
        slot: &BracketSlot,
        ranges: &BTreeMap<(Bracket, u16), PlaceRange>,
    ) -> Vec<(EntrantNumber, PlaceRange)> {
        // Who leaves where a loser would go on has the places of those who leave there.
        let exit = slot.loser_to.map_or(slot.key, |feed| feed.slot);
        let range = ranges.get(&(exit.bracket, exit.round));
        let (from, to) = range.copied().unwrap_or_default();
        let winner = slot.result.and_then(|result| result.winner);
        let exits = SlotSide::BOTH.into_iter().filter_map(|side| {
            let entrant = slot.occupants.get(side).entrant()?;
            let won = winner == Some(side);
            if (won && slot.winner_to.is_some()) || (!won && self.goes_on(slot, entrant)) {
                return None;
            }
            let range = match (won, slot.key.bracket) {
                (true, Bracket::ThirdPlace) => (3, 3),
                (true, _) => (1, 1),
                (false, Bracket::ThirdPlace) if winner.is_some() => (4, 4),
                (false, _) => (from, to),
            };
            Some((entrant, range))
        });
        exits.collect()
    }

    /// Whether somebody who did not win a slot appears in the one where its loser goes, or will.
    fn goes_on(&self, slot: &BracketSlot, entrant: EntrantNumber) -> bool {
        let next = slot.loser_to.and_then(|feed| self.slots.get(&feed.slot));
        slot.loser() == Some(entrant) && next.is_some()
    }

    /// The places of those who leave from each round: behind all who are still in after it.
    fn exit_ranges(&self) -> BTreeMap<(Bracket, u16), PlaceRange> {
        let mut left = u16::try_from(self.participants().count()).unwrap_or(u16::MAX);
        let has_lower = self.slots.contains_key(&SlotKey::GRAND_FINAL);
        let exits_from = if has_lower {
            Bracket::Lower
        } else {
            Bracket::Upper
        };
        let mut matches: BTreeMap<(Bracket, u16), u16> = BTreeMap::new();
        for slot in self.slots.values() {
            let count = matches
                .entry((slot.key.bracket, slot.key.round))
                .or_default();
            *count += u16::from(slot.is_match());
        }
        let mut ranges = BTreeMap::new();
        for (part, count) in matches
            .iter()
            .filter(|((bracket, _), _)| *bracket == exits_from)
        {
            ranges.insert(*part, (left + 1 - (*count).max(1), left));
            left -= count;
        }
        ranges.extend([((Bracket::Final, 1), (2, 2)), ((Bracket::Final, 2), (2, 2))]);
        ranges.insert((Bracket::ThirdPlace, 1), (3, 4));
        ranges
    }
}
