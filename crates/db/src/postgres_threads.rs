//! A fixed set of threads, each with its own connection.
//!
//! A thread takes tasks only while it has a connection. While no thread of a queue has one and none can
//! be opened, waiting and new tasks are refused at once, and one thread at a time tries to connect. A
//! server that stops responding without closing its connections blocks the threads that wait for it: a
//! watchdog then tries a new connection. If that fails too, all tasks are refused, and new threads
//! replace the blocked ones, which end when their call returns. The first response on any connection
//! ends the outage.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use kernel::{AppError, Clock, SystemClock};

use crate::postgres_address::PostgresAddress;
use crate::queue::{ServerState, TaskReceiver};
use crate::task::{DbTask, TxOutcome};
use crate::{AnyConn, postgres};

/// Pause after a failed attempt to connect.
const RECONNECT_DELAY: Duration = Duration::from_millis(250);
/// A connection that was idle for longer is tested before it is used.
const MAX_UNTESTED_IDLE: Duration = Duration::from_secs(1);
/// Interval of the watchdog.
const WATCH_INTERVAL: Duration = Duration::from_millis(250);
/// If a call takes longer and no other call got a response meanwhile, the watchdog tests the server.
const SLOW_CALL: Duration = Duration::from_millis(1_000);

/// The threads of one store.
pub(crate) struct PostgresThreads {
    address: PostgresAddress,
    server: Arc<ServerState>,
    queues: Vec<TaskReceiver>,
    clock: SystemClock,
    closed: AtomicBool,
    /// Held by the thread that connects. When the last attempt failed, if it did.
    connecting: Mutex<Option<Duration>>,
    /// Time of the last response of the server, by [`now`](Self::now).
    responded_at: AtomicU64,
    threads: Mutex<Vec<Arc<Thread>>>,
}

struct Thread {
    queue: TaskReceiver,
    /// When it began its task, by [`PostgresThreads::now`]; 0 while it has none.
    busy_since: AtomicU64,
    /// Whether its queue counts it as connected.
    connected: AtomicBool,
    /// Whether another thread has replaced it.
    replaced: AtomicBool,
}

/// A thread that its queue counts as connected until this is dropped.
struct ConnectedThread<'a>(&'a Thread);

impl Drop for ConnectedThread<'_> {
    fn drop(&mut self) {
        self.0.disconnected();
    }
}

impl Thread {
    fn new(queue: TaskReceiver) -> Self {
        Self {
            queue,
            busy_since: AtomicU64::new(0),
            connected: AtomicBool::new(false),
            replaced: AtomicBool::new(false),
        }
    }

    fn connected(&self) -> ConnectedThread<'_> {
        self.connected.store(true, Ordering::Release);
        self.queue.connected();
        ConnectedThread(self)
    }

    fn disconnected(&self) {
        if self.connected.swap(false, Ordering::AcqRel) {
            self.queue.disconnected();
        }
    }

    fn is_replaced(&self) -> bool {
        self.replaced.load(Ordering::Acquire)
    }

    fn is_suspicious(&self, now: u64, responded_at: u64) -> bool {
        let busy_since = self.busy_since.load(Ordering::Acquire);
        let waits = now.saturating_sub(busy_since.max(responded_at));
        busy_since != 0 && Duration::from_millis(waits) > SLOW_CALL
    }
}

impl PostgresThreads {
    /// Starts the threads, half of them for each of the two queues, so that reads and writes never
    /// starve each other.
    pub(crate) fn start(
        address: PostgresAddress,
        server: Arc<ServerState>,
        queues: Vec<TaskReceiver>,
        connections: usize,
    ) -> Result<Arc<Self>, AppError> {
        let this = Arc::new(Self {
            address,
            server,
            queues,
            clock: SystemClock::new(),
            closed: AtomicBool::new(false),
            connecting: Mutex::default(),
            responded_at: AtomicU64::new(0),
            threads: Mutex::default(),
        });
        let connections = connections.max(this.queues.len());
        for (_, queue) in (0..connections).zip(this.queues.iter().cycle()) {
            this.spawn(queue.clone())?;
        }
        let watchdog = Arc::clone(&this);
        thread::Builder::new()
            .name("postgres-watchdog".to_owned())
            .spawn(move || watchdog.watch())?;
        Ok(this)
    }

    /// Ends the threads when they have no task.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    fn spawn(self: &Arc<Self>, queue: TaskReceiver) -> Result<(), AppError> {
        let thread = Arc::new(Thread::new(queue));
        let (this, body) = (Arc::clone(self), Arc::clone(&thread));
        thread::Builder::new()
            .name("postgres".to_owned())
            .spawn(move || this.run(&body))?;
        self.threads().push(thread);
        Ok(())
    }

    fn run(&self, thread: &Thread) {
        while !self.is_closed() {
            let Some(conn) = self.connect_in_turn() else {
                thread::sleep(RECONNECT_DELAY);
                continue;
            };
            if !self.serve(thread, conn) {
                return;
            }
        }
    }

    /// Tries to connect, unless another thread has just failed. While the server hangs, only the
    /// watchdog tries.
    fn connect_in_turn(&self) -> Option<AnyConn> {
        let mut failed_at = self
            .connecting
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let is_recent = |at: Duration| self.clock.monotonic().saturating_sub(at) < RECONNECT_DELAY;
        if self.server.hangs() || failed_at.is_some_and(is_recent) {
            return None;
        }
        let conn = self.connect();
        *failed_at = conn.is_err().then(|| self.clock.monotonic());
        conn.ok()
    }

    /// Connects and records the result.
    fn connect(&self) -> Result<AnyConn, String> {
        match postgres::connect(&self.address) {
            Ok(conn) => {
                self.responded();
                Ok(conn)
            }
            Err(error) => {
                let error = error.to_string();
                self.lost(self.server.refused(), &error);
                Err(error)
            }
        }
    }

    /// Runs tasks until the connection fails (returns true) or the thread is to end (false).
    fn serve(&self, thread: &Thread, mut conn: AnyConn) -> bool {
        let _connected = thread.connected();
        let mut used_at = self.clock.monotonic();
        while let Some(task) = thread.queue.next() {
            thread.busy_since.store(self.now(), Ordering::Release);
            let is_idle = self.clock.monotonic().saturating_sub(used_at) > MAX_UNTESTED_IDLE;
            let usable = self.serve_one(&mut conn, is_idle, task);
            thread.busy_since.store(0, Ordering::Release);
            if thread.is_replaced() || !usable {
                return !thread.is_replaced();
            }
            used_at = self.clock.monotonic();
        }
        false
    }

    /// Replaces the connection first if it ended while it was idle.
    fn serve_one(&self, conn: &mut AnyConn, is_idle: bool, task: Box<dyn DbTask>) -> bool {
        if is_idle && !postgres::is_alive(conn) {
            match self.connect() {
                Ok(new) => *conn = new,
                Err(error) => {
                    task.finish(TxOutcome::Failed(&error));
                    return false;
                }
            }
        }
        let usable = postgres::serve(conn, task);
        if usable {
            self.responded();
        }
        usable
    }

    /// Looks for blocked threads until the store is dropped.
    fn watch(self: Arc<Self>) {
        while !self.is_closed() {
            thread::sleep(WATCH_INTERVAL);
            if self.server.hangs() || !self.suspicious().is_empty() {
                self.probe();
            }
        }
    }

    /// Tests whether the server responds. If it does, the suspicious calls are merely slow.
    fn probe(self: &Arc<Self>) {
        let asked_at = self.now();
        match postgres::connect(&self.address) {
            Ok(_) => self.responded(),
            // A refusal is a response: it has no connection left, or is starting or stopping.
            Err(error) if postgres::is_refusal(&error) => self.server_responds(),
            // Other calls got a response meanwhile.
            Err(_) if self.responded_at.load(Ordering::Acquire) >= asked_at => {}
            Err(error) => {
                let hung = self.suspicious();
                self.lost(self.server.hung(), &error.to_string());
                hung.iter().for_each(|thread| self.replace(thread));
            }
        }
    }

    fn suspicious(&self) -> Vec<Arc<Thread>> {
        let (now, responded_at) = (self.now(), self.responded_at.load(Ordering::Acquire));
        let is_suspicious = |thread: &&Arc<Thread>| thread.is_suspicious(now, responded_at);
        let threads = self.threads();
        threads.iter().filter(is_suspicious).cloned().collect()
    }

    fn replace(self: &Arc<Self>, hung: &Arc<Thread>) {
        if hung.busy_since.load(Ordering::Acquire) == 0 {
            return;
        }
        hung.replaced.store(true, Ordering::Release);
        hung.disconnected();
        self.threads().retain(|thread| !Arc::ptr_eq(thread, hung));
        if let Err(error) = self.spawn(hung.queue.clone()) {
            tracing::error!(error = %error.chain(), "a database thread cannot be replaced");
        }
    }

    /// The server does not hang.
    fn server_responds(&self) {
        self.responded_at.store(self.now(), Ordering::Release);
    }

    /// The server has responded.
    fn responded(&self) {
        self.server_responds();
        if self.server.responded() {
            tracing::info!("PostgreSQL reached again");
        }
    }

    /// The server has not responded. Waiting tasks are refused if no thread can reach it.
    fn lost(&self, is_first: bool, error: &str) {
        if is_first {
            tracing::warn!(error, "PostgreSQL lost; trying to reach it again");
        }
        self.queues.iter().for_each(TaskReceiver::refuse_waiting);
    }

    /// Monotonic milliseconds plus one, as 0 has another meaning.
    fn now(&self) -> u64 {
        u64::try_from(self.clock.monotonic().as_millis()).map_or(u64::MAX, |now| now + 1)
    }

    fn threads(&self) -> MutexGuard<'_, Vec<Arc<Thread>>> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_suspicious_requires_a_slow_call_and_no_other_response() {
        let (_work, queue) = crate::queue::task_queue(&Arc::default());
        let thread = Thread::new(queue);
        assert!(!thread.is_suspicious(60_000, 0), "it has no task");
        thread.busy_since.store(10_000, Ordering::Release);
        for (now, responded_at, suspicious) in [
            (11_000, 0, false),
            (11_001, 0, true),
            (11_001, 10_001, false),
            (60_000, 59_500, false),
            (60_501, 59_500, true),
        ] {
            let found = thread.is_suspicious(now, responded_at);
            assert_eq!(found, suspicious, "{now} {responded_at}");
        }
    }

    #[test]
    fn connected_counts_a_thread_once() {
        let server = Arc::<ServerState>::default();
        let (task, queue) = crate::queue::task_queue(&server);
        let thread = Thread::new(queue);
        server.refused();
        let connected = thread.connected();
        assert!(!task.is_unreachable());
        thread.disconnected();
        assert!(task.is_unreachable());
        drop(connected);
        let again = thread.connected();
        assert!(!task.is_unreachable(), "it was not subtracted twice");
        drop(again);
        assert!(task.is_unreachable());
    }
}
