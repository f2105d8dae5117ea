//! A fixed set of threads, each with a connection of its own.
//!
//! A thread takes work only while it has a connection. When none of a queue has one, what waits
//! and what comes is refused at once, while one thread at a time tries to connect. A server that
//! stops answering without closing its connections holds the threads that wait for it: a watchdog
//! then tries a new connection, and if that fails too, it puts new threads in their place. Those
//! that hung end as soon as their call returns.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use kernel::{Clock, Fault, SystemClock};

use crate::queue::WorkReceiver;
use crate::work::{Ending, Work};
use crate::{AnyConn, postgres};

/// How long to wait after a failed attempt to connect.
const PAUSE: Duration = Duration::from_millis(250);
/// A connection that was not used for so long is tested first.
const IDLE: Duration = Duration::from_secs(1);
/// How often the watchdog looks.
const WATCH: Duration = Duration::from_millis(250);
/// A call that takes so long makes the watchdog test whether the server still answers.
const SUSPICIOUS: Duration = Duration::from_millis(1_000);

/// The threads of one store.
pub(crate) struct PostgresThreads {
    address: String,
    clock: SystemClock,
    closed: AtomicBool,
    /// One thread connects at a time.
    connecting: Mutex<()>,
    /// Whether the last attempt to connect has worked, for the log.
    reachable: AtomicBool,
    threads: Mutex<Vec<Arc<Thread>>>,
}

struct Thread {
    queue: WorkReceiver,
    /// Since when it has been at the same work: monotonic milliseconds, one more than the clock
    /// says; 0 while it has none.
    busy_since: AtomicU64,
    /// Whether its queue counts it among those with a connection.
    connected: AtomicBool,
    /// Another thread has taken its place.
    replaced: AtomicBool,
}

impl Thread {
    fn new(queue: WorkReceiver) -> Self {
        Self {
            queue,
            busy_since: AtomicU64::new(0),
            connected: AtomicBool::new(false),
            replaced: AtomicBool::new(false),
        }
    }

    fn connected(&self) {
        self.connected.store(true, Ordering::Release);
        self.queue.connected();
    }

    fn disconnected(&self) {
        if self.connected.swap(false, Ordering::AcqRel) {
            self.queue.disconnected();
        }
    }

    fn is_busy_for(&self, now: u64) -> Duration {
        match self.busy_since.load(Ordering::Acquire) {
            0 => Duration::ZERO,
            since => Duration::from_millis(now.saturating_sub(since)),
        }
    }
}

impl PostgresThreads {
    /// Starts the threads. Reads and writes have queues of their own: half the threads serve each,
    /// so that a flood of one never starves the other.
    pub(crate) fn start(
        address: String,
        connections: usize,
        queues: &[WorkReceiver],
    ) -> Result<Arc<Self>, Fault> {
        let this = Arc::new(Self {
            address,
            clock: SystemClock::new(),
            closed: AtomicBool::new(false),
            connecting: Mutex::default(),
            reachable: AtomicBool::new(true),
            threads: Mutex::default(),
        });
        let connections = connections.max(queues.len());
        for (_, queue) in (0..connections).zip(queues.iter().cycle()) {
            this.spawn(queue.clone())?;
        }
        let watchdog = Arc::clone(&this);
        thread::Builder::new()
            .name("postgres-watchdog".to_owned())
            .spawn(move || watchdog.watch())?;
        Ok(this)
    }

    /// Lets the threads end that have no work.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    fn spawn(self: &Arc<Self>, queue: WorkReceiver) -> Result<(), Fault> {
        let thread = Arc::new(Thread::new(queue));
        let (this, body) = (Arc::clone(self), Arc::clone(&thread));
        thread::Builder::new()
            .name("postgres".to_owned())
            .spawn(move || this.run(&body))?;
        self.threads().push(thread);
        Ok(())
    }

    fn run(&self, thread: &Thread) {
        while let Some(conn) = self.connect(thread) {
            if !self.serve(thread, conn) {
                return;
            }
        }
    }

    /// Tries until there is a connection; none once the store is dropped.
    fn connect(&self, thread: &Thread) -> Option<AnyConn> {
        while !self.closed.load(Ordering::Acquire) {
            let _turn = self
                .connecting
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            match postgres::connect(&self.address) {
                Ok(conn) => {
                    self.reached();
                    thread.connected();
                    return Some(conn);
                }
                Err(error) => {
                    self.failed(&error);
                    thread.queue.unreachable();
                    thread::sleep(PAUSE);
                }
            }
        }
        None
    }

    /// Works until the connection fails (true) or the thread is wanted no more (false).
    fn serve(&self, thread: &Thread, mut conn: AnyConn) -> bool {
        let mut used_at = self.clock.monotonic();
        while let Some(work) = thread.queue.next() {
            thread.busy_since.store(self.now(), Ordering::Release);
            let is_idle = self.clock.monotonic().saturating_sub(used_at) > IDLE;
            let usable = self.serve_one(&mut conn, is_idle, work);
            thread.busy_since.store(0, Ordering::Release);
            if !usable {
                thread.disconnected();
            }
            if !usable || thread.replaced.load(Ordering::Acquire) {
                return !thread.replaced.load(Ordering::Acquire);
            }
            used_at = self.clock.monotonic();
        }
        false
    }

    /// A connection that ended while it was idle is replaced first: nothing was done on it yet.
    fn serve_one(&self, conn: &mut AnyConn, is_idle: bool, work: Box<dyn Work>) -> bool {
        if is_idle && !postgres::is_alive(conn) {
            match postgres::connect(&self.address) {
                Ok(new) => *conn = new,
                Err(error) => {
                    work.finish(Ending::Lost(&error.to_string()));
                    return false;
                }
            }
        }
        postgres::serve(conn, work)
    }

    /// Looks for threads that hang, until the store is dropped.
    fn watch(self: Arc<Self>) {
        while !self.closed.load(Ordering::Acquire) {
            thread::sleep(WATCH);
            let hung = self.suspicious();
            if hung.is_empty() {
                continue;
            }
            // Where the server answers, these only have much to do.
            if let Err(error) = postgres::connect(&self.address) {
                self.failed(&error);
                hung.iter().for_each(|thread| self.replace(thread));
            }
        }
    }

    fn suspicious(&self) -> Vec<Arc<Thread>> {
        let now = self.now();
        let is_suspicious = |thread: &&Arc<Thread>| thread.is_busy_for(now) > SUSPICIOUS;
        let threads = self.threads();
        threads.iter().filter(is_suspicious).cloned().collect()
    }

    fn replace(self: &Arc<Self>, hung: &Arc<Thread>) {
        if hung.busy_since.load(Ordering::Acquire) == 0 {
            return;
        }
        hung.replaced.store(true, Ordering::Release);
        hung.disconnected();
        hung.queue.unreachable();
        self.threads().retain(|thread| !Arc::ptr_eq(thread, hung));
        if let Err(fault) = self.spawn(hung.queue.clone()) {
            tracing::error!(fault = %fault.chain(), "a database thread cannot be replaced");
        }
    }

    fn reached(&self) {
        if !self.reachable.swap(true, Ordering::AcqRel) {
            tracing::info!("PostgreSQL reached again");
        }
    }

    fn failed(&self, error: &dyn std::fmt::Display) {
        if self.reachable.swap(false, Ordering::AcqRel) {
            tracing::warn!(%error, "PostgreSQL lost; trying to reach it again");
        }
    }

    /// One more than the clock says, as 0 has another meaning.
    fn now(&self) -> u64 {
        u64::try_from(self.clock.monotonic().as_millis()).map_or(u64::MAX, |now| now + 1)
    }

    fn threads(&self) -> MutexGuard<'_, Vec<Arc<Thread>>> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
