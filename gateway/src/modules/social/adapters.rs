//! What social needs of other domains.

use std::collections::HashMap;
use std::sync::Arc;

use accounts::AccountsService;
use async_trait::async_trait;
use contract::catalogue::EventName;
use contract::users::{Privacy, UserSummary};
use db::{AnyConn, Tx};
use kernel::{AppError, Timestamp, UserId};
use realtime::Publisher;
use serde_json::Value;
use social::ports::{BlockListener, UserWithPrivacy};

/// Users with their privacy settings.
pub(super) struct SocialUsers(pub(super) Arc<dyn AccountsService>);

#[async_trait]
impl social::ports::SocialDirectory for SocialUsers {
    fn find_by_username(
        &self,
        conn: &mut AnyConn,
        username: &str,
    ) -> Result<Option<UserWithPrivacy>, AppError> {
        let Some(id) = accounts::queries::find(conn, username)? else {
            return Ok(None);
        };
        Ok(self.load(conn, &[id])?.remove(&id))
    }

    fn load(
        &self,
        conn: &mut AnyConn,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, UserWithPrivacy>, AppError> {
        let found = accounts::queries::with_privacy(conn, ids)?;
        let with_privacy = |(id, (summary, privacy)): (UserId, (UserSummary, Privacy))| {
            (id, UserWithPrivacy::new(summary, &privacy))
        };
        Ok(found.into_iter().map(with_privacy).collect())
    }

    async fn record_activity(&self, ids: &[UserId], at: Timestamp) -> Result<(), AppError> {
        self.0.record_activity(ids.to_vec(), at).await
    }
}

/// What the modules do when one user blocks another.
pub(super) struct BlockListeners(pub(super) Vec<Arc<dyn BlockListener>>);

impl BlockListener for BlockListeners {
    fn blocked(&self, tx: &mut Tx<'_>, one: UserId, other: UserId) -> Result<(), AppError> {
        let mut all = self.0.iter();
        all.try_for_each(|listener| listener.blocked(tx, one, other))
    }
}

/// Publishes ephemeral events of users.
pub(super) struct PresencePublisher(pub(super) Publisher);

impl social::ports::UserEventPublisher for PresencePublisher {
    fn publish(&self, to: &[UserId], event: EventName, data: Value) {
        self.0.publish_to_users(to, event, &data);
    }
}
