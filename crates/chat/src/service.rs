//! The door to chat: one value that every use case is a method of. The methods stand in the files
//! of their subjects.

use std::sync::Arc;
use std::time::Duration;

use contract::chat::ChatId;
use contract::notify::Resolved;
use db::{IdempotencyKey, Store, Tx};
use jobs::Enqueue;
use kernel::error::Common;
use kernel::{Actor, AppError, Env, UserId};

use crate::ports::{Contacts, Live, Names, Notices, Presence, Privacy};
use crate::posting::Queue;
use crate::store::members;
use crate::typing::TypingTracker;

/// How chat is kept in this installation.
#[derive(Debug, Clone)]
pub struct ChatConfig {
    /// Whether only those may write whose e-mail address is proven.
    pub verified_only: bool,
    /// After how long somebody who does not go on typing counts as having stopped.
    pub typing_lasts: Duration,
}

impl Default for ChatConfig {
    fn default() -> Self {
        Self {
            verified_only: true,
            typing_lasts: Duration::from_secs(5),
        }
    }
}

/// What chat stands on.
#[derive(Clone)]
pub struct ChatParts {
    /// The database.
    pub store: Store,
    /// Knows who may write to whom.
    pub contacts: Arc<dyn Contacts>,
    /// Knows what people are called.
    pub names: Arc<dyn Names>,
    /// Knows who is around.
    pub presence: Arc<dyn Presence>,
    /// Knows what people keep to themselves.
    pub privacy: Arc<dyn Privacy>,
    /// Carries what nobody needs to hear later.
    pub live: Arc<dyn Live>,
    /// Notifies people of what they have not read.
    pub notices: Arc<dyn Notices>,
}

impl std::fmt::Debug for ChatParts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ChatParts on {:?}", self.store)
    }
}

/// Conversations, lobbies and rooms. Clones are cheap and share everything.
#[derive(Debug, Clone)]
pub struct Chat {
    pub(crate) inner: Arc<Inner>,
    /// What the next thing that is made is known by, where the caller may ask again.
    pub(crate) key: Option<IdempotencyKey>,
}

/// What the subjects share.
#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) config: ChatConfig,
    pub(crate) env: Env,
    pub(crate) parts: ChatParts,
    pub(crate) queue: Queue,
    pub(crate) typing: TypingTracker,
}

impl Chat {
    /// The chats in this database.
    #[must_use]
    pub fn new(config: ChatConfig, parts: ChatParts) -> Self {
        let inner = Inner {
            config,
            env: parts.store.env().clone(),
            queue: Queue::new(&parts),
            parts,
            typing: TypingTracker::default(),
        };
        Self {
            inner: Arc::new(inner),
            key: None,
        }
    }

    /// The same chats for one request that makes something: with the same key again it makes
    /// nothing more and gives the first result.
    #[must_use]
    pub fn once(&self, key: Option<IdempotencyKey>) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            key,
        }
    }

    /// Refuses those who may only look around.
    pub(crate) fn may_speak(&self, actor: &Actor) -> Result<(), AppError> {
        if self.inner.config.verified_only && !actor.verified {
            return Err(Common::EmailNotVerified.into());
        }
        Ok(())
    }
}

/// The stream of a chat's events, and the topic of its ephemeral ones.
#[must_use]
pub fn stream_of(chat: ChatId) -> String {
    format!("chat:{chat}")
}

/// The stream of what concerns one person alone.
pub(crate) fn personal(user: UserId) -> String {
    format!("user:{user}")
}

/// Says that notifications about messages up to this place are dealt with, in the same transaction.
pub(crate) fn settle(
    tx: &mut Tx<'_>,
    user: UserId,
    chat: ChatId,
    seq: i64,
) -> Result<(), AppError> {
    tx.enqueue(Resolved::up_to(user, chat, seq))
}

/// A person has read up to this place, as far as they had not before.
pub(crate) fn catch_up(
    tx: &mut Tx<'_>,
    user: UserId,
    chat: ChatId,
    seq: i64,
) -> Result<(), AppError> {
    let Some(member) = members::locked(tx.conn, chat, user)? else {
        return Ok(());
    };
    if member.last_read_seq >= seq {
        return Ok(());
    }
    members::store_read(tx.conn, chat, user, seq)?;
    if member.is_notified() {
        settle(tx, user, chat, seq)?;
    }
    Ok(())
}
