//! What happens outside the database once a transaction is committed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};
use kernel::Fault;
use tokio::sync::{oneshot, watch};

use crate::outbox::{Publish, StoredEvent};

/// Transactions whose events may wait to be published. Beyond that, database threads wait too.
const MAX_WAITING: usize = 1_024;

type Step = Box<dyn FnOnce() + Send>;

/// Publishes the events of committed transactions on a thread of its own, in the order of the
/// commits, so that a fan-out to many connections does not hold up the database threads.
pub(crate) struct Aftermath {
    publisher: OnceLock<Arc<dyn Publish>>,
    steps: Sender<Step>,
    /// Changes when jobs are added or done.
    jobs: watch::Sender<()>,
    /// Events of transactions whose commit was not answered.
    doubtful: Mutex<Vec<StoredEvent>>,
}

impl Aftermath {
    pub(crate) fn start() -> Result<Arc<Self>, Fault> {
        let (steps, queue) = bounded(MAX_WAITING);
        thread::Builder::new()
            .name("event-publisher".to_owned())
            .spawn(move || run(&queue))?;
        Ok(Arc::new(Self {
            publisher: OnceLock::new(),
            steps,
            jobs: watch::Sender::new(()),
            doubtful: Mutex::default(),
        }))
    }

    /// False where there is a publisher already.
    pub(crate) fn publish_to(&self, publisher: Arc<dyn Publish>) -> bool {
        self.publisher.set(publisher).is_ok()
    }

    pub(crate) fn publish(&self, events: Vec<StoredEvent>) {
        self.publish_then(events, || {});
    }

    /// Publishes these events after those of earlier transactions, and then does the rest.
    pub(crate) fn publish_then(
        &self,
        events: Vec<StoredEvent>,
        rest: impl FnOnce() + Send + 'static,
    ) {
        let Some(publisher) = self.publisher.get().filter(|_| !events.is_empty()) else {
            return rest();
        };
        let publisher = Arc::clone(publisher);
        self.take(Box::new(move || {
            if catch_unwind(AssertUnwindSafe(|| publisher.publish(&events))).is_err() {
                tracing::error!(events = events.len(), "event publisher panicked");
            }
            rest();
        }));
    }

    /// Waits until the events of all transactions committed so far are published.
    pub(crate) async fn flushed(&self) {
        let (tell, told) = oneshot::channel::<()>();
        self.take(Box::new(move || drop(tell)));
        // It is only ever dropped.
        let _ = told.await;
    }

    fn take(&self, step: Step) {
        if let Err(returned) = self.steps.send(step) {
            // The thread ends only with the last sender, so this does not happen.
            (returned.0)();
        }
    }

    pub(crate) fn jobs_added(&self) {
        self.jobs.send_replace(());
    }

    pub(crate) fn watch_jobs(&self) -> watch::Receiver<()> {
        self.jobs.subscribe()
    }

    /// Remembers events that may be stored or not.
    pub(crate) fn doubt(&self, events: Vec<StoredEvent>) {
        self.doubtful().extend(events);
    }

    /// Takes the events that may be stored or not.
    pub(crate) fn take_doubtful(&self) -> Vec<StoredEvent> {
        std::mem::take(&mut self.doubtful())
    }

    fn doubtful(&self) -> std::sync::MutexGuard<'_, Vec<StoredEvent>> {
        self.doubtful.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn run(queue: &Receiver<Step>) {
    while let Ok(step) = queue.recv() {
        step();
    }
}
