//! Durable events: numbered within their stream, stored with what they tell of, published after
//! the commit, and read again by clients that were away.
//!
//! A node that dies between commit and publishing leaves events that nobody was told of. Instead
//! of marking each event when it was published (a second write for every one), each node writes a
//! heartbeat; another node that sees it stop publishes again what was stored since shortly before
//! the last beat. Events whose commit was not answered are looked up and published by the node that
//! stored them. Receivers know the numbers they have and drop what comes twice.
//!
//! Stored events can be read for days. What is deleted or changed meanwhile is rewritten in them
//! too: by their subject ([`rewrite`]), and where they name a person ([`finish_renames`]); until that is
//! done, names are replaced as events are read ([`PendingRenames`](db::names::PendingRenames)).
//!
//! ```no_run
//! use kernel::AppError;
//! use outbox::{CatchUp, Emit};
//!
//! # async fn example(store: db::Store) -> Result<(), AppError> {
//! store.write(|tx| tx.emit("chat:1", "new_message", &"hello")).await?;
//! let missed = store.read(|conn| {
//!     let (_, epoch) = outbox::head(conn, "chat:1")?;
//!     outbox::catch_up(conn, "chat:1", epoch, 0, 100)
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
pub use relay::{NodeId, NodeKind, Relay, leave, run_relay};
pub use rewriting::{finish_renames, rename, rewrite};
pub use streams::{CatchUp, catch_up, head, heads, prune};
