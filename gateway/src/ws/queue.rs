//! What waits to be sent to one socket. Whoever has something to tell puts it here and goes on:
//! nobody waits for a slow reader.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::{Bytes, BytesMut};
use contract::chat::ChatId;
use tokio::sync::Notify;

use super::close::Close;
use super::frame;
use super::wake_batcher::WakeBatcher;

/// How much may wait. Beyond that ephemeral frames go first, then what was said in chats, which can
/// be read again, and then the socket.
pub(crate) const MAX_WAITING: usize = 512 * 1024;
/// How much is handed to the connection at once.
const PORTION: usize = 32 * 1024;

/// The bounded queue of one socket.
#[derive(Debug, Default)]
pub struct Queue {
    inner: Mutex<Inner>,
    /// Told once, when the queue begins to close.
    closing: Notify,
    /// Wakes the connection, where it runs on a thread with a bell.
    batcher: Option<Arc<WakeBatcher>>,
}

#[derive(Debug, Default)]
struct Inner {
    waiting: VecDeque<Waiting>,
    bytes: usize,
    /// The last frame, sent after what waits.
    farewell: Option<Bytes>,
    /// The code in it.
    code: Option<u16>,
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
    class: Class,
}

/// What becomes of a frame where there is no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// It is worth nothing when it is late, and goes first.
    Ephemeral,
    /// It is an event of a chat, which its reader can read again.
    OfChat(ChatId),
    /// It is sent, or the socket ends.
    Kept,
}

/// What became of a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pushed {
    /// It waits.
    Taken,
    /// It was ephemeral and there was no room.
    Dropped,
    /// There was no room for what was said in these chats: none of it waits any more, and the reader
    /// has to be told to read them again.
    Skipped(BTreeSet<ChatId>),
    /// There was no room: the reader is too slow, and the queue is now closing.
    Overflow,
    /// The queue was already closing.
    Closing,
}

impl Queue {
    /// A queue whose connection runs on the thread of this bell.
    #[must_use]
    pub fn new(batcher: Option<Arc<WakeBatcher>>) -> Self {
        Self {
            batcher,
            ..Self::default()
        }
    }

    /// Adds a frame.
    pub fn push(&self, bytes: Bytes, class: Class) -> Pushed {
        let mut inner = self.lock();
        if inner.closing {
            return Pushed::Closing;
        }
        let pushed = inner.push(bytes, class);
        if pushed == Pushed::Overflow {
            self.closing.notify_one();
        }
        self.wake(inner);
        pushed
    }

    /// Ends the queue after what waits. The first reason counts.
    pub fn close(&self, close: &Close) {
        let mut inner = self.lock();
        if !inner.closing {
            inner.closing = true;
            inner.say_farewell(close);
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

    /// The code with which it was closed here.
    #[must_use]
    pub fn close_code(&self) -> Option<u16> {
        self.lock().code
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
        match (waker, &self.batcher) {
            (Some(waker), Some(batcher)) => batcher.wake_all(waker),
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
    fn push(&mut self, bytes: Bytes, class: Class) -> Pushed {
        if self.has_room_for(&bytes) {
            return self.take_in(bytes, class);
        }
        if class == Class::Ephemeral {
            return Pushed::Dropped;
        }
        self.retain(|waiting| waiting.class != Class::Ephemeral);
        if self.has_room_for(&bytes) {
            return self.take_in(bytes, class);
        }
        let mut skipped = self.drop_chats();
        if let Class::OfChat(chat) = class {
            skipped.insert(chat);
        } else if self.has_room_for(&bytes) {
            self.take_in(bytes, class);
        } else {
            self.overflow();
            return Pushed::Overflow;
        }
        Pushed::Skipped(skipped)
    }

    fn has_room_for(&self, bytes: &Bytes) -> bool {
        self.bytes + bytes.len() <= MAX_WAITING
    }

    fn take_in(&mut self, bytes: Bytes, class: Class) -> Pushed {
        self.bytes += bytes.len();
        self.waiting.push_back(Waiting { bytes, class });
        Pushed::Taken
    }

    fn retain(&mut self, stays: impl Fn(&Waiting) -> bool) {
        self.waiting.retain(stays);
        self.bytes = self.waiting.iter().map(|waiting| waiting.bytes.len()).sum();
    }

    /// Drops what was said in chats; which those were.
    fn drop_chats(&mut self) -> BTreeSet<ChatId> {
        let chat = |waiting: &Waiting| match waiting.class {
            Class::OfChat(chat) => Some(chat),
            _ => None,
        };
        let chats = self.waiting.iter().filter_map(chat).collect();
        self.retain(|waiting| chat(waiting).is_none());
        chats
    }

    fn say_farewell(&mut self, close: &Close) {
        self.code = Some(close.code);
        self.farewell = Some(frame::close(close));
    }

    fn overflow(&mut self) {
        self.waiting = VecDeque::new();
        self.bytes = 0;
        self.closing = true;
        self.say_farewell(&Close::too_slow());
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
            queue.push(Bytes::from_static(b"one "), Class::Kept),
            Pushed::Taken
        );
        assert_eq!(
            queue.push(Bytes::from_static(b"two "), Class::Ephemeral),
            Pushed::Taken
        );
        queue.close(&Close::done());
        queue.close(&Close::too_slow());
        assert_eq!(
            queue.push(Bytes::from_static(b"late"), Class::Kept),
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
        assert_eq!(queue.push(piece.clone(), Class::Ephemeral), Pushed::Taken);
        let taken = (0..20)
            .map(|_| queue.push(piece.clone(), Class::Kept))
            .take_while(|pushed| *pushed == Pushed::Taken);
        assert_eq!(taken.count(), 8, "eight fit once the ephemeral one is gone");
        assert_eq!(queue.push(piece, Class::Ephemeral), Pushed::Closing);
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
            queue.push(Bytes::from_static(b"late"), Class::Kept),
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
        queue.push(piece, Class::Kept);
        assert_eq!(
            queue.push(Bytes::from(vec![b'y'; 20 * 1024]), Class::Ephemeral),
            Pushed::Dropped
        );
        assert_eq!(drain(&queue).len(), 500 * 1024);
    }

    #[test]
    fn who_falls_behind_in_a_chat_loses_that_chat_and_not_the_socket() {
        let queue = Queue::default();
        let env = kernel::Env::system();
        let (one, other): (ChatId, ChatId) = (env.id(), env.id());
        let piece = |letter: u8| Bytes::from(vec![letter; 60 * 1024]);
        queue.push(piece(b'k'), Class::Kept);
        queue.push(piece(b'e'), Class::Ephemeral);
        queue.push(piece(b'o'), Class::OfChat(other));
        for _ in 0..6 {
            assert_eq!(queue.push(piece(b'c'), Class::OfChat(one)), Pushed::Taken);
        }
        let skipped = queue.push(piece(b'c'), Class::OfChat(one));
        assert_eq!(skipped, Pushed::Skipped(BTreeSet::from([one, other])));
        assert_eq!(queue.push(piece(b'n'), Class::OfChat(one)), Pushed::Taken);
        let mut left = drain(&queue);
        left.dedup();
        assert_eq!(left, b"kn");
    }

    #[test]
    fn what_must_be_sent_takes_the_place_of_what_can_be_read_again() {
        let queue = Queue::default();
        let chat: ChatId = kernel::Env::system().id();
        queue.push(Bytes::from(vec![b'c'; 500 * 1024]), Class::OfChat(chat));
        let news = Bytes::from(vec![b'n'; 20 * 1024]);
        let skipped = queue.push(news, Class::Kept);
        assert_eq!(skipped, Pushed::Skipped(BTreeSet::from([chat])));
        assert_eq!(drain(&queue).len(), 20 * 1024);
    }
}
