//! What the tables of this node tell the sockets of others.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use cluster::{Bus, Topic};
use outbox::NodeId;
use tokio::sync::mpsc;

use super::protocol::{
    RemoteError, SeatContent, SeatNumber, SeatUpdate, SeatsMessage, StateBatch, encode, seats_topic,
};
use crate::port::{ActionError, SeatSink, TableClose, TableMessage};

/// The states of the current pass, and the way to the bus. Tables must not publish themselves: a publisher
/// does the work of all subscribers of its node.
pub struct RemoteStates {
    node: NodeId,
    batches: Mutex<HashMap<NodeId, StateBatch>>,
    to_bus: mpsc::UnboundedSender<(Topic, Bytes)>,
}

impl RemoteStates {
    /// Publishes on this bus, in a task on the current runtime.
    #[must_use]
    pub fn start(node: NodeId, bus: Arc<dyn Bus>) -> Arc<Self> {
        let (to_bus, mut waiting) = mpsc::unbounded_channel::<(Topic, Bytes)>();
        tokio::spawn(async move {
            while let Some((topic, payload)) = waiting.recv().await {
                bus.publish(&topic, payload);
            }
        });
        Arc::new(Self {
            node,
            batches: Mutex::default(),
            to_bus,
        })
    }

    /// Sends the states of a pass, one message to each node.
    pub fn flush(&self) {
        for (node, batch) in self.batches().iter_mut() {
            if !batch.is_empty() {
                self.publish(seats_topic(*node), batch.take());
            }
        }
    }

    /// Tells a node with sockets at tables of this one that this one is alive.
    pub(super) fn answer_heartbeat(&self, node: NodeId) {
        let heartbeat = SeatsMessage::Heartbeat(self.node);
        self.publish(seats_topic(node), encode(&heartbeat));
    }

    /// Tells a socket that it is not at the table.
    pub(super) fn refuse(&self, node: NodeId, number: SeatNumber, attempt: u32) {
        let content = SeatContent::NotJoined;
        self.send_update(
            node,
            SeatUpdate {
                from: self.node,
                number,
                attempt,
                n: 0,
                content,
            },
        );
    }

    fn send_update(&self, node: NodeId, update: SeatUpdate) {
        let update = SeatsMessage::Update(Box::new(update));
        self.publish(seats_topic(node), encode(&update));
    }

    fn publish(&self, topic: Topic, payload: Bytes) {
        // The task ends with the runtime.
        let _ = self.to_bus.send((topic, payload));
    }

    /// Forgets a node that has gone.
    pub(super) fn forget(&self, node: NodeId) {
        self.batches().remove(&node);
    }

    fn batches(&self) -> MutexGuard<'_, HashMap<NodeId, StateBatch>> {
        self.batches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A socket of another node, as a table sees it.
pub(super) struct RemoteSink {
    pub(super) states: Arc<RemoteStates>,
    pub(super) node: NodeId,
    pub(super) number: SeatNumber,
    pub(super) attempt: u32,
    /// The number of the next message.
    next: AtomicU32,
    /// Whether the socket has joined again, or left.
    is_void: AtomicBool,
}

impl RemoteSink {
    pub(super) fn new(
        states: &Arc<RemoteStates>,
        node: NodeId,
        number: SeatNumber,
        attempt: u32,
    ) -> Arc<Self> {
        Arc::new(Self {
            states: Arc::clone(states),
            node,
            number,
            attempt,
            next: AtomicU32::new(0),
            is_void: AtomicBool::new(false),
        })
    }

    /// Sends nothing more.
    pub(super) fn void(&self) {
        self.is_void.store(true, Ordering::Release);
    }

    pub(super) fn send_content(&self, content: SeatContent) {
        if self.is_void.load(Ordering::Acquire) {
            return;
        }
        let update = SeatUpdate {
            from: self.states.node,
            number: self.number,
            attempt: self.attempt,
            n: self.next.fetch_add(1, Ordering::AcqRel),
            content,
        };
        self.states.send_update(self.node, update);
    }
}

impl SeatSink for RemoteSink {
    fn state(&self, frame: &[u8]) -> bool {
        if !self.is_void.load(Ordering::Acquire) {
            let mut batches = self.states.batches();
            let batch = batches.entry(self.node).or_default();
            batch.add(self.states.node, self.number, self.attempt, frame);
        }
        false
    }

    fn send(&self, message: &TableMessage) {
        self.send_content(SeatContent::Message(message.clone()));
    }

    fn answer(&self, cid: Option<&str>, result: Result<(), ActionError>) {
        let error = result.err().map(RemoteError::from);
        self.send_content(SeatContent::Answer(cid.map(str::to_owned), error));
    }

    fn close(&self, reason: TableClose) {
        self.send_content(SeatContent::Close(reason));
    }
}
