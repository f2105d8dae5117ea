//! Jobs that are run in batches, in the transaction that deletes them: without a lease, a transaction
//! and a deletion for each.

use std::sync::Arc;
use std::time::Duration;

use db::{StatementCounter, Store, Tx, in_background};
use kernel::{AppError, ErrorKind};

use crate::enqueue::watch_jobs;
use crate::job::ClaimedJob;
use crate::queries::{self, JobQuery};
use crate::registration::RunBatch;
use crate::report::ReportJobs;

/// Most jobs of one transaction. On SQLite all other writers wait for it.
const MAX_ON_SQLITE: i64 = 50;
const MAX_ON_POSTGRES: i64 = 200;
/// Factor by which the next batch is smaller after a timeout.
const SHRINK_FACTOR: i64 = 4;

/// A kind of job and its handler.
type BatchKind = (&'static str, Arc<dyn RunBatch>);

/// The kinds of jobs that are run in batches.
#[derive(Default)]
pub(crate) struct BatchQueue {
    handlers: Vec<BatchKind>,
    report: Option<ReportJobs>,
}

impl BatchQueue {
    pub(crate) fn add(&mut self, kind: &'static str, handler: Arc<dyn RunBatch>) {
        self.handlers.push((kind, handler));
    }

    pub(crate) fn report_to(&mut self, report: ReportJobs) {
        self.report = Some(report);
    }

    pub(crate) fn kinds(&self) -> impl Iterator<Item = &'static str> {
        self.handlers.iter().map(|(kind, _)| *kind)
    }

    /// Runs jobs until the future is dropped.
    pub(crate) async fn run(&self, store: &Store, poll: Duration) {
        if self.handlers.is_empty() {
            return std::future::pending().await;
        }
        let mut changes = watch_jobs(store);
        loop {
            changes.mark_unchanged();
            if let Err(error) = in_background(self.run_due(store)).await {
                tracing::warn!(error = %error.chain(), "batch delayed by the database");
                tokio::time::sleep(poll).await;
                continue;
            }
            tokio::select! {
                // The worker holds the store, so the sender exists.
                _ = changes.changed() => {}
                () = tokio::time::sleep(poll) => {}
            }
        }
    }

    /// Runs all due jobs.
    async fn run_due(&self, store: &Store) -> Result<(), AppError> {
        let kinds: Vec<String> = self.kinds().map(ToOwned::to_owned).collect();
        let now = store.env().now();
        let is_any_due = move |conn: &mut _| queries::any_due(conn, &kinds, now);
        if !store.read(is_any_due).await? {
            return Ok(());
        }
        let mut outcome = Ok(());
        // An error of one kind does not stop the others.
        for kind in &self.handlers {
            outcome = self.run_kind(store, kind).await.and(outcome);
        }
        outcome
    }

    async fn run_kind(&self, store: &Store, kind: &BatchKind) -> Result<(), AppError> {
        let mut limit = if store.is_embedded() {
            MAX_ON_SQLITE
        } else {
            MAX_ON_POSTGRES
        };
        loop {
            let counter = StatementCounter::default();
            let count = match counter.count(run_some(store, kind, limit)).await {
                // A large batch may exceed the timeout, or wait for too many locks.
                Err(error) if is_unavailable(&error) && limit > 1 => {
                    limit = (limit / SHRINK_FACTOR).max(1);
                    continue;
                }
                count => count?,
            };
            if let Some(report) = self.report.filter(|_| count > 0) {
                report(kind.0, count, &counter);
            }
            if i64::try_from(count).is_ok_and(|count| count < limit) {
                return Ok(());
            }
        }
    }
}

/// Runs a batch, or each of its jobs alone if it fails. Returns the number of jobs.
async fn run_some(store: &Store, kind: &BatchKind, limit: i64) -> Result<usize, AppError> {
    match run_batch(store, kind, limit).await {
        Err(error) if !is_unavailable(&error) => {
            tracing::warn!(kind = kind.0, error = %error.chain(), "batch failed");
            run_each(store, kind, limit).await
        }
        count => count,
    }
}

fn is_unavailable(error: &AppError) -> bool {
    error.code().kind == ErrorKind::Unavailable
}

/// Runs a batch. Returns the number of jobs.
async fn run_batch(store: &Store, kind: &BatchKind, limit: i64) -> Result<usize, AppError> {
    let (query, handler) = (query_for(kind, limit), Arc::clone(&kind.1));
    let run = move |tx: &mut Tx<'_>| {
        let payloads = queries::take(tx, &query)?;
        let count = payloads.len();
        if count > 0 {
            handler.run(tx, payloads)?;
        }
        Ok(count)
    };
    store.write(run).await
}

/// Runs jobs one by one; those that fail are retried later.
async fn run_each(store: &Store, kind: &BatchKind, limit: i64) -> Result<usize, AppError> {
    let query = query_for(kind, limit);
    let claim = move |tx: &mut Tx<'_>| queries::claim(tx, &query);
    let claimed = store.write(claim).await?;
    let count = claimed.len();
    for job in claimed {
        run_one(store, &kind.1, job).await?;
    }
    Ok(count)
}

async fn run_one(
    store: &Store,
    handler: &Arc<dyn RunBatch>,
    job: ClaimedJob,
) -> Result<(), AppError> {
    let (handler, held) = (Arc::clone(handler), job.clone());
    let run = move |tx: &mut Tx<'_>| {
        handler.run(tx, vec![held.payload.clone()])?;
        held.complete(tx)
    };
    let Err(error) = store.write(run).await else {
        return Ok(());
    };
    let why = error.chain();
    tracing::warn!(job = %job.id, kind = %job.kind, attempt = job.attempt, error = %why, "job failed");
    let retry = move |tx: &mut Tx<'_>| queries::retry_or_fail(tx, &job, &why);
    store.write(retry).await
}

fn query_for((kind, _): &BatchKind, limit: i64) -> JobQuery {
    JobQuery {
        kinds: vec![(*kind).to_owned()],
        running: vec![],
        limit,
    }
}
