//! The implementation of [`ChatService`](crate::ChatService): configuration, dependencies and shared
//! state. The methods are in the files of their subjects.

use std::sync::Arc;
use std::time::Duration;

use contract::chat::ChatId;
use contract::notify::Resolved;
use db::{IdempotencyKey, Store, Tx};
use jobs::Enqueue;
use kernel::error::Common;
use kernel::{Actor, AppError, Env, UserId};

use crate::ports::{
    DefaultPrivacy, DiscardEphemeral, EphemeralPublisher, NoNotifications, NobodyOnline,
    NotificationPort, OnlineUsers, PrivacyPort, RelationPort, UserDirectory,
};
use crate::posting::PostQueue;
use crate::queries::members;
use crate::typing::TypingTracker;

/// The configuration of chat.
#[derive(Debug, Clone)]
pub struct ChatConfig {
    /// Whether posting requires a verified email address.
    pub verified_only: bool,
    /// A user counts as typing until this much time has passed without a further signal.
    pub typing_timeout: Duration,
}

impl Default for ChatConfig {
    fn default() -> Self {
        Self {
            verified_only: true,
            typing_timeout: Duration::from_secs(5),
        }
    }
}

/// The dependencies of chat. [`ChatParts::new`] fills in those that have a default.
#[derive(Clone)]
pub struct ChatParts {
    /// The database.
    pub store: Store,
    /// Friendships and blocks.
    pub relations: Arc<dyn RelationPort>,
    /// User names and avatars.
    pub users: Arc<dyn UserDirectory>,
    /// Who is online.
    pub presence: Arc<dyn OnlineUsers>,
    /// The privacy settings of users.
    pub privacy: Arc<dyn PrivacyPort>,
    /// Publishes events that are not stored.
    pub publisher: Arc<dyn EphemeralPublisher>,
    /// Notifies users of unread messages.
    pub notifications: Arc<dyn NotificationPort>,
}

impl ChatParts {
    /// Chat over this database and these users, with defaults for the rest: nobody is online, all
    /// users share read receipts, ephemeral events and notifications are discarded.
    #[must_use]
    pub fn new(
        store: Store,
        relations: Arc<dyn RelationPort>,
        users: Arc<dyn UserDirectory>,
    ) -> Self {
        Self {
            store,
            relations,
            users,
            presence: Arc::new(NobodyOnline),
            privacy: Arc::new(DefaultPrivacy),
            publisher: Arc::new(DiscardEphemeral),
            notifications: Arc::new(NoNotifications),
        }
    }
}

impl std::fmt::Debug for ChatParts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ChatParts on {:?}", self.store)
    }
}

/// Implements [`ChatService`](crate::ChatService). Clones are cheap and share all state.
#[derive(Debug, Clone)]
pub struct Chat {
    pub(crate) inner: Arc<ChatInner>,
    /// The idempotency key of the current request, if it has one.
    pub(crate) key: Option<IdempotencyKey>,
}

/// State shared by all clones.
#[derive(Debug)]
pub(crate) struct ChatInner {
    pub(crate) config: ChatConfig,
    pub(crate) env: Env,
    pub(crate) parts: ChatParts,
    pub(crate) queue: PostQueue,
    pub(crate) typing: TypingTracker,
}

impl Chat {
    /// Creates the service.
    #[must_use]
    pub fn new(config: ChatConfig, parts: ChatParts) -> Self {
        let inner = ChatInner {
            config,
            env: parts.store.env().clone(),
            queue: PostQueue::new(&parts),
            parts,
            typing: TypingTracker::default(),
        };
        Self {
            inner: Arc::new(inner),
            key: None,
        }
    }

    /// Refuses actors who may read but not post.
    pub(crate) fn ensure_can_post(&self, actor: &Actor) -> Result<(), AppError> {
        if self.inner.config.verified_only && !actor.verified {
            return Err(Common::EmailNotVerified.into());
        }
        Ok(())
    }
}

/// The stream of a chat's durable events, which is also the topic of its ephemeral ones.
#[must_use]
pub fn stream_of(chat: ChatId) -> String {
    format!("chat:{chat}")
}

/// The stream of events for one user.
pub(crate) fn user_stream(user: UserId) -> String {
    format!("user:{user}")
}

/// Enqueues the job that resolves the user's notifications about messages up to `seq`.
pub(crate) fn resolve_notifications(
    tx: &mut Tx<'_>,
    user: UserId,
    chat: ChatId,
    seq: i64,
) -> Result<(), AppError> {
    tx.enqueue(Resolved::up_to(user, chat, seq))
}

/// Marks messages up to `seq` as read, without a read receipt. Changes nothing where the user has read
/// further or is not a member.
pub(crate) fn mark_read_up_to(
    tx: &mut Tx<'_>,
    user: UserId,
    chat: ChatId,
    seq: i64,
) -> Result<(), AppError> {
    let Some(member) = members::lock(tx.conn, chat, user)? else {
        return Ok(());
    };
    if member.last_read_seq >= seq {
        return Ok(());
    }
    members::store_read(tx.conn, chat, user, seq)?;
    if member.is_notified() {
        resolve_notifications(tx, user, chat, seq)?;
    }
    Ok(())
}
