//! What a client has sent and its socket has not done yet.
//!
//! Frames are read as they arrive, also while an action waits for the database, so that the time
//! of each counts from its arrival and a ping is answered meanwhile.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::Notify;

use super::End;
use crate::ws::close::Close;

/// How much may wait, in bytes. Beyond that actions are refused at once.
pub(crate) const MAX_UNREAD_ACTIONS: usize = 256 * 1024;
/// What a frame takes besides its text.
const OVERHEAD: usize = 256;

/// Something that a client sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Received {
    /// A text frame, and the monotonic time at which it came.
    Frame { text: String, arrived: Duration },
    /// The last: the socket is to be closed like this.
    End(Close, End),
}

/// The queue between the two halves of a socket's task, in the order of arrival.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    waiting: RefCell<VecDeque<Entry>>,
    bytes: Cell<usize>,
    /// Whether the client was greeted.
    is_open: Cell<bool>,
    /// Whether something is being done.
    is_working: Cell<bool>,
    added: Notify,
}

#[derive(Debug)]
struct Entry {
    received: Received,
    size: usize,
    is_ping: bool,
}

impl Inbox {
    /// Says that the client was greeted: from now on what waits is done.
    pub(super) fn open(&self) {
        self.is_open.set(true);
    }

    pub(super) fn is_open(&self) -> bool {
        self.is_open.get()
    }

    /// Whether what is added now has to wait.
    pub(super) fn is_busy(&self) -> bool {
        !self.is_open() || self.is_working.get() || !self.waiting.borrow().is_empty()
    }

    /// Says whether something is being done.
    pub(super) fn set_working(&self, is_working: bool) {
        self.is_working.set(is_working);
    }

    /// Whether this frame may wait too.
    pub(super) fn has_room_for(&self, text: &str) -> bool {
        self.bytes.get() + text.len() + OVERHEAD <= MAX_UNREAD_ACTIONS
    }

    /// Adds a frame.
    pub(super) fn add(&self, text: String, arrived: Duration, is_ping: bool) {
        let size = text.len() + OVERHEAD;
        let received = Received::Frame { text, arrived };
        self.push(Entry {
            received,
            size,
            is_ping,
        });
    }

    /// Ends the socket after what waits.
    pub(super) fn end(&self, close: Close, end: End) {
        self.push(Entry {
            received: Received::End(close, end),
            size: 0,
            is_ping: false,
        });
    }

    fn push(&self, entry: Entry) {
        self.bytes.set(self.bytes.get() + entry.size);
        self.waiting.borrow_mut().push_back(entry);
        self.added.notify_one();
    }

    /// The next in order, once there is one. It can be given up and asked again without a loss.
    pub(super) async fn next(&self) -> Received {
        loop {
            if let Some(entry) = self.pop() {
                return entry.received;
            }
            self.added.notified().await;
        }
    }

    fn pop(&self) -> Option<Entry> {
        let entry = self.waiting.borrow_mut().pop_front()?;
        self.bytes.set(self.bytes.get().saturating_sub(entry.size));
        Some(entry)
    }

    /// Takes out the pings that wait.
    pub(super) fn take_pings(&self) -> Vec<String> {
        let mut waiting = self.waiting.borrow_mut();
        let (pings, others): (VecDeque<_>, VecDeque<_>) =
            waiting.drain(..).partition(|entry| entry.is_ping);
        *waiting = others;
        self.bytes.set(waiting.iter().map(|entry| entry.size).sum());
        let texts = pings.into_iter().filter_map(|entry| match entry.received {
            Received::Frame { text, .. } => Some(text),
            Received::End(..) => None,
        });
        texts.collect()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn frame(text: &str) -> Received {
        let (text, arrived) = (text.to_owned(), Duration::ZERO);
        Received::Frame { text, arrived }
    }

    fn add(inbox: &Inbox, text: &str, is_ping: bool) {
        inbox.add(text.to_owned(), Duration::ZERO, is_ping);
    }

    #[test]
    fn next_keeps_the_order_and_the_end_comes_last() {
        let inbox = Inbox::default();
        assert!(inbox.is_busy(), "the client was not greeted yet");
        inbox.open();
        assert!(!inbox.is_busy());
        add(&inbox, "one", false);
        add(&inbox, "two", false);
        inbox.end(Close::done(), End::ByClient);
        assert!(inbox.is_busy());
        let all: Vec<_> = (0..3).map(|_| inbox.next().now_or_never()).collect();
        let end = Received::End(Close::done(), End::ByClient);
        assert_eq!(all, [Some(frame("one")), Some(frame("two")), Some(end)]);
        assert!(inbox.next().now_or_never().is_none() && !inbox.is_busy());
        inbox.set_working(true);
        assert!(inbox.is_busy());
    }

    #[test]
    fn take_pings_leaves_actions_where_they_are() {
        let inbox = Inbox::default();
        for (text, is_ping) in [("a", false), ("p1", true), ("b", false), ("p2", true)] {
            add(&inbox, text, is_ping);
        }
        assert_eq!(inbox.take_pings(), ["p1", "p2"]);
        assert_eq!(inbox.next().now_or_never(), Some(frame("a")));
        assert_eq!(inbox.next().now_or_never(), Some(frame("b")));
        assert_eq!(inbox.bytes.get(), 0);
    }

    #[test]
    fn has_room_until_too_much_waits() {
        let inbox = Inbox::default();
        let large = "x".repeat(60 * 1024);
        let mut count = 0;
        while inbox.has_room_for(&large) {
            add(&inbox, &large, false);
            count += 1;
        }
        assert_eq!(count, 4);
        assert!(inbox.next().now_or_never().is_some());
        assert!(inbox.has_room_for(&large));
    }
}
