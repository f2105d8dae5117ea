//! What a client has sent and its socket has not executed yet.
//!
//! Frames are read as they arrive, also while an action waits for the database: the deadline of each
//! counts from its arrival, and pings are answered meanwhile.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use bytes::BytesMut;
use tokio::sync::Notify;

use super::end::End;
use super::input_lane::InputLane;
use crate::close::Close;

/// The most bytes of frames that wait. Beyond that actions are refused at once.
pub const MAX_UNREAD_BYTES: usize = 256 * 1024;
/// The size of a frame besides its text.
const OVERHEAD: usize = 256;

/// What the reading half passes on.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Received {
    /// A text frame and the monotonic time of its arrival.
    Frame { text: String, arrived: Duration },
    /// A binary frame that came before the client was greeted.
    Binary(BytesMut),
    /// The client has sent inputs.
    Activity,
    /// The end: the socket is to be closed like this.
    End(Close, End),
}

/// The queue between the two halves of a socket's task.
#[derive(Default)]
pub(crate) struct Inbox {
    waiting: RefCell<VecDeque<Entry>>,
    bytes: Cell<usize>,
    /// Whether the client has been greeted.
    is_open: Cell<bool>,
    /// What takes inputs past this queue.
    lane: RefCell<Option<Rc<dyn InputLane>>>,
    /// Whether an action is being executed.
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
    /// The client has been greeted: from now on actions are executed.
    pub(crate) fn open(&self, lane: Option<Rc<dyn InputLane>>) {
        self.lane.replace(lane);
        self.is_open.set(true);
    }

    pub(crate) fn lane(&self) -> Option<Rc<dyn InputLane>> {
        self.lane.borrow().clone()
    }

    pub(crate) fn is_open(&self) -> bool {
        self.is_open.get()
    }

    /// Whether a frame that is added now must wait.
    pub(crate) fn is_busy(&self) -> bool {
        !self.is_open() || self.is_working.get() || !self.waiting.borrow().is_empty()
    }

    /// Sets whether an action is being executed.
    pub(crate) fn set_working(&self, is_working: bool) {
        self.is_working.set(is_working);
    }

    /// Whether there is room for this frame.
    pub(crate) fn has_room_for(&self, frame: &[u8]) -> bool {
        self.bytes.get() + frame.len() + OVERHEAD <= MAX_UNREAD_BYTES
    }

    /// Adds a frame.
    pub(crate) fn add(&self, text: String, arrived: Duration, is_ping: bool) {
        let size = text.len() + OVERHEAD;
        let received = Received::Frame { text, arrived };
        self.push(Entry {
            received,
            size,
            is_ping,
        });
    }

    /// Adds a binary frame.
    pub(crate) fn add_binary(&self, payload: BytesMut) {
        self.push(Entry {
            size: payload.len() + OVERHEAD,
            received: Received::Binary(payload),
            is_ping: false,
        });
    }

    /// Notes that the client has sent inputs.
    pub(crate) fn note_activity(&self) {
        self.push(Entry {
            received: Received::Activity,
            size: 0,
            is_ping: false,
        });
    }

    /// Ends the socket after what waits.
    pub(crate) fn end(&self, close: Close, end: End) {
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

    /// Waits for the next entry. Cancelling the future loses nothing.
    pub(crate) async fn next(&self) -> Received {
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

    /// Removes the pings and returns them.
    pub(crate) fn take_pings(&self) -> Vec<String> {
        let mut waiting = self.waiting.borrow_mut();
        let (pings, others): (VecDeque<_>, VecDeque<_>) =
            waiting.drain(..).partition(|entry| entry.is_ping);
        *waiting = others;
        self.bytes.set(waiting.iter().map(|entry| entry.size).sum());
        let texts = pings.into_iter().filter_map(|entry| match entry.received {
            Received::Frame { text, .. } => Some(text),
            Received::Binary(_) | Received::Activity | Received::End(..) => None,
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
        inbox.open(None);
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
        while inbox.has_room_for(large.as_bytes()) {
            add(&inbox, &large, false);
            count += 1;
        }
        assert_eq!(count, 4);
        assert!(inbox.next().now_or_never().is_some());
        assert!(inbox.has_room_for(large.as_bytes()));
    }
}
