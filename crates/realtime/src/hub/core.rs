//! The hub: sockets and topics, and how they join and leave each other.

use std::sync::{Arc, Weak};
use std::time::Duration;

use cluster::{Bus, Topic};
use contract::frames::StreamPosition;
use db::Store;
use kernel::{AppError, UserId};
use tokio::sync::{Notify, Semaphore};

use super::local_topic::{LocalTopic, PendingSubscription};
use super::sockets::Sockets;
use super::topics::Topics;
use crate::close::Close;
use crate::connection::Connection;
use crate::ports::Ports;

/// The shards of topics and of sockets.
const SHARDS: usize = 32;
/// The most topics that read missing events at once.
pub(crate) const MAX_FILLING: usize = 8;

/// Settings of the hub.
#[derive(Debug, Clone, Copy)]
pub struct HubConfig {
    /// What the limits of a socket are multiplied by.
    pub rate_factor: f64,
    /// How long events are kept for clients that resume.
    pub resume_window: Duration,
}

/// The sockets of this node and the topics they subscribe to.
pub struct Hub {
    pub(crate) topics: Topics,
    pub(crate) sockets: Sockets,
    pub(crate) bus: Arc<dyn Bus>,
    pub(crate) store: Store,
    pub(crate) ports: Ports,
    pub(crate) config: HubConfig,
    /// The hub itself, for the tasks it spawns.
    pub(crate) this: Weak<Hub>,
    /// Messages also come on database threads, which have no runtime of their own.
    pub(crate) runtime: tokio::runtime::Handle,
    /// Held by the topics that read missing events.
    pub(crate) fill_permits: Arc<Semaphore>,
    /// Notified when any topic may have missed something.
    pub(crate) check_all: Arc<Notify>,
    /// Messages that name their receivers come to every node.
    _users_subscription: cluster::Subscription,
}

/// A socket that is in the hub until this is dropped, also if its task panics.
#[derive(Debug)]
#[must_use = "dropping it removes the socket"]
pub struct HubEntry {
    hub: Arc<Hub>,
    connection: Arc<Connection>,
}

impl Drop for HubEntry {
    fn drop(&mut self) {
        // A socket that ended in good order was closed before.
        self.connection.close(&Close::overloaded());
        self.hub.remove(&self.connection);
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        // The task that waits for this sees that the hub is gone.
        self.check_all.notify_one();
    }
}

impl std::fmt::Debug for Hub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Hub with {} sockets", self.socket_count())
    }
}

impl Hub {
    /// A hub that is not attached to the bus yet.
    pub(crate) fn detached(
        bus: &Arc<dyn Bus>,
        store: &Store,
        ports: Ports,
        config: HubConfig,
        users_topic: &Topic,
    ) -> Arc<Self> {
        Arc::new_cyclic(|this| Self {
            topics: Topics::new(SHARDS),
            sockets: Sockets::new(SHARDS),
            bus: Arc::clone(bus),
            store: store.clone(),
            ports,
            config,
            this: this.clone(),
            runtime: tokio::runtime::Handle::current(),
            fill_permits: Arc::new(Semaphore::new(MAX_FILLING)),
            check_all: Arc::default(),
            _users_subscription: bus.subscribe(users_topic),
        })
    }

    /// The number for a new socket.
    pub(crate) fn next_id(&self) -> u64 {
        self.sockets.next_id()
    }

    /// The number of open sockets.
    pub fn socket_count(&self) -> usize {
        self.sockets.count()
    }

    /// The number of this user's sockets.
    pub fn socket_count_of(&self, user: UserId) -> usize {
        self.sockets.count_of(user)
    }

    /// Adds a socket, which subscribes to no topic yet.
    pub fn add(self: &Arc<Self>, connection: &Arc<Connection>) -> HubEntry {
        self.sockets.add(connection);
        HubEntry {
            hub: Arc::clone(self),
            connection: Arc::clone(connection),
        }
    }

    /// Removes a socket from the hub and from all topics.
    fn remove(&self, connection: &Connection) {
        for topic in connection.take_topics().keys() {
            self.topics.leave(connection, topic);
        }
        self.sockets.remove(connection);
    }

    /// Closes all sockets.
    pub fn close_all(&self, close: &Close) {
        let sockets = self.sockets.all();
        sockets.iter().for_each(|socket| socket.close(close));
    }

    /// Takes one of the actions that were [counted ahead](Self::prepay) for a user. False if none is
    /// left.
    pub fn take_prepaid(&self, user: UserId) -> bool {
        self.sockets.take_prepaid(user)
    }

    /// Adds actions of a user that were counted ahead against a limit that all nodes share. They are
    /// lost with the user's last socket.
    pub fn prepay(&self, user: UserId, count: u32) {
        self.sockets.prepay(user, count);
    }

    /// Subscribes a socket to a topic. Until the result is [released](PendingSubscription::release),
    /// messages are held back, so that the client can first be sent what it missed.
    ///
    /// # Errors
    /// The database is unavailable.
    pub async fn join(
        &self,
        connection: &Arc<Connection>,
        topic: &Topic,
    ) -> Result<PendingSubscription, AppError> {
        let joining = self.topics.begin_joining(topic);
        joining.topic().open(&self.bus, &self.store).await?;
        let pending = LocalTopic::join(joining.topic(), connection);
        self.record(connection, topic, Some(pending.from));
        Ok(pending)
    }

    /// Lets a socket recheck on messages of a topic without sending them.
    ///
    /// # Errors
    /// The database is unavailable.
    pub async fn watch(&self, connection: &Arc<Connection>, topic: &Topic) -> Result<(), AppError> {
        let joining = self.topics.begin_joining(topic);
        joining.topic().open(&self.bus, &self.store).await?;
        joining.topic().watch(connection);
        self.record(connection, topic, None);
        Ok(())
    }

    /// Records the topic of a socket, which leaves the topic if it was removed meanwhile.
    pub(crate) fn record(
        &self,
        connection: &Connection,
        topic: &Topic,
        from: Option<StreamPosition>,
    ) {
        if !connection.add_topic(topic, from) {
            self.leave(connection, topic);
        }
    }

    /// Unsubscribes a socket from a topic.
    pub fn leave(&self, connection: &Connection, topic: &Topic) {
        connection.remove_topic(topic);
        self.topics.leave(connection, topic);
    }
}
