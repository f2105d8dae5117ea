use std::sync::Arc;
use std::task::Poll;

use shuttle::future::block_on;
use shuttle::sync::atomic::{AtomicUsize, Ordering};
use shuttle::{check_dfs, thread};

use crate::wake_batcher::WakeBatcher;

/// Counts how often a connection is woken.
struct CountedWakes(AtomicUsize);

impl std::task::Wake for CountedWakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// The batcher's own task runs on this thread; each of the others wakes one connection. Were a wakeup
/// of the task lost, `block_on` would never end, which the checker reports as a deadlock.
fn every_wake_arrives(others: usize) {
    let batcher = Arc::new(WakeBatcher::of_this_thread());
    let wakes = Arc::new(CountedWakes(AtomicUsize::new(0)));
    let threads: Vec<_> = (0..others)
        .map(|_| {
            let (batcher, wakes) = (Arc::clone(&batcher), Arc::clone(&wakes));
            thread::spawn(move || batcher.wake(wakes.into()))
        })
        .collect();
    let mut woken = 0;
    block_on(std::future::poll_fn(|context| {
        while let Poll::Ready(batch) = batcher.poll_batch(context) {
            woken += batch.len();
            batch.into_iter().for_each(std::task::Waker::wake);
            if woken == others {
                return Poll::Ready(());
            }
        }
        Poll::Pending
    }));
    threads
        .into_iter()
        .for_each(|thread| thread.join().unwrap());
    assert_eq!(wakes.0.load(Ordering::SeqCst), others);
}

#[test]
fn wake_is_never_lost_by_the_batch() {
    check_dfs(|| every_wake_arrives(1), None);
    check_dfs(|| every_wake_arrives(2), Some(20_000));
    shuttle::check_pct(|| every_wake_arrives(4), 2_000, 3);
}
