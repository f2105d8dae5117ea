//! The job that pairs rounds of large tournaments.

use std::sync::Arc;

use async_trait::async_trait;
use contract::tournaments::{TournamentId, TournamentStatus};
use db::{AnyConn, Tx};
use jobs::{ClaimedJob, JobHandler};
use kernel::AppError;

use crate::jobs::PairRound;
use crate::pairing::{pair, round_of};
use crate::progress::proceed;
use crate::queries::tournaments;
use crate::rules::{SwissPairing, SwissRound};
use crate::running::{RunningTournament, broken_rules};
use crate::slot_names::millis;
use crate::step::{TournamentStep, lock_tournament};
use crate::tournaments::TournamentsParts;

/// How often a pairing is computed again, since the tournament has changed meanwhile.
const MAX_TRIES: u32 = 5;

/// Handles [`PairRound`].
pub(crate) struct PairRoundHandler(pub(crate) Arc<TournamentsParts>);

#[async_trait]
impl JobHandler<PairRound> for PairRoundHandler {
    async fn run(&self, job: PairRound, claimed: &ClaimedJob) -> Result<(), AppError> {
        for _ in 0..MAX_TRIES {
            if self.pair_once(job.id, claimed).await? {
                return Ok(());
            }
        }
        Err(AppError::internal(
            "a tournament that changes too often to be paired",
        ))
    }
}

impl PairRoundHandler {
    /// Returns whether the round is paired: the tournament has not changed meanwhile.
    async fn pair_once(&self, id: TournamentId, claimed: &ClaimedJob) -> Result<bool, AppError> {
        let parts = Arc::clone(&self.0);
        let read = move |conn: &mut AnyConn| due_round(conn, &parts, id);
        let due = self.0.store.read(read).await?;
        let Some((revision, round)) = due else {
            let claimed = claimed.clone();
            self.0.store.write(move |tx| claimed.complete(tx)).await?;
            return Ok(true);
        };
        let paired = tokio::task::spawn_blocking(move || pair(&round)).await;
        let pairing = paired.map_err(AppError::internal)?.map_err(broken_rules)?;
        let (parts, claimed) = (Arc::clone(&self.0), claimed.clone());
        let apply = move |tx: &mut Tx<'_>| {
            let is_applied = apply(tx, &parts, id, revision, &pairing)?;
            if is_applied {
                claimed.complete(tx)?;
            }
            Ok(is_applied)
        };
        self.0.store.write(apply).await
    }
}

/// The round that is to be paired, with the revision that it belongs to.
fn due_round(
    conn: &mut AnyConn,
    parts: &TournamentsParts,
    id: TournamentId,
) -> Result<Option<(i64, SwissRound)>, AppError> {
    let Some(row) = tournaments::load(conn, id)? else {
        return Ok(None);
    };
    if row.status()? != TournamentStatus::Running {
        return Ok(None);
    }
    let running = RunningTournament::load(conn, parts.timing, &row)?;
    // It may have been paired meanwhile.
    if running.competition.swiss_round(&[]).is_err() {
        return Ok(None);
    }
    Ok(Some((row.revision, round_of(conn, parts, &running)?)))
}

fn apply(
    tx: &mut Tx<'_>,
    parts: &TournamentsParts,
    id: TournamentId,
    revision: i64,
    pairing: &SwissPairing,
) -> Result<bool, AppError> {
    lock_tournament(tx, id)?;
    let row = tournaments::load(tx.conn, id)?;
    let Some(row) = row.filter(|row| row.revision == revision) else {
        return Ok(false);
    };
    let mut running = RunningTournament::load(tx.conn, parts.timing, &row)?;
    let step = TournamentStep::of(tx, parts, row);
    let applied = running.competition.apply_pairing(pairing, millis(step.now));
    let changes = applied.map_err(broken_rules)?;
    proceed(step, running, changes, None)?;
    Ok(true)
}
