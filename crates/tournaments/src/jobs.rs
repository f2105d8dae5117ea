//! What tournaments do later.

use contract::tournaments::TournamentId;
use kernel::{Job, JobClass};
use serde::{Deserialize, Serialize};

/// The job that looks after a tournament. It is enqueued whenever the next time is known, and does whatever is due
/// then: one that is too early, or the second of two, has no effect.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct TournamentTimer {
    pub(crate) id: TournamentId,
}

impl Job for TournamentTimer {
    const KIND: &'static str = "tournaments.timer";
    const CLASS: JobClass = JobClass::Timer;
}

/// The job that pairs a round of a large tournament of Swiss.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct PairRound {
    pub(crate) id: TournamentId,
}

impl Job for PairRound {
    const KIND: &'static str = "tournaments.pair";
    const CLASS: JobClass = JobClass::Timer;

    fn unique_key(&self) -> Option<String> {
        Some(format!("tournaments.pair:{}", self.id))
    }
}
