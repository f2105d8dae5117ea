//! A bounded queue of work for some database threads, and whether those can reach the database.
//!
//! DbTask is taken in the order of its arrival, by the thread that became idle last: where one thread
//! can do it all, its connection stays warm on both sides. With a connection of its own for every
//! statement, PostgreSQL needs half as much time again.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};
use std::time::Duration;

use kernel::AppError;
use kernel::error::Common;

use crate::errors::MessageError;
use crate::task::{DbTask, TxOutcome};

/// How many jobs may wait. Beyond that the server sheds load rather than memory.
const MAX_WAITING: usize = 4_096;

const AWAY: &str = "the database cannot be reached";

/// The end where work enters. The queue is closed when it is dropped.
pub(crate) struct TaskSender(Arc<Queue>);

/// The end where a database thread takes work.
#[derive(Clone)]
pub(crate) struct TaskReceiver(Arc<Queue>);

struct Queue {
    waiting: Mutex<Waiting>,
    /// Threads that have a connection.
    connected: AtomicUsize,
    server: Arc<Server>,
}

#[derive(Default)]
struct Waiting {
    work: VecDeque<Box<dyn DbTask>>,
    /// Threads that wait for work; the last is woken first.
    idle: Vec<Thread>,
    is_closed: bool,
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

impl Queue {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_away(&self) -> bool {
        let refuses = self.server.refuses.load(Ordering::Acquire);
        self.server.hangs() || (refuses && self.connected.load(Ordering::Acquire) == 0)
    }

    /// Waits for work; none comes any more once the queue is closed and empty.
    fn take(&self) -> Option<Box<dyn DbTask>> {
        let me = thread::current();
        let mut waiting = self.waiting();
        loop {
            if let Some(work) = waiting.work.pop_front() {
                return Some(work);
            }
            if waiting.is_closed {
                return None;
            }
            waiting.idle.push(me.clone());
            drop(waiting);
            thread::park();
            waiting = self.waiting();
            waiting.idle.retain(|idle| idle.id() != me.id());
        }
    }
}

pub(crate) fn task_queue(server: &Arc<Server>) -> (TaskSender, TaskReceiver) {
    let queue = Arc::new(Queue {
        waiting: Mutex::default(),
        connected: AtomicUsize::new(0),
        server: Arc::clone(server),
    });
    (TaskSender(Arc::clone(&queue)), TaskReceiver(queue))
}

impl TaskSender {
    /// Queues work, unless the queue is full or no thread can reach the database.
    pub(crate) fn submit(&self, work: Box<dyn DbTask>) -> Result<(), AppError> {
        if self.is_away() {
            return Err(AppError::unavailable(MessageError(AWAY.to_owned())));
        }
        let mut waiting = self.0.waiting();
        if waiting.work.len() >= MAX_WAITING {
            return Err(Common::Overloaded.retry_after(Duration::from_secs(1)));
        }
        waiting.work.push_back(work);
        let woken = waiting.idle.pop();
        drop(waiting);
        if let Some(thread) = woken {
            thread.unpark();
        }
        Ok(())
    }

    /// Whether no thread can reach the database.
    pub(crate) fn is_away(&self) -> bool {
        self.0.is_away()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.waiting().work.len()
    }
}

impl Drop for TaskSender {
    fn drop(&mut self) {
        let mut waiting = self.0.waiting();
        waiting.is_closed = true;
        waiting.idle.drain(..).for_each(|thread| thread.unpark());
    }
}

pub(crate) fn stopped() -> AppError {
    AppError::unavailable(MessageError("the database threads have stopped".to_owned()))
}

impl TaskReceiver {
    /// The next work that somebody still waits for; none once the store is dropped.
    pub(crate) fn next(&self) -> Option<Box<dyn DbTask>> {
        loop {
            let work = self.0.take()?;
            if !work.expired() {
                return Some(work);
            }
            work.finish(TxOutcome::Failed("the deadline passed in the queue"));
        }
    }

    /// The next work that somebody still waits for, if there is some now.
    pub(crate) fn try_next(&self) -> Option<Box<dyn DbTask>> {
        loop {
            let work = self.0.waiting().work.pop_front()?;
            if !work.expired() {
                return Some(work);
            }
            work.finish(TxOutcome::Failed("the deadline passed in the queue"));
        }
    }

    /// One more thread has a connection.
    pub(crate) fn connected(&self) {
        self.0.connected.fetch_add(1, Ordering::AcqRel);
    }

    /// One thread less has a connection.
    pub(crate) fn disconnected(&self) {
        self.0.connected.fetch_sub(1, Ordering::AcqRel);
    }

    /// Refuses what waits, for as long as the database cannot be reached.
    pub(crate) fn refuse_waiting(&self) {
        while self.0.is_away() {
            let Some(work) = self.0.waiting().work.pop_front() else {
                return;
            };
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

    /// Names the thread that took it.
    struct Named(std::sync::mpsc::Sender<String>);

    impl DbTask for Named {
        fn writes(&self) -> bool {
            false
        }

        fn expired(&self) -> bool {
            false
        }

        fn run(&mut self, _conn: &mut crate::AnyConn) -> bool {
            false
        }

        fn failed_by_database(&self) -> bool {
            false
        }

        fn finish(self: Box<Self>, _outcome: TxOutcome<'_>) {
            let name = thread::current().name().unwrap_or_default().to_owned();
            self.0.send(name).unwrap();
        }
    }

    fn start_thread(receiver: &TaskReceiver, name: &str) -> thread::JoinHandle<()> {
        let tasks = receiver.clone();
        let body = move || {
            while let Some(task) = tasks.next() {
                task.finish(TxOutcome::Completed);
            }
        };
        thread::Builder::new()
            .name(name.to_owned())
            .spawn(body)
            .unwrap()
    }

    fn wait_for_idle(receiver: &TaskReceiver, count: usize) {
        while receiver.0.waiting().idle.len() < count {
            thread::yield_now();
        }
    }

    #[test]
    fn submit_wakes_the_thread_that_became_idle_last() {
        let (sender, receiver) = task_queue(&Arc::default());
        let first = start_thread(&receiver, "first");
        wait_for_idle(&receiver, 1);
        let second = start_thread(&receiver, "second");
        let (took, names) = std::sync::mpsc::channel();
        for _ in 0..3 {
            wait_for_idle(&receiver, 2);
            sender.submit(Box::new(Named(took.clone()))).unwrap();
            assert_eq!(names.recv().unwrap(), "second");
        }
        drop(sender);
        first.join().unwrap();
        second.join().unwrap();
    }

    #[test]
    fn threads_take_what_waits_before_they_end() {
        let (sender, receiver) = task_queue(&Arc::default());
        let (took, names) = std::sync::mpsc::channel();
        for _ in 0..3 {
            sender.submit(Box::new(Named(took.clone()))).unwrap();
        }
        drop(sender);
        start_thread(&receiver, "late").join().unwrap();
        assert_eq!(names.try_iter().count(), 3);
    }
}
