//! Disputes, and what organizers decide about slots.

use contract::catalogue::EventName;
use contract::tournaments::{
    DecideSlot, DisputeSlot, SlotDecision, TournamentId, TournamentSlot, TournamentStatus,
};
use kernel::{AppError, UserId};
use serde_json::{Value, json};

use crate::Error;
use crate::dto;
use crate::progress::{StepEvent, proceed};
use crate::queries::entrants::EntrantRow;
use crate::rules::{Changes, Correction, RuleError, Ruling, SlotKey, SlotSide};
use crate::running::RunningTournament;
use crate::slot_names::{entrant_number, millis, parse_slot_name, slot_name};
use crate::step::{Act, TournamentStep};

/// The slot of a name, in a tournament that is played.
fn find_slot(running: &RunningTournament, name: &str) -> Result<SlotKey, AppError> {
    let key = parse_slot_name(name).filter(|key| running.competition.slot(*key).is_some());
    Ok(key.ok_or(Error::SlotNotFound)?)
}

fn refusal(error: RuleError) -> AppError {
    match error {
        RuleError::NotInSlot => Error::NotYourSlot.into(),
        RuleError::TooLate => Error::TooLate.into(),
        RuleError::UnknownSlot(_) => Error::SlotNotFound.into(),
        _ => Error::WrongState.into(),
    }
}

/// What the audit trail shows of a slot.
fn audited(running: &RunningTournament, id: TournamentId, key: SlotKey) -> Result<Value, AppError> {
    let row = running.slot_row(id, key).ok_or(Error::SlotNotFound)?;
    let slot = dto::slot(&row)?;
    Ok(json!({
        "status": slot.status, "winner": slot.winner, "score": slot.score, "how": slot.how,
        "disputed": slot.disputed,
    }))
}

/// Disputes the result of a slot of the user's.
pub(crate) fn dispute(
    mut step: TournamentStep<'_, '_>,
    user: UserId,
    wanted: &DisputeSlot,
) -> Result<TournamentSlot, AppError> {
    step.require(&[TournamentStatus::Running, TournamentStatus::Paused])?;
    let mut running = step.load_running()?;
    let key = find_slot(&running, &wanted.slot)?;
    let own = running
        .entrants_of(key)
        .into_iter()
        .flatten()
        .find(|row| row.is_of(user))
        .map(|row| entrant_number(row.number));
    let own = own.ok_or(Error::NotYourSlot)?;
    let before = audited(&running, step.row.id, key)?;
    let disputed = running.competition.dispute(key, own, millis(step.now));
    let changes = disputed.map_err(refusal)?;
    step.record(Act {
        slot: Some(slot_name(key)),
        before: Some(before),
        after: Some(audited(&running, step.row.id, key)?),
        reason: &wanted.reason,
        ..Act::by(user, "dispute")
    })?;
    finish(step, running, changes, EventName::Disputed, key)
}

/// Decides a slot, disputed or not.
pub(crate) fn decide(
    mut step: TournamentStep<'_, '_>,
    user: UserId,
    slot: &str,
    wanted: &DecideSlot,
) -> Result<TournamentSlot, AppError> {
    let mut running = step.load_running()?;
    let key = find_slot(&running, slot)?;
    if step.row.ended_at.is_some() {
        return Err(Error::TooLate.into());
    }
    let before = audited(&running, step.row.id, key)?;
    let (changes, name, event) = rule(&mut running, key, wanted, &step)?;
    step.record(Act {
        slot: Some(slot_name(key)),
        before: Some(before),
        after: Some(audited(&running, step.row.id, key)?),
        reason: &wanted.reason,
        ..Act::by(user, name)
    })?;
    finish(step, running, changes, event, key)
}

/// Applies a decision. Returns what changed, the name of the act, and of the event.
fn rule(
    running: &mut RunningTournament,
    key: SlotKey,
    wanted: &DecideSlot,
    step: &TournamentStep<'_, '_>,
) -> Result<(Changes, &'static str, EventName), AppError> {
    let now = millis(step.now);
    let (ruling, name, event) = match wanted.decision {
        SlotDecision::Uphold => (Ruling::Uphold, "uphold", EventName::Disputed),
        SlotDecision::Replay => (
            Ruling::Correct(Correction::Replay),
            "replay",
            EventName::Corrected,
        ),
        SlotDecision::Award => {
            let side = winning_side(running, key, wanted.winner)?;
            let award = Ruling::Correct(Correction::Award {
                winner: Some(side),
                score: None,
            });
            (award, "award", EventName::Corrected)
        }
    };
    let is_disputed = running
        .competition
        .slot(key)
        .is_some_and(|slot| slot.dispute.is_some());
    let changes = match ruling {
        Ruling::Correct(correction) if !is_disputed => {
            running.competition.correct(key, correction, now)
        }
        ruling => running.competition.settle_dispute(key, ruling, now),
    };
    Ok((changes.map_err(refusal)?, name, event))
}

fn winning_side(
    running: &RunningTournament,
    key: SlotKey,
    winner: Option<i32>,
) -> Result<SlotSide, AppError> {
    let is_winner = |row: &Option<&EntrantRow>| row.map(|row| row.number) == winner;
    let [first, second] = running.entrants_of(key);
    match winner {
        Some(_) if is_winner(&first) => Ok(SlotSide::A),
        Some(_) if is_winner(&second) => Ok(SlotSide::B),
        _ => Err(Error::WinnerInvalid.on_field("winner")),
    }
}

fn finish(
    step: TournamentStep<'_, '_>,
    running: RunningTournament,
    changes: Changes,
    name: EventName,
    key: SlotKey,
) -> Result<TournamentSlot, AppError> {
    let row = running
        .slot_row(step.row.id, key)
        .ok_or(Error::SlotNotFound)?;
    let event = StepEvent {
        name,
        slot: Some(key),
    };
    proceed(step, running, changes, Some(event))?;
    dto::slot(&row)
}
