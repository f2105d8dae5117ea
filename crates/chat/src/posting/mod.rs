//! Writing messages.
//!
//! A transaction for each message would cost a dozen round trips and a flush to disk each. So
//! messages wait in a short queue ([`queue`]); while one batch is being stored, the next gathers.
//! A batch is one transaction of some fifteen statements however many messages it holds, and one
//! for each who is called ([`batch`]); each message in it is judged for itself ([`judge`]). A message
//! with an idempotency key is a batch of its own, as the key goes with its transaction.

mod around;
mod batch;
mod judge;
mod queue;

use contract::chat::{ChatId, Mark, Message, MessageId, PostMessage};
use kernel::{Actor, AppError, Env, UserId};

pub(crate) use queue::Queue;

use crate::rules::{ClientId, Content, named_in};
use crate::{Chat, Error};

/// A message on its way in.
#[derive(Debug, Clone)]
pub(crate) struct Post {
    id: MessageId,
    chat: ChatId,
    sender: UserId,
    content: Content,
    client_id: Option<ClientId>,
    reply_to: Option<MessageId>,
    mark: Option<Mark>,
    /// The names after `@` in the text.
    names: Vec<String>,
}

impl Post {
    fn parse(env: &Env, sender: UserId, post: PostMessage) -> Result<Self, AppError> {
        let content = Content::parse(&post.content).map_err(|error| error.on_field("content"))?;
        let client_id = ClientId::of(post.client_id, post.timestamp.as_ref(), &content)
            .map_err(|error| error.on_field(field_of(error)))?;
        Ok(Self {
            id: env.id(),
            chat: post.chat_id,
            sender,
            names: named_in(content.as_str()),
            content,
            client_id,
            reply_to: post.reply_to,
            mark: post.timestamp,
        })
    }
}

/// The field whose fault it is when a message gets no id.
fn field_of(error: Error) -> &'static str {
    match error {
        Error::MarkInvalid => "timestamp",
        _ => "client_id",
    }
}

impl Chat {
    /// Writes a message. Sent again with the same client id it is not written again: the message
    /// that is there is given back.
    pub async fn send(&self, actor: &Actor, post: PostMessage) -> Result<Message, AppError> {
        self.may_speak(actor)?;
        let post = Post::parse(&self.inner.env, actor.user, post)?;
        let parts = &self.inner.parts;
        let Some(key) = &self.key else {
            return self.inner.queue.store(parts, post).await;
        };
        // Its id alone is kept with the key: what it says may be changed or deleted meanwhile.
        let id = batch::store_once(parts, key, post).await?;
        self.message(actor, id).await
    }
}
