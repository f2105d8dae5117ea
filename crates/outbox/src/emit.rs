//! Events of a transaction.

use db::{BulkStatement, Tx};
use kernel::{AppError, UserId};
use serde::Serialize;

use crate::NewEvent;
use crate::appending::append;
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
        stream: &str,
        name: &'static str,
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
        stream: &str,
        name: &'static str,
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
}

impl Emit for Tx<'_> {
    fn emit(
        &mut self,
        stream: &str,
        name: &'static str,
        data: &impl Serialize,
    ) -> Result<(), AppError> {
        self.emit_all(vec![NewEvent::new(stream, name, data)?])
    }

    fn emit_by(
        &mut self,
        author: UserId,
        stream: &str,
        name: &'static str,
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
}
