use std::sync::Arc;

use shuttle::sync::atomic::{AtomicUsize, Ordering};
use shuttle::{check_dfs, check_random, thread};

use crate::fill_gate::FillGate;

/// Each thread stores an event and notes the gap; whoever has to reads until no gap is left. One task
/// reads at a time, and the last read sees every event.
fn every_gap_is_read(threads: usize) {
    let gate = Arc::new(FillGate::default());
    let (stored, seen, reading) = (
        Arc::new(AtomicUsize::new(0)),
        Arc::new(AtomicUsize::new(0)),
        Arc::new(AtomicUsize::new(0)),
    );
    let tasks: Vec<_> = (0..threads)
        .map(|_| {
            let gate = Arc::clone(&gate);
            let (stored, seen, reading) =
                (Arc::clone(&stored), Arc::clone(&seen), Arc::clone(&reading));
            thread::spawn(move || {
                stored.fetch_add(1, Ordering::SeqCst);
                if !gate.begin() {
                    return;
                }
                loop {
                    assert_eq!(reading.fetch_add(1, Ordering::SeqCst), 0, "two tasks read");
                    seen.store(stored.load(Ordering::SeqCst), Ordering::SeqCst);
                    reading.fetch_sub(1, Ordering::SeqCst);
                    if !gate.must_read_again() {
                        return;
                    }
                }
            })
        })
        .collect();
    tasks.into_iter().for_each(|task| task.join().unwrap());
    assert_eq!(seen.load(Ordering::SeqCst), threads);
}

#[test]
fn gaps_noted_during_a_read_are_read_again() {
    check_dfs(|| every_gap_is_read(2), Some(50_000));
    check_random(|| every_gap_is_read(4), 2_000);
}
