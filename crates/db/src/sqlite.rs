//! SQLite: one thread writes and commits many tasks at once; a few threads read.
//!
//! There is no pool of writers: SQLite allows one write at a time, and connections that compete for
//! it sleep with a back-off of up to seconds. One thread with a queue keeps the order and a low
//! latency, and all waiting tasks share one flush to the disk.

use std::path::Path;
use std::thread;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use kernel::AppError;

use crate::queue::TaskReceiver;
use crate::task::{DbTask, TxOutcome};
use crate::{AnyConn, statements};

/// Maximum number of tasks of one transaction: enough to share a flush, few enough for a low latency.
const MAX_IN_ONE_COMMIT: usize = 128;

/// The first setting, as all others may have to wait for another process.
const BUSY_TIMEOUT: &str = "PRAGMA busy_timeout = 5000";

/// Another process that migrates the schema may lock the file for this long.
const MIGRATION_BUSY_TIMEOUT: &str = "PRAGMA busy_timeout = 60000";

/// With `FULL` an acknowledged write survives a power failure.
const SETTINGS: &str = "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; \
    PRAGMA cache_size = -4000; PRAGMA mmap_size = 268435456; \
    PRAGMA journal_size_limit = 67108864;";

/// How often the switch to WAL is tried, and the pause before the next attempt.
const WAL_ATTEMPTS: u32 = 600;
const WAL_PAUSE: Duration = Duration::from_millis(50);

pub(crate) fn connect(path: &Path) -> Result<AnyConn, AppError> {
    let mut conn = SqliteConnection::establish(&path.to_string_lossy())?;
    conn.batch_execute(BUSY_TIMEOUT)?;
    switch_to_wal(&mut conn)?;
    conn.batch_execute(SETTINGS)?;
    let mut conn = AnyConn::Sqlite(conn);
    statements::instrument(&mut conn);
    Ok(conn)
}

/// Turns the write-ahead log on. Where several processes do so at once with a new file, SQLite
/// refuses all but one without regard to `busy_timeout`: each holds a lock that another waits for.
fn switch_to_wal(conn: &mut SqliteConnection) -> QueryResult<()> {
    for _ in 1..WAL_ATTEMPTS {
        match conn.batch_execute("PRAGMA journal_mode = WAL") {
            Err(error) if is_locked(&error) => thread::sleep(WAL_PAUSE),
            switched => return switched,
        }
    }
    conn.batch_execute("PRAGMA journal_mode = WAL")
}

/// Whether another process holds the file. Diesel keeps no code of SQLite's, only its text.
fn is_locked(error: &diesel::result::Error) -> bool {
    error.to_string().contains("database is locked")
}

/// Runs a transaction exclusively. It waits for the transactions of other processes, however long
/// they take.
pub(crate) fn migrate<T, E: From<diesel::result::Error>>(
    conn: &mut SqliteConnection,
    run: impl FnOnce(&mut SqliteConnection) -> Result<T, E>,
) -> Result<T, E> {
    conn.batch_execute(MIGRATION_BUSY_TIMEOUT)?;
    let migrated = conn.immediate_transaction(run);
    conn.batch_execute(BUSY_TIMEOUT)?;
    migrated
}

pub(crate) fn start_writer(mut conn: AnyConn, queue: TaskReceiver) -> Result<(), AppError> {
    let body = move || {
        while let Some(first) = queue.next() {
            commit_together(&mut conn, first, &queue);
        }
    };
    thread::Builder::new()
        .name("sqlite-writer".to_owned())
        .spawn(body)?;
    Ok(())
}

pub(crate) fn start_reader(path: &Path, queue: TaskReceiver) -> Result<(), AppError> {
    let mut conn = connect(path)?;
    conn.batch_execute("PRAGMA query_only = ON")?;
    let body = move || {
        while let Some(mut task) = queue.next() {
            task.run(&mut conn);
            task.finish(TxOutcome::Completed);
        }
    };
    thread::Builder::new()
        .name("sqlite-reader".to_owned())
        .spawn(body)?;
    Ok(())
}

/// Runs the first task and all that wait behind it in one transaction, and sends their results when
/// it is on disk.
fn commit_together(conn: &mut AnyConn, first: Box<dyn DbTask>, queue: &TaskReceiver) {
    let mut batch = vec![first];
    match run_all(conn, &mut batch, queue) {
        Ok(()) => batch
            .into_iter()
            .for_each(|task| task.finish(TxOutcome::Completed)),
        Err(error) => {
            // Fails if SQLite has rolled back already.
            let _ = conn.batch_execute("ROLLBACK");
            let why = error.to_string();
            tracing::error!(error = %why, tasks = batch.len(), "transaction failed");
            batch
                .into_iter()
                .for_each(|task| task.finish(TxOutcome::Failed(&why)));
        }
    }
}

fn run_all(
    conn: &mut AnyConn,
    batch: &mut Vec<Box<dyn DbTask>>,
    queue: &TaskReceiver,
) -> QueryResult<()> {
    conn.batch_execute("BEGIN IMMEDIATE")?;
    if let Some(first) = batch.first_mut() {
        run_first(conn, first.as_mut())?;
    }
    while batch.len() < MAX_IN_ONE_COMMIT
        && let Some(mut next) = queue.try_next()
    {
        let ran = ensure_open(conn).and_then(|()| run_in_savepoint(conn, next.as_mut()));
        batch.push(next);
        ran?;
    }
    conn.batch_execute("COMMIT")
}

/// Runs the first task of a transaction. It needs no savepoint, for which SQLite would copy each page
/// that the task changes: its failure rolls back the whole transaction.
fn run_first(conn: &mut AnyConn, task: &mut dyn DbTask) -> QueryResult<()> {
    if task.run(conn) {
        Ok(())
    } else {
        conn.batch_execute("ROLLBACK; BEGIN IMMEDIATE")
    }
}

/// SQLite ends a transaction by itself when the disk fails. If a task ignored that error, the next
/// one must not begin a transaction of its own.
fn ensure_open(conn: &mut AnyConn) -> QueryResult<()> {
    match conn.batch_execute("BEGIN") {
        Err(_) => Ok(()),
        Ok(()) => Err(diesel::result::Error::RollbackTransaction),
    }
}

/// Runs a task in a savepoint, so that its failure undoes its own changes only.
fn run_in_savepoint(conn: &mut AnyConn, task: &mut dyn DbTask) -> QueryResult<()> {
    conn.batch_execute("SAVEPOINT task")?;
    if task.run(conn) {
        conn.batch_execute("RELEASE task")
    } else {
        conn.batch_execute("ROLLBACK TO task; RELEASE task")
    }
}
