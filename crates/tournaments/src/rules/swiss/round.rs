//! What a pairing depends on.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::rules::EntrantNumber;

/// Whether a player met somebody with more or with fewer points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Float {
    /// The opponent had fewer points, or there was none (a pairing bye).
    Down,
    /// The opponent had more points.
    Up,
}

/// A player who is to be paired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SwissPlayer {
    /// The entrant.
    pub entrant: EntrantNumber,
    /// Its seed.
    pub seed: u16,
    /// Its points, doubled.
    pub half_points: u16,
    /// How it floated in the last round.
    pub last_float: Option<Float>,
    /// How it floated in the round before the last.
    pub earlier_float: Option<Float>,
    /// Whether it has had the points of a win without playing: a pairing bye, or an opponent who did not come.
    pub had_free_win: bool,
    /// How many more times it was on the first side than on the second.
    pub side_balance: i16,
}

/// A round of Swiss that is to be paired: all that the pairing depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SwissRound {
    /// The number of the round, from 1.
    pub(in crate::rules) round: u16,
    /// Those to be paired, by points, then by seed.
    pub(in crate::rules) players: Vec<SwissPlayer>,
    /// Those who asked for a bye in this round.
    pub(in crate::rules) requested_byes: Vec<EntrantNumber>,
    /// Pairs who have met, by smaller number first.
    pub(in crate::rules) met: BTreeSet<(EntrantNumber, EntrantNumber)>,
    /// Pairs who must not meet, by smaller number first.
    pub(in crate::rules) blocked: BTreeSet<(EntrantNumber, EntrantNumber)>,
}

impl SwissRound {
    /// A round to be paired. The pairs in `met` and `blocked` are never made.
    #[must_use]
    pub fn new(
        round: u16,
        mut players: Vec<SwissPlayer>,
        requested_byes: Vec<EntrantNumber>,
        met: impl IntoIterator<Item = (EntrantNumber, EntrantNumber)>,
        blocked: impl IntoIterator<Item = (EntrantNumber, EntrantNumber)>,
    ) -> Self {
        players.sort_by_key(|player| (Reverse(player.half_points), player.seed));
        Self {
            round,
            players,
            requested_byes,
            met: met.into_iter().map(|(a, b)| ordered(a, b)).collect(),
            blocked: blocked.into_iter().map(|(a, b)| ordered(a, b)).collect(),
        }
    }

    /// The number of the round.
    #[must_use]
    pub const fn round(&self) -> u16 {
        self.round
    }

    /// Those to be paired, by points, then by seed.
    #[must_use]
    pub fn players(&self) -> &[SwissPlayer] {
        &self.players
    }

    /// The same round, where those who have met may meet again.
    #[must_use]
    pub fn allowing_rematches(&self) -> Self {
        Self {
            met: BTreeSet::new(),
            ..self.clone()
        }
    }

    /// Whether two may be paired.
    #[must_use]
    pub fn may_meet(&self, a: EntrantNumber, b: EntrantNumber) -> bool {
        let pair = ordered(a, b);
        !self.met.contains(&pair) && !self.blocked.contains(&pair)
    }
}

fn ordered(a: EntrantNumber, b: EntrantNumber) -> (EntrantNumber, EntrantNumber) {
    (a.min(b), a.max(b))
}
