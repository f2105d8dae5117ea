//! Leases within one process.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use kernel::{AppError, Env};

use super::expiring_map::ExpiringMap;
use crate::{Lease, Leases};

/// The leases of a single node.
pub(crate) struct LocalLeases {
    env: Env,
    table: Mutex<Table>,
}

struct Table {
    /// The epoch of each living lease.
    held: ExpiringMap<u64>,
    newest_epoch: u64,
}

impl LocalLeases {
    /// No lease is held yet.
    pub(crate) fn new(env: Env) -> Self {
        let table = Table {
            held: ExpiringMap::new(usize::MAX),
            newest_epoch: 0,
        };
        Self {
            env,
            table: Mutex::new(table),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// Epochs start at the time of day, so that they also grow from one run of the process to the
    /// next; within a run, no clock can make them fall.
    fn next_epoch(&mut self, env: &Env) -> u64 {
        let clock = u64::try_from(env.now().micros()).unwrap_or(0);
        self.newest_epoch = clock.max(self.newest_epoch + 1);
        self.newest_epoch
    }

    fn renew(&mut self, lease: &Lease, now: Duration, ttl: Duration) -> Option<Lease> {
        let epoch = *self.held.get(&lease.name, now)?;
        (epoch == lease.epoch).then(|| {
            self.held.put(&lease.name, now, now + ttl, epoch);
            Lease {
                ends: now + ttl,
                ..lease.clone()
            }
        })
    }
}

#[async_trait]
impl Leases for LocalLeases {
    async fn acquire(
        &self,
        name: &str,
        holder: &str,
        ttl: Duration,
    ) -> Result<Option<Lease>, AppError> {
        let now = self.env.monotonic();
        let mut table = self.lock();
        if table.held.get(name, now).is_some() {
            return Ok(None);
        }
        let epoch = table.next_epoch(&self.env);
        table.held.put(name, now, now + ttl, epoch);
        Ok(Some(Lease {
            name: name.to_owned(),
            holder: holder.to_owned(),
            epoch,
            ends: now + ttl,
        }))
    }

    async fn renew(&self, leases: &[Lease], ttl: Duration) -> Result<Vec<Option<Lease>>, AppError> {
        let now = self.env.monotonic();
        let mut table = self.lock();
        let renewed = leases.iter().map(|lease| table.renew(lease, now, ttl));
        Ok(renewed.collect())
    }

    async fn release(&self, lease: &Lease) -> Result<(), AppError> {
        let now = self.env.monotonic();
        let mut table = self.lock();
        if table.held.get(&lease.name, now) == Some(&lease.epoch) {
            table.held.remove(&lease.name);
        }
        Ok(())
    }
}
