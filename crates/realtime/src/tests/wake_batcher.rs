use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;

use crate::wake_batcher::WakeBatcher;

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
fn wake_on_its_own_thread_wakes_at_once() {
    let (batcher, task) = (WakeBatcher::of_this_thread(), Arc::<Counted>::default());
    batcher.wake(Arc::clone(&task).into());
    assert_eq!(task.count(), 1);
}

#[test]
fn wake_on_another_thread_wakes_the_batch_once() {
    let (batcher, task, batch_task) = (
        WakeBatcher::of_this_thread(),
        Arc::<Counted>::default(),
        Arc::<Counted>::default(),
    );
    let waker = Waker::from(Arc::clone(&batch_task));
    let mut context = Context::from_waker(&waker);
    assert!(batcher.poll_batch(&mut context).is_pending());
    thread::scope(|scope| {
        scope.spawn(|| (0..100).for_each(|_| batcher.wake(Arc::clone(&task).into())));
    });
    assert_eq!((batch_task.count(), task.count()), (1, 0));
    let Poll::Ready(batch) = batcher.poll_batch(&mut context) else {
        panic!("the batch is empty");
    };
    batch.into_iter().for_each(Waker::wake);
    assert_eq!(task.count(), 100);
    assert!(
        batcher.poll_batch(&mut context).is_pending(),
        "the batch was taken"
    );
}

#[test]
fn flush_wakes_what_was_added_once() {
    let (batcher, task, batch_task) = (
        WakeBatcher::of_this_thread(),
        Arc::<Counted>::default(),
        Arc::<Counted>::default(),
    );
    let waker = Waker::from(Arc::clone(&batch_task));
    let mut context = Context::from_waker(&waker);
    assert!(batcher.poll_batch(&mut context).is_pending());
    batcher.flush();
    (0..100).for_each(|_| batcher.add(Arc::clone(&task).into()));
    assert_eq!(batch_task.count(), 0);
    batcher.flush();
    batcher.flush();
    assert_eq!(batch_task.count(), 1);
    let Poll::Ready(batch) = batcher.poll_batch(&mut context) else {
        panic!("the batch is empty");
    };
    assert_eq!(batch.len(), 100);
}

#[actix_web::test]
async fn run_wakes_a_task_from_another_thread() {
    let batcher = WakeBatcher::register();
    let (send, wakers) = std::sync::mpsc::channel::<Waker>();
    let other = thread::spawn(move || batcher.wake(wakers.recv().unwrap()));
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
    other.join().unwrap();
}
