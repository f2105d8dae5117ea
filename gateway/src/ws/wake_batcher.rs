//! Wakes the connections of one worker thread.
//!
//! What is to be sent comes from other threads: the database's after a commit, the bus's. Waking a
//! task of another thread is a system call each time, which for a lobby of hundreds costs as much
//! as sending. So whoever has something for a connection writes down that it is to be woken, and
//! only the first rings; a task of that thread then wakes them all, which costs it next to nothing.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread::{self, ThreadId};

/// The bell of one worker thread.
#[derive(Debug)]
pub struct WakeBatcher {
    thread: ThreadId,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    to_wake: Vec<Waker>,
    /// The task that wakes them, while it sleeps.
    sleeper: Option<Waker>,
}

impl WakeBatcher {
    /// A bell for this thread, which has to run tasks of its own.
    #[must_use]
    pub fn register() -> Arc<Self> {
        let batcher = Arc::new(Self::of_this_thread());
        actix_web::rt::spawn(Arc::clone(&batcher).answer());
        batcher
    }

    fn of_this_thread() -> Self {
        Self {
            thread: thread::current().id(),
            inner: Mutex::default(),
        }
    }

    /// Wakes a task of the bell's thread.
    pub fn wake_all(&self, waker: Waker) {
        if thread::current().id() == self.thread {
            return waker.wake();
        }
        let mut inner = self.lock();
        inner.to_wake.push(waker);
        let sleeper = inner.sleeper.take();
        drop(inner);
        if let Some(sleeper) = sleeper {
            sleeper.wake();
        }
    }

    async fn answer(self: Arc<Self>) {
        loop {
            let rung = std::future::poll_fn(|context| self.poll_rung(context)).await;
            rung.into_iter().for_each(Waker::wake);
        }
    }

    fn poll_rung(&self, context: &mut Context<'_>) -> Poll<Vec<Waker>> {
        let mut inner = self.lock();
        if inner.to_wake.is_empty() {
            inner.sleeper = Some(context.waker().clone());
            return Poll::Pending;
        }
        Poll::Ready(std::mem::take(&mut inner.to_wake))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    use super::*;

    #[derive(Default)]
    struct Counted(AtomicUsize);

    impl Wake for Counted {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    impl Counted {
        fn count(&self) -> usize {
            self.0.load(Ordering::SeqCst)
        }
    }

    #[test]
    fn its_own_thread_wakes_at_once() {
        let (batcher, task) = (WakeBatcher::of_this_thread(), Arc::<Counted>::default());
        batcher.wake_all(Arc::clone(&task).into());
        assert_eq!(task.count(), 1);
    }

    #[test]
    fn however_many_are_to_be_woken_from_elsewhere_it_rings_once() {
        let (batcher, task, sleeper) = (
            WakeBatcher::of_this_thread(),
            Arc::<Counted>::default(),
            Arc::<Counted>::default(),
        );
        let waker = Waker::from(Arc::clone(&sleeper));
        let mut context = Context::from_waker(&waker);
        assert!(batcher.poll_rung(&mut context).is_pending());
        thread::scope(|scope| {
            scope.spawn(|| (0..100).for_each(|_| batcher.wake_all(Arc::clone(&task).into())));
        });
        assert_eq!((sleeper.count(), task.count()), (1, 0));
        let Poll::Ready(rung) = batcher.poll_rung(&mut context) else {
            panic!("nobody is to be woken");
        };
        rung.into_iter().for_each(Waker::wake);
        assert_eq!(task.count(), 100);
        assert!(
            batcher.poll_rung(&mut context).is_pending(),
            "it sleeps again"
        );
    }

    #[actix_web::test]
    async fn a_connection_is_woken_from_another_thread() {
        let batcher = WakeBatcher::register();
        let (send, is_asleep) = std::sync::mpsc::channel::<Waker>();
        let ringer = thread::spawn(move || batcher.wake_all(is_asleep.recv().unwrap()));
        let mut polls = 0;
        let woken = std::future::poll_fn(|context| {
            polls += 1;
            if polls == 1 {
                send.send(context.waker().clone()).unwrap();
                return Poll::Pending;
            }
            Poll::Ready(())
        });
        woken.await;
        ringer.join().unwrap();
    }
}
