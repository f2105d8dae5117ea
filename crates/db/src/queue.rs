//! A bounded queue of work for some database threads, and whether those can reach the database.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use kernel::AppError;
use kernel::error::Common;

use crate::errors::MessageError;
use crate::task::{DbTask, TxOutcome};

/// How many jobs may wait. Beyond that the server sheds load rather than memory.
const MAX_WAITING: usize = 4_096;

const AWAY: &str = "the database cannot be reached";

/// The end where work enters.
#[derive(Clone)]
pub(crate) struct TaskSender {
    work: Sender<Box<dyn DbTask>>,
    state: Arc<State>,
}

/// The end where a database thread takes work.
#[derive(Clone)]
pub(crate) struct TaskReceiver {
    work: Receiver<Box<dyn DbTask>>,
    state: Arc<State>,
}

struct State {
    /// Threads that have a connection.
    connected: AtomicUsize,
    server: Arc<Server>,
}

/// What is known of a database server by all who ask it.
#[derive(Debug, Default)]
pub(crate) struct Server {
    /// Whether the last attempt to connect has failed.
    refuses: AtomicBool,
    /// Whether it does not answer those that are connected either.
    hangs: AtomicBool,
}

impl Server {
    /// It took a connection or answered on one. Whether that is news.
    pub(crate) fn answered(&self) -> bool {
        let refused = self.refuses.swap(false, Ordering::AcqRel);
        self.hangs.swap(false, Ordering::AcqRel) || refused
    }

    /// It took no connection. Whether that is news.
    pub(crate) fn refused(&self) -> bool {
        !self.refuses.swap(true, Ordering::AcqRel)
    }

    /// It answers nobody any more. Whether that is news.
    pub(crate) fn hung(&self) -> bool {
        !self.hangs.swap(true, Ordering::AcqRel)
    }

    pub(crate) fn hangs(&self) -> bool {
        self.hangs.load(Ordering::Acquire)
    }
}

impl State {
    fn is_away(&self) -> bool {
        let refuses = self.server.refuses.load(Ordering::Acquire);
        self.server.hangs() || (refuses && self.connected.load(Ordering::Acquire) == 0)
    }
}

pub(crate) fn task_queue(server: &Arc<Server>) -> (TaskSender, TaskReceiver) {
    let (sender, receiver) = bounded(MAX_WAITING);
    let state = Arc::new(State {
        connected: AtomicUsize::new(0),
        server: Arc::clone(server),
    });
    let entrance = TaskSender {
        work: sender,
        state: Arc::clone(&state),
    };
    let exit = TaskReceiver {
        work: receiver,
        state,
    };
    (entrance, exit)
}

impl TaskSender {
    /// Queues work, unless the queue is full or no thread can reach the database.
    pub(crate) fn submit(&self, work: Box<dyn DbTask>) -> Result<(), AppError> {
        if self.is_away() {
            return Err(AppError::unavailable(MessageError(AWAY.to_owned())));
        }
        match self.work.try_send(work) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(_)) => {
                Err(Common::Overloaded.retry_after(Duration::from_secs(1)))
            }
            Err(TrySendError::Disconnected(_)) => Err(stopped()),
        }
    }

    /// Whether no thread can reach the database.
    pub(crate) fn is_away(&self) -> bool {
        self.state.is_away()
    }

    pub(crate) fn len(&self) -> usize {
        self.work.len()
    }
}

pub(crate) fn stopped() -> AppError {
    AppError::unavailable(MessageError("the database threads have stopped".to_owned()))
}

impl TaskReceiver {
    /// The next work that somebody still waits for; none once the store is dropped.
    pub(crate) fn next(&self) -> Option<Box<dyn DbTask>> {
        loop {
            let work = self.work.recv().ok()?;
            if !work.expired() {
                return Some(work);
            }
            work.finish(TxOutcome::Failed("the deadline passed in the queue"));
        }
    }

    /// The next work that somebody still waits for, if there is some now.
    pub(crate) fn try_next(&self) -> Option<Box<dyn DbTask>> {
        loop {
            let work = self.work.try_recv().ok()?;
            if !work.expired() {
                return Some(work);
            }
            work.finish(TxOutcome::Failed("the deadline passed in the queue"));
        }
    }

    /// One more thread has a connection.
    pub(crate) fn connected(&self) {
        self.state.connected.fetch_add(1, Ordering::AcqRel);
    }

    /// One thread less has a connection.
    pub(crate) fn disconnected(&self) {
        self.state.connected.fetch_sub(1, Ordering::AcqRel);
    }

    /// Refuses what waits, for as long as the database cannot be reached.
    pub(crate) fn refuse_waiting(&self) {
        while self.state.is_away()
            && let Ok(work) = self.work.try_recv()
        {
            work.finish(TxOutcome::Failed(AWAY));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_hangs_is_away_for_all_queues_and_one_that_refuses_where_none_is_connected() {
        let server = Arc::new(Server::default());
        let (reads, read_threads) = task_queue(&server);
        let (writes, _write_threads) = task_queue(&server);
        let away = || (reads.is_away(), writes.is_away());
        read_threads.connected();
        assert_eq!(away(), (false, false));
        assert!(server.refused() && !server.refused());
        assert_eq!(away(), (false, true));
        assert!(server.hung() && !server.hung());
        assert_eq!(away(), (true, true));
        assert!(server.answered() && !server.answered());
        assert_eq!(away(), (false, false));
        read_threads.disconnected();
        server.refused();
        assert_eq!(away(), (true, true));
    }
}
