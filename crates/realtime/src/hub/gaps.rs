//! Finds topics that have missed events, and reads the events for a few topics at a time.
//!
//! After an outage of the bus every topic may have missed something, but most have not: the positions
//! of many streams are compared in one query.

use std::sync::{Arc, Weak};
use std::time::Duration;

use cluster::Topic;
use contract::frames::StreamPosition;
use kernel::AppError;
use outbox::CatchUp;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::catch_up::{events_since, head};
use super::core::Hub;
use super::local_topic::LocalTopic;
use super::subscription_changes;
use crate::wire::message_of;

/// The most events that are read to fill a gap. If more are missing, clients are told to resync.
const MAX_GAP_LEN: i64 = 1_000;
/// The number of streams whose positions are read in one query.
const PAGE: usize = 500;
/// The pause between attempts doubles from the first up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const MAX_PAUSE: Duration = Duration::from_secs(2);

/// The task that fills the gaps of a topic, until this is dropped.
pub(crate) struct Filling {
    topic: Arc<LocalTopic>,
    /// Another task may fill the topic from now on.
    is_over: bool,
}

impl Filling {
    /// Notes a gap. `None` if another task will fill it.
    pub(crate) fn begin(topic: &Arc<LocalTopic>) -> Option<Self> {
        topic.fill_gate().begin().then(|| Self {
            topic: Arc::clone(topic),
            is_over: false,
        })
    }

    /// Whether another gap was noticed during the last read.
    pub(crate) fn must_read_again(&mut self) -> bool {
        self.is_over = !self.topic.fill_gate().must_read_again();
        !self.is_over
    }
}

impl Drop for Filling {
    fn drop(&mut self) {
        if !self.is_over {
            self.topic.fill_gate().reset();
        }
    }
}

/// Fills the gaps of a topic soon.
pub(crate) fn fill_later(hub: &Arc<Hub>, topic: &Arc<LocalTopic>) {
    if let Some(filling) = Filling::begin(topic) {
        hub.runtime.spawn(fill(Arc::clone(hub), filling, None));
    }
}

/// Checks all topics whenever that is requested, until the hub is dropped.
pub(crate) async fn check_when_requested(hub: Weak<Hub>) {
    let Some(requested) = hub.upgrade().map(|hub| Arc::clone(&hub.check_all)) else {
        return;
    };
    loop {
        requested.notified().await;
        let Some(topics) = hub.upgrade().map(|hub| hub.topics.all()) else {
            return;
        };
        for page in topics.chunks(PAGE) {
            check(&hub, page).await;
        }
    }
}

/// Fills those of these topics that are behind their streams.
async fn check(hub: &Weak<Hub>, topics: &[Arc<LocalTopic>]) {
    let mut pause = FIRST_PAUSE;
    while let Some(hub) = hub.upgrade() {
        match behind(&hub, topics).await {
            Ok(behind) => {
                for topic in behind {
                    fill_in_turn(&hub, topic).await;
                }
                return;
            }
            Err(error) => tracing::debug!(error = %error.chain(), "stream positions not read"),
        }
        drop(hub);
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(MAX_PAUSE);
    }
}

async fn behind(hub: &Hub, topics: &[Arc<LocalTopic>]) -> Result<Vec<Arc<LocalTopic>>, AppError> {
    let names: Vec<String> = topics
        .iter()
        .map(|topic| topic.topic().to_string())
        .collect();
    let heads = hub
        .store
        .read(move |conn| outbox::heads(conn, &names))
        .await?;
    let is_behind = |topic: &&Arc<LocalTopic>| {
        let head = heads.get(topic.topic().as_str());
        head.is_some_and(|&(seq, epoch)| topic.is_behind(StreamPosition { seq, epoch }))
    };
    Ok(topics.iter().filter(is_behind).cloned().collect())
}

/// Begins to fill a topic as soon as few enough others are being filled.
async fn fill_in_turn(hub: &Arc<Hub>, topic: Arc<LocalTopic>) {
    if let Some(permit) = permit(&hub.fill_permits).await
        && let Some(filling) = Filling::begin(&topic)
    {
        tokio::spawn(fill(Arc::clone(hub), filling, Some(permit)));
    }
}

/// Reads what a topic has missed, and again if it misses more meanwhile. Missed events are stored, so
/// one successful read is enough. Between two attempts other topics have their turn.
async fn fill(hub: Arc<Hub>, mut filling: Filling, mut first: Option<OwnedSemaphorePermit>) {
    let mut pause = FIRST_PAUSE;
    loop {
        let turn = match first.take() {
            Some(turn) => Some(turn),
            None => permit(&hub.fill_permits).await,
        };
        let filled = fill_once(&hub, &filling.topic).await;
        drop(turn);
        let Err(error) = filled else {
            if !filling.must_read_again() {
                return;
            }
            pause = FIRST_PAUSE;
            continue;
        };
        let topic = &filling.topic;
        if topic.is_idle() {
            return;
        }
        tracing::debug!(topic = %topic.topic(), error = %error.chain(), "gap not filled yet");
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(MAX_PAUSE);
    }
}

async fn fill_once(hub: &Arc<Hub>, local: &LocalTopic) -> Result<(), AppError> {
    let (since, topic) = (local.last(), local.topic());
    match read_missed(hub, topic.clone(), since).await? {
        CatchUp::Events(events) => {
            for message in events.into_iter().filter_map(message_of).map(Arc::new) {
                local.deliver(&message, |delivered| {
                    subscription_changes::apply(hub, delivered);
                });
            }
        }
        CatchUp::Resync => {
            let name = topic.clone();
            let head = hub
                .store
                .read(move |conn| head(conn, name.as_str()))
                .await?;
            local.restart_at(head, hub.store.env().now());
            subscription_changes::reload(hub, topic);
        }
    }
    Ok(())
}

async fn read_missed(hub: &Hub, topic: Topic, since: StreamPosition) -> Result<CatchUp, AppError> {
    let read = move |conn: &mut _| events_since(conn, topic.as_str(), since, MAX_GAP_LEN);
    hub.store.read(read).await
}

/// Waits until few enough topics are being filled.
async fn permit(permits: &Arc<Semaphore>) -> Option<OwnedSemaphorePermit> {
    // The semaphore is never closed.
    Arc::clone(permits).acquire_owned().await.ok()
}
