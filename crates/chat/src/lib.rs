//! Chat: conversations of two, lobbies and the world chat, rooms of other domains, and what people
//! say and do in them.
//!
//! Invariants:
//! - Each chat has one order. The numbers (`seq`) of its messages are 1, 2, 3 and so on without
//!   gaps, given out under a lock on the chat's row; the events on its stream come in that order.
//! - A message is stored once: sender, chat and the sender's own id for it are unique for ever, and
//!   a retry gives the same message back.
//! - Whatever is told on a stream was changed in the same transaction, and whatever is changed is
//!   told. Each deed holds the row it is about before it writes and tells last.
//! - What one is not in, what one has deleted for oneself and what lies across a block looks like
//!   what is not there.
//! - A deleted message keeps its place and loses its text, also in the events that clients may read
//!   again; an edited one loses the text it had. Whatever one writes, one has read; so
//!   what is unread is what came after, without a counter for each member.
//! - Texts are plain text, composed, without control characters ([`Error::ContentEmpty`] and its
//!   neighbours).
//!
//! Only friends open a conversation and write in it ([`ports::Standing`]). Lobbies are open to
//! everybody who may write; rooms to their members.
//!
//! ```no_run
//! use chat::{Chat, ChatConfig, ChatParts};
//! use contract::chat::PostMessage;
//! use kernel::{Actor, AppError};
//!
//! # async fn example(parts: ChatParts, ada: Actor) -> Result<(), AppError> {
//! let chat = Chat::new(ChatConfig::default(), parts);
//! let opened = chat.open_direct(&ada, "grace").await?;
//! let post = PostMessage {
//!     chat_id: opened.conversation.chat_id,
//!     content: "Ready when you are".to_owned(),
//!     timestamp: None,
//!     client_id: Some("b7c1".to_owned()),
//!     reply_to: None,
//! };
//! let message = chat.send(&ada, post.clone()).await?;
//! assert_eq!(chat.send(&ada, post).await?, message, "a retry is no second message");
//! # Ok(()) }
//! ```
//!
//! # Figures
//!
//! `COURTSIDE_BENCH_MESSAGES=1000000 cargo bench -p chat --bench chat`: medians of the time that one
//! caller waits, on a virtual machine with 2 cores and PostgreSQL 15 on the same machine.
//!
//! | work | SQLite | PostgreSQL |
//! |---|---|---|
//! | 20 messages of 1,000,000: the newest | 0.06 ms | 0.46 ms |
//! | the same, in the middle, before one of them | 0.09 ms | 0.46 ms |
//! | the same, at the beginning | 0.09 ms | 0.45 ms |
//! | list of 10 conversations with their last messages | 0.09 ms | 0.33 ms |
//!
//! What a message costs the whole server stands in `tests/benches/README.md`.

mod calls;
mod direct;
pub mod error;
mod events;
mod history;
mod message_actions;
mod personal;
pub mod ports;
mod posting;
pub mod queries;
mod reports;
mod rooms;
mod rules;
#[allow(missing_docs, unreachable_pub)]
mod schema;
mod service;
mod store;
mod typing;
mod view;

pub use calls::note_notified;
pub use direct::{Opened, call_again, settle_between};
pub use error::Error;
pub use history::History;
pub use service::{Chat, ChatConfig, ChatParts, stream_of};
