//! What waits to be sent to one socket. Whoever has something to tell puts it here and goes on:
//! nobody waits for a slow reader.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::{Bytes, BytesMut};
use tokio::sync::Notify;

use super::bell::Bell;
use super::close::Close;
use super::frame;

/// How much may wait. Beyond that ephemeral frames go first, and then the socket.
pub(crate) const MOST_WAITING: usize = 512 * 1024;
/// How much is handed to the connection at once.
const PORTION: usize = 32 * 1024;

/// The bounded queue of one socket.
#[derive(Debug, Default)]
pub struct Queue {
    inner: Mutex<Inner>,
    /// Told once, when the queue begins to close.
    closing: Notify,
    /// Wakes the connection, where it runs on a thread with a bell.
    bell: Option<Arc<Bell>>,
}

#[derive(Debug, Default)]
struct Inner {
    waiting: VecDeque<Waiting>,
    bytes: usize,
    /// The last frame, sent after what waits.
    farewell: Option<Bytes>,
    /// Nothing more is taken.
    closing: bool,
    /// The connection was gone before it was closed here.
    cut: bool,
    /// The connection's, to be told that there is something to send.
    waker: Option<Waker>,
}

#[derive(Debug)]
struct Waiting {
    bytes: Bytes,
    ephemeral: bool,
}

/// What became of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    /// It waits.
    Taken,
    /// It was ephemeral and there was no room.
    Dropped,
    /// There was no room: the reader is too slow, and the queue is now closing.
    Overflow,
    /// The queue was already closing.
    Closing,
}

impl Queue {
    /// A queue whose connection runs on the thread of this bell.
    #[must_use]
    pub fn new(bell: Option<Arc<Bell>>) -> Self {
        Self {
            bell,
            ..Self::default()
        }
    }

    /// Adds a frame.
    pub fn push(&self, bytes: Bytes, ephemeral: bool) -> Pushed {
        let mut inner = self.lock();
        if inner.closing {
            return Pushed::Closing;
        }
        if inner.bytes + bytes.len() > MOST_WAITING {
            if ephemeral {
                return Pushed::Dropped;
            }
            inner.drop_ephemerals();
            if inner.bytes + bytes.len() > MOST_WAITING {
                inner.overflow();
                self.closing.notify_one();
                self.wake(inner);
                return Pushed::Overflow;
            }
        }
        inner.bytes += bytes.len();
        inner.waiting.push_back(Waiting { bytes, ephemeral });
        self.wake(inner);
        Pushed::Taken
    }

    /// Ends the queue after what waits. The first reason counts.
    pub fn close(&self, close: &Close) {
        let mut inner = self.lock();
        if !inner.closing {
            inner.closing = true;
            inner.farewell = Some(frame::close(close));
            self.closing.notify_one();
            self.wake(inner);
        }
    }

    /// The connection is gone: whatever waits is for nobody.
    pub fn cut(&self) {
        let mut inner = self.lock();
        inner.waiting = VecDeque::new();
        inner.bytes = 0;
        inner.cut = !inner.closing;
        inner.closing = true;
        self.closing.notify_one();
    }

    /// Whether the connection was gone before it was closed here.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.lock().cut
    }

    /// Waits until the queue begins to close; for one who waits.
    pub async fn closing(&self) {
        self.closing.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes the connection, after the lock is let go.
    fn wake(&self, mut inner: MutexGuard<'_, Inner>) {
        let waker = inner.waker.take();
        drop(inner);
        match (waker, &self.bell) {
            (Some(waker), Some(bell)) => bell.ring(waker),
            (Some(waker), None) => waker.wake(),
            (None, _) => {}
        }
    }

    /// The next bytes for the wire; `None` after the close frame.
    pub fn poll_next(&self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let mut inner = self.lock();
        if let Some(bytes) = inner.next_portion() {
            return Poll::Ready(Some(bytes));
        }
        if inner.closing {
            return Poll::Ready(inner.farewell.take());
        }
        match &mut inner.waker {
            Some(waker) => waker.clone_from(context.waker()),
            empty => *empty = Some(context.waker().clone()),
        }
        Poll::Pending
    }
}

impl Inner {
    fn drop_ephemerals(&mut self) {
        self.waiting.retain(|waiting| !waiting.ephemeral);
        self.bytes = self.waiting.iter().map(|waiting| waiting.bytes.len()).sum();
    }

    fn overflow(&mut self) {
        self.waiting = VecDeque::new();
        self.bytes = 0;
        self.closing = true;
        self.farewell = Some(frame::close(&Close::too_slow()));
    }

    /// One frame as it is, or several in one piece, so that a burst is one write.
    fn next_portion(&mut self) -> Option<Bytes> {
        let first = self.take()?;
        if self.waiting.is_empty() {
            self.waiting.shrink_to(8);
            return Some(first);
        }
        let mut portion = BytesMut::with_capacity(PORTION.min(self.bytes + first.len()));
        portion.extend_from_slice(&first);
        while portion.len() < PORTION
            && let Some(next) = self.take()
        {
            portion.extend_from_slice(&next);
        }
        Some(portion.freeze())
    }

    fn take(&mut self) -> Option<Bytes> {
        let Waiting { bytes, .. } = self.waiting.pop_front()?;
        self.bytes -= bytes.len();
        Some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drain(queue: &Queue) -> Vec<u8> {
        let mut all = vec![];
        let mut context = Context::from_waker(Waker::noop());
        while let Poll::Ready(Some(bytes)) = queue.poll_next(&mut context) {
            all.extend_from_slice(&bytes);
        }
        all
    }

    #[test]
    fn frames_leave_in_order_and_the_close_frame_last() {
        let queue = Queue::default();
        assert_eq!(
            queue.push(Bytes::from_static(b"one "), false),
            Pushed::Taken
        );
        assert_eq!(queue.push(Bytes::from_static(b"two "), true), Pushed::Taken);
        queue.close(&Close::done());
        queue.close(&Close::too_slow());
        assert_eq!(
            queue.push(Bytes::from_static(b"late"), false),
            Pushed::Closing
        );
        assert_eq!(
            drain(&queue),
            [b"one two ".as_slice(), &[0x88, 2, 0x03, 0xE8]].concat()
        );
    }

    #[test]
    fn ephemerals_make_room_and_then_the_socket_is_given_up() {
        let queue = Queue::default();
        let piece = Bytes::from(vec![b'x'; 60 * 1024]);
        assert_eq!(queue.push(piece.clone(), true), Pushed::Taken);
        let taken = (0..20)
            .map(|_| queue.push(piece.clone(), false))
            .take_while(|pushed| *pushed == Pushed::Taken);
        assert_eq!(taken.count(), 8, "eight fit once the ephemeral one is gone");
        assert_eq!(queue.push(piece, true), Pushed::Closing);
        let left = drain(&queue);
        assert_eq!(
            left[2..4],
            4408_u16.to_be_bytes(),
            "nothing but the close frame is left"
        );
        assert!(left.len() < 128);
    }

    #[test]
    fn only_a_connection_that_was_not_closed_here_was_cut() {
        let queue = Queue::default();
        queue.cut();
        assert!(queue.is_cut());
        assert_eq!(
            queue.push(Bytes::from_static(b"late"), false),
            Pushed::Closing
        );
        let queue = Queue::default();
        queue.close(&Close::done());
        queue.cut();
        assert!(!queue.is_cut());
    }

    #[test]
    fn an_ephemeral_frame_never_costs_a_durable_one() {
        let queue = Queue::default();
        let piece = Bytes::from(vec![b'x'; 500 * 1024]);
        queue.push(piece, false);
        assert_eq!(
            queue.push(Bytes::from(vec![b'y'; 20 * 1024]), true),
            Pushed::Dropped
        );
        assert_eq!(drain(&queue).len(), 500 * 1024);
    }
}
