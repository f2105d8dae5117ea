//! A transaction in progress.

use kernel::{AppError, Env, UserId};
use serde::Serialize;

use crate::jobs::{self, NewJob};
use crate::outbox::{self, Event, NewEvent, StoredEvent};
use crate::{AnyConn, Bulk};

/// What a write closure works on: the connection, and what is to happen after the commit.
pub struct Tx<'a> {
    /// The connection, within the transaction.
    pub conn: &'a mut AnyConn,
    env: &'a Env,
    pub(crate) events: Vec<StoredEvent>,
    pub(crate) has_due_jobs: bool,
}

impl std::fmt::Debug for Tx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tx with {} events", self.events.len())
    }
}

impl<'a> Tx<'a> {
    pub(crate) fn new(conn: &'a mut AnyConn, env: &'a Env) -> Self {
        Self {
            conn,
            env,
            events: Vec::new(),
            has_due_jobs: false,
        }
    }

    /// Time and chance.
    #[must_use]
    pub fn env(&self) -> &'a Env {
        self.env
    }

    /// Adds an event to a stream. Its number is the next of that stream, and it is published
    /// after the commit.
    ///
    /// The stream stays locked until then, so emit late in the transaction, and to several
    /// streams in the order of their names.
    pub fn emit(
        &mut self,
        stream: &str,
        name: &str,
        data: &impl Serialize,
    ) -> Result<(), AppError> {
        self.append(
            stream,
            &NewEvent {
                name,
                data,
                author: None,
            },
        )
    }

    /// As [`emit`](Self::emit), for what somebody does in front of others: those who block them
    /// are not told.
    pub fn emit_by(
        &mut self,
        author: UserId,
        stream: &str,
        name: &str,
        data: &impl Serialize,
    ) -> Result<(), AppError> {
        self.append(
            stream,
            &NewEvent {
                name,
                data,
                author: Some(author),
            },
        )
    }

    /// As [`emit`](Self::emit), for many events at the price of one statement, or two on SQLite. Those of one
    /// stream keep their order.
    pub fn emit_all(&mut self, events: Vec<Event>) -> Result<(), AppError> {
        let stored = outbox::append_all(self.conn, self.env, events)?;
        self.events.extend(stored);
        Ok(())
    }

    fn append(
        &mut self,
        stream: &str,
        event: &NewEvent<'_, impl Serialize>,
    ) -> Result<(), AppError> {
        let stored = outbox::append(self.conn, self.env, stream, event)?;
        self.events.push(stored);
        Ok(())
    }

    /// Adds work for later, run by some node after the commit.
    pub fn enqueue(&mut self, job: NewJob) -> Result<(), AppError> {
        self.enqueue_all(vec![job])
    }

    /// As [`enqueue`](Self::enqueue), for many jobs at the price of one statement.
    pub fn enqueue_all(&mut self, jobs: Vec<NewJob>) -> Result<(), AppError> {
        self.note_due(&jobs);
        jobs::insertion(self.env, jobs).execute(self.conn)?;
        Ok(())
    }

    /// Writes rows to several tables, and jobs: on PostgreSQL at the price of one statement. Each
    /// statement touches rows of its own and sees nothing of what the others do.
    pub fn write_together(
        &mut self,
        mut rows: Vec<Bulk<'_, ()>>,
        jobs: Vec<NewJob>,
    ) -> Result<(), AppError> {
        self.note_due(&jobs);
        rows.push(jobs::insertion(self.env, jobs));
        Ok(Bulk::execute_together(rows, self.conn)?)
    }

    fn note_due(&mut self, jobs: &[NewJob]) {
        let now = self.env.now();
        // Work for later is found when its time has come.
        self.has_due_jobs |= jobs.iter().any(|job| job.is_due(now));
    }
}
