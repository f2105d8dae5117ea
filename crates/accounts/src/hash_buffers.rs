//! Memory for password hashes, kept while logins go on and released when they stop.
//!
//! A hash takes 19 MiB. Allocated each time, it would be zeroed for each login, and the allocator
//! would keep it forever, once per thread that ever hashed.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use argon2::Block;

/// How long idle memory is kept for the next hash.
const WARM: Duration = Duration::from_secs(10);
/// The minimum allocation in blocks of 1 KiB: allocators take more than 32 MiB from the operating
/// system directly and return it at once. Unused pages are never resident.
const OF_THE_SYSTEM: usize = 33 * 1024;

/// The memory of one hash.
pub(crate) type HashBuffer = Vec<Block>;

/// Idle buffers, never more than there were concurrent hashes.
#[derive(Debug, Clone, Default)]
pub(crate) struct HashBufferPool(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    free: Mutex<Vec<HashBuffer>>,
    /// Counts releases, so that only the newest one clears the pool.
    turns: AtomicU64,
}

impl HashBufferPool {
    /// Runs `work` with a buffer of this many blocks.
    pub(crate) fn with<T>(&self, blocks: usize, work: impl FnOnce(&mut [Block]) -> T) -> T {
        let mut bench = self.take();
        if bench.len() < blocks {
            bench.reserve_exact(blocks.max(OF_THE_SYSTEM).saturating_sub(bench.len()));
            bench.resize(blocks, Block::default());
        }
        let result = work(bench.get_mut(..blocks).unwrap_or_default());
        self.free().push(bench);
        result
    }

    /// Releases all idle buffers after a while, unless they are used again.
    pub(crate) fn rest(&self) {
        let (this, turn) = (self.clone(), self.next_turn());
        tokio::spawn(async move {
            tokio::time::sleep(WARM).await;
            this.clear(turn);
        });
    }

    fn next_turn(&self) -> u64 {
        self.0.turns.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Releases all idle buffers if the pool was not used since this turn.
    fn clear(&self, turn: u64) {
        if self.0.turns.load(Ordering::Relaxed) == turn {
            self.free().clear();
        }
    }

    fn take(&self) -> HashBuffer {
        self.free().pop().unwrap_or_default()
    }

    fn free(&self) -> std::sync::MutexGuard<'_, Vec<HashBuffer>> {
        // Nothing panics while the lock is held.
        self.0.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(benches: &HashBufferPool) -> usize {
        benches.free().len()
    }

    #[test]
    fn memory_is_used_again_and_given_back_when_it_rests() {
        let benches = HashBufferPool::default();
        benches.with(8, |one| {
            assert_eq!(one.len(), 8);
            benches.with(16, |other| assert_eq!(other.len(), 16));
        });
        assert_eq!(waiting(&benches), 2);
        benches.with(4, |again| assert_eq!(again.len(), 4));
        assert_eq!(waiting(&benches), 2, "no more than were used at once");
        let (first, second) = (benches.next_turn(), benches.next_turn());
        benches.clear(first);
        assert_eq!(waiting(&benches), 2, "it was used meanwhile");
        benches.clear(second);
        assert_eq!(waiting(&benches), 0);
    }
}
