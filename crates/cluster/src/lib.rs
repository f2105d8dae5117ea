//! What the nodes of one service share while they run: fan-out between sockets and nodes, leases,
//! who is there, and rate limits. Within one process by default, over Redis where one is
//! configured; the rest of the house sees four traits and never which it is.
//!
//! ```
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use cluster::{Config, Missed, Rate, Sink, Topic, connect};
//! use bytes::Bytes;
//! use kernel::Ambient;
//!
//! /// The sockets of this node.
//! struct Hub;
//!
//! impl Sink for Hub {
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
//! let shared = connect(&Config::default(), &Ambient::system()).await?;
//! shared.bus.attach(Arc::new(Hub));
//!
//! let topic = Topic::of("chat", 7);
//! let subscription = shared.bus.subscribe(&topic);
//! subscription.active().await; // and only then read the chat's state
//! shared.bus.publish(&topic, Bytes::from_static(b"hello"));
//!
//! let rule = Rate::new(5, Duration::from_secs(60));
//! assert!(shared.rates.hit("login:203.0.113.9", rule, 1).await.allowed);
//! # Ok(())
//! # }
//! ```
//!
//! # Invariants
//!
//! - [`Bus::publish`] neither waits nor fails, and reaches the sinks of its own node without
//!   Redis having a part in it.
//! - Between nodes a message arrives once or not at all. Whoever may have missed one is told by
//!   [`Sink::resync`]: of everything after each (re)connection, of single topics when a sender
//!   had to drop something (a full queue, a connection that broke). What must not be lost has to
//!   be readable elsewhere.
//! - Memory is bounded: 65,536 messages or 32 MiB wait for Redis at the most; counters of rate
//!   limits are forgotten rather than kept without end.
//! - Nothing waits for Redis longer than [`Config::time_limit`], and while it is away nobody but
//!   one prober each half second waits at all.
//! - No clock of a node decides over leases, limits or presence: over Redis its own time counts,
//!   within a process the monotonic clock. A clock of Redis' machine that jumps may end leases
//!   early; the epochs, which only grow, then keep the old holder from doing harm.
//!
//! # While Redis is away
//!
//! | | |
//! |---|---|
//! | messages of the same node | as always |
//! | messages between nodes | not sent; a resync follows when Redis is back |
//! | [`Leases`], [`Registry`] | `unavailable`, at once |
//! | [`RateCounters`] | each node counts for itself, so that requests go on |
//!
//! The connections are tested every [`Config::ping_every`] and made again after 50 to 500 ms.
//! Redis 6.2 or newer, or Valkey, is needed: one server (or a failover pair behind one address),
//! not a cluster, and without TLS. It needs no persistence: everything here is made again.
//!
//! # Figures
//!
//! `cargo bench -p cluster`, medians on a shared machine with 2 cores and Redis 7.0 on it, payloads of
//! 300 bytes; sender and receiver share one thread, so a figure is the work of both, without
//! Redis' own.
//!
//! | work | time |
//! |---|---|
//! | deliver to one sink of the same node | 22 ns |
//! | deliver to another node, 100 or 10,000 at once | 4 to 6 µs per message (170,000 to 260,000 per second) |
//! | deliver one message to another node, there and waited for | 40 µs |
//! | send where nobody listens | 2 to 3 µs per message |
//! | count a hit: in the process / over Redis | 0.4 µs / 38 µs |
//! | look up 1,000 friends, a quarter of them there | 58 µs / 1.6 ms |
//! | put 1,000 members again | 137 µs / 4 to 8 ms |
//! | renew 1,000 leases | 119 µs / 3.1 ms |

mod config;
mod fanout;
mod interests;
mod leases;
mod local;
mod outage_log;
mod rates;
mod registry;
mod remote;
mod sink;
mod topic;

pub use config::{Bundle, Config, WrongAddress, connect};
pub use fanout::{Bus, Subscription, Traffic};
pub use leases::{Lease, Leases};
pub use outage_log::OutageLog;
pub use rates::{Rate, RateCounters, Verdict};
pub use registry::{Entry, Member, Registry};
pub use sink::{Missed, Sink};
pub use topic::Topic;
