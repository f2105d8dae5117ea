//! The bounded queue of what is to be sent to one socket. Senders never wait for a slow reader.
//!
//! Beside the queue there is one slot for a frame of which only the latest counts, such as the state of a
//! match: it is overwritten in place until it is sent, after what waits in the queue.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::{Bytes, BytesMut};
use contract::streams::StreamName;
use tokio::sync::Notify;

use crate::close::Close;
use crate::frame::{self, DataKind};
use crate::message::Priority;
use crate::sync::{Mutex, MutexGuard, PoisonError};
use crate::wake_batcher::WakeBatcher;

/// The most bytes that wait. Beyond that ephemeral frames are dropped first, then events that can be
/// read again, and then the socket is closed.
pub const MAX_QUEUED_BYTES: usize = 512 * 1024;
/// The most bytes that are written in one piece, unless a single frame is larger.
const MAX_CHUNK: usize = 32 * 1024;

/// The queue of one socket.
#[derive(Debug, Default)]
pub struct SendQueue {
    inner: Mutex<QueueInner>,
    /// Notified when the queue begins to close.
    closing: Notify,
    /// Wakes the connection, if its thread has one.
    batcher: Option<Arc<WakeBatcher>>,
}

#[derive(Debug, Default)]
struct QueueInner {
    waiting: VecDeque<QueuedFrame>,
    bytes: usize,
    /// The frame of which only the latest counts; empty if none waits. Its memory is used again.
    latest: BytesMut,
    /// The close frame, sent after what waits.
    close_frame: Option<Bytes>,
    /// The code in it.
    close_code: Option<u16>,
    /// No more frames are accepted.
    is_closing: bool,
    /// The connection was lost before it was closed here.
    is_cut: bool,
    /// Wakes the connection, which waits for frames.
    waker: Option<Waker>,
}

#[derive(Debug)]
struct QueuedFrame {
    bytes: Bytes,
    priority: Priority,
}

/// The result of adding a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pushed {
    /// It waits.
    Queued,
    /// It is ephemeral and there was no room.
    Dropped,
    /// There was no room: all events of these streams were dropped, and the reader must be told to
    /// read the streams again.
    Skipped(BTreeSet<StreamName>),
    /// There was no room: the reader is too slow, and the queue is closing now.
    Overflow,
    /// The queue was closing already.
    Closing,
}

impl SendQueue {
    /// A queue whose connection runs on the thread of this batcher.
    #[must_use]
    pub fn new(batcher: Option<Arc<WakeBatcher>>) -> Self {
        Self {
            batcher,
            ..Self::default()
        }
    }

    /// Adds a frame.
    pub fn push(&self, bytes: Bytes, priority: Priority) -> Pushed {
        let mut inner = self.lock();
        if inner.is_closing {
            return Pushed::Closing;
        }
        let pushed = inner.push(bytes, priority);
        if pushed == Pushed::Overflow {
            self.closing.notify_one();
        }
        self.wake(inner);
        pushed
    }

    /// Puts a frame into the slot for the latest one, and returns whether it replaces one that was not
    /// sent. The connection is woken when its thread's batcher is [flushed](WakeBatcher::flush).
    pub fn set_latest(&self, kind: DataKind, payload: &[u8]) -> bool {
        let mut inner = self.lock();
        if inner.is_closing {
            return false;
        }
        let replaces = !inner.latest.is_empty();
        frame::overwrite(&mut inner.latest, kind, payload);
        let waker = inner.waker.take();
        drop(inner);
        match (waker, &self.batcher) {
            (Some(waker), Some(batcher)) => batcher.add(waker),
            (Some(waker), None) => waker.wake(),
            (None, _) => {}
        }
        replaces
    }

    /// Ends the queue after what waits. Further calls change nothing.
    pub fn close(&self, close: &Close) {
        let mut inner = self.lock();
        if !inner.is_closing {
            inner.is_closing = true;
            inner.set_close_frame(close);
            self.closing.notify_one();
            self.wake(inner);
        }
    }

    /// The connection is lost: what waits is discarded.
    pub fn cut(&self) {
        let mut inner = self.lock();
        inner.clear();
        inner.is_cut = !inner.is_closing;
        inner.is_closing = true;
        self.closing.notify_one();
    }

    /// Whether the connection was lost before it was closed here.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.lock().is_cut
    }

    /// The code with which it was closed here.
    #[must_use]
    pub fn close_code(&self) -> Option<u16> {
        self.lock().close_code
    }

    /// Waits until the queue begins to close. Only one task may wait.
    pub async fn closing(&self) {
        self.closing.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, QueueInner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes the connection, after the lock is released.
    fn wake(&self, mut inner: MutexGuard<'_, QueueInner>) {
        let waker = inner.waker.take();
        drop(inner);
        match (waker, &self.batcher) {
            (Some(waker), Some(batcher)) => batcher.wake(waker),
            (Some(waker), None) => waker.wake(),
            (None, _) => {}
        }
    }

    /// The next bytes to write; `None` after the close frame.
    pub fn poll_next(&self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let mut inner = self.lock();
        if let Some(bytes) = inner.next_chunk() {
            return Poll::Ready(Some(bytes));
        }
        if inner.is_closing {
            return Poll::Ready(inner.close_frame.take());
        }
        match &mut inner.waker {
            Some(waker) => waker.clone_from(context.waker()),
            empty => *empty = Some(context.waker().clone()),
        }
        Poll::Pending
    }
}

impl QueueInner {
    fn push(&mut self, bytes: Bytes, priority: Priority) -> Pushed {
        if self.has_room_for(&bytes) {
            return self.queue(bytes, priority);
        }
        if priority == Priority::Ephemeral {
            return Pushed::Dropped;
        }
        self.retain(|frame| frame.priority != Priority::Ephemeral);
        if self.has_room_for(&bytes) {
            return self.queue(bytes, priority);
        }
        let mut skipped = self.drop_resyncable();
        if let Priority::Resyncable(stream) = priority {
            skipped.insert(stream);
        } else if self.has_room_for(&bytes) {
            self.queue(bytes, priority);
        } else {
            self.overflow();
            return Pushed::Overflow;
        }
        Pushed::Skipped(skipped)
    }

    fn has_room_for(&self, bytes: &Bytes) -> bool {
        self.bytes + bytes.len() <= MAX_QUEUED_BYTES
    }

    fn queue(&mut self, bytes: Bytes, priority: Priority) -> Pushed {
        self.bytes += bytes.len();
        self.waiting.push_back(QueuedFrame { bytes, priority });
        Pushed::Queued
    }

    fn retain(&mut self, is_kept: impl Fn(&QueuedFrame) -> bool) {
        self.waiting.retain(is_kept);
        self.bytes = self.waiting.iter().map(|frame| frame.bytes.len()).sum();
    }

    /// Drops the events that can be read again and returns their streams.
    fn drop_resyncable(&mut self) -> BTreeSet<StreamName> {
        let stream = |frame: &QueuedFrame| match frame.priority {
            Priority::Resyncable(stream) => Some(stream),
            Priority::Ephemeral | Priority::Required => None,
        };
        let streams = self.waiting.iter().filter_map(stream).collect();
        self.retain(|frame| stream(frame).is_none());
        streams
    }

    fn set_close_frame(&mut self, close: &Close) {
        self.close_code = Some(close.code);
        self.close_frame = Some(frame::close(close));
    }

    fn clear(&mut self) {
        self.waiting = VecDeque::new();
        self.bytes = 0;
        self.latest = BytesMut::new();
    }

    fn overflow(&mut self) {
        self.clear();
        self.is_closing = true;
        self.set_close_frame(&Close::too_slow());
    }

    /// One frame as it is, or several in one piece, so that a burst is one write.
    fn next_chunk(&mut self) -> Option<Bytes> {
        let Some(first) = self.pop() else {
            return self.take_latest();
        };
        if self.waiting.is_empty() && self.latest.is_empty() {
            self.waiting.shrink_to(8);
            return Some(first);
        }
        let size = first.len() + self.bytes + self.latest.len();
        let mut chunk = BytesMut::with_capacity(MAX_CHUNK.min(size));
        chunk.extend_from_slice(&first);
        while chunk.len() < MAX_CHUNK
            && let Some(next) = self.pop()
        {
            chunk.extend_from_slice(&next);
        }
        if self.waiting.is_empty() {
            chunk.extend_from_slice(&self.latest);
            self.latest.clear();
        }
        Some(chunk.freeze())
    }

    fn take_latest(&mut self) -> Option<Bytes> {
        let latest = self.latest.split().freeze();
        Some(latest).filter(|frame| !frame.is_empty())
    }

    fn pop(&mut self) -> Option<Bytes> {
        let frame = self.waiting.pop_front()?;
        self.bytes -= frame.bytes.len();
        Some(frame.bytes)
    }
}
