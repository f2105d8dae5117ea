//! Chat: conversations of two users, lobbies with the world chat, rooms of other domains, and the
//! messages in them.
//!
//! [`ChatService`] is the interface; [`Chat`] implements it over a [`db::Store`]. What chat needs from
//! other domains are the traits in [`ports`].
//!
//! Invariants:
//! - Each chat has one order. The sequence numbers (`seq`) of its messages are 1, 2, 3 and so on
//!   without gaps, assigned under a lock on the chat's row; the events of its stream are in that order.
//! - A message is stored once: sender, chat and client id are unique, and a retry returns the stored
//!   message.
//! - Every change emits its event in the same transaction. It locks the rows that it depends on before it
//!   writes, and emits last.
//! - A chat that the actor is not a member of, messages that they have deleted for themselves, and users
//!   across a block are reported as missing.
//! - A deleted message keeps its sequence number and loses its text, also in stored events; an edited
//!   message loses its earlier text.
//! - Posting marks everything before as read. The unread messages are therefore those after
//!   `last_read_seq`, without a counter per member.
//! - Texts are plain text in NFC without control characters.
//!
//! Only friends open a conversation and write in it. Lobbies are open to everybody, rooms to their
//! members.
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use chat::{Chat, ChatConfig, ChatParts, ChatService};
//! use contract::chat::PostMessage;
//! use kernel::{Actor, AppError};
//!
//! # async fn example(parts: ChatParts, ada: Actor) -> Result<(), AppError> {
//! let chat: Arc<dyn ChatService> = Arc::new(Chat::new(ChatConfig::default(), parts));
//! let opened = chat.open_conversation(&ada, "grace").await?;
//! let post = PostMessage {
//!     chat_id: opened.conversation.chat_id,
//!     content: "Ready when you are".to_owned(),
//!     timestamp: None,
//!     client_id: Some("b7c1".to_owned()),
//!     reply_to: None,
//! };
//! let message = chat.send_message(&ada, post.clone()).await?;
//! assert_eq!(chat.send_message(&ada, post).await?, message, "a retry is no second message");
//! # Ok(()) }
//! ```
//!
//! # Embedding
//!
//! A program without the gateway needs a database and two ports: who is friends with whom
//! ([`ports::RelationPort`]), and what users are called ([`ports::UserDirectory`]). [`ChatParts::new`]
//! fills in the others with implementations that do nothing. `examples/embedded.rs` is such a program
//! over SQLite, 150 lines long; `cargo run -p chat --example embedded` runs it.
//!
//! - Durable events are rows of the outbox. A program that forwards them to its clients sets a publisher
//!   with `outbox::set_publisher`; without one they are stored, and can be read with `outbox::catch_up`.
//! - Notifications of unread messages are jobs. A program that sets [`ChatParts::notifications`]
//!   registers [`ChatService::jobs`] with a `jobs::Worker`; without one the jobs stay in their table.
//!
//! # Figures
//!
//! `COURTSIDE_BENCH_MESSAGES=1000000 cargo bench -p chat --bench chat`: medians of the time that one
//! caller waits, on a virtual machine with 2 cores and PostgreSQL 15 on the same machine.
//!
//! | operation | SQLite | PostgreSQL |
//! |---|---|---|
//! | list 20 of 1,000,000 messages: the newest | 0.06 ms | 0.46 ms |
//! | the same, from the middle | 0.09 ms | 0.46 ms |
//! | the same, at the beginning | 0.09 ms | 0.45 ms |
//! | list 10 conversations with their newest messages | 0.09 ms | 0.33 ms |
//!
//! `tests/benches/README.md` states what a message costs the whole server.

mod chat;
mod conversations;
mod error;
mod events;
mod history;
mod lobbies;
mod message_actions;
mod message_notifications;
mod parts;
mod personal_data;
pub mod ports;
mod posting;
pub mod queries;
mod read_context;
mod reading;
mod reports;
mod rooms;
mod rules;
#[allow(missing_docs, unreachable_pub)]
mod schema;
mod service;
mod typing;
mod typing_tracker;
mod view;

pub use chat::Chat;
pub use conversations::{
    ConversationsService, OpenedConversation, mark_read_between, rearm_notifications,
};
pub use error::Error;
pub use history::{HistoryService, MessagePage};
pub use lobbies::LobbiesService;
pub use message_actions::{MessagesService, check_content};
pub use message_notifications::record_notified;
pub use parts::{ChatConfig, ChatParts};
pub use personal_data::ChatDataService;
pub use posting::{PostingService, check_post};
pub use reports::{ReportsService, check_report};
pub use rooms::RoomsService;
pub use service::ChatService;
pub use typing::TypingService;
