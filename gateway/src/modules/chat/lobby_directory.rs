//! Who is listed in lobbies.

use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;
use contract::users::UserSummary;
use db::{AnyConn, Store};
use kernel::{AppError, UserId};
use realtime::RosterDirectory;

/// Lists the users in lobbies, except those who chose to appear offline.
pub(super) struct LobbyDirectory(pub(super) Store);

#[async_trait]
impl RosterDirectory for LobbyDirectory {
    async fn listed(&self, mut users: BTreeSet<UserId>) -> Result<BTreeSet<UserId>, AppError> {
        let ids: Vec<UserId> = users.iter().copied().collect();
        let read = move |conn: &mut AnyConn| social::queries::invisible_among(conn, &ids);
        let invisible = self.0.read(read).await?;
        users.retain(|user| !invisible.contains(user));
        Ok(users)
    }

    async fn summaries(
        &self,
        users: Vec<UserId>,
    ) -> Result<HashMap<UserId, UserSummary>, AppError> {
        let read = move |conn: &mut AnyConn| accounts::queries::summaries(conn, &users);
        self.0.read(read).await
    }
}
