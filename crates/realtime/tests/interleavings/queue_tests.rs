use std::future::poll_fn;
use std::sync::Arc;

use bytes::Bytes;
use realtime::{Close, Priority};
use shuttle::future::block_on;
use shuttle::{check_dfs, check_random, thread};

use crate::frame::DataKind;
use crate::queue::{MAX_QUEUED_BYTES, Pushed, SendQueue};
use crate::wake_batcher::WakeBatcher;

/// Reads the queue to its end. Were a wakeup lost, this would never end, which the checker reports as a
/// deadlock.
fn read_all(queue: &SendQueue) -> Vec<u8> {
    let mut all = vec![];
    while let Some(bytes) = block_on(poll_fn(|context| queue.poll_next(context))) {
        all.extend_from_slice(&bytes);
    }
    all
}

/// One thread pushes and closes while this one reads.
fn frames_arrive_in_order_before_the_close_frame(frames: u8) {
    let queue = Arc::new(SendQueue::default());
    let sender = Arc::clone(&queue);
    let sender = thread::spawn(move || {
        for frame in 0..frames {
            let pushed = sender.push(Bytes::from(vec![frame]), Priority::Required);
            assert_eq!(pushed, Pushed::Queued);
        }
        sender.close(&Close::done());
    });
    let read = read_all(&queue);
    sender.join().unwrap();
    let expected: Vec<u8> = (0..frames).chain([0x88, 2, 0x03, 0xE8]).collect();
    assert_eq!(read, expected);
}

#[test]
fn push_and_close_reach_a_waiting_reader() {
    check_dfs(|| frames_arrive_in_order_before_the_close_frame(1), None);
    check_dfs(
        || frames_arrive_in_order_before_the_close_frame(3),
        Some(20_000),
    );
}

#[test]
fn push_of_several_threads_loses_no_frame() {
    let model = || {
        let queue = Arc::new(SendQueue::default());
        let senders: Vec<_> = (0..3_u8)
            .map(|frame| {
                let queue = Arc::clone(&queue);
                thread::spawn(move || queue.push(Bytes::from(vec![frame]), Priority::Required))
            })
            .collect();
        let closer = Arc::clone(&queue);
        let closer = thread::spawn(move || {
            for sender in senders {
                assert_eq!(sender.join().unwrap(), Pushed::Queued);
            }
            closer.close(&Close::done());
        });
        let mut read = read_all(&queue);
        closer.join().unwrap();
        read.truncate(3);
        read.sort_unstable();
        assert_eq!(read, [0, 1, 2]);
    };
    check_random(model, 2_000);
}

#[test]
fn cut_and_close_end_the_queue_once() {
    let model = || {
        let queue = Arc::new(SendQueue::default());
        queue.push(Bytes::from_static(b"x"), Priority::Required);
        let (closer, cutter) = (Arc::clone(&queue), Arc::clone(&queue));
        let closer = thread::spawn(move || closer.close(&Close::done()));
        let cutter = thread::spawn(move || cutter.cut());
        closer.join().unwrap();
        cutter.join().unwrap();
        // Either the connection was lost first, or it was closed here first.
        assert_eq!(queue.is_cut(), queue.close_code().is_none());
        let late = queue.push(Bytes::from_static(b"y"), Priority::Required);
        assert_eq!(late, Pushed::Closing);
    };
    check_dfs(model, None);
}

#[test]
fn overflow_closes_the_queue_for_all_senders() {
    let model = || {
        let queue = Arc::new(SendQueue::default());
        let large = Bytes::from(vec![0; MAX_QUEUED_BYTES / 2 + 1]);
        let senders: Vec<_> = (0..2)
            .map(|_| {
                let (queue, large) = (Arc::clone(&queue), large.clone());
                thread::spawn(move || queue.push(large, Priority::Required))
            })
            .collect();
        let mut results: Vec<Pushed> = senders
            .into_iter()
            .map(|sender| sender.join().unwrap())
            .collect();
        results.sort_by_key(|pushed| *pushed == Pushed::Overflow);
        assert_eq!(results, [Pushed::Queued, Pushed::Overflow]);
        assert_eq!(queue.close_code(), Some(4408));
        assert_eq!(read_all(&queue)[2..4], 4408_u16.to_be_bytes());
    };
    check_dfs(model, None);
}

/// A reader on its own worker thread is woken by way of the batcher, whose task runs there too.
#[test]
fn push_wakes_a_reader_by_way_of_its_batcher() {
    let model = || {
        let batcher = Arc::new(WakeBatcher::of_this_thread());
        let queue = Arc::new(SendQueue::new(Some(Arc::clone(&batcher))));
        let sender = Arc::clone(&queue);
        let sender = thread::spawn(move || {
            sender.push(Bytes::from_static(b"x"), Priority::Required);
            sender.close(&Close::done());
        });
        let mut all = vec![];
        block_on(poll_fn(|context| {
            loop {
                while let std::task::Poll::Ready(batch) = batcher.poll_batch(context) {
                    batch.into_iter().for_each(std::task::Waker::wake);
                }
                match queue.poll_next(context) {
                    std::task::Poll::Ready(Some(bytes)) => all.extend_from_slice(&bytes),
                    std::task::Poll::Ready(None) => return std::task::Poll::Ready(()),
                    std::task::Poll::Pending => return std::task::Poll::Pending,
                }
            }
        }));
        sender.join().unwrap();
        assert_eq!(all, b"x\x88\x02\x03\xE8");
    };
    check_dfs(model, Some(20_000));
}

/// The reader ends with the last frame, and none that it reads is older than the one before.
#[test]
fn set_latest_reaches_a_waiting_reader_and_never_goes_back() {
    let model = || {
        let queue = Arc::new(SendQueue::default());
        let sender = Arc::clone(&queue);
        let sender = thread::spawn(move || {
            for number in 1..=3_u8 {
                sender.set_latest(DataKind::Binary, &[number]);
            }
            sender.close(&Close::done());
        });
        let read = read_all(&queue);
        sender.join().unwrap();
        let (close, states) = read.split_last_chunk::<4>().map(|(a, b)| (b, a)).unwrap();
        assert_eq!(close, &[0x88, 2, 0x03, 0xE8]);
        let numbers: Vec<u8> = states.chunks(3).map(|frame| frame[2]).collect();
        assert!(
            numbers.is_sorted() && numbers.last() == Some(&3),
            "{numbers:?}"
        );
    };
    check_dfs(model, Some(20_000));
}
