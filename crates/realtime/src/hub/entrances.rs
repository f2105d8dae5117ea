//! A socket on its way into several topics, with one read of the database for all of them.

use std::collections::HashMap;
use std::sync::Arc;

use cluster::{Subscription, Topic};
use contract::frames::StreamPosition;
use db::AnyConn;
use kernel::AppError;

use super::core::Hub;
use super::local_topic::{LocalTopic, PendingSubscription};
use super::topics::Joining;
use crate::connection::Connection;

impl Hub {
    /// Subscribes a socket to several topics and reads something once it has joined all of them: in
    /// one read unless something comes meanwhile.
    ///
    /// # Errors
    /// The database is unavailable.
    pub async fn join_all_and_read<T, F>(
        &self,
        connection: &Arc<Connection>,
        topics: &[Topic],
        read: F,
    ) -> Result<(Vec<PendingSubscription>, T), AppError>
    where
        F: FnOnce(&mut AnyConn) -> Result<T, AppError> + Clone + Send + 'static,
        T: Send + 'static,
    {
        let joining: Vec<_> = topics
            .iter()
            .map(|topic| self.topics.begin_joining(topic))
            .collect();
        let mut entrances = Entrances::new(self, connection, &joining);
        entrances.subscribed().await;
        loop {
            let found = entrances.join_and_read(read.clone()).await?;
            if entrances.waiting.is_empty() {
                return Ok((entrances.joined, found));
            }
            // What was read may lack what has come: it is read again after all topics are joined.
            entrances.open().await?;
        }
    }
}

/// The topics that a socket is about to join, and those it has joined.
struct Entrances<'h> {
    hub: &'h Hub,
    connection: &'h Arc<Connection>,
    waiting: Vec<Entrance>,
    joined: Vec<PendingSubscription>,
}

struct Entrance {
    topic: Arc<LocalTopic>,
    /// For a topic that was not open.
    subscription: Option<Subscription>,
}

/// The positions of streams, without those that have no events.
type HeadsRead = HashMap<String, (i64, i64)>;

impl<'h> Entrances<'h> {
    fn new(hub: &'h Hub, connection: &'h Arc<Connection>, joining: &[Joining<'_>]) -> Self {
        let entrance = |joining: &Joining<'_>| Entrance {
            topic: Arc::clone(joining.topic()),
            subscription: joining.topic().subscribe(&hub.bus),
        };
        Self {
            hub,
            connection,
            waiting: joining.iter().map(entrance).collect(),
            joined: vec![],
        }
    }

    /// Waits until nothing is lost in topics that are not open yet.
    async fn subscribed(&self) {
        for entrance in &self.waiting {
            if let Some(subscription) = &entrance.subscription {
                subscription.active().await;
            }
        }
    }

    /// Joins the open topics, reads, and joins those of the others where nothing came meanwhile.
    async fn join_and_read<T, F>(&mut self, read: F) -> Result<T, AppError>
    where
        F: FnOnce(&mut AnyConn) -> Result<T, AppError> + Send + 'static,
        T: Send + 'static,
    {
        let connection = self.connection;
        self.join(|entrance| {
            let topic = &entrance.topic;
            topic.is_open().then(|| LocalTopic::join(topic, connection))
        });
        let closed = self.waiting.iter().map(|entrance| &entrance.topic);
        let names: Vec<String> = closed.map(|topic| topic.topic().to_string()).collect();
        // The positions first: what is read has everything that they count.
        let both = move |conn: &mut AnyConn| Ok((heads(conn, &names)?, read(conn)?));
        let (heads, found) = self.hub.store.read(both).await?;
        self.join(|entrance| {
            let (topic, subscription) = (&entrance.topic, &mut entrance.subscription);
            let head = heads.get(topic.topic().as_str()).copied();
            let (seq, epoch) = head.unwrap_or_default();
            let head = StreamPosition { seq, epoch };
            LocalTopic::join_at(topic, connection, head, subscription)
        });
        Ok(found)
    }

    /// Opens the topics that could not be joined.
    async fn open(&self) -> Result<(), AppError> {
        for entrance in &self.waiting {
            let (bus, store) = (&self.hub.bus, &self.hub.store);
            entrance.topic.open(bus, store).await?;
        }
        Ok(())
    }

    fn join(&mut self, mut join: impl FnMut(&mut Entrance) -> Option<PendingSubscription>) {
        let (hub, connection, joined) = (self.hub, self.connection, &mut self.joined);
        self.waiting.retain_mut(|entrance| {
            let Some(pending) = join(entrance) else {
                return true;
            };
            hub.record(connection, entrance.topic.topic(), Some(pending.from));
            joined.push(pending);
            false
        });
    }
}

fn heads(conn: &mut AnyConn, names: &[String]) -> Result<HeadsRead, AppError> {
    if names.is_empty() {
        return Ok(HeadsRead::new());
    }
    outbox::heads(conn, names)
}
