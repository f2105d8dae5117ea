//! The implementations over Redis, for several nodes.

mod backoff;
mod bus;
mod bus_state;
mod circuit_breaker;
mod client;
mod envelope;
mod expiring_sets;
mod health;
mod leases;
mod lost_topics;
mod publish_queue;
mod publish_task;
mod rate_limiter;
mod subscribe_task;
pub(crate) mod tls;

pub(crate) use bus::RedisBus;
pub(crate) use client::RedisClient;
pub(crate) use expiring_sets::RedisExpiringSets;
pub(crate) use leases::RedisLeases;
pub(crate) use rate_limiter::RedisRateLimiter;
