//! A step of a tournament: one transaction that locks it, changes it, and publishes what changed.

use contract::catalogue::EventName;
use contract::streams::StreamName;
use contract::tournaments::{
    EntrantUpdate, SlotsUpdate, TournamentId, TournamentStatus, TournamentUpdate,
};
use db::types::Json;
use db::{BulkStatement, OptionExt, Tx, lock};
use jobs::{Enqueue, NewJob};
use kernel::{AppError, Timestamp, UserId};
use outbox::{Emit, NewEvent};
use serde_json::Value;

use crate::Error;
use crate::dto;
use crate::jobs::TournamentTimer;
use crate::queries::audit::{self, TournamentAuditRow};
use crate::queries::entrants::EntrantRow;
use crate::queries::slots::SlotRow;
use crate::queries::tournaments::{self, TournamentRow};
use crate::running::RunningTournament;
use crate::tournaments::TournamentsParts;

/// A step of a tournament. It has no effect until it is [stored](TournamentStep::store).
pub(crate) struct TournamentStep<'s, 't> {
    pub(crate) tx: &'s mut Tx<'t>,
    pub(crate) parts: &'s TournamentsParts,
    pub(crate) row: TournamentRow,
    pub(crate) now: Timestamp,
    events: Vec<(StreamName, NewEvent)>,
    jobs: Vec<NewJob>,
    statements: Vec<BulkStatement<'static, ()>>,
}

/// An act for the audit trail.
pub(crate) struct Act<'a> {
    pub(crate) actor: Option<UserId>,
    pub(crate) name: &'static str,
    pub(crate) slot: Option<String>,
    pub(crate) before: Option<Value>,
    pub(crate) after: Option<Value>,
    pub(crate) reason: &'a str,
}

impl Act<'_> {
    /// An act without details.
    pub(crate) const fn by(actor: UserId, name: &'static str) -> Self {
        Self {
            actor: Some(actor),
            name,
            slot: None,
            before: None,
            after: None,
            reason: "",
        }
    }
}

impl<'s, 't> TournamentStep<'s, 't> {
    /// Locks and loads a tournament.
    pub(crate) fn begin(
        tx: &'s mut Tx<'t>,
        parts: &'s TournamentsParts,
        id: TournamentId,
    ) -> Result<Self, AppError> {
        lock_tournament(tx, id)?;
        let row = tournaments::load(tx.conn, id).or_err(|| Error::NotFound)?;
        Ok(Self::of(tx, parts, row))
    }

    /// A step of a tournament that is locked and loaded.
    pub(crate) fn of(
        tx: &'s mut Tx<'t>,
        parts: &'s TournamentsParts,
        mut row: TournamentRow,
    ) -> Self {
        let now = tx.env().now();
        row.revision += 1;
        Self {
            tx,
            parts,
            row,
            now,
            events: vec![],
            jobs: vec![],
            statements: vec![],
        }
    }

    /// The tournament with its entrants and slots, as the rules take them.
    pub(crate) fn load_running(&mut self) -> Result<RunningTournament, AppError> {
        RunningTournament::load(self.tx.conn, self.parts.timing, &self.row)
    }

    /// The tournament as it is stored, if the step changes nothing.
    pub(crate) fn unchanged(mut self) -> TournamentRow {
        self.row.revision -= 1;
        self.row
    }

    /// Requires one of these states.
    pub(crate) fn require(&self, states: &[TournamentStatus]) -> Result<(), AppError> {
        if states.contains(&self.row.status()?) {
            return Ok(());
        }
        Err(Error::WrongState.into())
    }

    /// Adds an event about the whole tournament.
    pub(crate) fn publish(&mut self, name: EventName) -> Result<(), AppError> {
        let data = TournamentUpdate {
            tournament_id: self.row.id,
            revision: self.row.revision,
            status: self.row.status()?,
            round: self.row.round,
        };
        self.push(name, &data)
    }

    /// Adds an event about an entrant.
    pub(crate) fn publish_entrant(
        &mut self,
        name: EventName,
        entrant: &EntrantRow,
    ) -> Result<(), AppError> {
        let mut shown = dto::entrants(self.tx.conn, self.parts, std::slice::from_ref(entrant))?;
        let Some(entrant) = shown.pop() else {
            return Ok(());
        };
        let data = EntrantUpdate {
            tournament_id: self.row.id,
            revision: self.row.revision,
            entrant,
        };
        self.push(name, &data)
    }

    /// Adds an event about slots, if there are any.
    pub(crate) fn publish_slots(
        &mut self,
        name: EventName,
        rows: &[SlotRow],
    ) -> Result<(), AppError> {
        if rows.is_empty() {
            return Ok(());
        }
        let slots: Result<Vec<_>, AppError> = rows.iter().map(dto::slot).collect();
        let data = SlotsUpdate {
            tournament_id: self.row.id,
            revision: self.row.revision,
            slots: slots?,
        };
        self.push(name, &data)
    }

    fn push(&mut self, name: EventName, data: &impl serde::Serialize) -> Result<(), AppError> {
        self.add_event(StreamName::Tournament(self.row.id), name, data)
    }

    /// Adds an event of any stream.
    pub(crate) fn add_event(
        &mut self,
        stream: StreamName,
        name: EventName,
        data: &impl serde::Serialize,
    ) -> Result<(), AppError> {
        let event = NewEvent::new(stream, name, data)?;
        self.events.push((stream, event));
        Ok(())
    }

    /// Adds a job.
    pub(crate) fn add_job(&mut self, job: NewJob) {
        self.jobs.push(job);
    }

    /// Adds statements that store rows.
    pub(crate) fn add_statements(&mut self, statements: Vec<BulkStatement<'static, ()>>) {
        self.statements.extend(statements);
    }

    /// Writes an entry of the audit trail. A step has one at most.
    pub(crate) fn record(&mut self, act: Act<'_>) -> Result<(), AppError> {
        let row = TournamentAuditRow {
            tournament_id: self.row.id,
            n: i32::try_from(self.row.revision).unwrap_or(i32::MAX),
            at: self.now,
            actor_id: act.actor,
            act: act.name.to_owned(),
            slot: act.slot,
            before: act.before.map(Json),
            after: act.after.map(Json),
            reason: act.reason.to_owned(),
        };
        audit::insert(self.tx.conn, row)?;
        Ok(())
    }

    /// Stores the step. `due` is when somebody is to look after the tournament next.
    pub(crate) fn store(mut self, due: Option<Timestamp>) -> Result<TournamentRow, AppError> {
        self.schedule(due)?;
        tournaments::update(self.tx.conn, &self.row)?;
        // Streams are locked in the order of their names; events of one stream keep their order.
        self.events.sort_by_key(|(stream, _)| stream.to_string());
        let events = self.events.into_iter().map(|(_, event)| event).collect();
        let jobs = std::mem::take(&mut self.jobs);
        let mut statements = std::mem::take(&mut self.statements);
        statements.push(self.tx.insertion_of(jobs));
        self.tx.emit_with(events, statements)?;
        Ok(self.row)
    }

    /// Stores a step that changes nothing about when somebody is to look after the tournament next.
    pub(crate) fn store_as_scheduled(self) -> Result<TournamentRow, AppError> {
        // A timer whose time has come may have to wait for this step.
        let due = self.row.due_at;
        self.store(due)
    }

    /// Enqueues a timer, unless one runs early enough. One that runs too early has no effect.
    fn schedule(&mut self, due: Option<Timestamp>) -> Result<(), AppError> {
        // A timer whose time has come is running, or was lost.
        let scheduled = self.row.due_at.filter(|at| *at > self.now);
        self.row.due_at = scheduled;
        let Some(due) = due.filter(|due| scheduled.is_none_or(|at| at > *due)) else {
            return Ok(());
        };
        self.row.due_at = Some(due);
        let timer = TournamentTimer { id: self.row.id };
        self.jobs.push(NewJob::new(&timer)?.at(due));
        Ok(())
    }
}

/// Holds the lock of a tournament until the transaction ends.
pub(crate) fn lock_tournament(tx: &mut Tx<'_>, id: TournamentId) -> Result<(), AppError> {
    lock(tx.conn, &format!("tournament:{id}"))
}
