//! A bounded queue of work for some database threads, and whether those have connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use kernel::Fault;
use kernel::fault::Common;

use crate::errors::Described;
use crate::work::{Ending, Work};

/// How many jobs may wait. Beyond that the server sheds load rather than memory.
const MAX_WAITING: usize = 4_096;

const AWAY: &str = "the database cannot be reached";

/// The end where work enters.
#[derive(Clone)]
pub(crate) struct WorkSender {
    work: Sender<Box<dyn Work>>,
    state: Arc<State>,
}

/// The end where a database thread takes work.
#[derive(Clone)]
pub(crate) struct WorkReceiver {
    work: Receiver<Box<dyn Work>>,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    /// Threads that can take work.
    connected: AtomicUsize,
    /// Whether the last attempt to connect has failed.
    failing: AtomicBool,
}

impl State {
    fn is_away(&self) -> bool {
        self.failing.load(Ordering::Acquire) && self.connected.load(Ordering::Acquire) == 0
    }
}

pub(crate) fn work_queue() -> (WorkSender, WorkReceiver) {
    let ((sender, receiver), state) = (bounded(MAX_WAITING), Arc::new(State::default()));
    let entrance = WorkSender {
        work: sender,
        state: Arc::clone(&state),
    };
    let exit = WorkReceiver {
        work: receiver,
        state,
    };
    (entrance, exit)
}

impl WorkSender {
    /// Queues work, unless the queue is full or no thread can reach the database.
    pub(crate) fn submit(&self, work: Box<dyn Work>) -> Result<(), Fault> {
        if self.state.is_away() {
            return Err(Fault::unavailable(Described(AWAY.to_owned())));
        }
        match self.work.try_send(work) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(_)) => {
                Err(Common::Overloaded.retry_after(Duration::from_secs(1)))
            }
            Err(TrySendError::Disconnected(_)) => Err(stopped()),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.work.len()
    }
}

pub(crate) fn stopped() -> Fault {
    Fault::unavailable(Described("the database threads have stopped".to_owned()))
}

impl WorkReceiver {
    /// The next work that somebody still waits for; none once the store is dropped.
    pub(crate) fn next(&self) -> Option<Box<dyn Work>> {
        loop {
            let work = self.work.recv().ok()?;
            if !work.expired() {
                return Some(work);
            }
            work.finish(Ending::Lost("the deadline passed in the queue"));
        }
    }

    /// The next work that somebody still waits for, if there is some now.
    pub(crate) fn try_next(&self) -> Option<Box<dyn Work>> {
        loop {
            let work = self.work.try_recv().ok()?;
            if !work.expired() {
                return Some(work);
            }
            work.finish(Ending::Lost("the deadline passed in the queue"));
        }
    }

    /// One more thread has a connection.
    pub(crate) fn connected(&self) {
        self.state.connected.fetch_add(1, Ordering::AcqRel);
        self.state.failing.store(false, Ordering::Release);
    }

    /// One thread less has a connection.
    pub(crate) fn disconnected(&self) {
        self.state.connected.fetch_sub(1, Ordering::AcqRel);
    }

    /// The database could not be reached. What waits is refused unless another thread can.
    pub(crate) fn unreachable(&self) {
        self.state.failing.store(true, Ordering::Release);
        while self.state.is_away()
            && let Ok(work) = self.work.try_recv()
        {
            work.finish(Ending::Lost(AWAY));
        }
    }
}
