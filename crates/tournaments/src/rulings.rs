//! What organizers decide, and what entrants dispute.

use async_trait::async_trait;
use contract::catalogue::EventName;
use contract::tournaments::{
    DecideSlot, DisputeSlot, Disqualify, OrderSeeds, Tournament, TournamentId, TournamentSeeding,
    TournamentSlot, TournamentStatus,
};
use kernel::{Actor, AppError, UserId};
use serde_json::json;

use crate::Error;
use crate::disputes::{decide, dispute};
use crate::dto;
use crate::leaving::leave;
use crate::progress::proceed;
use crate::queries::entrants;
use crate::queries::tournaments::TournamentRow;
use crate::rules::{Changes, Removal};
use crate::slot_names::millis;
use crate::step::{Act, TournamentStep};
use crate::tournaments::Tournaments;

/// What organizers decide, and what entrants dispute.
#[async_trait]
pub trait RulingService: Send + Sync {
    /// Stops calling matches. Those that are played go on.
    ///
    /// # Errors
    /// `tournaments.not_found`, `tournaments.not_organizer`, `tournaments.wrong_state`.
    async fn pause(&self, actor: &Actor, id: TournamentId) -> Result<Tournament, AppError>;

    /// Calls matches again.
    ///
    /// # Errors
    /// Those of [`pause`](Self::pause).
    async fn resume(&self, actor: &Actor, id: TournamentId) -> Result<Tournament, AppError>;

    /// Gives a tournament up. Its matches end without a result. Drafts are deleted.
    ///
    /// # Errors
    /// Those of [`pause`](Self::pause).
    async fn cancel(&self, actor: &Actor, id: TournamentId) -> Result<(), AppError>;

    /// Sets the seeds by hand, before the start.
    ///
    /// # Errors
    /// Those of [`pause`](Self::pause); `tournaments.seeds_incomplete`.
    async fn order_seeds(
        &self,
        actor: &Actor,
        id: TournamentId,
        wanted: OrderSeeds,
    ) -> Result<Tournament, AppError>;

    /// Disqualifies an entrant, who loses all matches that are not over.
    ///
    /// # Errors
    /// Those of [`pause`](Self::pause); `tournaments.entrant_not_found`.
    async fn disqualify(
        &self,
        actor: &Actor,
        id: TournamentId,
        number: i32,
        wanted: Disqualify,
    ) -> Result<(), AppError>;

    /// Disputes the result of a match of the actor, or of a local player of theirs. What depends on it waits for
    /// ten minutes.
    ///
    /// # Errors
    /// `tournaments.not_found`, `tournaments.slot_not_found`, `tournaments.not_your_slot`,
    /// `tournaments.wrong_state`, `tournaments.too_late`.
    async fn dispute(
        &self,
        actor: &Actor,
        id: TournamentId,
        wanted: DisputeSlot,
    ) -> Result<TournamentSlot, AppError>;

    /// Decides about a slot that is over: whether its result stands, is another one, or is played for again.
    ///
    /// # Errors
    /// Those of [`pause`](Self::pause); `tournaments.slot_not_found`, `tournaments.winner_invalid`;
    /// `tournaments.too_late` if a match that depends on it has begun.
    async fn decide(
        &self,
        actor: &Actor,
        id: TournamentId,
        slot: &str,
        wanted: DecideSlot,
    ) -> Result<TournamentSlot, AppError>;
}

#[async_trait]
impl RulingService for Tournaments {
    async fn pause(&self, actor: &Actor, id: TournamentId) -> Result<Tournament, AppError> {
        self.as_organizer(actor, id, pause).await
    }

    async fn resume(&self, actor: &Actor, id: TournamentId) -> Result<Tournament, AppError> {
        self.as_organizer(actor, id, resume).await
    }

    async fn cancel(&self, actor: &Actor, id: TournamentId) -> Result<(), AppError> {
        let user = actor.user;
        self.write(move |tx, parts| {
            let step = TournamentStep::begin_as_organizer(tx, parts, user, id)?;
            cancel(step, Some(user))
        })
        .await
    }

    async fn order_seeds(
        &self,
        actor: &Actor,
        id: TournamentId,
        wanted: OrderSeeds,
    ) -> Result<Tournament, AppError> {
        self.as_organizer(actor, id, move |step, user| {
            order_seeds(step, user, &wanted.order)
        })
        .await
    }

    async fn disqualify(
        &self,
        actor: &Actor,
        id: TournamentId,
        number: i32,
        wanted: Disqualify,
    ) -> Result<(), AppError> {
        let user = actor.user;
        self.write(move |tx, parts| {
            let step = TournamentStep::begin_as_organizer(tx, parts, user, id)?;
            disqualify(step, user, number, &wanted.reason).map(drop)
        })
        .await
    }

    async fn dispute(
        &self,
        actor: &Actor,
        id: TournamentId,
        wanted: DisputeSlot,
    ) -> Result<TournamentSlot, AppError> {
        let user = actor.user;
        self.write(move |tx, parts| {
            let (step, _) = TournamentStep::begin_for(tx, parts, user, id)?;
            dispute(step, user, &wanted)
        })
        .await
    }

    async fn decide(
        &self,
        actor: &Actor,
        id: TournamentId,
        slot: &str,
        wanted: DecideSlot,
    ) -> Result<TournamentSlot, AppError> {
        let (user, slot) = (actor.user, slot.to_owned());
        self.write(move |tx, parts| {
            let step = TournamentStep::begin_as_organizer(tx, parts, user, id)?;
            decide(step, user, &slot, &wanted)
        })
        .await
    }
}

impl Tournaments {
    /// Runs a step of an organizer and returns the tournament.
    async fn as_organizer<F>(
        &self,
        actor: &Actor,
        id: TournamentId,
        run: F,
    ) -> Result<Tournament, AppError>
    where
        F: FnOnce(TournamentStep<'_, '_>, UserId) -> Result<TournamentRow, AppError>
            + Send
            + 'static,
    {
        let user = actor.user;
        self.write(move |tx, parts| {
            let step = TournamentStep::begin_as_organizer(tx, parts, user, id)?;
            let row = run(step, user)?;
            dto::one(tx.conn, parts, user, &row)
        })
        .await
    }
}

fn pause(mut step: TournamentStep<'_, '_>, user: UserId) -> Result<TournamentRow, AppError> {
    if step.row.status()? == TournamentStatus::Paused {
        return Ok(step.unchanged());
    }
    step.require(&[TournamentStatus::Running])?;
    let mut running = step.load_running()?;
    running
        .competition
        .pause(millis(step.now))
        .map_err(|_| Error::WrongState)?;
    step.row.set_status(TournamentStatus::Paused);
    step.record(Act::by(user, "pause"))?;
    step.publish(EventName::Paused)?;
    proceed(step, running, Changes::default(), None)
}

fn resume(mut step: TournamentStep<'_, '_>, user: UserId) -> Result<TournamentRow, AppError> {
    if step.row.status()? == TournamentStatus::Running {
        return Ok(step.unchanged());
    }
    step.require(&[TournamentStatus::Paused])?;
    let mut running = step.load_running()?;
    let resumed = running.competition.resume(millis(step.now));
    let changes = resumed.map_err(|_| Error::WrongState)?;
    step.row.set_status(TournamentStatus::Running);
    step.record(Act::by(user, "resume"))?;
    step.publish(EventName::Resumed)?;
    proceed(step, running, changes, None)
}

/// Gives a tournament up.
pub(crate) fn cancel(
    mut step: TournamentStep<'_, '_>,
    actor: Option<UserId>,
) -> Result<(), AppError> {
    match step.row.status()? {
        TournamentStatus::Canceled => return Ok(()),
        TournamentStatus::Finished => return Err(Error::WrongState.into()),
        TournamentStatus::Draft => {
            crate::queries::tournaments::delete(step.tx.conn, step.row.id)?;
            return Ok(());
        }
        _ => {}
    }
    let running = step.load_running()?;
    for slot in running
        .competition
        .slots()
        .filter(|slot| slot.status.is_open())
    {
        if let Some(id) = running.matches.get(&slot.key) {
            step.parts.games.cancel(step.tx, *id)?;
            let players = crate::progress::players_of(&running, slot.key);
            step.resolve_called(*id, players)?;
        }
    }
    step.row.set_status(TournamentStatus::Canceled);
    step.row.ended_at = Some(step.now);
    step.record(Act {
        actor,
        ..Act::by(step.row.organizer_id, "cancel")
    })?;
    step.publish(EventName::Canceled)?;
    let all = entrants::load_all(step.tx.conn, step.row.id)?;
    step.notify_ended(all.iter())?;
    step.store(None).map(drop)
}

fn order_seeds(
    mut step: TournamentStep<'_, '_>,
    user: UserId,
    order: &[i32],
) -> Result<TournamentRow, AppError> {
    step.require(&[
        TournamentStatus::Draft,
        TournamentStatus::Registration,
        TournamentStatus::CheckIn,
    ])?;
    let all = entrants::load_all(step.tx.conn, step.row.id)?;
    let mut known: Vec<i32> = all.iter().map(|row| row.number).collect();
    let mut named = order.to_owned();
    known.sort_unstable();
    named.sort_unstable();
    if known != named {
        return Err(Error::SeedsIncomplete.on_field("order"));
    }
    let mut settings = step.row.settings()?;
    settings.seeding = TournamentSeeding::Manual;
    settings.seed_order = order.to_owned();
    step.row.set_settings(&settings)?;
    let mut act = Act::by(user, "order_seeds");
    act.after = Some(json!({ "order": order }));
    step.record(act)?;
    step.publish(EventName::Changed)?;
    crate::starting::store_before_start(step)
}

fn disqualify(
    mut step: TournamentStep<'_, '_>,
    user: UserId,
    number: i32,
    reason: &str,
) -> Result<TournamentRow, AppError> {
    let all = entrants::load_all(step.tx.conn, step.row.id)?;
    let found = all.iter().find(|row| row.number == number).cloned();
    let entrant = found.ok_or(Error::EntrantNotFound)?;
    if entrant.is(contract::tournaments::EntrantState::Disqualified) {
        return Ok(step.unchanged());
    }
    step.record(Act {
        before: Some(json!({"entrant": number, "status": entrant.status()?})),
        after: Some(json!({"entrant": number, "status": "disqualified"})),
        reason,
        ..Act::by(user, "disqualify")
    })?;
    leave(step, &all, entrant, Removal::Disqualification)
}
