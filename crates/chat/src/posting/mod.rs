//! Posting messages.
//!
//! A transaction per message would cost a dozen round trips and a flush to disk each. Messages
//! therefore wait in a short queue ([`queue`]); while one batch is being stored, the next one collects.
//! A batch is one transaction of at most about ten statements, usually four on PostgreSQL, however many
//! messages it has ([`batch`]); each of them is validated on its own ([`validator`]). A message with an
//! idempotency key is a batch of its own, because the key is stored in the same transaction.

mod batch;
mod context;
mod queue;
mod validator;

use async_trait::async_trait;
use contract::chat::{ChatId, ClientTimestamp, Message, MessageId, PostMessage};
use kernel::{Actor, AppError, Env, UserId};

pub(crate) use queue::PostQueue;

use crate::Chat;
use crate::message_actions::MessagesService;
use crate::rules::{ClientId, MessageContent, TimestampText, mentioned_names};

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

/// A message with valid fields.
#[derive(Debug, Clone)]
pub(crate) struct ParsedPost {
    id: MessageId,
    chat: ChatId,
    sender: UserId,
    content: MessageContent,
    client_id: Option<ClientId>,
    reply_to: Option<MessageId>,
    timestamp: Option<ClientTimestamp>,
    /// The usernames that the text mentions.
    mentioned: Vec<String>,
}

impl ParsedPost {
    fn parse(env: &Env, sender: UserId, post: PostMessage) -> Result<Self, AppError> {
        let (content, client_id) = parse(&post)?;
        Ok(Self {
            id: env.id(),
            chat: post.chat_id,
            sender,
            mentioned: mentioned_names(content.as_str()),
            content,
            client_id,
            reply_to: post.reply_to,
            timestamp: post.timestamp,
        })
    }
}

/// Parses the text and the client id of a message. The error names all invalid fields.
fn parse(post: &PostMessage) -> Result<(MessageContent, Option<ClientId>), AppError> {
    let content = MessageContent::parse(&post.content);
    let id = post.client_id.clone().map(ClientId::parse).transpose();
    let timestamp = post.timestamp.as_ref().map(TimestampText::parse);
    match (content, id, timestamp.transpose()) {
        (Ok(content), Ok(id), Ok(timestamp)) => {
            let derive = |timestamp| ClientId::derive(&timestamp, &content, post.reply_to);
            let id = id.or_else(|| timestamp.map(derive));
            Ok((content, id))
        }
        (content, id, timestamp) => {
            let content = content.err().into_iter().flatten();
            let content = content.map(|error| error.on_field("content"));
            let id = id.err().map(|error| error.on_field("client_id"));
            let timestamp = timestamp.err().map(|error| error.on_field("timestamp"));
            Err(AppError::together(content.chain(id).chain(timestamp)))
        }
    }
}
