//! What runs beside the requests: jobs, heartbeats, housekeeping.

use std::sync::Arc;
use std::time::Duration;

use kernel::Fault;
use store::outbox::{self, NodeId};
use store::{Store, Tx, Worker, idempotency};

use super::Services;

/// How long a client may be away and still get exactly what it missed.
pub const RESUME_WINDOW: Duration = Duration::from_secs(3 * 24 * 3_600);
/// How often what is over is thrown away.
const PRUNE_EVERY: Duration = Duration::from_secs(600);

/// Starts the background work on this runtime. It ends with the process.
pub(super) fn start(services: &Services, node: NodeId) {
    let mut worker = Worker::new(services.store.clone());
    for (kind, handler) in services
        .accounts
        .jobs()
        .into_iter()
        .chain(services.invites.jobs())
        .chain(services.notify.jobs())
    {
        worker = worker.handle(kind, handler);
    }
    tokio::spawn(worker.run());
    tokio::spawn(outbox::relay(services.store.clone(), node));
    tokio::spawn(services.accounts.clone().keep_house());
    tokio::spawn(services.notify.clone().keep_house());
    tokio::spawn(services.social.presence().clone().run());
    tokio::spawn(Arc::clone(&services.hub).watch_sessions(services.accounts.clone()));
    tokio::spawn(prune(services.store.clone()));
}

async fn prune(store: Store) {
    loop {
        if let Err(fault) = store.delete_in_batches(delete_old).await {
            tracing::warn!(fault = %fault.chain(), "old events and keys stay for now");
        }
        tokio::time::sleep(PRUNE_EVERY).await;
    }
}

fn delete_old(tx: &mut Tx<'_>) -> Result<usize, Fault> {
    let limit = tx.ambient().now() - RESUME_WINDOW;
    Ok(outbox::prune(tx.conn, limit)? + idempotency::prune(tx)?)
}
