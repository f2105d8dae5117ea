//! Leases: one node at a time does a thing.

use std::time::Duration;

use async_trait::async_trait;
use kernel::AppError;

/// The right to do something alone for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// What it is about, as in `match:01890a5d-…`.
    pub name: String,
    /// Who has it.
    pub holder: String,
    /// The fence: every later lease of any name has a higher one. Whatever is written under a
    /// lease carries it, and the place written to refuses one lower than the highest it has seen;
    /// so an owner that slept through the end of its lease changes nothing.
    pub epoch: u64,
    /// When it ends unless renewed, by this process's [monotonic clock](kernel::Clock::monotonic).
    /// Counted from before it was asked for, so it ends here no later than for the others.
    pub ends: Duration,
}

/// Gives leases out. A lease that is not renewed ends by itself; no wall clock of a node has a
/// part in it.
#[async_trait]
pub trait Leases: Send + Sync {
    /// Takes the lease, or nothing if somebody has it, be it the same holder.
    ///
    /// # Errors
    /// Unavailable, when Redis is unreachable: then the lease may or may not have been taken.
    async fn acquire(
        &self,
        name: &str,
        holder: &str,
        ttl: Duration,
    ) -> Result<Option<Lease>, AppError>;

    /// Makes these leases last `ttl` from now, in one round trip. The answer has one place for
    /// each, in their order: the lease with its new end, or nothing where it was lost.
    ///
    /// # Errors
    /// Unavailable, when Redis is unreachable: each lease may or may not have been renewed, so it is
    /// good until its old end.
    async fn renew(&self, leases: &[Lease], ttl: Duration) -> Result<Vec<Option<Lease>>, AppError>;

    /// Gives the lease back. One that was lost is left to its new holder.
    ///
    /// # Errors
    /// Unavailable, when Redis is unreachable.
    async fn release(&self, lease: &Lease) -> Result<(), AppError>;
}
