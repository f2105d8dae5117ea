//! What waits to be sent to the other nodes.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use super::missed::MissedTopics;
use crate::Topic;

/// How many messages may wait.
const MESSAGES: usize = 1 << 16;
/// How many bytes of payload may wait: what one node can have in memory for a Redis that hangs.
const BYTES: usize = 32 << 20;

/// The bounded queue between those who publish and the task that sends.
pub(super) struct Outbox {
    orders: mpsc::Sender<Order>,
    waiting: AtomicUsize,
    pub(super) missed: MissedTopics,
    pub(super) lost: AtomicU64,
}

/// Something for the sending task.
pub(super) enum Order {
    /// Send this.
    Send(Topic, Bytes),
    /// Tell when everything before is done with.
    Tell(oneshot::Sender<()>),
}

impl Outbox {
    pub(super) fn new() -> (Self, mpsc::Receiver<Order>) {
        let (orders, receiver) = mpsc::channel(MESSAGES);
        let outbox = Self {
            orders,
            waiting: AtomicUsize::new(0),
            missed: MissedTopics::default(),
            lost: AtomicU64::new(0),
        };
        (outbox, receiver)
    }

    /// Queues a message, or counts it as lost where there is no room.
    pub(super) fn push(&self, topic: &Topic, payload: Bytes) {
        let length = payload.len();
        let before = self.waiting.fetch_add(length, Ordering::Relaxed);
        let fits = before.saturating_add(length) <= BYTES;
        if !fits
            || self
                .orders
                .try_send(Order::Send(topic.clone(), payload))
                .is_err()
        {
            self.waiting.fetch_sub(length, Ordering::Relaxed);
            self.lose(topic);
        }
    }

    /// An order is done with.
    pub(super) fn settle(&self, order: Order) {
        match order {
            Order::Send(_, payload) => {
                self.waiting.fetch_sub(payload.len(), Ordering::Relaxed);
            }
            // Whoever asked may be gone.
            Order::Tell(tell) => drop(tell.send(())),
        }
    }

    /// A message will not reach the others, who must be told.
    pub(super) fn lose(&self, topic: &Topic) {
        self.lost.fetch_add(1, Ordering::Relaxed);
        self.missed.mark(topic);
    }

    /// Waits until the queue was worked off up to here.
    pub(super) async fn flushed(&self) {
        let (tell, told) = oneshot::channel();
        if self.orders.send(Order::Tell(tell)).await.is_ok() {
            // An error means that the task has ended and sends nothing any more.
            let _ = told.await;
        }
    }
}
