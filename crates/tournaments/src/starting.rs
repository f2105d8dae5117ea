//! From registration to the first round.

use std::collections::HashMap;

use contract::catalogue::EventName;
use contract::tournaments::{EntrantState, TournamentSeeding, TournamentStatus};
use kernel::{AppError, Timestamp, UserId};

use crate::Error;
use crate::progress::proceed;
use crate::queries::entrants::{self, EntrantRow};
use crate::queries::tournaments::TournamentRow;
use crate::rules::{Competition, EntrantNumber, Format, Seeding, close_check_in};
use crate::running::{RunningTournament, by_number, into_entrants};
use crate::slot_names::{entrant_number, millis};
use crate::step::TournamentStep;

/// When the next thing happens by itself before the start.
pub(crate) fn due_before_start(row: &TournamentRow) -> Result<Option<Timestamp>, AppError> {
    Ok(match row.status()? {
        TournamentStatus::Registration => row.check_in_at.or(row.starts_at),
        TournamentStatus::CheckIn => row.starts_at,
        _ => None,
    })
}

/// Stores a step before the start.
pub(crate) fn store_before_start(step: TournamentStep<'_, '_>) -> Result<TournamentRow, AppError> {
    let due = due_before_start(&step.row)?;
    step.store(due)
}

/// Does what is due before the start, and stores it.
pub(crate) fn proceed_before_start(
    mut step: TournamentStep<'_, '_>,
) -> Result<TournamentRow, AppError> {
    let is_due = |at: Option<Timestamp>| at.is_some_and(|at| at <= step.now);
    if is_due(step.row.starts_at) {
        return start_or_cancel(step);
    }
    if step.row.status()? == TournamentStatus::Registration && is_due(step.row.check_in_at) {
        step.row.set_status(TournamentStatus::CheckIn);
        step.publish(EventName::Changed)?;
    }
    store_before_start(step)
}

/// Starts a tournament whose time has come, or cancels it if too few are there.
pub(crate) fn start_or_cancel(mut step: TournamentStep<'_, '_>) -> Result<TournamentRow, AppError> {
    let all = entrants::load_all(step.tx.conn, step.row.id)?;
    let (taking_part, missed) = divide(&step.row, all)?;
    let format = step
        .row
        .settings()?
        .format(step.row.format()?, taking_part.len());
    if format.check(taking_part.len()).is_err() {
        step.row.set_status(TournamentStatus::Canceled);
        step.row.ended_at = Some(step.now);
        step.publish(EventName::Canceled)?;
        step.notify_ended(taking_part.iter().chain(&missed))?;
        return step.store(None);
    }
    start(step, taking_part, missed)
}

/// Starts a tournament now.
///
/// # Errors
/// `tournaments.too_few_entrants`.
pub(crate) fn start_now(step: TournamentStep<'_, '_>) -> Result<TournamentRow, AppError> {
    let all = entrants::load_all(step.tx.conn, step.row.id)?;
    let (taking_part, missed) = divide(&step.row, all)?;
    let format = step
        .row
        .settings()?
        .format(step.row.format()?, taking_part.len());
    format
        .check(taking_part.len())
        .map_err(|_| Error::TooFewEntrants)?;
    start(step, taking_part, missed)
}

/// Who takes part, and who does not.
fn divide(
    row: &TournamentRow,
    all: Vec<EntrantRow>,
) -> Result<(Vec<EntrantRow>, Vec<EntrantRow>), AppError> {
    let has_check_in = row.status()? == TournamentStatus::CheckIn;
    let capacity = usize::try_from(row.capacity).unwrap_or_default();
    let lineup = close_check_in(&into_entrants(&all)?, capacity, has_check_in);
    let comes = |entrant: &EntrantRow| lineup.entrants.contains(&entrant_number(entrant.number));
    let (here, mut missed): (Vec<_>, Vec<_>) = all.into_iter().partition(comes);
    missed.retain(|entrant| !entrant.is(EntrantState::Disqualified));
    Ok((here, missed))
}

fn start(
    mut step: TournamentStep<'_, '_>,
    mut taking_part: Vec<EntrantRow>,
    mut missed: Vec<EntrantRow>,
) -> Result<TournamentRow, AppError> {
    note_ratings(&mut step, &mut taking_part)?;
    for entrant in &mut missed {
        entrant.set_status(EntrantState::Missed);
    }
    let missed: Vec<&EntrantRow> = missed.iter().collect();
    step.add_statements(vec![entrants::update_all(&missed)]);
    step.row.entrant_count = i32::try_from(taking_part.len()).unwrap_or(i32::MAX);
    step.row.waiting_count = 0;
    step.row.set_status(TournamentStatus::Running);
    step.row.started_at = Some(step.now);
    fix_rounds(&mut step, taking_part.len())?;
    let seeding = seeding(&step.row, &taking_part)?;
    let format = step
        .row
        .settings()?
        .format(step.row.format()?, taking_part.len());
    let known = into_entrants(&taking_part)?;
    let now = millis(step.now);
    let started = Competition::start(format, step.parts.timing, known, &seeding, now);
    let (competition, changes) = started.map_err(|_| Error::TooFewEntrants)?;
    let running = RunningTournament {
        competition,
        entrants: by_number(taking_part),
        matches: HashMap::new(),
    };
    step.publish(EventName::Started)?;
    proceed(step, running, changes, None)
}

/// From now on the number of rounds does not depend on the number of entrants.
fn fix_rounds(step: &mut TournamentStep<'_, '_>, entrants: usize) -> Result<(), AppError> {
    let mut settings = step.row.settings()?;
    if let Format::Swiss { rounds } = settings.format(step.row.format()?, entrants) {
        settings.rounds = Some(u32::from(rounds));
        step.row.set_settings(&settings)?;
    }
    Ok(())
}

fn note_ratings(
    step: &mut TournamentStep<'_, '_>,
    rows: &mut [EntrantRow],
) -> Result<(), AppError> {
    let users: Vec<UserId> = rows.iter().filter_map(|row| row.user_id).collect();
    let ratings = step
        .parts
        .games
        .ratings(step.tx.conn, &step.row.game, &users)?;
    for row in rows {
        let rating = row.user_id.and_then(|user| ratings.get(&user));
        row.rating = rating.map(|rating| rating.points);
        row.provisional = rating.is_some_and(|rating| rating.is_provisional);
        row.present = true;
    }
    Ok(())
}

/// How seeds are given. Entrants who registered after the seeds were set by hand follow in the order of their
/// registration.
fn seeding(row: &TournamentRow, entrants: &[EntrantRow]) -> Result<Seeding, AppError> {
    let settings = row.settings()?;
    Ok(match settings.seeding {
        TournamentSeeding::Rating => Seeding::Rating,
        TournamentSeeding::Random => Seeding::Random {
            draw_seed: row.draw_seed.cast_unsigned(),
        },
        TournamentSeeding::Manual => {
            let numbers = entrants.iter().map(|entrant| entrant.number);
            let known: Vec<i32> = numbers.collect();
            let set = settings
                .seed_order
                .iter()
                .filter(|number| known.contains(number));
            let mut order: Vec<EntrantNumber> = set.copied().map(entrant_number).collect();
            let unset = known
                .iter()
                .filter(|number| !settings.seed_order.contains(number));
            order.extend(unset.copied().map(entrant_number));
            Seeding::Manual(order)
        }
    })
}
