//! Wakes the connections of one worker thread in batches.
//!
//! Frames come from other threads: those of the database after a commit, and that of the bus. Waking a
//! task of another thread is a system call each time, which for a lobby of hundreds costs as much as
//! sending. A thread with a frame for a connection therefore adds the connection to the batch, and
//! only the first one wakes a task of the worker thread, which wakes the others at almost no cost. A thread
//! that sends to many adds them all first ([`WakeBatcher::add`]) and wakes each worker thread once
//! ([`WakeBatchers::flush`]).

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use crate::sync::thread::{self, ThreadId};
use crate::sync::{Mutex, MutexGuard, PoisonError};

/// The batch of one worker thread.
#[derive(Debug)]
pub struct WakeBatcher {
    thread: ThreadId,
    inner: Mutex<WakeInner>,
}

#[derive(Debug, Default)]
struct WakeInner {
    batch: Vec<Waker>,
    /// The task that wakes the batch, while it waits for one.
    task: Option<Waker>,
}

impl WakeBatcher {
    /// A batcher for this thread, which must run local tasks.
    pub(crate) fn register() -> Arc<Self> {
        let batcher = Arc::new(Self::of_this_thread());
        actix_web::rt::spawn(Arc::clone(&batcher).run());
        batcher
    }

    pub(crate) fn of_this_thread() -> Self {
        Self {
            thread: thread::current().id(),
            inner: Mutex::default(),
        }
    }

    /// Wakes a task of the batcher's thread.
    pub fn wake(&self, waker: Waker) {
        if thread::current().id() == self.thread {
            return waker.wake();
        }
        self.add(waker);
        self.flush();
    }

    /// Adds a task of the batcher's thread, to be woken by the next [`flush`](Self::flush).
    pub fn add(&self, waker: Waker) {
        self.lock().batch.push(waker);
    }

    /// Wakes what was added.
    pub fn flush(&self) {
        let mut inner = self.lock();
        let task = if inner.batch.is_empty() {
            None
        } else {
            inner.task.take()
        };
        drop(inner);
        if let Some(task) = task {
            task.wake();
        }
    }

    async fn run(self: Arc<Self>) {
        loop {
            let batch = poll_fn(|context| self.poll_batch(context)).await;
            batch.into_iter().for_each(Waker::wake);
        }
    }

    pub(crate) fn poll_batch(&self, context: &mut Context<'_>) -> Poll<Vec<Waker>> {
        let mut inner = self.lock();
        if inner.batch.is_empty() {
            inner.task = Some(context.waker().clone());
            return Poll::Pending;
        }
        Poll::Ready(std::mem::take(&mut inner.batch))
    }

    fn lock(&self) -> MutexGuard<'_, WakeInner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The batchers of all worker threads.
#[derive(Debug, Default)]
pub struct WakeBatchers(Mutex<Vec<Arc<WakeBatcher>>>);

impl WakeBatchers {
    /// A batcher for this thread, which must run local tasks.
    #[must_use]
    pub fn register(&self) -> Arc<WakeBatcher> {
        let batcher = WakeBatcher::register();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(Arc::clone(&batcher));
        batcher
    }

    /// Wakes what was added to any of them.
    pub fn flush(&self) {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().for_each(|batcher| batcher.flush());
    }
}
