//! Jobs that are run many at a time, in the transaction that ends them: no lease, no transaction and
//! no deletion for each. For work that is done in the database alone, and of which there is much.

use std::sync::Arc;
use std::time::Duration;

use db::{StatementCounter, Store, Tx, in_background};
use kernel::{AppError, ErrorKind};

use crate::enqueue::watch_jobs;
use crate::job::ClaimedJob;
use crate::queries::{self, JobQuery};
use crate::registration::RunBatch;
use crate::worker::ReportJobs;

/// Jobs that one transaction takes at most. On SQLite all other writers wait for it.
const MAX_ON_SQLITE: i64 = 50;
const MAX_ON_POSTGRES: i64 = 200;
/// Where a batch does not get through, the next one is smaller by this factor.
const FEWER: i64 = 4;

type Batches = (&'static str, Arc<dyn RunBatch>);

/// The kinds of jobs that are run in batches.
#[derive(Default)]
pub(crate) struct BatchQueue {
    handlers: Vec<Batches>,
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

    /// Works until the future is dropped.
    pub(crate) async fn run(&self, store: &Store, poll: Duration) {
        if self.handlers.is_empty() {
            return std::future::pending().await;
        }
        let mut changes = watch_jobs(store);
        loop {
            changes.mark_unchanged();
            if let Err(error) = in_background(self.run_due(store)).await {
                tracing::warn!(error = %error.chain(), "a batch of jobs waits for the database");
                tokio::time::sleep(poll).await;
                continue;
            }
            tokio::select! {
                // The store outlives its worker, so this cannot fail.
                _ = changes.changed() => {}
                () = tokio::time::sleep(poll) => {}
            }
        }
    }

    /// Runs all that is due.
    async fn run_due(&self, store: &Store) -> Result<(), AppError> {
        let kinds: Vec<String> = self.kinds().map(ToOwned::to_owned).collect();
        let now = store.env().now();
        let look = move |conn: &mut _| queries::any_due(conn, &kinds, now);
        if !store.read(look).await? {
            return Ok(());
        }
        let mut outcome = Ok(());
        // What stops one kind does not stop the others.
        for batches in &self.handlers {
            outcome = self.run_kind(store, batches).await.and(outcome);
        }
        outcome
    }

    async fn run_kind(&self, store: &Store, batches: &Batches) -> Result<(), AppError> {
        let mut most = if store.is_embedded() {
            MAX_ON_SQLITE
        } else {
            MAX_ON_POSTGRES
        };
        loop {
            let counter = StatementCounter::default();
            let count = match counter.count(run_some(store, batches, most)).await {
                // Together they may take longer than a transaction may, or wait for too many locks.
                Err(error) if is_unavailable(&error) && most > 1 => {
                    most = (most / FEWER).max(1);
                    continue;
                }
                count => count?,
            };
            if let Some(report) = self.report.filter(|_| count > 0) {
                report(batches.0, count, &counter);
            }
            if i64::try_from(count).is_ok_and(|count| count < most) {
                return Ok(());
            }
        }
    }
}

/// Runs a batch, and each of its jobs alone where it fails; how many jobs that were.
async fn run_some(store: &Store, batches: &Batches, most: i64) -> Result<usize, AppError> {
    match run_batch(store, batches, most).await {
        Err(error) if !is_unavailable(&error) => {
            tracing::warn!(kind = batches.0, error = %error.chain(), "a batch of jobs failed");
            run_each(store, batches, most).await
        }
        count => count,
    }
}

fn is_unavailable(error: &AppError) -> bool {
    error.code().kind == ErrorKind::Unavailable
}

/// Takes a batch and runs it; how many jobs that were.
async fn run_batch(store: &Store, batches: &Batches, most: i64) -> Result<usize, AppError> {
    let (wanted, handler) = (wanted(batches, most), Arc::clone(&batches.1));
    let run = move |tx: &mut Tx<'_>| {
        let payloads = queries::take(tx, &wanted)?;
        let count = payloads.len();
        if count > 0 {
            handler.run(tx, payloads)?;
        }
        Ok(count)
    };
    store.write(run).await
}

/// Runs jobs one by one; those that fail are put back for later.
async fn run_each(store: &Store, batches: &Batches, most: i64) -> Result<usize, AppError> {
    let wanted = wanted(batches, most);
    let claim = move |tx: &mut Tx<'_>| queries::claim(tx, &wanted);
    let claimed = store.write(claim).await?;
    let count = claimed.len();
    for job in claimed {
        run_one(store, &batches.1, job).await?;
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
    tracing::warn!(job = %job.id, kind = %job.kind, attempt = job.attempt, error = %why, "a job failed");
    let retry_or_fail = move |tx: &mut Tx<'_>| queries::retry_or_fail(tx, &job, &why);
    store.write(retry_or_fail).await
}

fn wanted((kind, _): &Batches, most: i64) -> JobQuery {
    JobQuery {
        kinds: vec![(*kind).to_owned()],
        running: vec![],
        most,
    }
}
