//! What chat needs of other domains, and what others need of chat.

use std::collections::{BTreeSet, HashMap, HashSet};

use async_trait::async_trait;
use contract::catalogue::EventName;
use contract::notify::NotificationEvent;
use contract::streams::StreamName;
use contract::users::UserSummary;
use db::{AnyConn, BulkStatement, Tx, UserSet};
use kernel::{AppError, Relation, UserId};
use notify::NotifyService;
use realtime::Publisher;
use serde_json::Value;
use social::SocialService;
use social::ports::BlockListener;

use crate::services::LateBound;

/// The names of users.
pub(super) struct ChatUsers;

impl chat::ports::UserDirectory for ChatUsers {
    fn summaries(
        &self,
        conn: &mut AnyConn,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, UserSummary>, AppError> {
        accounts::queries::summaries(conn, ids)
    }

    fn find_mentioned(
        &self,
        conn: &mut AnyConn,
        usernames: &[String],
    ) -> Result<Vec<UserSummary>, AppError> {
        accounts::queries::mention(conn, usernames)
    }

    fn find_by_username(
        &self,
        conn: &mut AnyConn,
        username: &str,
    ) -> Result<Option<UserSummary>, AppError> {
        accounts::queries::any_named(conn, username)
    }

    fn summary_guard(&self, summary: &UserSummary) -> Option<BulkStatement<'static, ()>> {
        accounts::queries::summary_guard(summary)
    }
}

/// What users keep private.
pub(super) struct PrivacyAdapter;

impl chat::ports::PrivacyPort for PrivacyAdapter {
    fn shares_read_receipts(&self, conn: &mut AnyConn, user: UserId) -> Result<bool, AppError> {
        let found = accounts::queries::with_privacy(conn, &[user])?;
        let privacy = found.get(&user).map(|(_, privacy)| privacy);
        Ok(privacy.is_some_and(|privacy| privacy.read_receipts))
    }

    fn is_invisible(&self, conn: &mut AnyConn, user: UserId) -> Result<bool, AppError> {
        Ok(!social::queries::invisible_among(conn, &[user])?.is_empty())
    }
}

/// The relations between users.
pub(super) struct ChatRelations;

impl chat::ports::RelationPort for ChatRelations {
    fn relations(
        &self,
        conn: &mut AnyConn,
        pairs: &[(UserId, UserId)],
    ) -> Result<Vec<Relation>, AppError> {
        social::queries::relations(conn, pairs)
    }

    fn hidden_from(&self, conn: &mut AnyConn, viewer: UserId) -> Result<Vec<UserId>, AppError> {
        let hidden = social::queries::hidden_from(conn, viewer)?;
        Ok(hidden.into_iter().collect())
    }

    fn hidden_set(&self, viewer: UserId) -> UserSet {
        social::queries::hidden_set(viewer)
    }

    fn friends_guard(&self, user: UserId, friend: UserId) -> Option<BulkStatement<'static, ()>> {
        Some(social::queries::friends_guard(user, friend))
    }
}

/// Who is online.
pub(super) struct PresenceAdapter(pub(super) LateBound<dyn SocialService>);

#[async_trait]
impl chat::ports::OnlineUsers for PresenceAdapter {
    async fn online(&self, viewer: UserId, of: &[UserId]) -> Result<HashSet<UserId>, AppError> {
        let presences = self.0.get()?.presence().of_friends(viewer, of).await?;
        let is_online = |(id, presence): (UserId, _)| {
            (presence != contract::social::Presence::Offline).then_some(id)
        };
        Ok(presences.into_iter().filter_map(is_online).collect())
    }
}

/// Publishes ephemeral events of chats.
pub(super) struct ChatEventPublisher(pub(super) Publisher);

impl chat::ports::EphemeralPublisher for ChatEventPublisher {
    fn publish(&self, stream: StreamName, event: EventName, data: Value, author: Option<UserId>) {
        self.0.publish_ephemeral(stream, event, &data, author);
    }
}

/// Notifies users of unread messages.
pub(super) struct NotificationsAdapter(pub(super) LateBound<dyn NotifyService>);

impl chat::ports::NotificationPort for NotificationsAdapter {
    fn lock_users(&self, tx: &mut Tx<'_>, users: &BTreeSet<UserId>) -> Result<(), AppError> {
        self.0.get()?.lock_recipients(tx, users)
    }

    fn deliver(&self, tx: &mut Tx<'_>, events: Vec<NotificationEvent>) -> Result<(), AppError> {
        self.0.get()?.deliver(tx, events)
    }
}

/// Resolves what is unread between users when one blocks the other.
pub(super) struct ChatBlockListener;

impl BlockListener for ChatBlockListener {
    fn blocked(&self, tx: &mut Tx<'_>, one: UserId, other: UserId) -> Result<(), AppError> {
        chat::mark_read_between(tx, one, other)
    }
}
