//! Events of a transaction.

use db::{BulkStatement, Tx};
use kernel::{AppError, UserId};
use serde::Serialize;

use crate::NewEvent;
use crate::appending::append;
use crate::publishing::CommittedEvents;

/// Adds events to streams within a transaction.
///
/// A stream stays locked until the commit, so emit late in the transaction, and to several streams
/// in the order of their names.
pub trait Emit {
    /// Adds an event to a stream. Its number is the next of that stream, and it is published after
    /// the commit.
    ///
    /// # Errors
    /// The database is away, or the data is no JSON.
    fn emit(
        &mut self,
        stream: &str,
        name: &'static str,
        data: &impl Serialize,
    ) -> Result<(), AppError>;

    /// As [`emit`](Self::emit), for what somebody does in front of others: those who block them
    /// are not told.
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

    /// As [`emit`](Self::emit), for many events at the price of one statement, or two on SQLite. Those
    /// of one stream keep their order.
    ///
    /// # Errors
    /// The database is away.
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
