//! A topic and the sockets of this node that subscribe to it.
//!
//! A topic knows the position of the last durable event it delivered. The next event is delivered, an
//! older one is a duplicate and dropped, and a later one reveals a gap: the events between are then
//! read from the database, so that all sockets get every event once and in order.

use std::collections::HashMap;
use std::sync::Arc;

use cluster::{Bus, Subscription, Topic};
use contract::catalogue::EventName;
use contract::frames::{Resync, StreamPosition};
use db::Store;
use kernel::{AppError, Timestamp};

use super::catch_up::head;
use super::fill_gate::FillGate;
use crate::connection::Connection;
use crate::message::ServerMessage;
use crate::sync::{Mutex, MutexGuard, PoisonError};

/// A topic on this node.
pub(crate) struct LocalTopic {
    topic: Topic,
    state: Mutex<TopicState>,
    /// Held by the task that opens the topic.
    opening: tokio::sync::Mutex<()>,
    /// Held while a message is delivered and its effects are applied, so that both happen in order.
    order: Mutex<()>,
    fill_gate: FillGate,
}

/// What is protected by one lock.
#[derive(Default)]
pub(crate) struct TopicState {
    receivers: HashMap<u64, Receiver>,
    /// The number of sockets that are about to subscribe.
    joining: usize,
    pub(crate) last: StreamPosition,
    /// Present once the position of the stream is known: the topic is open.
    subscription: Option<Subscription>,
    /// The last durable event that came before that.
    early: Option<StreamPosition>,
}

struct Receiver {
    connection: Arc<Connection>,
    mode: ReceiverMode,
}

/// What a socket does with the messages of a topic.
enum ReceiverMode {
    /// It sends them.
    Sending,
    /// It is still being sent what it missed; these came meanwhile.
    Holding(Vec<Arc<ServerMessage>>),
    /// It only rechecks what its user may see.
    Watching,
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LocalDelivery {
    /// It was delivered.
    Delivered,
    /// It was delivered before, or is from before the topic opened.
    Duplicate,
    /// Events before it are missing.
    Gap,
}

impl Receiver {
    fn deliver(&mut self, message: &Arc<ServerMessage>) {
        self.connection.request_recheck(message);
        match &mut self.mode {
            ReceiverMode::Sending => self.connection.deliver(message),
            ReceiverMode::Holding(held) => held.push(Arc::clone(message)),
            ReceiverMode::Watching => {}
        }
    }
}

impl LocalTopic {
    pub(crate) fn new(topic: Topic) -> Self {
        Self {
            topic,
            state: Mutex::default(),
            opening: tokio::sync::Mutex::default(),
            order: Mutex::default(),
            fill_gate: FillGate::default(),
        }
    }

    pub(crate) fn topic(&self) -> &Topic {
        &self.topic
    }

    /// A socket is about to subscribe: the topic stays until [`end_joining`](Self::end_joining).
    pub(crate) fn begin_joining(&self) {
        self.lock().joining += 1;
    }

    /// The socket has subscribed or given up. True if the topic can be removed.
    pub(crate) fn end_joining(&self) -> bool {
        let mut state = self.lock();
        state.joining = state.joining.saturating_sub(1);
        state.is_idle()
    }

    /// Subscribes on the bus and only then reads the position of the stream, so that nothing is lost
    /// between. The first socket does this; others wait.
    pub(crate) async fn open(&self, bus: &Arc<dyn Bus>, store: &Store) -> Result<(), AppError> {
        let open = async {
            let _turn = self.opening.lock().await;
            self.open_in_turn(bus, store).await
        };
        store.before_deadline(open).await?
    }

    async fn open_in_turn(&self, bus: &Arc<dyn Bus>, store: &Store) -> Result<(), AppError> {
        let Some(subscription) = self.subscribe(bus) else {
            return Ok(());
        };
        subscription.active().await;
        let mut subscription = Some(subscription);
        loop {
            let topic = self.topic.clone();
            let head = store.read(move |conn| head(conn, topic.as_str())).await?;
            if self.lock().open_at(head, &mut subscription) {
                return Ok(());
            }
        }
    }

    /// Whether messages are delivered.
    pub(crate) fn is_open(&self) -> bool {
        self.lock().is_open()
    }

    /// Subscribes on the bus if the topic is not open yet.
    pub(crate) fn subscribe(&self, bus: &Arc<dyn Bus>) -> Option<Subscription> {
        (!self.is_open()).then(|| bus.subscribe(&self.topic))
    }

    /// Opens at a position that was read while the subscription was active, and lets a socket join.
    /// `None` if something came meanwhile.
    pub(crate) fn join_at(
        topic: &Arc<Self>,
        connection: &Arc<Connection>,
        head: StreamPosition,
        subscription: &mut Option<Subscription>,
    ) -> Option<PendingSubscription> {
        let mut state = topic.lock();
        let is_current = state.open_at(head, subscription) && state.last == head;
        is_current.then(|| Self::add(topic, connection, &mut state))
    }

    /// Lets a socket join. One that subscribes already goes on as it does.
    pub(crate) fn join(topic: &Arc<Self>, connection: &Arc<Connection>) -> PendingSubscription {
        Self::add(topic, connection, &mut topic.lock())
    }

    fn add(
        topic: &Arc<Self>,
        connection: &Arc<Connection>,
        state: &mut TopicState,
    ) -> PendingSubscription {
        let known = state.receivers.get(&connection.id);
        let is_new = known.is_none_or(|known| matches!(known.mode, ReceiverMode::Watching));
        if is_new {
            let receiver = Receiver {
                connection: Arc::clone(connection),
                mode: ReceiverMode::Holding(vec![]),
            };
            state.receivers.insert(connection.id, receiver);
        }
        PendingSubscription {
            topic: Arc::clone(topic),
            connection: Arc::clone(connection),
            is_new,
            from: state.last,
        }
    }

    /// Lets a socket recheck on messages without sending them.
    pub(crate) fn watch(&self, connection: &Arc<Connection>) {
        self.lock()
            .receivers
            .entry(connection.id)
            .or_insert_with(|| Receiver {
                connection: Arc::clone(connection),
                mode: ReceiverMode::Watching,
            });
    }

    /// Removes a socket. True if the topic can be removed.
    pub(crate) fn leave(&self, connection: &Connection) -> bool {
        let mut state = self.lock();
        state.receivers.remove(&connection.id);
        state.is_idle()
    }

    fn lock(&self) -> MutexGuard<'_, TopicState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Delivers a message unless it is a duplicate, and then calls `apply` for its effects. True if
    /// events before it are missing.
    pub(crate) fn deliver(
        &self,
        message: &Arc<ServerMessage>,
        apply: impl FnOnce(&ServerMessage),
    ) -> bool {
        let _in_order = self.order.lock().unwrap_or_else(PoisonError::into_inner);
        let delivery = self.lock().deliver(message);
        if delivery == LocalDelivery::Delivered {
            apply(message);
        }
        delivery == LocalDelivery::Gap
    }

    /// Goes on from this position and tells the sockets to read the stream again.
    pub(crate) fn restart_at(&self, head: StreamPosition, now: Timestamp) {
        self.lock().restart_at(head, &self.topic, now);
    }

    /// Lets one task at a time fill gaps.
    pub(crate) fn fill_gate(&self) -> &FillGate {
        &self.fill_gate
    }

    /// The position of the last event that was delivered.
    pub(crate) fn last(&self) -> StreamPosition {
        self.lock().last
    }

    /// Whether events are missing, if this is the position of the stream. A topic that is not open
    /// reads the position when it opens.
    pub(crate) fn is_behind(&self, head: StreamPosition) -> bool {
        let state = self.lock();
        let last = state.last;
        state.is_open() && (head.epoch != last.epoch || head.seq > last.seq)
    }

    /// Whether no socket subscribes.
    pub(crate) fn is_idle(&self) -> bool {
        self.lock().is_idle()
    }
}

impl TopicState {
    fn is_open(&self) -> bool {
        self.subscription.is_some()
    }

    fn is_idle(&self) -> bool {
        self.receivers.is_empty() && self.joining == 0
    }

    /// Delivers events from this position on, unless a later event came before.
    pub(crate) fn open_at(
        &mut self,
        last: StreamPosition,
        subscription: &mut Option<Subscription>,
    ) -> bool {
        if self.is_open() {
            return true;
        }
        let is_later = |early: StreamPosition| early.epoch != last.epoch || early.seq > last.seq;
        if self.early.take().is_some_and(is_later) {
            return false;
        }
        (self.last, self.subscription) = (last, subscription.take());
        true
    }

    pub(crate) fn deliver(&mut self, message: &Arc<ServerMessage>) -> LocalDelivery {
        if let Some(position) = message.position() {
            let position = position.in_stream();
            // No socket subscribes before the position of the stream is known.
            if !self.is_open() {
                self.early = Some(position);
                return LocalDelivery::Duplicate;
            }
            let same_epoch = position.epoch == self.last.epoch || self.last.epoch == 0;
            if same_epoch && position.seq <= self.last.seq {
                return LocalDelivery::Duplicate;
            }
            if !same_epoch || position.seq != self.last.seq + 1 {
                return LocalDelivery::Gap;
            }
            self.last = position;
        }
        self.receivers
            .values_mut()
            .for_each(|receiver| receiver.deliver(message));
        LocalDelivery::Delivered
    }

    fn restart_at(&mut self, head: StreamPosition, topic: &Topic, now: Timestamp) {
        self.last = head;
        let streams = vec![topic.to_string()];
        if let Ok(resync) = ServerMessage::required(EventName::Resync, &Resync { streams }, now) {
            let resync = Arc::new(resync);
            self.receivers
                .values_mut()
                .for_each(|receiver| receiver.deliver(&resync));
        }
    }
}

/// A socket that has joined a topic and is not sent its messages yet.
pub struct PendingSubscription {
    topic: Arc<LocalTopic>,
    connection: Arc<Connection>,
    is_new: bool,
    /// The position of the topic when the socket joined. It will get every event after this.
    pub from: StreamPosition,
}

impl PendingSubscription {
    /// Whether the socket did not subscribe before.
    #[must_use]
    pub fn is_new(&self) -> bool {
        self.is_new
    }

    /// The topic.
    #[must_use]
    pub fn topic(&self) -> &Topic {
        self.topic.topic()
    }

    /// Sends what came meanwhile, and from now on every message as it comes.
    pub fn release(self) {
        let mut state = self.topic.lock();
        let receiver = state.receivers.get_mut(&self.connection.id);
        if let Some(receiver) = receiver.filter(|_| self.is_new)
            && let ReceiverMode::Holding(held) =
                std::mem::replace(&mut receiver.mode, ReceiverMode::Sending)
        {
            held.iter()
                .for_each(|message| self.connection.deliver(message));
        }
    }
}
