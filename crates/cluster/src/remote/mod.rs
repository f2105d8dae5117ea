//! The same over Redis, for servers that share their users.

mod backoff;
mod breaker;
mod bus;
mod envelope;
mod health;
mod leases;
mod link;
mod missed;
mod outbox;
mod publisher;
mod rates;
mod registry;
mod subscriber;

pub(crate) use bus::RedisBus;
pub(crate) use leases::RedisLeases;
pub(crate) use link::Link;
pub(crate) use rates::RedisRates;
pub(crate) use registry::RedisRegistry;
