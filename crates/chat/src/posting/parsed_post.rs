//! Parses the fields of a message, without the database.

use contract::chat::{ChatId, ClientTimestamp, MessageId, PostMessage};
use kernel::{AppError, Env, UserId};

use crate::rules::{ClientId, MessageContent, TimestampText, mentioned_names};

/// A message with valid fields.
#[derive(Debug, Clone)]
pub(crate) struct ParsedPost {
    pub(super) id: MessageId,
    pub(super) chat: ChatId,
    pub(super) sender: UserId,
    pub(super) content: MessageContent,
    pub(super) client_id: Option<ClientId>,
    pub(super) reply_to: Option<MessageId>,
    pub(super) timestamp: Option<ClientTimestamp>,
    /// The usernames that the text mentions.
    pub(super) mentioned: Vec<String>,
}

impl ParsedPost {
    pub(super) fn parse(env: &Env, sender: UserId, post: PostMessage) -> Result<Self, AppError> {
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
pub(super) fn parse(post: &PostMessage) -> Result<(MessageContent, Option<ClientId>), AppError> {
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
