//! What the pairing of Swiss knows of each player.

use std::collections::BTreeMap;

use super::games::{GamesByEntrant, PlayerGame};
use super::rows::points_before;
use crate::rules::{Bracket, Competition, EntrantNumber, Float, SlotSide, SwissPlayer};

impl Competition {
    /// All who take part, as the pairing of the next round sees them.
    pub(in crate::rules) fn swiss_players(&self) -> Vec<SwissPlayer> {
        let games = self.games(Bracket::Swiss);
        let round = self.progress.round;
        let players = games.iter().filter_map(|(entrant, own)| {
            Some(SwissPlayer {
                entrant: *entrant,
                seed: self.seed_of(*entrant)?,
                half_points: points_before(own, u16::MAX),
                last_float: float(&games, own, round),
                earlier_float: float(&games, own, round.saturating_sub(1)),
                had_free_win: own
                    .values()
                    .any(|game| game.half_points == 2 && !game.played),
                side_balance: own.values().map(side_weight).sum(),
            })
        });
        players.collect()
    }

    /// The pairs of Swiss who have been paired.
    pub(in crate::rules) fn met_pairs(&self) -> Vec<(EntrantNumber, EntrantNumber)> {
        let slots = self
            .slots
            .values()
            .filter(|slot| slot.key.bracket == Bracket::Swiss);
        let pairs = slots.filter_map(|slot| {
            let entrants = slot.occupants.map(|one| one.entrant());
            Some((entrants.a?, entrants.b?))
        });
        pairs.collect()
    }
}

fn side_weight(game: &PlayerGame) -> i16 {
    match (game.opponent, game.side) {
        (None, _) => 0,
        (Some(_), SlotSide::A) => 1,
        (Some(_), SlotSide::B) => -1,
    }
}

/// How an entrant floated in a round.
fn float(games: &GamesByEntrant, own: &BTreeMap<u16, PlayerGame>, round: u16) -> Option<Float> {
    let game = own.get(&round)?;
    if game.was_bye {
        return Some(Float::Down);
    }
    let theirs = points_before(games.get(&game.opponent?)?, round);
    match points_before(own, round).cmp(&theirs) {
        std::cmp::Ordering::Greater => Some(Float::Down),
        std::cmp::Ordering::Less => Some(Float::Up),
        std::cmp::Ordering::Equal => None,
    }
}
