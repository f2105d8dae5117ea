//! Posting messages.
//!
//! A transaction per message would cost a dozen round trips and a flush to disk each. Messages
//! therefore wait in a short queue ([`queue`]); while one batch is being stored, the next one collects.
//! A batch is one transaction of at most about ten statements, usually four on PostgreSQL, however many
//! messages it has ([`batch`]); each of them is validated on its own ([`validator`]). A message with an
//! idempotency key is a batch of its own, because the key is stored in the same transaction.
//!
//! While few messages are sent, most batches have one. On PostgreSQL, the next message of a conversation
//! that this node knows is then stored with a single statement ([`one_statement`]).

mod batch;
mod context;
mod known_chats;
mod one_statement;
mod parsed_post;
mod queue;
mod validator;

use async_trait::async_trait;
use contract::chat::{Message, PostMessage};
use kernel::{Actor, AppError};

pub(crate) use queue::PostQueue;

use crate::Chat;
use crate::message_actions::MessagesService;
use parsed_post::{ParsedPost, parse};

/// Posting messages.
#[async_trait]
pub trait PostingService: Send + Sync {
    /// Sends a message to a chat. If the actor has already sent it there with the same `client_id`, or
    /// without one with the same `timestamp` and text, the stored message is returned.
    ///
    /// # Errors
    /// `chat.not_a_member`, `chat.not_friends`, `chat.account_deleted`, `auth.email_not_verified`,
    /// `chat.reply_not_found`; `chat.client_id_reused` where the message with this `client_id` is
    /// another one; `chat.busy` while too many messages of the chat wait; those of [`check_post`].
    async fn send_message(&self, actor: &Actor, post: PostMessage) -> Result<Message, AppError>;
}

/// Checks the fields of a message, without the database.
///
/// # Errors
/// `chat.content_empty`, `chat.content_too_long`, `chat.content_control_character`,
/// `chat.client_id_invalid`, `chat.timestamp_invalid`, each on its field; `invalid_fields` where there
/// are several.
pub fn check_post(post: &PostMessage) -> Result<(), AppError> {
    parse(post).map(|_| ())
}

#[async_trait]
impl PostingService for Chat {
    async fn send_message(&self, actor: &Actor, post: PostMessage) -> Result<Message, AppError> {
        self.ensure_can_post(actor)?;
        let post = ParsedPost::parse(&self.inner.env, actor.user, post)?;
        let parts = &self.inner.parts;
        let Some(key) = &self.key else {
            return self.inner.queue.store(parts, post).await;
        };
        // Only the id is stored with the key: the message may be edited or deleted meanwhile.
        let id = batch::store_once(parts, key, post).await?;
        self.get_message(actor, id).await
    }
}
