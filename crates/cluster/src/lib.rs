//! What the nodes of a service share at run time: a message bus, leases, sets of members that
//! expire (the base of presence), and rate limits. In one process by default, over Redis where it
//! is configured; callers use four traits and do not know which.
//!
//! ```
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use cluster::{ClusterConfig, Missed, Rate, Subscriber, Topic, connect};
//! use bytes::Bytes;
//! use kernel::Env;
//!
//! /// The sockets of this node.
//! struct Hub;
//!
//! impl Subscriber for Hub {
//!     fn deliver(&self, topic: &Topic, payload: &Bytes) {
//!         println!("{topic}: {} bytes", payload.len());
//!     }
//!
//!     fn resync(&self, missed: Missed<'_>) {
//!         println!("read again: {missed:?}");
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let shared = connect(&ClusterConfig::default(), &Env::system()).await?;
//! shared.bus.attach(Arc::new(Hub));
//!
//! let topic = Topic::of("chat", 7);
//! let subscription = shared.bus.subscribe(&topic);
//! subscription.active().await; // and only then read the chat's state
//! shared.bus.publish(&topic, Bytes::from_static(b"hello"));
//!
//! let rule = Rate::new(5, Duration::from_secs(60));
//! assert!(shared.rate_limiter.check("login:203.0.113.9", rule, 1).await.allowed);
//! # Ok(())
//! # }
//! ```
//!
//! # Invariants
//!
//! - [`Bus::publish`] neither waits nor fails. Delivery to the subscribers of the same node does not
//!   involve Redis.
//! - Delivery between nodes is at most once. [`Subscriber::resync`] announces possible losses: of all
//!   topics after each (re)connection, of single topics when a sender had to drop messages (queue
//!   full, connection lost). What must not be lost has to be stored elsewhere.
//! - Memory is bounded: at most 65,536 messages or 32 MiB wait for Redis; the local rate limiter
//!   evicts keys beyond its capacity.
//! - Nothing waits for Redis longer than [`ClusterConfig::command_timeout`]. While it is
//!   unreachable, one probe per half second waits and all other commands fail at once.
//! - Leases, limits and presence never depend on the wall clock of a node: Redis' clock counts, or
//!   the monotonic clock within one process. If the clock of the Redis host jumps, leases may end
//!   early; their epochs only grow, so a former holder changes nothing.
//!
//! # While Redis is unreachable
//!
//! | | |
//! |---|---|
//! | messages within a node | delivered |
//! | messages between nodes | dropped; a resync follows the reconnection |
//! | [`Leases`], [`ExpiringSets`] | fail at once with `unavailable` |
//! | [`RateLimiter`] | each node counts alone |
//!
//! Connections are pinged every [`ClusterConfig::ping_interval`] and retried after 50 to 500 ms.
//! Requires Redis 6.2 or newer, or Valkey: a single server (or a failover pair behind one address),
//! not Redis Cluster, and without TLS. Persistence is not needed.
//!
//! # Figures
//!
//! `cargo bench -p cluster`, medians on a shared machine with 2 cores and Redis 7.0 on it, payloads of
//! 300 bytes; sender and receiver share one thread; the work of Redis is not included.
//!
//! | work | time |
//! |---|---|
//! | deliver to one subscriber of the same node | 22 ns |
//! | deliver to another node, 100 or 10,000 at once | 4 to 6 µs per message (170,000 to 260,000 per second) |
//! | deliver one message to another node, waiting for it | 40 µs |
//! | publish without subscribers | 2 to 3 µs per message |
//! | check a rate limit: in the process / over Redis | 0.4 µs / 38 µs |
//! | look up 1,000 sets, a quarter of them with members | 58 µs / 1.6 ms |
//! | renew 1,000 members | 137 µs / 4 to 8 ms |
//! | renew 1,000 leases | 119 µs / 3.1 ms |

mod bus;
mod cluster;
mod config;
mod expiring_sets;
mod leases;
mod local;
mod rate_limit_factor;
mod rate_limiter;
mod remote;
mod subscriber;
mod subscription_table;
mod topic;

pub use bus::{Bus, BusStats, Subscription};
pub use cluster::{Cluster, connect};
pub use config::{ClusterConfig, ClusterError};
pub use expiring_sets::{ExpiringSets, SetEntry, SetMember};
pub use leases::{Lease, Leases};
pub use rate_limit_factor::RateLimitFactor;
pub use rate_limiter::{Rate, RateDecision, RateLimiter};
pub use subscriber::{Missed, Subscriber};
pub use topic::Topic;
