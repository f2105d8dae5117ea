//! Memory for password hashes, kept while logins go on and released when they stop.
//!
//! A hash takes 19 MiB. Allocated each time, it would be zeroed for each login, and the allocator
//! would keep it forever, once per thread that ever hashed.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use argon2::Block;

/// How long idle memory is kept for the next hash.
const IDLE_TTL: Duration = Duration::from_secs(10);
/// The minimum allocation in blocks of 1 KiB: allocators take more than 32 MiB from the operating
/// system directly and return it at once. Unused pages are never resident.
const MIN_ALLOCATION_BLOCKS: usize = 33 * 1024;

/// The memory of one hash.
pub(crate) type HashBuffer = Vec<Block>;

/// Idle buffers, never more than there were concurrent hashes.
#[derive(Debug, Clone, Default)]
pub(crate) struct HashBufferPool(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    free: Mutex<Vec<HashBuffer>>,
    /// Counts releases, so that only the newest one clears the pool.
    generation: AtomicU64,
}

impl HashBufferPool {
    /// Runs `work` with a buffer of this many blocks.
    pub(crate) fn with_buffer<T>(&self, blocks: usize, work: impl FnOnce(&mut [Block]) -> T) -> T {
        let mut buffer = self.take();
        if buffer.len() < blocks {
            buffer.reserve_exact(
                blocks
                    .max(MIN_ALLOCATION_BLOCKS)
                    .saturating_sub(buffer.len()),
            );
            buffer.resize(blocks, Block::default());
        }
        let result = work(buffer.get_mut(..blocks).unwrap_or_default());
        self.free().push(buffer);
        result
    }

    /// Releases all idle buffers after a while, unless they are used again.
    pub(crate) fn release_later(&self) {
        let (this, generation) = (self.clone(), self.next_generation());
        tokio::spawn(async move {
            tokio::time::sleep(IDLE_TTL).await;
            this.clear(generation);
        });
    }

    fn next_generation(&self) -> u64 {
        self.0.generation.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Releases all idle buffers if the pool was not used since then.
    fn clear(&self, generation: u64) {
        if self.0.generation.load(Ordering::Relaxed) == generation {
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

    fn waiting(buffers: &HashBufferPool) -> usize {
        buffers.free().len()
    }

    #[test]
    fn buffers_are_reused_and_released_when_idle() {
        let buffers = HashBufferPool::default();
        buffers.with_buffer(8, |one| {
            assert_eq!(one.len(), 8);
            buffers.with_buffer(16, |other| assert_eq!(other.len(), 16));
        });
        assert_eq!(waiting(&buffers), 2);
        buffers.with_buffer(4, |again| assert_eq!(again.len(), 4));
        assert_eq!(waiting(&buffers), 2, "no more than were used at once");
        let (first, second) = (buffers.next_generation(), buffers.next_generation());
        buffers.clear(first);
        assert_eq!(waiting(&buffers), 2, "it was used meanwhile");
        buffers.clear(second);
        assert_eq!(waiting(&buffers), 0);
    }
}
