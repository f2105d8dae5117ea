//! The door to notifications: one value that every use case is a method of.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use contract::chat::ChatId;
use contract::notify::{NotificationEvent, chat_of_subject};
use db::{AnyConn, Store, Tx};
use jobs::Registration;
use kernel::{AppError, UserId};

use crate::ports::{Conversations, DigestMailer, People, Presence, Registry};
use crate::{broadcast, delivery, leaving, mail, resolution};

/// How notifications are kept in this installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotifyConfig {
    /// How long something waits to be read before mail tells of it.
    pub mail_after: Duration,
    /// How many notifications of a person are kept.
    pub keep: i64,
}

impl Default for NotifyConfig {
    fn default() -> Self {
        Self {
            mail_after: Duration::from_secs(15 * 60),
            keep: 500,
        }
    }
}

/// What notifications stand on.
#[derive(Clone)]
pub struct NotifyParts {
    /// The database.
    pub store: Store,
    /// Knows who has an account.
    pub registry: Arc<dyn Registry>,
    /// Knows what people are called and whom they block.
    pub people: Arc<dyn People>,
    /// Knows the conversations that notifications are about.
    pub conversations: Arc<dyn Conversations>,
    /// Knows who is around.
    pub presence: Arc<dyn Presence>,
    /// Sends mail.
    pub post: Arc<dyn DigestMailer>,
}

impl std::fmt::Debug for NotifyParts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NotifyParts on {:?}", self.store)
    }
}

/// What people are told. Clones are cheap and share everything.
#[derive(Clone, Debug)]
pub struct Notify {
    pub(crate) config: NotifyConfig,
    pub(crate) parts: Arc<NotifyParts>,
}

impl Notify {
    /// The notifications in this database.
    #[must_use]
    pub fn new(config: NotifyConfig, parts: NotifyParts) -> Self {
        Self {
            config,
            parts: Arc::new(parts),
        }
    }

    /// The background work of this crate, for the worker.
    #[must_use]
    pub fn jobs(&self) -> Vec<Registration> {
        vec![
            Registration::new(broadcast::BroadcastHandler(self.clone())),
            Registration::new(mail::CollectDigestHandler(self.clone())),
            Registration::new(mail::SendDigestHandler(self.clone())),
            Registration::batch(delivery::DeliverHandler(self.clone())),
            Registration::batch(resolution::ResolveHandler),
            Registration::batch(leaving::LeaveHandler),
        ]
    }

    /// Keeps others from changing what these people were told until the transaction ends.
    ///
    /// # Errors
    /// Only where the database is away.
    pub fn hold(&self, tx: &mut Tx<'_>, users: &BTreeSet<UserId>) -> Result<(), AppError> {
        lock(tx.conn, users)
    }

    /// Tells people of what happened to them, each thing once, in the transaction of the caller.
    ///
    /// # Errors
    /// Only where the database is away.
    pub fn deliver(
        &self,
        tx: &mut Tx<'_>,
        happened: Vec<NotificationEvent>,
    ) -> Result<(), AppError> {
        delivery::take_in(tx, self, happened).map(|_| ())
    }
}

impl NotifyParts {
    /// Notifications about these subjects were dismissed, or told by mail, though nobody has looked
    /// into their chats: what comes next there is told anew.
    pub(crate) fn call_again<'s>(
        &self,
        tx: &mut Tx<'_>,
        user: UserId,
        subjects: impl IntoIterator<Item = &'s String>,
    ) -> Result<(), AppError> {
        let chats = subjects
            .into_iter()
            .filter_map(|subject| chat_of_subject(subject));
        let chats: BTreeSet<ChatId> = chats.collect();
        let chats: Vec<ChatId> = chats.into_iter().collect();
        self.conversations.call_again(tx, user, &chats)
    }
}

/// Keeps others from changing what waits for these people until the transaction ends, so that
/// what is counted is what there is.
pub(crate) fn lock(conn: &mut AnyConn, users: &BTreeSet<UserId>) -> Result<(), AppError> {
    db::lock_all(conn, users.iter().map(|user| format!("notify:{user}")))
}

/// The same, for one person.
pub(crate) fn lock_one(conn: &mut AnyConn, user: UserId) -> Result<(), AppError> {
    db::lock(conn, &format!("notify:{user}"))
}

/// The stream that a person's sockets listen to.
pub(crate) fn stream_of(user: UserId) -> String {
    format!("user:{user}")
}
