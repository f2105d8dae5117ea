//! The memory that password hashes are made in: kept while logins go on, given back when it rests.
//!
//! A hash takes 19 MiB. Asked of the allocator each time, the memory would be cleared anew for each
//! login, and the allocator would keep it for ever, once for every thread that ever made a hash.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use argon2::Block;

/// How long memory waits for the next hash.
const WARM: Duration = Duration::from_secs(10);
/// Room for so many blocks of 1 KiB is asked for at least: allocators take more than 32 MiB from the
/// system itself and give it back at once. What is not used of it is never really there.
const OF_THE_SYSTEM: usize = 33 * 1024;

/// The memory of one hash.
pub(crate) type HashBuffer = Vec<Block>;

/// Memory that waits for the next hash; never more than there were hashes at once.
#[derive(Debug, Clone, Default)]
pub(crate) struct HashBufferPool(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    free: Mutex<Vec<HashBuffer>>,
    /// Counts what was given back, so that only the last one clears up.
    turns: AtomicU64,
}

impl HashBufferPool {
    /// Works with memory of so many blocks.
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

    /// Gives all that waits back to the system, unless it is used again before long.
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

    /// Lets go of all that waits, if nothing was done since this turn.
    fn clear(&self, turn: u64) {
        if self.0.turns.load(Ordering::Relaxed) == turn {
            self.free().clear();
        }
    }

    fn take(&self) -> HashBuffer {
        self.free().pop().unwrap_or_default()
    }

    fn free(&self) -> std::sync::MutexGuard<'_, Vec<HashBuffer>> {
        // Nothing that can fail is done while it is held.
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
