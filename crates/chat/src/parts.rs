//! What chat needs: its configuration and its dependencies.

use std::sync::Arc;
use std::time::Duration;

use db::Store;

use crate::ports::{
    DefaultPrivacy, DiscardEphemeral, EphemeralPublisher, NoNotifications, NobodyOnline,
    NotificationPort, OnlineUsers, PrivacyPort, RelationPort, UserDirectory,
};

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
