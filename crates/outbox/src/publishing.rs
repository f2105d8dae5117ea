//! Publishing committed events.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use db::{AfterCommit, AfterCommitTask, Extensions, Store};

use crate::StoredEvent;

/// Publishes committed events. It is called on one thread and must not block. Calls are in the order of
/// the commits on SQLite, and in the order of the commits of a connection on PostgreSQL.
pub trait EventPublisher: Send + Sync {
    /// Publishes events of one transaction, or of several after a crash.
    fn publish(&self, events: &[StoredEvent]);
}

/// Sets the publisher of this store. A second one is ignored.
pub fn set_publisher(store: &Store, publisher: Arc<dyn EventPublisher>) {
    if store
        .extension::<Publishing>()
        .publisher
        .set(publisher)
        .is_err()
    {
        tracing::warn!("second event publisher ignored");
    }
}

/// Waits until the events of all completed writes are published.
pub async fn flush(store: &Store) {
    store.flush_after_commits().await;
}

/// Publishes events after those of earlier transactions.
pub(crate) async fn publish(store: &Store, events: Vec<StoredEvent>) {
    if let Some(task) = store.extension::<Publishing>().task(events) {
        store.run_after_commits(task).await;
    }
}

/// State that the outbox keeps with a store.
#[derive(Default)]
pub(crate) struct Publishing {
    publisher: OnceLock<Arc<dyn EventPublisher>>,
    /// Events of transactions whose commit has an unknown result.
    unconfirmed: Mutex<Vec<StoredEvent>>,
}

impl Publishing {
    /// Publishes these events; `None` if there are none, or no publisher.
    fn task(&self, events: Vec<StoredEvent>) -> Option<AfterCommitTask> {
        let publisher = self.publisher.get().filter(|_| !events.is_empty())?;
        let publisher = Arc::clone(publisher);
        Some(Box::new(move || publisher.publish(&events)))
    }

    /// Adds events that may be stored or not.
    pub(crate) fn add_unconfirmed(&self, events: Vec<StoredEvent>) {
        self.unconfirmed().extend(events);
    }

    /// Takes the events that may be stored or not.
    pub(crate) fn take_unconfirmed(&self) -> Vec<StoredEvent> {
        std::mem::take(&mut self.unconfirmed())
    }

    fn unconfirmed(&self) -> MutexGuard<'_, Vec<StoredEvent>> {
        self.unconfirmed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// The events of a transaction, published when it is committed.
pub(crate) struct CommittedEvents(Vec<StoredEvent>);

impl CommittedEvents {
    pub(crate) fn new(events: Vec<StoredEvent>) -> Self {
        Self(events)
    }
}

impl AfterCommit for CommittedEvents {
    fn merge(&mut self, later: Self) {
        self.0.extend(later.0);
    }

    fn committed(self: Box<Self>, extensions: &Extensions) -> Option<AfterCommitTask> {
        extensions.get::<Publishing>().task(self.0)
    }

    fn commit_unknown(self: Box<Self>, extensions: &Extensions) {
        extensions.get::<Publishing>().add_unconfirmed(self.0);
    }
}
