//! What happens outside the database once a transaction is committed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

use kernel::AppError;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::{oneshot, watch};

use crate::outbox::{Publish, StoredEvent};

/// Transactions whose events may wait to be published. Beyond that, database threads wait too.
const MAX_WAITING: usize = 1_024;

type Step = Box<dyn FnOnce() + Send>;

/// Publishes the events of committed transactions on a thread of its own, so that a fan-out to
/// many connections does not hold up the database threads.
///
/// On SQLite that is in the order of the commits. On PostgreSQL only the commits of one connection
/// keep their order: whoever listens goes by the numbers of the events.
pub(crate) struct Aftermath {
    publisher: OnceLock<Arc<dyn Publish>>,
    steps: Sender<Step>,
    /// Changes when jobs are added or done.
    jobs: watch::Sender<()>,
    /// Events of transactions whose commit was not answered.
    doubtful: Mutex<Vec<StoredEvent>>,
}

impl Aftermath {
    pub(crate) fn start() -> Result<Arc<Self>, AppError> {
        let (steps, queue) = channel(MAX_WAITING);
        thread::Builder::new()
            .name("event-publisher".to_owned())
            .spawn(move || run(queue))?;
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

    /// Publishes these events after those of earlier transactions.
    pub(crate) async fn publish(&self, events: Vec<StoredEvent>) {
        if let Some(publish) = self.publishing(events) {
            self.take(publish).await;
        }
    }

    /// The same, and then does the rest; for database threads, which wait while too much waits.
    pub(crate) fn publish_then(
        &self,
        events: Vec<StoredEvent>,
        rest: impl FnOnce() + Send + 'static,
    ) {
        let Some(publish) = self.publishing(events) else {
            return rest();
        };
        let step: Step = Box::new(move || {
            publish();
            rest();
        });
        if let Err(returned) = self.steps.blocking_send(step) {
            // The thread ends only with the last sender, so this does not happen.
            (returned.0)();
        }
    }

    /// What publishes these events; nothing where there are none, or nobody to carry them.
    fn publishing(&self, events: Vec<StoredEvent>) -> Option<Step> {
        let publisher = self.publisher.get().filter(|_| !events.is_empty())?;
        let publisher = Arc::clone(publisher);
        Some(Box::new(move || {
            if catch_unwind(AssertUnwindSafe(|| publisher.publish(&events))).is_err() {
                tracing::error!(events = events.len(), "event publisher panicked");
            }
        }))
    }

    /// Waits until the events of all transactions committed so far are published.
    pub(crate) async fn flushed(&self) {
        let (tell, told) = oneshot::channel::<()>();
        self.take(Box::new(move || drop(tell))).await;
        // It is only ever dropped.
        let _ = told.await;
    }

    async fn take(&self, step: Step) {
        if let Err(returned) = self.steps.send(step).await {
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

fn run(mut queue: Receiver<Step>) {
    while let Some(step) = queue.blocking_recv() {
        step();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use kernel::Timestamp;

    use super::*;

    /// Publishes nothing until it is let go.
    struct Stuck(Mutex<std::sync::mpsc::Receiver<()>>);

    impl Publish for Stuck {
        fn publish(&self, _events: &[StoredEvent]) {
            let _ = self.0.lock().unwrap().recv();
        }
    }

    fn event() -> StoredEvent {
        StoredEvent {
            stream: "s".to_owned(),
            seq: 1,
            epoch: 1,
            name: "e".to_owned(),
            data: "{}".to_owned(),
            author: None,
            at: Timestamp::from_micros(0),
        }
    }

    #[tokio::test]
    async fn whoever_waits_for_a_full_queue_does_not_hold_up_its_thread() {
        let aftermath = Aftermath::start().unwrap();
        let (open, gate) = std::sync::mpsc::channel();
        aftermath.publish_to(Arc::new(Stuck(Mutex::new(gate))));
        // One is being published, and one more than fits waits.
        let fill = async {
            for _ in 0..MAX_WAITING + 2 {
                aftermath.publish(vec![event()]).await;
            }
        };
        let mut waiting = std::pin::pin!(async {
            fill.await;
            aftermath.flushed().await;
        });
        let early = tokio::time::timeout(Duration::from_millis(20), waiting.as_mut()).await;
        assert!(early.is_err(), "the queue is full");
        drop(open);
        waiting.await;
    }
}
