//! What each part of the service is implemented on: the settings and what the crate needs.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use contract::chat::ChatId;
use contract::notify::chat_of_subject;
use db::{Store, Tx};
use kernel::{AppError, UserId};

use crate::kinds::NotificationKinds;
use crate::ports::{ActivityPort, ChatNotifications, DigestMailer, RecipientDirectory};

/// The settings of notifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotifyConfig {
    /// How long a notification is unread before it is mailed.
    pub digest_after: Duration,
    /// The maximum number of notifications of a user.
    pub max_per_user: i64,
}

impl Default for NotifyConfig {
    fn default() -> Self {
        Self {
            digest_after: Duration::from_secs(15 * 60),
            max_per_user: 500,
        }
    }
}

/// What this crate needs.
#[derive(Clone)]
pub struct NotifyParts {
    /// The database.
    pub store: Store,
    /// Looks up recipients and those whom notifications are about.
    pub users: Arc<dyn RecipientDirectory>,
    /// Keeps what chats know about notifications of their messages.
    pub chats: Arc<dyn ChatNotifications>,
    /// Knows which users are active.
    pub activity: Arc<dyn ActivityPort>,
    /// The kinds of notifications.
    pub kinds: NotificationKinds,
    /// Sends digests.
    pub mailer: Arc<dyn DigestMailer>,
}

impl std::fmt::Debug for NotifyParts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NotifyParts on {:?}", self.store)
    }
}

/// Implements [`NotifyService`](crate::NotifyService). Clones are cheap and share their state.
#[derive(Clone, Debug)]
pub struct Notify {
    pub(crate) config: NotifyConfig,
    pub(crate) parts: Arc<NotifyParts>,
}

impl Notify {
    /// A service over this database.
    #[must_use]
    pub fn new(config: NotifyConfig, parts: NotifyParts) -> Self {
        Self {
            config,
            parts: Arc::new(parts),
        }
    }
}

impl NotifyParts {
    /// Lets the next message of the chats among these subjects notify the user again, after
    /// notifications about them were dismissed or mailed.
    pub(crate) fn rearm_chats<'s>(
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
        self.chats.rearm(tx, user, &chats)
    }
}
