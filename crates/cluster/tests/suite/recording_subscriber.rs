//! A subscriber that writes down what it is given.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cluster::{Cluster, Missed, Subscriber, Topic};
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Long enough for a busy machine; no test passes because it was waited for.
const TIMEOUT: Duration = Duration::from_secs(60);

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Message(String, Bytes),
    ResyncAll,
    Resync(String),
}

/// A message on a topic.
pub(crate) fn message(topic: &Topic, payload: impl Into<Bytes>) -> Event {
    Event::Message(topic.to_string(), payload.into())
}

struct Recorder(UnboundedSender<Event>);

impl Subscriber for Recorder {
    fn deliver(&self, topic: &Topic, payload: &Bytes) {
        let _ = self.0.send(message(topic, payload.clone()));
    }

    fn resync(&self, missed: Missed<'_>) {
        let _ = self.0.send(match missed {
            Missed::Anything => Event::ResyncAll,
            Missed::Of(topic) => Event::Resync(topic.to_string()),
        });
    }
}

/// What one node has received.
pub(crate) struct RecordingSubscriber(Mutex<UnboundedReceiver<Event>>);

impl RecordingSubscriber {
    pub(crate) fn attach(node: &Cluster) -> Self {
        let (sender, receiver) = unbounded_channel();
        node.bus.attach(Arc::new(Recorder(sender)));
        Self(Mutex::new(receiver))
    }

    /// The next event.
    pub(crate) async fn next(&self) -> Event {
        let mut events = self.0.lock().await;
        let next = tokio::time::timeout(TIMEOUT, events.recv()).await;
        next.expect("nothing came").unwrap()
    }

    /// The next event, if it is there without waiting.
    pub(crate) async fn try_next(&self) -> Option<Event> {
        self.0.lock().await.try_recv().ok()
    }

    /// Whether this event is among those that are there without waiting; they are passed over.
    pub(crate) async fn has(&self, wanted: &Event) -> bool {
        while let Some(event) = self.try_next().await {
            if event == *wanted {
                return true;
            }
        }
        false
    }

    /// Passes over everything up to this event.
    pub(crate) async fn until(&self, wanted: &Event) {
        while self.next().await != *wanted {}
    }
}

/// Waits until this holds.
pub(crate) async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let waited = tokio::time::timeout(TIMEOUT, async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    waited.await.unwrap_or_else(|_| panic!("never: {what}"));
}
