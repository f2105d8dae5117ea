//! The pairing of a round.

use super::bye::left_over;
use super::cost::{RankedPlayer, rank};
use super::round::{SwissPlayer, SwissRound};
use super::sides::choose_sides;
use super::windows::pair_in_windows;
use crate::rules::{EntrantNumber, PerSide, RuleError};

/// Who meets whom in a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SwissPairing {
    /// The number of the round.
    pub round: u16,
    /// The pairs, that of the best player first.
    pub pairs: Vec<PerSide<EntrantNumber>>,
    /// Who has no opponent, and gets the point of a win.
    pub bye: Option<EntrantNumber>,
    /// Who asked not to be paired.
    pub requested_byes: Vec<EntrantNumber>,
    /// Who cannot be paired with anybody that is left, and gets no point.
    pub unpaired: Vec<EntrantNumber>,
}

impl SwissRound {
    /// Pairs the round at the least cost, exactly among up to 256 players and in windows of so many above. Takes time
    /// that grows with the third power of their number, so it runs on a thread that may block.
    ///
    /// # Errors
    /// `NoPairing` if there is none without a pair that has met or is blocked.
    pub fn pair(&self) -> Result<SwissPairing, RuleError> {
        let left = left_over(self);
        if left.len() > self.players.len() % 2 {
            return Err(RuleError::NoPairing);
        }
        let bye = left.first().copied();
        let players = self.players.iter().copied();
        let players: Vec<SwissPlayer> = players
            .filter(|player| Some(player.entrant) != bye)
            .collect();
        let pairs = pair_in_windows(self, &rank(&players)).ok_or(RuleError::NoPairing)?;
        let sides = |(better, worse): (RankedPlayer, RankedPlayer)| {
            choose_sides(&better.player, &worse.player)
        };
        Ok(SwissPairing {
            round: self.round,
            pairs: pairs.into_iter().map(sides).collect(),
            bye,
            requested_byes: self.requested_byes.clone(),
            unpaired: vec![],
        })
    }

    /// Pairs the round, whatever it takes. If it cannot be paired otherwise, those who have met may meet again; if blocked
    /// pairs are still in the way, as few as possible are left unpaired.
    #[must_use]
    pub fn pair_or_repeat(&self) -> SwissPairing {
        if let Ok(pairing) = self.pair() {
            return pairing;
        }
        let lenient = self.allowing_rematches();
        if let Ok(pairing) = lenient.pair() {
            return pairing;
        }
        let unpaired = left_over(&lenient);
        let mut rest = lenient;
        rest.players
            .retain(|player| !unpaired.contains(&player.entrant));
        let pairing = rest.pair().unwrap_or_else(|_| SwissPairing {
            round: self.round,
            pairs: vec![],
            bye: None,
            requested_byes: self.requested_byes.clone(),
            unpaired: vec![],
        });
        SwissPairing {
            unpaired,
            ..pairing
        }
    }
}
