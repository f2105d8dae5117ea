//! How entrants leave, before the start or in play, and who gets their place.

use contract::catalogue::EventName;
use contract::tournaments::{EntrantState, TournamentStatus};
use kernel::{AppError, UserId};

use crate::Error;
use crate::progress::{StepEvent, proceed};
use crate::queries::entrants::{self, EntrantRow};
use crate::queries::tournaments::TournamentRow;
use crate::rules::Removal;
use crate::slot_names::{entrant_number, millis};
use crate::starting::store_before_start;
use crate::step::TournamentStep;

/// The entry of a user that is meant.
pub(crate) fn own_entry(
    all: &[EntrantRow],
    user: UserId,
    number: Option<i32>,
) -> Result<EntrantRow, AppError> {
    let is_meant = |row: &&EntrantRow| match number {
        Some(number) => row.number == number && row.is_of(user),
        None => row.user_id == Some(user),
    };
    let found = all.iter().find(is_meant).cloned();
    let own = found.ok_or(Error::NotRegistered)?;
    if own.is(EntrantState::Disqualified) {
        return Err(Error::NotRegistered.into());
    }
    Ok(own)
}

/// Takes an entry of a user out.
pub(crate) fn unregister(
    step: TournamentStep<'_, '_>,
    user: UserId,
    number: Option<i32>,
) -> Result<TournamentRow, AppError> {
    let all = entrants::load_all(step.tx.conn, step.row.id)?;
    let own = own_entry(&all, user, number)?;
    leave(step, &all, own, Removal::Withdrawal)
}

/// Takes an entrant out, before or after the start.
pub(crate) fn leave(
    step: TournamentStep<'_, '_>,
    all: &[EntrantRow],
    own: EntrantRow,
    removal: Removal,
) -> Result<TournamentRow, AppError> {
    match step.row.status()? {
        TournamentStatus::Draft | TournamentStatus::Registration | TournamentStatus::CheckIn => {
            remove_before_start(step, all, own, removal)
        }
        TournamentStatus::Running | TournamentStatus::Paused => withdraw(step, &own, removal),
        TournamentStatus::Finished | TournamentStatus::Canceled => Err(Error::WrongState.into()),
    }
}

fn remove_before_start(
    mut step: TournamentStep<'_, '_>,
    all: &[EntrantRow],
    mut own: EntrantRow,
    removal: Removal,
) -> Result<TournamentRow, AppError> {
    let was_waiting = own.is(EntrantState::Waiting);
    match removal {
        Removal::Withdrawal => entrants::delete(step.tx.conn, &own)?,
        Removal::Disqualification => {
            // The row stays, so that they cannot register again.
            let mut barred = own.clone();
            barred.set_status(EntrantState::Disqualified);
            entrants::update_all(&[&barred]).execute(step.tx.conn)?;
        }
    }
    own.set_status(match removal {
        Removal::Withdrawal => EntrantState::Withdrawn,
        Removal::Disqualification => EntrantState::Disqualified,
    });
    step.publish_entrant(EventName::Unregistered, &own)?;
    if was_waiting {
        step.row.waiting_count -= 1;
    } else {
        step.row.entrant_count -= 1;
        move_up(&mut step, all)?;
    }
    store_before_start(step)
}

/// Those who have waited longest get the places that became free.
pub(crate) fn move_up(
    step: &mut TournamentStep<'_, '_>,
    all: &[EntrantRow],
) -> Result<(), AppError> {
    for first in all.iter().filter(|row| row.is(EntrantState::Waiting)) {
        if step.row.entrant_count >= step.row.capacity {
            return Ok(());
        }
        let mut first = first.clone();
        first.set_status(if first.present {
            EntrantState::CheckedIn
        } else {
            EntrantState::Registered
        });
        entrants::update_all(&[&first]).execute(step.tx.conn)?;
        step.row.waiting_count -= 1;
        step.row.entrant_count += 1;
        step.publish_entrant(EventName::Registered, &first)?;
    }
    Ok(())
}

/// Takes an entrant out of a tournament that is played.
fn withdraw(
    mut step: TournamentStep<'_, '_>,
    own: &EntrantRow,
    removal: Removal,
) -> Result<TournamentRow, AppError> {
    let mut running = step.load_running()?;
    let removed = running
        .competition
        .remove(entrant_number(own.number), removal, millis(step.now));
    let changes = removed.map_err(|_| Error::WrongState)?;
    let mut left = own.clone();
    left.set_status(match removal {
        Removal::Withdrawal => EntrantState::Withdrawn,
        Removal::Disqualification => EntrantState::Disqualified,
    });
    step.publish_entrant(EventName::Unregistered, &left)?;
    let event = StepEvent {
        name: EventName::MatchFinished,
        slot: None,
    };
    proceed(step, running, changes, Some(event))
}
