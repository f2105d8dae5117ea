//! Counts the statements of an operation.
//!
//! Connections count the statements that they run on their thread, and the statements of a closure are
//! added to the operation that submitted it. The Tokio task carries the counter of the operation, like
//! the [deadline](crate::deadline). `BEGIN` and `COMMIT` are not counted as statements: each write
//! counts as one transaction.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use diesel::connection::{Connection, InstrumentationEvent};

use crate::AnyConn;

thread_local! {
    static STATEMENTS: Cell<u64> = const { Cell::new(0) };
    static FAILED: Cell<bool> = const { Cell::new(false) };
}

tokio::task_local! {
    static OPERATION: StatementCounter;
}

/// Counts the statements and transactions of one operation. Clones share the counts.
#[derive(Debug, Clone, Default)]
pub struct StatementCounter(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    statements: AtomicU64,
    transactions: AtomicU64,
}

impl StatementCounter {
    /// The counter of the current operation, or a new one outside of any.
    #[must_use]
    pub fn current() -> Self {
        OPERATION.try_with(Self::clone).unwrap_or_default()
    }

    /// Counts the statements and transactions of this work.
    pub fn count<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
        OPERATION.scope(self.clone(), work)
    }

    /// Number of statements.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.0.statements.load(Ordering::Relaxed)
    }

    /// Number of write transactions.
    #[must_use]
    pub fn transactions(&self) -> u64 {
        self.0.transactions.load(Ordering::Relaxed)
    }

    /// Runs a closure on the thread of a connection and adds its statements.
    pub(crate) fn add<T>(&self, is_write: bool, run: impl FnOnce() -> T) -> T {
        let before = STATEMENTS.get();
        let result = run();
        let statements = STATEMENTS.get().wrapping_sub(before);
        self.0.statements.fetch_add(statements, Ordering::Relaxed);
        self.0
            .transactions
            .fetch_add(u64::from(is_write), Ordering::Relaxed);
        result
    }
}

/// Counts the statements of a closure as one, as they are one on the other engine.
pub(crate) fn as_one<T>(run: impl FnOnce() -> T) -> T {
    let before = STATEMENTS.get();
    let result = run();
    STATEMENTS.set(before.wrapping_add(1));
    result
}

/// Runs a closure on the thread of a connection. Returns whether one of its statements failed.
pub(crate) fn watch_failures<T>(run: impl FnOnce() -> T) -> (T, bool) {
    FAILED.set(false);
    let result = run();
    (result, FAILED.get())
}

/// Makes a connection count its statements and record failures.
pub(crate) fn instrument(conn: &mut AnyConn) {
    conn.set_instrumentation(|event: InstrumentationEvent<'_>| match event {
        InstrumentationEvent::StartQuery { .. } => STATEMENTS.set(STATEMENTS.get().wrapping_add(1)),
        InstrumentationEvent::FinishQuery { error: Some(_), .. } => FAILED.set(true),
        _ => {}
    });
}
