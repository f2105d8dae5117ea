//! How many statements an operation costs.
//!
//! Connections count what they run on their thread, and what a closure ran is added to the operation
//! on whose behalf it was submitted. Which one that is goes with the task, as the
//! [deadline](crate::deadline) does. `BEGIN` and `COMMIT` are no statements of a closure: each write
//! counts as one transaction.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use diesel::connection::{Connection, InstrumentationEvent};

use crate::AnyConn;

thread_local! {
    static RUN: Cell<u64> = const { Cell::new(0) };
    static FAILED: Cell<bool> = const { Cell::new(false) };
}

tokio::task_local! {
    static OPERATION: StatementCounter;
}

/// Counts what one operation asks of the database. Clones share the count.
#[derive(Debug, Clone, Default)]
pub struct StatementCounter(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    statements: AtomicU64,
    transactions: AtomicU64,
}

impl StatementCounter {
    /// The counter of the operation that this runs for; one of nobody where there is none.
    #[must_use]
    pub fn current() -> Self {
        OPERATION.try_with(Self::clone).unwrap_or_default()
    }

    /// Counts what this work asks of the database.
    pub fn count<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
        OPERATION.scope(self.clone(), work)
    }

    /// Statements that were run.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.0.statements.load(Ordering::Relaxed)
    }

    /// Transactions that were begun for writes.
    #[must_use]
    pub fn transactions(&self) -> u64 {
        self.0.transactions.load(Ordering::Relaxed)
    }

    /// Runs a closure on a connection's thread and adds what it runs there.
    pub(crate) fn add<T>(&self, is_write: bool, run: impl FnOnce() -> T) -> T {
        let before = RUN.get();
        let result = run();
        let ran = RUN.get().wrapping_sub(before);
        self.0.statements.fetch_add(ran, Ordering::Relaxed);
        self.0
            .transactions
            .fetch_add(u64::from(is_write), Ordering::Relaxed);
        result
    }
}

/// Runs statements that are one on the other engine, and counts them as one.
pub(crate) fn as_one<T>(run: impl FnOnce() -> T) -> T {
    let before = RUN.get();
    let result = run();
    RUN.set(before.wrapping_add(1));
    result
}

/// Runs a closure on a connection's thread and says whether a statement of it failed.
pub(crate) fn watch_failures<T>(run: impl FnOnce() -> T) -> (T, bool) {
    FAILED.set(false);
    let result = run();
    (result, FAILED.get())
}

/// Makes a connection count its statements on the thread that runs them, and note failures.
pub(crate) fn instrument(conn: &mut AnyConn) {
    conn.set_instrumentation(|event: InstrumentationEvent<'_>| match event {
        InstrumentationEvent::StartQuery { .. } => RUN.set(RUN.get().wrapping_add(1)),
        InstrumentationEvent::FinishQuery { error: Some(_), .. } => FAILED.set(true),
        _ => {}
    });
}
