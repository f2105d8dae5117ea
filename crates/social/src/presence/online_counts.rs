//! How many users are online on all nodes.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use contract::social::{OnlineCounts, Presence};
use db::AnyConn;
use kernel::error::ErrorKind;
use kernel::{AppError, UserId};

use super::PresenceTracker;

/// How many users one statement reads.
const CHUNK: usize = 500;

impl PresenceTracker {
    pub(super) async fn count_online(&self) -> Result<OnlineCounts, AppError> {
        let now = self.monotonic();
        if let Some(counts) = self.inner.latest_counts.at(now) {
            return Ok(counts);
        }
        let users: Vec<UserId> = self.users_everywhere().await?.into_iter().collect();
        let mut counts = OnlineCounts::default();
        for chunk in users.chunks(CHUNK) {
            let visible = self.publicly_visible(chunk).await?;
            let is_online = |presence: &&Presence| **presence != Presence::Offline;
            counts.online += visible.values().filter(is_online).count();
            let is_playing = |presence: &&Presence| **presence == Presence::InMatch;
            counts.playing += visible.values().filter(is_playing).count();
        }
        self.inner.latest_counts.set(now, counts);
        Ok(counts)
    }

    /// The presence of those of these users who show it to others.
    async fn publicly_visible(
        &self,
        users: &[UserId],
    ) -> Result<HashMap<UserId, Presence>, AppError> {
        let (directory, ids) = (Arc::clone(&self.parts().users), users.to_vec());
        let read = move |conn: &mut AnyConn| directory.load(conn, &ids);
        let loaded = self.parts().store.read(read).await?;
        let shows = |id: &UserId| loaded.get(id).is_some_and(|user| user.shows_presence);
        self.visible_presences(users, shows).await
    }

    /// The users with a connection: those of this node, and those that the others have listed. While the
    /// registry is unavailable, those of this node.
    async fn users_everywhere(&self) -> Result<BTreeSet<UserId>, AppError> {
        let here = self.local().all(self.monotonic());
        let mut users: BTreeSet<UserId> = here.iter().map(|entry| entry.user).collect();
        match self.listed_users().await {
            Ok(listed) => users.extend(listed),
            Err(error) if error.code().kind == ErrorKind::Unavailable => {}
            Err(error) => return Err(error),
        }
        Ok(users)
    }
}
