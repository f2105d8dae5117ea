//! What happens in tournaments by itself when its time has come.

use std::sync::Arc;

use contract::catalogue::EventName;
use contract::tournaments::{TournamentId, TournamentStatus};
use db::Tx;
use jobs::BatchHandler;
use kernel::AppError;

use crate::jobs::TournamentTimer;
use crate::progress::{StepEvent, proceed};
use crate::queries::tournaments;
use crate::rounds::end_round;
use crate::running::RunningTournament;
use crate::starting::proceed_before_start;
use crate::step::{TournamentStep, lock_tournament};
use crate::tournaments::TournamentsParts;

/// Handles [`TournamentTimer`] in the transaction that ends the job: a node that dies holds no lease on it.
pub(crate) struct TournamentTimerHandler(pub(crate) Arc<TournamentsParts>);

impl BatchHandler<TournamentTimer> for TournamentTimerHandler {
    fn run(&self, tx: &mut Tx<'_>, jobs: Vec<TournamentTimer>) -> Result<(), AppError> {
        let mut ids: Vec<TournamentId> = jobs.iter().map(|job| job.id).collect();
        ids.sort_unstable();
        ids.dedup();
        ids.into_iter()
            .try_for_each(|id| look_after(tx, &self.0, id))
    }
}

/// Does what is due in a tournament.
pub(crate) fn look_after(
    tx: &mut Tx<'_>,
    parts: &TournamentsParts,
    id: TournamentId,
) -> Result<(), AppError> {
    lock_tournament(tx, id)?;
    let now = tx.env().now();
    let Some(row) = tournaments::load(tx.conn, id)? else {
        return Ok(());
    };
    if row.due_at.is_none_or(|due| due > now) {
        return Ok(());
    }
    match row.status()? {
        TournamentStatus::Registration | TournamentStatus::CheckIn => {
            proceed_before_start(TournamentStep::of(tx, parts, row)).map(drop)
        }
        TournamentStatus::Running => {
            let mut running = RunningTournament::load(tx.conn, parts.timing, &row)?;
            let mut step = TournamentStep::of(tx, parts, row);
            let changes = end_round(&mut step, &mut running)?;
            let event = StepEvent {
                name: EventName::MatchFinished,
                slot: None,
            };
            proceed(step, running, changes, Some(event)).map(drop)
        }
        TournamentStatus::Draft
        | TournamentStatus::Paused
        | TournamentStatus::Finished
        | TournamentStatus::Canceled => Ok(()),
    }
}
