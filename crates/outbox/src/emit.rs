//! Events of a transaction.

use contract::catalogue::EventName;
use contract::streams::StreamName;
use db::{BulkStatement, Tx};
use kernel::{AppError, UserId};
use serde::Serialize;

use crate::NewEvent;
use crate::appending::{UnnumberedEvent, append, append_guarded};
use crate::publishing::CommittedEvents;

/// Appends events to streams within a transaction.
///
/// A stream is locked until the commit, so events are emitted late in the transaction, and to several
/// streams in the order of their names.
pub trait Emit {
    /// Appends an event to a stream. It is published after the commit.
    ///
    /// # Errors
    /// The database is unavailable, or the data cannot be encoded as JSON.
    fn emit(
        &mut self,
        stream: StreamName,
        name: EventName,
        data: &impl Serialize,
    ) -> Result<(), AppError>;

    /// As [`emit`](Self::emit), for what a user does in front of others: users who block the author do
    /// not receive it.
    ///
    /// # Errors
    /// As [`emit`](Self::emit).
    fn emit_by(
        &mut self,
        author: UserId,
        stream: StreamName,
        name: EventName,
        data: &impl Serialize,
    ) -> Result<(), AppError>;

    /// As [`emit`](Self::emit), many events with one statement, or two on SQLite. Events of one stream
    /// keep their order.
    ///
    /// # Errors
    /// The database is unavailable.
    fn emit_all(&mut self, events: Vec<NewEvent>) -> Result<(), AppError>;

    /// As [`emit_all`](Self::emit_all), together with statements that write other rows: on PostgreSQL at
    /// the price of one statement. Each part sees nothing of what the others do.
    ///
    /// # Errors
    /// The database is away, or a constraint is violated.
    fn emit_with(
        &mut self,
        events: Vec<NewEvent>,
        rows: Vec<BulkStatement<'_, ()>>,
    ) -> Result<(), AppError>;

    /// As [`emit_with`](Self::emit_with), if the [guards](BulkStatement::guarded_by) of the statement
    /// hold. Returns whether they do; otherwise nothing is changed. For PostgreSQL and one event, within
    /// [`Store::write_one_statement`](db::Store::write_one_statement).
    ///
    /// # Errors
    /// As [`emit_with`](Self::emit_with).
    fn emit_guarded<'a>(
        &mut self,
        event: NewEvent,
        rows: Vec<BulkStatement<'a, ()>>,
        guards: Vec<BulkStatement<'a, ()>>,
    ) -> Result<bool, AppError>;
}

impl Emit for Tx<'_> {
    fn emit(
        &mut self,
        stream: StreamName,
        name: EventName,
        data: &impl Serialize,
    ) -> Result<(), AppError> {
        self.emit_all(vec![NewEvent::new(stream, name, data)?])
    }

    fn emit_by(
        &mut self,
        author: UserId,
        stream: StreamName,
        name: EventName,
        data: &impl Serialize,
    ) -> Result<(), AppError> {
        self.emit_all(vec![NewEvent::new(stream, name, data)?.by(author)])
    }

    fn emit_all(&mut self, events: Vec<NewEvent>) -> Result<(), AppError> {
        self.emit_with(events, vec![])
    }

    fn emit_with(
        &mut self,
        events: Vec<NewEvent>,
        rows: Vec<BulkStatement<'_, ()>>,
    ) -> Result<(), AppError> {
        let env = self.env();
        let stored = append(self.conn, env, events, rows)?;
        self.after_commit(CommittedEvents::new(stored));
        Ok(())
    }

    fn emit_guarded<'a>(
        &mut self,
        event: NewEvent,
        rows: Vec<BulkStatement<'a, ()>>,
        guards: Vec<BulkStatement<'a, ()>>,
    ) -> Result<bool, AppError> {
        let mut event = UnnumberedEvent::of(event, self.env().now());
        let appended = append_guarded(self.conn, &mut event, rows, guards);
        if !matches!(appended, Ok(false)) {
            // After an error, the statement may have been executed all the same.
            self.after_commit(CommittedEvents::new(vec![event.event]));
        }
        appended
    }
}
