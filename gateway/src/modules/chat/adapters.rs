//! What chat needs of other domains, and what others need of chat.

use std::collections::{BTreeSet, HashMap, HashSet};

use async_trait::async_trait;
use contract::notify::NotificationEvent;
use contract::users::UserSummary;
use db::{AnyConn, Tx, UserSet};
use kernel::{AppError, UserId};
use notify::Notify;
use realtime::Publisher;
use serde_json::Value;
use social::Social;
use social::ports::BlockListener;

use crate::services::Later;

/// The names of users.
pub(super) struct UsersAdapter;

impl chat::ports::Names for UsersAdapter {
    fn summaries(
        &self,
        conn: &mut AnyConn,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, UserSummary>, AppError> {
        accounts::queries::summaries(conn, ids)
    }

    fn mention(
        &self,
        conn: &mut AnyConn,
        usernames: &[String],
    ) -> Result<Vec<UserSummary>, AppError> {
        accounts::queries::mention(conn, usernames)
    }

    fn any_named(
        &self,
        conn: &mut AnyConn,
        username: &str,
    ) -> Result<Option<UserSummary>, AppError> {
        accounts::queries::any_named(conn, username)
    }
}

/// What users keep private.
pub(super) struct PrivacyAdapter;

impl chat::ports::Privacy for PrivacyAdapter {
    fn gives_receipts(&self, conn: &mut AnyConn, user: UserId) -> Result<bool, AppError> {
        let found = accounts::queries::with_privacy(conn, &[user])?;
        let privacy = found.get(&user).map(|(_, privacy)| privacy);
        Ok(privacy.is_some_and(|privacy| privacy.read_receipts))
    }

    fn is_invisible(&self, conn: &mut AnyConn, user: UserId) -> Result<bool, AppError> {
        Ok(!social::queries::invisible_among(conn, &[user])?.is_empty())
    }
}

/// The relations between users.
pub(super) struct RelationsAdapter;

impl chat::ports::Contacts for RelationsAdapter {
    fn standings(
        &self,
        conn: &mut AnyConn,
        pairs: &[(UserId, UserId)],
    ) -> Result<Vec<chat::ports::Standing>, AppError> {
        use chat::ports::Standing;
        let relations = social::queries::relations(conn, pairs)?;
        let standing = |relation| match relation {
            social::Relation::Friend => Standing::Friends,
            social::Relation::Stranger => Standing::Strangers,
            social::Relation::Blocked => Standing::Blocked,
        };
        Ok(relations.into_iter().map(standing).collect())
    }

    fn hidden_from(&self, conn: &mut AnyConn, viewer: UserId) -> Result<Vec<UserId>, AppError> {
        let hidden = social::queries::hidden_from(conn, viewer)?;
        Ok(hidden.into_iter().collect())
    }

    fn hidden_set(&self, viewer: UserId) -> UserSet {
        social::queries::hidden_set(viewer)
    }
}

/// Who is online.
pub(super) struct PresenceAdapter(pub(super) Later<Social>);

#[async_trait]
impl chat::ports::Presence for PresenceAdapter {
    async fn online(&self, viewer: UserId, of: &[UserId]) -> Result<HashSet<UserId>, AppError> {
        let presences = self.0.get()?.presence().of_friends(viewer, of).await?;
        let is_online = |(id, presence): (UserId, _)| {
            (presence != contract::social::Presence::Offline).then_some(id)
        };
        Ok(presences.into_iter().filter_map(is_online).collect())
    }
}

/// Publishes ephemeral events of chats.
pub(super) struct EphemeralPublisher(pub(super) Publisher);

impl chat::ports::Live for EphemeralPublisher {
    fn send(&self, topic: &str, name: &'static str, data: Value, author: Option<UserId>) {
        self.0.publish_ephemeral(topic, name, &data, author);
    }
}

/// Notifies users of unread messages.
pub(super) struct NotificationsAdapter(pub(super) Later<Notify>);

impl chat::ports::Notices for NotificationsAdapter {
    fn hold(&self, tx: &mut Tx<'_>, users: &BTreeSet<UserId>) -> Result<(), AppError> {
        self.0.get()?.hold(tx, users)
    }

    fn deliver(&self, tx: &mut Tx<'_>, happened: Vec<NotificationEvent>) -> Result<(), AppError> {
        self.0.get()?.deliver(tx, happened)
    }
}

/// Resolves what is unread between users when one blocks the other.
pub(super) struct BlockAdapter;

impl BlockListener for BlockAdapter {
    fn blocked(&self, tx: &mut Tx<'_>, one: UserId, other: UserId) -> Result<(), AppError> {
        chat::settle_between(tx, one, other)
    }
}
