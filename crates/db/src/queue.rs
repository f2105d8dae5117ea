//! A bounded queue of tasks for database threads, and whether those can reach the database.
//!
//! Tasks are taken in the order of their arrival, by the thread that became idle last: under low load
//! one connection runs them all and stays warm on both sides. If the connections took turns, PostgreSQL
//! would need half as much time again.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};
use std::time::Duration;

use kernel::AppError;
use kernel::error::Common;

use crate::errors::MessageError;
use crate::task::{DbTask, TxOutcome};

/// Maximum number of queued tasks. Further ones are refused, so that memory is bounded.
const MAX_WAITING: usize = 4_096;

const UNREACHABLE: &str = "the database cannot be reached";

/// Submits tasks. The queue is closed when it is dropped.
pub(crate) struct TaskSender(Arc<Queue>);

/// Takes tasks on a database thread.
#[derive(Clone)]
pub(crate) struct TaskReceiver(Arc<Queue>);

struct Queue {
    waiting: Mutex<Waiting>,
    /// Threads that have a connection.
    connected: AtomicUsize,
    server: Arc<ServerState>,
}

#[derive(Default)]
struct Waiting {
    tasks: VecDeque<Box<dyn DbTask>>,
    /// Threads that wait for a task; the last is woken first.
    idle: Vec<Thread>,
    is_closed: bool,
}

/// State of the database server, shared by all queues.
#[derive(Debug, Default)]
pub(crate) struct ServerState {
    /// Whether the last attempt to connect failed.
    refuses: AtomicBool,
    /// Whether it does not respond on open connections either.
    hangs: AtomicBool,
}

impl ServerState {
    /// Records that it accepted a connection or responded on one. Returns whether it did not before.
    pub(crate) fn responded(&self) -> bool {
        let refused = self.refuses.swap(false, Ordering::AcqRel);
        self.hangs.swap(false, Ordering::AcqRel) || refused
    }

    /// Records that it accepted no connection. Returns whether it did before.
    pub(crate) fn refused(&self) -> bool {
        !self.refuses.swap(true, Ordering::AcqRel)
    }

    /// Records that it does not respond at all. Returns whether it did before.
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

    fn is_unreachable(&self) -> bool {
        let refuses = self.server.refuses.load(Ordering::Acquire);
        self.server.hangs() || (refuses && self.connected.load(Ordering::Acquire) == 0)
    }

    /// Waits for a task; returns `None` when the queue is closed and empty.
    fn take(&self) -> Option<Box<dyn DbTask>> {
        let me = thread::current();
        let mut waiting = self.waiting();
        loop {
            if let Some(task) = waiting.tasks.pop_front() {
                return Some(task);
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

pub(crate) fn task_queue(server: &Arc<ServerState>) -> (TaskSender, TaskReceiver) {
    let queue = Arc::new(Queue {
        waiting: Mutex::default(),
        connected: AtomicUsize::new(0),
        server: Arc::clone(server),
    });
    (TaskSender(Arc::clone(&queue)), TaskReceiver(queue))
}

impl TaskSender {
    /// Adds a task, unless the queue is full or no thread can reach the database.
    pub(crate) fn submit(&self, task: Box<dyn DbTask>) -> Result<(), AppError> {
        if self.is_unreachable() {
            return Err(AppError::unavailable(MessageError(UNREACHABLE.to_owned())));
        }
        let mut waiting = self.0.waiting();
        if waiting.tasks.len() >= MAX_WAITING {
            return Err(Common::Overloaded.retry_after(Duration::from_secs(1)));
        }
        waiting.tasks.push_back(task);
        let woken = waiting.idle.pop();
        drop(waiting);
        if let Some(thread) = woken {
            thread.unpark();
        }
        Ok(())
    }

    /// Whether no thread can reach the database.
    pub(crate) fn is_unreachable(&self) -> bool {
        self.0.is_unreachable()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.waiting().tasks.len()
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
    /// The next task whose caller still waits; `None` once the store is dropped.
    pub(crate) fn next(&self) -> Option<Box<dyn DbTask>> {
        loop {
            let task = self.0.take()?;
            if !task.expired() {
                return Some(task);
            }
            task.finish(TxOutcome::Failed("the deadline passed in the queue"));
        }
    }

    /// The next task whose caller still waits, if the queue has one.
    pub(crate) fn try_next(&self) -> Option<Box<dyn DbTask>> {
        loop {
            let task = self.0.waiting().tasks.pop_front()?;
            if !task.expired() {
                return Some(task);
            }
            task.finish(TxOutcome::Failed("the deadline passed in the queue"));
        }
    }

    /// Records that a thread has connected.
    pub(crate) fn connected(&self) {
        self.0.connected.fetch_add(1, Ordering::AcqRel);
    }

    /// Records that a thread has lost its connection.
    pub(crate) fn disconnected(&self) {
        self.0.connected.fetch_sub(1, Ordering::AcqRel);
    }

    /// Refuses waiting tasks while the database cannot be reached.
    pub(crate) fn refuse_waiting(&self) {
        while self.0.is_unreachable() {
            let Some(task) = self.0.waiting().tasks.pop_front() else {
                return;
            };
            task.finish(TxOutcome::Failed(UNREACHABLE));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::TaskScope;

    #[test]
    fn is_unreachable_tells_hanging_from_refusing_servers() {
        let server = Arc::new(ServerState::default());
        let (reads, read_threads) = task_queue(&server);
        let (writes, _write_threads) = task_queue(&server);
        let unreachable = || (reads.is_unreachable(), writes.is_unreachable());
        read_threads.connected();
        assert_eq!(unreachable(), (false, false));
        assert!(server.refused() && !server.refused());
        assert_eq!(unreachable(), (false, true));
        assert!(server.hung() && !server.hung());
        assert_eq!(unreachable(), (true, true));
        assert!(server.responded() && !server.responded());
        assert_eq!(unreachable(), (false, false));
        read_threads.disconnected();
        server.refused();
        assert_eq!(unreachable(), (true, true));
    }

    /// Sends the name of the thread that took it.
    struct Named(std::sync::mpsc::Sender<String>);

    impl DbTask for Named {
        fn scope(&self) -> TaskScope {
            TaskScope::Reading
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
    fn threads_take_waiting_tasks_before_they_end() {
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
