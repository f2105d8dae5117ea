//! Everything within one process, for the server that runs alone.

mod bus;
mod expiring;
mod leases;
mod rates;
mod registry;

pub(crate) use bus::LocalBus;
pub(crate) use leases::LocalLeases;
pub(crate) use rates::LocalRates;
pub(crate) use registry::LocalRegistry;
