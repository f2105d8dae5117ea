//! The bounded queue of messages to other nodes.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use super::lost_topics::PendingLoss;
use crate::Topic;

/// Capacity in messages.
const MAX_MESSAGES: usize = 1 << 16;
/// Capacity in payload bytes: the memory a node may use for a Redis that hangs.
const MAX_BYTES: usize = 32 << 20;

/// The bounded queue between those who publish and the task that sends.
pub(super) struct PublishQueue {
    commands: mpsc::Sender<PublisherCommand>,
    waiting: AtomicUsize,
    pub(super) missed: PendingLoss,
    pub(super) lost: AtomicU64,
}

/// A command to the publish task.
pub(super) enum PublisherCommand {
    /// Publish a message.
    Publish(Topic, Bytes),
    /// Acknowledge when all earlier commands are done.
    Flush(oneshot::Sender<()>),
}

impl PublishQueue {
    pub(super) fn new() -> (Self, mpsc::Receiver<PublisherCommand>) {
        let (commands, receiver) = mpsc::channel(MAX_MESSAGES);
        let publish_queue = Self {
            commands,
            waiting: AtomicUsize::new(0),
            missed: PendingLoss::default(),
            lost: AtomicU64::new(0),
        };
        (publish_queue, receiver)
    }

    /// Queues a message, or records its loss when the queue is full.
    pub(super) fn push(&self, topic: &Topic, payload: Bytes) {
        let length = payload.len();
        let before = self.waiting.fetch_add(length, Ordering::Relaxed);
        let fits = before.saturating_add(length) <= MAX_BYTES;
        if !fits
            || self
                .commands
                .try_send(PublisherCommand::Publish(topic.clone(), payload))
                .is_err()
        {
            self.waiting.fetch_sub(length, Ordering::Relaxed);
            self.lose(topic);
        }
    }

    /// Accounts for a completed command.
    pub(super) fn complete(&self, command: PublisherCommand) {
        match command {
            PublisherCommand::Publish(_, payload) => {
                self.waiting.fetch_sub(payload.len(), Ordering::Relaxed);
            }
            // The caller may have stopped waiting.
            PublisherCommand::Flush(done) => drop(done.send(())),
        }
    }

    /// Records a message that will not reach the other nodes.
    pub(super) fn lose(&self, topic: &Topic) {
        self.lost.fetch_add(1, Ordering::Relaxed);
        self.missed.mark(topic);
    }

    /// Waits until all queued commands are done.
    pub(super) async fn flushed(&self) {
        let (done, is_done) = oneshot::channel();
        if self
            .commands
            .send(PublisherCommand::Flush(done))
            .await
            .is_ok()
        {
            // An error means that the task has ended and sends nothing any more.
            let _ = is_done.await;
        }
    }
}
