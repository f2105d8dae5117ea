//! The implementations within one process, for a single node.

mod bus;
mod expiring_map;
mod expiring_sets;
mod leases;
mod rate_limiter;

pub(crate) use bus::LocalBus;
pub(crate) use expiring_sets::LocalExpiringSets;
pub(crate) use leases::LocalLeases;
pub(crate) use rate_limiter::LocalRateLimiter;
