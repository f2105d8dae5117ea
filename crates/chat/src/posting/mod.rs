//! Writing messages.
//!
//! A transaction for each message would cost a dozen round trips and a flush to disk each. So
//! messages wait in a short queue ([`queue`]); while one batch is being stored, the next gathers.
//! A batch is one transaction of some ten statements at most, four on PostgreSQL as a rule, however
//! many messages it holds ([`batch`]); each message in it is judged for itself ([`validator`]). A
//! message with an idempotency key is a batch of its own, as the key goes with its transaction.

mod batch;
mod context;
mod queue;
mod validator;

use contract::chat::{ChatId, ClientTimestamp, Message, MessageId, PostMessage};
use kernel::{Actor, AppError, Env, UserId};

pub(crate) use queue::Queue;

use crate::Chat;
use crate::rules::{ClientId, Content, MarkText, named_in};

/// A message on its way in.
#[derive(Debug, Clone)]
pub(crate) struct Post {
    id: MessageId,
    chat: ChatId,
    sender: UserId,
    content: Content,
    client_id: Option<ClientId>,
    reply_to: Option<MessageId>,
    mark: Option<ClientTimestamp>,
    /// The names after `@` in the text.
    names: Vec<String>,
}

impl Post {
    fn parse(env: &Env, sender: UserId, post: PostMessage) -> Result<Self, AppError> {
        let (content, client_id) = parse(&post)?;
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

/// The text and the id of a message; what is wrong with any of its fields is told at once.
fn parse(post: &PostMessage) -> Result<(Content, Option<ClientId>), AppError> {
    let content = Content::parse(&post.content);
    let id = post.client_id.clone().map(ClientId::parse).transpose();
    let mark = post.timestamp.as_ref().map(MarkText::parse).transpose();
    match (content, id, mark) {
        (Ok(content), Ok(id), Ok(mark)) => {
            let made = |mark| ClientId::from_mark(&mark, &content, post.reply_to);
            let id = id.or_else(|| mark.map(made));
            Ok((content, id))
        }
        (content, id, mark) => {
            let content = content.err().into_iter().flatten();
            let content = content.map(|error| error.on_field("content"));
            let id = id.err().map(|error| error.on_field("client_id"));
            let mark = mark.err().map(|error| error.on_field("timestamp"));
            Err(AppError::together(content.chain(id).chain(mark)))
        }
    }
}

impl Chat {
    /// Looks at a message as far as that needs no database.
    ///
    /// # Errors
    /// Says which fields cannot be so.
    pub fn check_post(post: &PostMessage) -> Result<(), AppError> {
        parse(post).map(|_| ())
    }

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
