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

    /// Pairs the round, whatever it takes. Who may meet nobody at all, being blocked, stays unpaired. If the others cannot
    /// be paired otherwise, those who have met may meet again; if blocked pairs are still in the way, as many as possible
    /// are paired.
    #[must_use]
    pub fn pair_or_repeat(&self) -> SwissPairing {
        let mut rest = self.allowing_rematches();
        let mut unpaired = rest.isolated();
        rest.drop_players(&unpaired);
        let mut strict = self.clone();
        strict.drop_players(&unpaired);
        let pairing = strict.pair().or_else(|_| rest.pair()).or_else(|_| {
            let dropped = rest.unpairable();
            rest.drop_players(&dropped);
            unpaired.extend(dropped);
            rest.pair()
        });
        let pairing = pairing.unwrap_or_else(|_| SwissPairing {
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

    /// Who may meet nobody.
    fn isolated(&self) -> Vec<EntrantNumber> {
        let entrants = self.players.iter().map(|player| player.entrant);
        let isolated = entrants.filter(|number| self.opponents(*number) == 0);
        isolated.filter(|_| self.players.len() > 1).collect()
    }

    /// Whom to leave out so that all others can be paired but one, who gets the bye: of those who are left when as many as
    /// possible are paired, all but the one with the most possible opponents.
    fn unpairable(&self) -> Vec<EntrantNumber> {
        let mut left = left_over(self);
        left.sort_by_key(|number| self.opponents(*number));
        left.pop();
        left
    }

    /// How many somebody may meet.
    fn opponents(&self, entrant: EntrantNumber) -> usize {
        let others = self.players.iter().map(|player| player.entrant);
        let others = others.filter(|other| *other != entrant);
        others
            .filter(|other| self.may_meet(entrant, *other))
            .count()
    }

    fn drop_players(&mut self, dropped: &[EntrantNumber]) {
        self.players
            .retain(|player| !dropped.contains(&player.entrant));
    }
}
