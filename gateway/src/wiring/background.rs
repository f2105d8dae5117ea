//! What runs beside the requests: jobs, heartbeats, housekeeping.

use std::sync::Arc;
use std::time::Duration;

use db::{StatementCounter, Store, Tx, idempotency, in_background};
use jobs::Worker;
use kernel::{AppError, Timestamp};
use outbox::NodeId;
use telemetry::{JOBS_OLDEST_SECONDS, JOBS_WAITING, OperationCost};

use super::AppState;

/// How long a client may be away and still get exactly what it missed.
pub const RESUME_WINDOW: Duration = Duration::from_secs(3 * 24 * 3_600);
/// How often what is over is thrown away.
const PRUNE_EVERY: Duration = Duration::from_secs(600);

/// How often the cost of background work is told.
const TELL_COST_EVERY: Duration = Duration::from_secs(1);
/// How often the jobs that wait are counted.
const COUNT_JOBS_EVERY: Duration = Duration::from_secs(5);
/// A job that has waited for so long is late.
const LATE_AFTER: Duration = Duration::from_secs(60);

/// Starts the background work on this runtime. It ends with the process.
pub(super) fn start(services: &AppState, node: NodeId) {
    let worker = Worker::new(services.store.clone())
        .register(services.accounts.jobs())
        .register(services.chat.jobs())
        .register(services.invites.jobs())
        .register(services.notify.jobs());
    tokio::spawn(worker.report_to(report_jobs).run());
    tokio::spawn(outbox::run_relay(services.store.clone(), node));
    tokio::spawn(in_background(services.accounts.clone().run_maintenance()));
    tokio::spawn(in_background(services.notify.clone().run_maintenance()));
    tokio::spawn(in_background(services.social.clone().run_maintenance()));
    let (presence, run) = (
        StatementCounter::default(),
        services.social.presence().clone().run(),
    );
    tokio::spawn(presence.count(run));
    tokio::spawn(Arc::clone(&services.hub).watch_sessions());
    tokio::spawn(watch_cost(presence));
    tokio::spawn(watch_jobs(services.store.clone()));
    tokio::spawn(in_background(prune(services.store.clone())));
}

/// Counts what jobs of a kind have cost.
fn report_jobs(kind: &str, jobs: usize, cost: &StatementCounter) {
    let times = u64::try_from(jobs).unwrap_or(u64::MAX);
    OperationCost::new(format!("job {kind}")).add(times, cost.statements(), cost.transactions());
}

/// Tells what presence asks of the database.
async fn watch_cost(presence: StatementCounter) {
    let cost = OperationCost::new("presence".to_owned());
    loop {
        cost.set(presence.statements(), presence.transactions());
        tokio::time::sleep(TELL_COST_EVERY).await;
    }
}

/// Tells how much background work waits.
async fn watch_jobs(store: Store) {
    let mut is_late = false;
    loop {
        let now = store.env().now();
        match store.read(move |conn| jobs::overdue(conn, now)).await {
            Ok((waiting, oldest)) => is_late = tell_backlog(waiting, oldest, now, is_late),
            Err(error) => tracing::debug!(error = %error.chain(), "waiting jobs are not counted"),
        }
        tokio::time::sleep(COUNT_JOBS_EVERY).await;
    }
}

/// Whether jobs are done too late, which is told when it begins and when it ends.
fn tell_backlog(waiting: i64, oldest: Option<Timestamp>, now: Timestamp, was_late: bool) -> bool {
    let waited = oldest.map_or(Duration::ZERO, |oldest| now.since(oldest));
    #[allow(
        clippy::cast_precision_loss,
        reason = "metrics are floating-point numbers"
    )]
    metrics::gauge!(JOBS_WAITING).set(waiting as f64);
    metrics::gauge!(JOBS_OLDEST_SECONDS).set(waited.as_secs_f64());
    let is_late = waited >= LATE_AFTER;
    match (was_late, is_late) {
        (false, true) => tracing::warn!(waiting, ?waited, "background jobs are done too late"),
        (true, false) => tracing::info!(waiting, "background jobs are done in time again"),
        _ => {}
    }
    is_late
}

async fn prune(store: Store) {
    loop {
        if let Err(error) = store.delete_in_batches(delete_old).await {
            tracing::warn!(error = %error.chain(), "old events and keys stay for now");
        }
        tokio::time::sleep(PRUNE_EVERY).await;
    }
}

fn delete_old(tx: &mut Tx<'_>) -> Result<usize, AppError> {
    let limit = tx.env().now() - RESUME_WINDOW;
    Ok(outbox::prune(tx.conn, limit)? + idempotency::prune(tx)?)
}
