//! Wakes the connections of one worker thread in batches.
//!
//! Frames come from other threads: those of the database after a commit, and that of the bus. Waking a
//! task of another thread is a system call each time, which for a lobby of hundreds costs as much as
//! sending. A thread with a frame for a connection therefore adds the connection to the batch, and
//! only the first one wakes a task of the worker thread, which wakes the others at almost no cost.

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
    #[must_use]
    pub fn register() -> Arc<Self> {
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
        let mut inner = self.lock();
        inner.batch.push(waker);
        let task = inner.task.take();
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
