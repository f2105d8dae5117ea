//! Pairs rounds of Swiss: small ones in the transaction that ended the round before, large ones in a job.

use db::AnyConn;
use jobs::NewJob;
use kernel::{AppError, UserId};

use crate::jobs::PairRound;
use crate::rules::{Changes, EntrantNumber, RuleError, SwissPairing, SwissRound};
use crate::running::{RunningTournament, broken_rules, merge};
use crate::slot_names::millis;
use crate::step::TournamentStep;
use crate::tournaments::TournamentsParts;

/// How many entrants are paired within a transaction. The time grows with the third power of their number.
const MAX_IN_TRANSACTION: usize = 64;

/// Pairs the round that is due after a step, or has it paired.
pub(crate) fn pair_due(
    step: &mut TournamentStep<'_, '_>,
    running: &mut RunningTournament,
    changes: &mut Changes,
) -> Result<(), AppError> {
    while changes.round_to_pair.take().is_some() {
        if running.entrants.len() > MAX_IN_TRANSACTION {
            step.add_job(NewJob::new(&PairRound { id: step.row.id })?);
            return Ok(());
        }
        let round = round_of(step.tx.conn, step.parts, running)?;
        let pairing = pair(&round).map_err(broken_rules)?;
        let applied = running
            .competition
            .apply_pairing(&pairing, millis(step.now));
        merge(changes, applied.map_err(broken_rules)?);
    }
    Ok(())
}

/// The round that is to be paired, without pairs of whom one has blocked the other.
pub(crate) fn round_of(
    conn: &mut AnyConn,
    parts: &TournamentsParts,
    running: &RunningTournament,
) -> Result<SwissRound, AppError> {
    let users: Vec<UserId> = running
        .entrants
        .values()
        .filter_map(|row| row.user_id)
        .collect();
    let blocks = parts.relations.blocks_among(conn, &users)?;
    let number = |user: UserId| {
        let found = running
            .entrants
            .iter()
            .find(|(_, row)| row.user_id == Some(user));
        found.map(|(number, _)| *number)
    };
    let blocked: Vec<(EntrantNumber, EntrantNumber)> = blocks
        .into_iter()
        .filter_map(|(one, other)| Some((number(one)?, number(other)?)))
        .collect();
    running
        .competition
        .swiss_round(&blocked)
        .map_err(broken_rules)
}

/// Pairs a round. If there is no other way, entrants meet again.
pub(crate) fn pair(round: &SwissRound) -> Result<SwissPairing, RuleError> {
    match round.pair() {
        Err(RuleError::NoPairing) => round.allowing_rematches().pair(),
        paired => paired,
    }
}
