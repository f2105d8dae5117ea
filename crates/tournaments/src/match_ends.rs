//! What the end of a match means to its tournament, in the transaction that stores it.

use contract::catalogue::EventName;
use contract::invites::MatchId;
use contract::tournaments::{TournamentId, TournamentStatus};
use db::{OptionExt, Tx};
use kernel::{AppError, UserId};

use crate::Error;
use crate::ports::{CalledMatchEnd, CalledMatchEnded};
use crate::progress::{StepEvent, players_of, proceed};
use crate::queries::tournaments;
use crate::rules::{
    Changes, PerSide, ResultKind, RuleError, SlotKey, SlotResult, SlotSide, SlotStatus,
};
use crate::running::{RunningTournament, broken_rules};
use crate::slot_names::millis;
use crate::step::{TournamentStep, lock_tournament};
use crate::tournaments::TournamentsParts;

/// Locks the tournament of a match, if it has one.
pub(crate) fn lock_of_match(tx: &mut Tx<'_>, id: MatchId) -> Result<(), AppError> {
    match tournaments::of_match(tx.conn, id)? {
        Some(tournament) => lock_tournament(tx, tournament),
        None => Ok(()),
    }
}

/// Play has begun in a match.
pub(crate) fn match_started(
    tx: &mut Tx<'_>,
    parts: &TournamentsParts,
    id: MatchId,
) -> Result<(), AppError> {
    let Some(tournament) = tournaments::of_match(tx.conn, id)? else {
        return Ok(());
    };
    let mut step = TournamentStep::begin(tx, parts, tournament)?;
    let mut running = step.load_running()?;
    let Some(key) = running.slot_of(id) else {
        return Ok(());
    };
    // The match may have been reported before.
    let Ok(changes) = running.competition.begin(key) else {
        return Ok(());
    };
    let rows: Vec<_> = running.slot_row(step.row.id, key).into_iter().collect();
    step.publish_slots(EventName::MatchStarted, &rows)?;
    let statements = running.statements(&mut step.row, &changes);
    step.add_statements(statements);
    step.store_as_scheduled().map(drop)
}

/// A match has ended. The caller holds the [lock](lock_of_match) of its tournament.
pub(crate) fn match_ended(
    tx: &mut Tx<'_>,
    parts: &TournamentsParts,
    ended: &CalledMatchEnded,
) -> Result<(), AppError> {
    let Some(id) = tournaments::of_match(tx.conn, ended.id)? else {
        return Ok(());
    };
    advance(tx, parts, id, ended)
}

fn advance(
    tx: &mut Tx<'_>,
    parts: &TournamentsParts,
    id: TournamentId,
    ended: &CalledMatchEnded,
) -> Result<(), AppError> {
    let row = tournaments::load(tx.conn, id).or_err(|| Error::NotFound)?;
    let is_played = matches!(
        row.status()?,
        TournamentStatus::Running | TournamentStatus::Paused
    );
    let mut running = RunningTournament::load(tx.conn, parts.timing, &row)?;
    let Some(key) = running.slot_of(ended.id).filter(|_| is_played) else {
        return Ok(());
    };
    let is_open = running
        .competition
        .slot(key)
        .is_some_and(|slot| slot.status.is_open());
    if !is_open {
        return Ok(());
    }
    let mut step = TournamentStep::of(tx, parts, row);
    let changes = record(&mut running, key, ended, &step)?;
    let players = players_of(&running, key);
    step.resolve_called(ended.id, players)?;
    let event = StepEvent {
        name: EventName::MatchFinished,
        slot: Some(key),
    };
    proceed(step, running, changes, Some(event)).map(drop)
}

/// What the rules make of the end of a match.
fn record(
    running: &mut RunningTournament,
    key: SlotKey,
    ended: &CalledMatchEnded,
    step: &TournamentStep<'_, '_>,
) -> Result<Changes, AppError> {
    let now = millis(step.now);
    let sides = sides(running, key, ended.users);
    let recorded = match ended.end {
        CalledMatchEnd::Finished {
            winner,
            score,
            is_forfeit,
        } => {
            let result = SlotResult {
                winner: winner.and_then(|seat| sides.get(seat).copied()),
                score: Some(in_order(sides, score)),
                how: if is_forfeit {
                    ResultKind::Forfeit
                } else {
                    ResultKind::Played
                },
            };
            running.competition.record(key, result, now)
        }
        CalledMatchEnd::Absent(_) if waits_for_resumption(running, key, step)? => {
            running.competition.reopen(key, now)
        }
        CalledMatchEnd::Absent(absent) => absence(running, key, sides, absent, step),
        CalledMatchEnd::Void => running.competition.reopen(key, now),
    };
    recorded.map_err(broken_rules)
}

/// Whether a match was only called when its tournament was paused: nobody has to come before it goes on.
fn waits_for_resumption(
    running: &RunningTournament,
    key: SlotKey,
    step: &TournamentStep<'_, '_>,
) -> Result<bool, AppError> {
    let status = running.competition.slot(key).map(|slot| slot.status);
    let is_paused = step.row.status()? == TournamentStatus::Paused;
    Ok(is_paused && status != Some(SlotStatus::Live))
}

/// Who is absent before the start does not come any more; who leaves later gives up.
fn absence(
    running: &mut RunningTournament,
    key: SlotKey,
    sides: [SlotSide; 2],
    absent: [bool; 2],
    step: &TournamentStep<'_, '_>,
) -> Result<Changes, RuleError> {
    let now = millis(step.now);
    let is_absent = |side: SlotSide| {
        let found = sides.iter().zip(absent).find(|(own, _)| **own == side);
        found.is_some_and(|(_, absent)| absent)
    };
    let present = PerSide::new(!is_absent(SlotSide::A), !is_absent(SlotSide::B));
    let status = running.competition.slot(key).map(|slot| slot.status);
    match (present.a, present.b, status) {
        (true, true, _) => running.competition.reopen(key, now),
        (false, false, Some(SlotStatus::Live)) => running.competition.reopen(key, now),
        (_, _, Some(SlotStatus::Live)) => {
            let winner = if present.a { SlotSide::A } else { SlotSide::B };
            let result = SlotResult::unplayed(Some(winner), ResultKind::Forfeit);
            running.competition.record(key, result, now)
        }
        _ => running.competition.no_show(key, present, now),
    }
}

/// The side of each seat. Two local players of one host sit in the order of their sides.
pub(crate) fn sides(
    running: &RunningTournament,
    key: SlotKey,
    users: [Option<UserId>; 2],
) -> [SlotSide; 2] {
    let [first, second] = running
        .entrants_of(key)
        .map(|row| row.and_then(|row| row.player()));
    let is_swapped = first != second && users.first().copied().flatten() == second;
    if is_swapped {
        [SlotSide::B, SlotSide::A]
    } else {
        [SlotSide::A, SlotSide::B]
    }
}

/// The points of both sides, given by seat.
pub(crate) fn in_order(sides: [SlotSide; 2], score: [u32; 2]) -> PerSide<u16> {
    let [first, second] = score.map(|points| u16::try_from(points).unwrap_or(u16::MAX));
    match sides {
        [SlotSide::A, _] => PerSide::new(first, second),
        [SlotSide::B, _] => PerSide::new(second, first),
    }
}
