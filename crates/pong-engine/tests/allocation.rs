//! No tick allocates: not in a match, not in a batch, not in an observation, a snapshot, a frame
//! or a verification.
//!
//! The counting allocator is the one place outside the feature `simd` that needs `unsafe`.

#![cfg(feature = "batch")]
#![allow(unsafe_code, reason = "an allocator is unsafe by its trait")]
#![allow(clippy::unwrap_used, reason = "test code")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use pong_engine::*;

thread_local! {
    /// Each thread has its own count, so that tests side by side don't disturb one another.
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|count| count.set(count.get() + 1));
        // SAFETY: the caller keeps the same promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the same promises.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

fn allocations_in(work: impl FnOnce()) -> u64 {
    let before = ALLOCATIONS.with(Cell::get);
    work();
    ALLOCATIONS.with(Cell::get) - before
}

fn rules() -> Rules {
    Rules::default().with_cool_mode(true)
}

fn inputs(tick: u64, at: usize) -> Inputs {
    let key = |number: u64| Direction::along((number % 3) as i32 - 1);
    Inputs::new(key(tick / 7 + at as u64), key(tick / 11 + 2 * at as u64))
}

#[test]
fn allocations_are_counted() {
    assert_eq!(
        allocations_in(|| drop(std::hint::black_box(Box::new(1)))),
        1
    );
}

#[test]
fn a_match_allocates_nothing() {
    let count = allocations_in(|| {
        let mut game = Match::new(rules(), 1);
        let mut seen = [0.0; OBSERVATION];
        for tick in 0.. {
            game.step(inputs(tick, 0));
            game.observe(Side::Left, &mut seen);
            let state = Snapshot::from_bytes(&game.snapshot().to_bytes()).unwrap();
            game = Match::restore(&state).unwrap();
            PublicState::decode(&game.public().encode()).unwrap();
            if game.outcome().is_some() {
                break;
            }
        }
    });
    assert_eq!(count, 0);
}

#[test]
fn a_batch_allocates_nothing_per_tick() {
    let mut batch: Batch = (0..300).map(|seed| Match::new(rules(), seed)).collect();
    // A copy has no room to grow into.
    batch = batch.clone();
    let rows: Vec<Vec<Inputs>> = (0..40)
        .map(|tick| (0..300).map(|at| inputs(tick, at)).collect())
        .collect();
    let mut seen = vec![[0.0; OBSERVATION]; batch.len()];
    let mut ended = 0;
    let count = allocations_in(|| {
        for row in rows.iter().cycle().take(12_000) {
            batch.step(row).unwrap();
            ended += batch.ended().count();
            batch.refill(|at, over| Match::new(over.rules(), at as u64));
        }
        batch.observe(Side::Right, &mut seen).unwrap();
    });
    assert_eq!(count, 0);
    assert!(ended > 300);
}

#[test]
fn verifying_allocates_nothing() {
    let mut recorder = Recorder::new(rules(), 4, Vec::new());
    for tick in 0..4_000 {
        recorder.step(inputs(tick, 1));
    }
    let (_, record) = recorder.finish();
    let count = allocations_in(|| {
        Replay::parse(&record).unwrap().verify().unwrap();
    });
    assert_eq!(count, 0);
}
