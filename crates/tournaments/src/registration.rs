//! Registration, check-in, and leaving.

use async_trait::async_trait;
use contract::catalogue::EventName;
use contract::games::MAX_LOCAL_PLAYERS;
use contract::tournaments::{
    EnterTournament, EntrantState, RequestBye, TournamentEntrant, TournamentFormat, TournamentId,
    TournamentStatus,
};
use db::map_unique_violation;
use kernel::{Actor, AppError, UserId};

use crate::Error;
use crate::access::Access;
use crate::dto;
use crate::leaving::{own_entry, unregister};
use crate::policy::alias::Alias;
use crate::progress::proceed;
use crate::queries::entrants::{self, EntrantRow};
use crate::rules::{Changes, RuleError};
use crate::running::into_entrants;
use crate::slot_names::{entrant_number, millis};
use crate::starting::{start_or_cancel, store_before_start};
use crate::step::TournamentStep;
use crate::tournaments::Tournaments;

/// The maximum number of local players whom a user hosts in a tournament.
pub const MAX_LOCALS: usize = MAX_LOCAL_PLAYERS;

/// Registration, check-in, and leaving.
#[async_trait]
pub trait EntryService: Send + Sync {
    /// Checks an alias, without the database.
    ///
    /// # Errors
    /// `tournaments.alias_invalid`.
    fn check_entry(&self, wanted: &EnterTournament) -> Result<(), AppError>;

    /// Registers the actor, or a local player of theirs; if the tournament is full, on its waiting list.
    /// Repeating it with the same alias returns the same entrant.
    ///
    /// # Errors
    /// `tournaments.not_found`, `tournaments.not_invited`, `tournaments.wrong_state`,
    /// `tournaments.alias_invalid`, `tournaments.alias_taken`, `tournaments.already_registered`,
    /// `tournaments.waiting_list_full`, `tournaments.too_many_locals`.
    async fn register(
        &self,
        actor: &Actor,
        id: TournamentId,
        wanted: EnterTournament,
    ) -> Result<TournamentEntrant, AppError>;

    /// Takes the actor, or a local player of theirs, out of a tournament. Once it is played, their matches are
    /// lost.
    ///
    /// # Errors
    /// `tournaments.not_found`, `tournaments.not_registered`, `tournaments.wrong_state`.
    async fn unregister(
        &self,
        actor: &Actor,
        id: TournamentId,
        number: Option<i32>,
    ) -> Result<(), AppError>;

    /// Swiss: the actor, or a local player of theirs, does not play a round, for half a point, or takes that back. Each
    /// entrant has one such bye, and not in the last round.
    ///
    /// # Errors
    /// `tournaments.not_found`, `tournaments.not_registered`, `tournaments.wrong_state`; `tournaments.too_late` if
    /// the round is paired or the last one, or the entrant has had a bye.
    async fn request_bye(
        &self,
        actor: &Actor,
        id: TournamentId,
        number: Option<i32>,
        wanted: RequestBye,
    ) -> Result<(), AppError>;

    /// Checks the actor, or a local player of theirs, in. In Swiss, an entrant who was absent takes part again.
    ///
    /// # Errors
    /// `tournaments.not_found`, `tournaments.not_registered`, `tournaments.wrong_state`.
    async fn check_in(
        &self,
        actor: &Actor,
        id: TournamentId,
        number: Option<i32>,
    ) -> Result<TournamentEntrant, AppError>;
}

#[async_trait]
impl EntryService for Tournaments {
    fn check_entry(&self, wanted: &EnterTournament) -> Result<(), AppError> {
        Alias::parse(&wanted.alias).map(drop)
    }

    async fn register(
        &self,
        actor: &Actor,
        id: TournamentId,
        wanted: EnterTournament,
    ) -> Result<TournamentEntrant, AppError> {
        let (user, alias) = (actor.user, Alias::parse(&wanted.alias)?);
        self.write(move |tx, parts| {
            let (step, access) = TournamentStep::begin_for(tx, parts, user, id)?;
            let entrant = register(step, user, access, alias, wanted.local)?;
            shown(tx, parts, &entrant)
        })
        .await
    }

    async fn unregister(
        &self,
        actor: &Actor,
        id: TournamentId,
        number: Option<i32>,
    ) -> Result<(), AppError> {
        let user = actor.user;
        self.write(move |tx, parts| {
            let (step, _) = TournamentStep::begin_for(tx, parts, user, id)?;
            unregister(step, user, number).map(drop)
        })
        .await
    }

    async fn request_bye(
        &self,
        actor: &Actor,
        id: TournamentId,
        number: Option<i32>,
        wanted: RequestBye,
    ) -> Result<(), AppError> {
        let user = actor.user;
        self.write(move |tx, parts| {
            let (step, _) = TournamentStep::begin_for(tx, parts, user, id)?;
            request_bye(step, user, number, wanted.round)
        })
        .await
    }

    async fn check_in(
        &self,
        actor: &Actor,
        id: TournamentId,
        number: Option<i32>,
    ) -> Result<TournamentEntrant, AppError> {
        let user = actor.user;
        self.write(move |tx, parts| {
            let (step, _) = TournamentStep::begin_for(tx, parts, user, id)?;
            let entrant = check_in(step, user, number)?;
            shown(tx, parts, &entrant)
        })
        .await
    }
}

fn shown(
    tx: &mut db::Tx<'_>,
    parts: &crate::tournaments::TournamentsParts,
    entrant: &EntrantRow,
) -> Result<TournamentEntrant, AppError> {
    let shown = dto::entrants(tx.conn, parts, std::slice::from_ref(entrant))?.pop();
    shown.ok_or_else(|| AppError::internal("an entrant who is not shown"))
}

fn register(
    step: TournamentStep<'_, '_>,
    user: UserId,
    access: Access,
    alias: Alias,
    is_local: bool,
) -> Result<EntrantRow, AppError> {
    let all = entrants::load_all(step.tx.conn, step.row.id)?;
    if let Some(own) = registered_as(&all, user, &alias, is_local)? {
        return Ok(own);
    }
    if !access.may_enter {
        return Err(Error::NotInvited.into());
    }
    let is_swiss = step.row.format()? == TournamentFormat::Swiss;
    match step.row.status()? {
        TournamentStatus::Running | TournamentStatus::Paused if is_swiss => {
            enter_late(step, user, alias, is_local)
        }
        TournamentStatus::Registration | TournamentStatus::CheckIn => {
            add(step, user, alias, is_local)
        }
        _ => Err(Error::WrongState.into()),
    }
}

/// The entry that a registration repeats.
fn registered_as(
    all: &[EntrantRow],
    user: UserId,
    alias: &Alias,
    is_local: bool,
) -> Result<Option<EntrantRow>, AppError> {
    let same_alias =
        |row: &&EntrantRow| row.alias_key == alias.key && !row.is(EntrantState::Disqualified);
    let own = if is_local {
        let locals = all.iter().filter(|row| row.host_id == Some(user));
        if locals.clone().count() >= MAX_LOCALS {
            return Err(Error::TooManyLocals.into());
        }
        return Ok(locals.clone().find(same_alias).cloned());
    } else {
        all.iter().find(|row| row.user_id == Some(user))
    };
    match own {
        Some(own) if same_alias(&own) => Ok(Some(own.clone())),
        Some(_) => Err(Error::AlreadyRegistered.into()),
        None => Ok(None),
    }
}

fn add(
    mut step: TournamentStep<'_, '_>,
    user: UserId,
    alias: Alias,
    is_local: bool,
) -> Result<EntrantRow, AppError> {
    let row = &mut step.row;
    let is_full = row.entrant_count >= row.capacity;
    if is_full && row.waiting_count >= row.capacity {
        return Err(Error::WaitingListFull.into());
    }
    row.last_number += 1;
    let status = if is_full {
        row.waiting_count += 1;
        EntrantState::Waiting
    } else {
        row.entrant_count += 1;
        EntrantState::Registered
    };
    let entrant = EntrantRow::new(
        row.id,
        row.last_number,
        user,
        is_local,
        alias,
        status,
        step.now,
    );
    let inserted = entrants::insert(step.tx.conn, &entrant);
    map_unique_violation(inserted, || Error::AliasTaken.on_field("alias"))?;
    step.publish_entrant(EventName::Registered, &entrant)?;
    step.resolve_invitation(user)?;
    let starts = step.row.settings()?.start_when_full
        && step.row.status()? == TournamentStatus::Registration
        && step.row.entrant_count >= step.row.capacity
        && !is_full;
    if starts {
        start_or_cancel(step)?;
    } else {
        store_before_start(step)?;
    }
    Ok(entrant)
}

/// Enters a tournament of Swiss that is played, from the next round on.
fn enter_late(
    mut step: TournamentStep<'_, '_>,
    user: UserId,
    alias: Alias,
    is_local: bool,
) -> Result<EntrantRow, AppError> {
    if step.row.entrant_count >= step.row.capacity {
        return Err(Error::WaitingListFull.into());
    }
    step.row.last_number += 1;
    step.row.entrant_count += 1;
    let (id, number) = (step.row.id, step.row.last_number);
    let playing = EntrantState::Playing;
    let mut entrant = EntrantRow::new(id, number, user, is_local, alias, playing, step.now);
    entrant.present = true;
    let inserted = entrants::insert(step.tx.conn, &entrant);
    map_unique_violation(inserted, || Error::AliasTaken.on_field("alias"))?;
    let mut running = step.load_running()?;
    let known = into_entrants(std::slice::from_ref(&entrant))?;
    let mut changes = Changes::default();
    for late in known {
        let entered = running.competition.enter_late(late, millis(step.now));
        changes = entered.map_err(|_| Error::WrongState)?;
    }
    running
        .entrants
        .insert(entrant_number(number), entrant.clone());
    step.publish_entrant(EventName::Registered, &entrant)?;
    step.resolve_invitation(user)?;
    proceed(step, running, changes, None)?;
    Ok(entrant)
}

fn check_in(
    mut step: TournamentStep<'_, '_>,
    user: UserId,
    number: Option<i32>,
) -> Result<EntrantRow, AppError> {
    let all = entrants::load_all(step.tx.conn, step.row.id)?;
    let mut own = own_entry(&all, user, number)?;
    let is_swiss = step.row.format()? == TournamentFormat::Swiss;
    match step.row.status()? {
        TournamentStatus::CheckIn => {}
        TournamentStatus::Running | TournamentStatus::Paused if is_swiss => {
            return return_to_swiss(step, own);
        }
        _ => return Err(Error::WrongState.into()),
    }
    if own.present {
        return Ok(own);
    }
    own.present = true;
    if own.is(EntrantState::Registered) {
        own.set_status(EntrantState::CheckedIn);
    }
    step.add_statements(vec![entrants::update_all(&[&own])]);
    step.publish_entrant(EventName::CheckedIn, &own)?;
    store_before_start(step)?;
    Ok(own)
}

/// An entrant who was absent is paired again from the next round on.
fn return_to_swiss(
    mut step: TournamentStep<'_, '_>,
    mut own: EntrantRow,
) -> Result<EntrantRow, AppError> {
    if !own.is(EntrantState::Playing) {
        return Err(Error::NotRegistered.into());
    }
    if own.present {
        return Ok(own);
    }
    own.present = true;
    let mut running = step.load_running()?;
    let number = entrant_number(own.number);
    let returned = running
        .competition
        .set_present(number, true, millis(step.now));
    let changes = returned.map_err(|_| Error::WrongState)?;
    step.publish_entrant(EventName::CheckedIn, &own)?;
    proceed(step, running, changes, None)?;
    Ok(own)
}

fn request_bye(
    mut step: TournamentStep<'_, '_>,
    user: UserId,
    number: Option<i32>,
    round: Option<u16>,
) -> Result<(), AppError> {
    step.require(&[TournamentStatus::Running, TournamentStatus::Paused])?;
    let all = entrants::load_all(step.tx.conn, step.row.id)?;
    let own = own_entry(&all, user, number)?;
    let mut running = step.load_running()?;
    let entrant = entrant_number(own.number);
    let requested = running
        .competition
        .request_bye(entrant, round, millis(step.now));
    let changes = requested.map_err(|error| match error {
        RuleError::TooLate => Error::TooLate,
        _ => Error::WrongState,
    })?;
    proceed(step, running, changes, None).map(drop)
}
