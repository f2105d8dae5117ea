//! SQLite: one thread writes, committing many jobs at once; a few threads read.
//!
//! Why not a pool of writers: SQLite lets one write at a time anyway, and connections that compete
//! for it wait in back-off sleeps of up to seconds. One thread with a queue keeps order and
//! latency, and each flush to the disk is shared by all jobs that waited for it.

use std::path::Path;
use std::thread;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use kernel::AppError;

use crate::queue::TaskReceiver;
use crate::task::{DbTask, TxOutcome};
use crate::{AnyConn, statements};

/// The most jobs in one transaction: enough to share a flush, few enough to answer soon.
const MAX_IN_ONE_COMMIT: usize = 128;

/// `busy_timeout` first, since the others may have to wait. `FULL`: an acknowledged write
/// survives a power cut.
const SETTINGS: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; \
    PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; \
    PRAGMA cache_size = -4000; PRAGMA mmap_size = 268435456; \
    PRAGMA journal_size_limit = 67108864;";

pub(crate) fn connect(path: &Path) -> Result<AnyConn, AppError> {
    let mut conn = SqliteConnection::establish(&path.to_string_lossy())?;
    conn.batch_execute(SETTINGS)?;
    let mut conn = AnyConn::Sqlite(conn);
    statements::instrument(&mut conn);
    Ok(conn)
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
        while let Some(mut work) = queue.next() {
            work.run(&mut conn);
            work.finish(TxOutcome::Completed);
        }
    };
    thread::Builder::new()
        .name("sqlite-reader".to_owned())
        .spawn(body)?;
    Ok(())
}

/// Runs the first job and all that wait behind it in one transaction, and answers them when it is
/// on disk.
fn commit_together(conn: &mut AnyConn, first: Box<dyn DbTask>, queue: &TaskReceiver) {
    let mut batch = vec![first];
    match run_all(conn, &mut batch, queue) {
        Ok(()) => batch
            .into_iter()
            .for_each(|work| work.finish(TxOutcome::Completed)),
        Err(error) => {
            // SQLite may already have rolled back by itself, so this may fail too.
            let _ = conn.batch_execute("ROLLBACK");
            let why = error.to_string();
            tracing::error!(error = %why, jobs = batch.len(), "a transaction was lost");
            batch
                .into_iter()
                .for_each(|work| work.finish(TxOutcome::Failed(&why)));
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
        let ran = ensure_open(conn).and_then(|()| run_apart(conn, next.as_mut()));
        batch.push(next);
        ran?;
    }
    conn.batch_execute("COMMIT")
}

/// Runs the job before which nothing was done: a failure can undo everything. It needs no
/// savepoint, for which SQLite would keep a copy of each page that the job changes.
fn run_first(conn: &mut AnyConn, work: &mut dyn DbTask) -> QueryResult<()> {
    if work.run(conn) {
        Ok(())
    } else {
        conn.batch_execute("ROLLBACK; BEGIN IMMEDIATE")
    }
}

/// SQLite ends a transaction by itself where the disk fails. If a job kept that error to itself,
/// the next one must not begin a transaction of its own.
fn ensure_open(conn: &mut AnyConn) -> QueryResult<()> {
    match conn.batch_execute("BEGIN") {
        Err(_) => Ok(()),
        Ok(()) => Err(diesel::result::Error::RollbackTransaction),
    }
}

/// Runs a job so that its failure undoes its own changes and no one else's.
fn run_apart(conn: &mut AnyConn, work: &mut dyn DbTask) -> QueryResult<()> {
    conn.batch_execute("SAVEPOINT job")?;
    if work.run(conn) {
        conn.batch_execute("RELEASE job")
    } else {
        conn.batch_execute("ROLLBACK TO job; RELEASE job")
    }
}
