//! Durable events: stored in the transaction of the change that they report, numbered within their
//! stream, published after the commit, and read again by clients that were disconnected.
//!
//! A node that dies between commit and publication leaves unpublished events. Instead of marking each
//! event when it was published, at the price of a second write, each node writes a heartbeat. When it
//! stops, another node republishes the events stored since shortly before the last heartbeat. Events
//! whose commit has an unknown result are looked up and published by the node that stored them.
//! Receivers drop events with a number that they have already.
//!
//! Stored events can be read for days. What is deleted or changed meanwhile is rewritten in them as
//! well: by their subject ([`rewrite`]), and where they name a renamed user ([`finish_renames`]). Until
//! then, names are replaced when events are read ([`PendingRenames`](db::names::PendingRenames)).
//!
//! ```no_run
//! use contract::catalogue::EventName;
//! use contract::streams::StreamName;
//! use kernel::AppError;
//! use outbox::{CatchUp, Emit};
//!
//! # async fn example(store: db::Store) -> Result<(), AppError> {
//! let stream = StreamName::Chat(store.env().id());
//! store.write(move |tx| tx.emit(stream, EventName::NewMessage, &"hello")).await?;
//! let missed = store.read(move |conn| {
//!     let (_, epoch) = outbox::head(conn, &stream.to_string())?;
//!     outbox::catch_up(conn, &stream.to_string(), epoch, 0, 100)
//! });
//! assert!(matches!(missed.await?, CatchUp::Events(events) if events.len() == 1));
//! # Ok(()) }
//! ```

mod appending;
mod emit;
mod event;
mod publishing;
mod relay;
mod rewriting;
#[allow(missing_docs, unreachable_pub)]
mod schema;
mod streams;

pub use emit::Emit;
pub use event::{NewEvent, StoredEvent, SubjectId, SubjectKind};
pub use publishing::{EventPublisher, flush, set_publisher};
pub use relay::{NodeId, NodeKind, Relay, deregister_node, run_relay, with_heartbeat};
pub use rewriting::{finish_renames, rewrite};
pub use streams::{CatchUp, catch_up, head, heads, prune};
