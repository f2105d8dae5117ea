//! The background work of the server itself: the job worker, the relay of events, retention.

use std::sync::Arc;
use std::time::Duration;

use db::{StatementCounter, Store, Tx, idempotency, in_background};
use jobs::{Registration, Worker};
use kernel::{AppError, Timestamp};
use realtime::Hub;
use telemetry::{JOBS_OLDEST_SECONDS, JOBS_WAITING, OperationCost};

use crate::dev_clock::{DevClock, restart_when_moved};
use crate::platform::Platform;
use crate::state::AppState;

/// How long events are kept for clients that resume.
pub(crate) const RESUME_WINDOW: Duration = Duration::from_secs(3 * 24 * 3_600);
/// Time between two deletions of old events and idempotency records.
const PRUNE_INTERVAL: Duration = Duration::from_secs(600);

/// Time between two counts of the waiting jobs.
const JOB_COUNT_INTERVAL: Duration = Duration::from_secs(5);
/// The delay after which a waiting job is late.
const LATE_AFTER: Duration = Duration::from_secs(60);

/// Starts the background work that belongs to no module, on the current runtime. It ends with the
/// process.
pub(crate) fn start(state: &AppState, jobs: Vec<Registration>) {
    let (store, node) = (&state.platform.store, state.platform.node);
    let worker = Worker::new(store.clone()).register(jobs);
    tokio::spawn(worker.report_to(report_jobs).run());
    tokio::spawn(outbox::run_relay(store.clone(), node));
    tokio::spawn(Arc::clone(&state.hub).watch_sessions());
    tokio::spawn(watch_jobs(store.clone()));
    let web_files = Arc::clone(&state.web_files);
    tokio::spawn(async move { web_files.share().await });
    let pruned = store.clone();
    spawn_maintenance(state, move || prune(pruned.clone()));
    if let Some(clock) = &state.platform.dev_clock {
        let hub = Arc::clone(&state.hub);
        tokio::spawn(act_when_moved(clock.clone(), store.clone(), hub));
    }
}

/// Runs maintenance, which never ends by itself, in the background. It starts again whenever the dev
/// clock is moved.
pub(crate) fn spawn_maintenance<F>(state: &AppState, run: impl Fn() -> F + Send + 'static)
where
    F: Future<Output = ()> + Send + 'static,
{
    let clock = state.platform.dev_clock.clone();
    tokio::spawn(restart_when_moved(clock, move || in_background(run())));
}

/// Runs jobs that have become due, and closes the sockets of sessions that have ended, when the dev
/// clock is moved.
async fn act_when_moved(clock: DevClock, store: Store, hub: Arc<Hub>) {
    let mut moved = clock.watch();
    while moved.changed().await.is_ok() {
        jobs::wake_worker(&store);
        hub.check_sessions_soon();
    }
}

/// Publishes what waits and deregisters this node, at a clean end.
pub(crate) async fn stop(platform: &Platform) {
    outbox::flush(&platform.store).await;
    platform.cluster.bus.flush().await;
    if let Err(error) = outbox::deregister_node(&platform.store, platform.node).await {
        tracing::warn!(error = %error.chain(), "node not deregistered");
    }
}

/// Adds the statements of executed jobs to the metrics.
fn report_jobs(kind: &str, jobs: usize, cost: &StatementCounter) {
    let times = u64::try_from(jobs).unwrap_or(u64::MAX);
    OperationCost::new(format!("job {kind}")).add(times, cost.statements(), cost.transactions());
}

/// Reports the number and the age of the waiting jobs.
async fn watch_jobs(store: Store) {
    let mut is_late = false;
    loop {
        let now = store.env().now();
        match store.read(move |conn| jobs::overdue(conn, now)).await {
            Ok((waiting, oldest)) => is_late = report_backlog(waiting, oldest, now, is_late),
            Err(error) => tracing::debug!(error = %error.chain(), "waiting jobs not counted"),
        }
        tokio::time::sleep(JOB_COUNT_INTERVAL).await;
    }
}

/// Updates the metrics, logs when jobs become late and when they are in time again, and returns whether
/// they are late.
fn report_backlog(waiting: i64, oldest: Option<Timestamp>, now: Timestamp, was_late: bool) -> bool {
    let waited = oldest.map_or(Duration::ZERO, |oldest| now.since(oldest));
    #[allow(
        clippy::cast_precision_loss,
        reason = "metrics are floating-point numbers"
    )]
    metrics::gauge!(JOBS_WAITING).set(waiting as f64);
    metrics::gauge!(JOBS_OLDEST_SECONDS).set(waited.as_secs_f64());
    let is_late = waited >= LATE_AFTER;
    match (was_late, is_late) {
        (false, true) => tracing::warn!(waiting, ?waited, "jobs delayed"),
        (true, false) => tracing::info!(waiting, "jobs in time again"),
        _ => {}
    }
    is_late
}

async fn prune(store: Store) {
    loop {
        if let Err(error) = store.delete_in_batches(delete_old).await {
            tracing::warn!(error = %error.chain(), "old events and idempotency records not deleted");
        }
        tokio::time::sleep(PRUNE_INTERVAL).await;
    }
}

fn delete_old(tx: &mut Tx<'_>) -> Result<usize, AppError> {
    let limit = tx.env().now() - RESUME_WINDOW;
    Ok(outbox::prune(tx.conn, limit)? + idempotency::prune(tx)?)
}
