//! Reads the entries of users, and what they show of them.

use std::collections::HashMap;

use contract::social::{ChosenStatus, OwnStatus, Presence};
use db::AnyConn;
use kernel::error::ErrorKind;
use kernel::{AppError, UserId};

use super::entry::ConnectionEntries;
use super::tracker::set_of;
use super::{PresenceTracker, queries};
use crate::rules::presence_policy::presence;

/// The presence that friends see of a user with these entries.
pub(super) fn visible_presence(entries: &ConnectionEntries, chosen: ChosenStatus) -> Presence {
    presence(entries.activities(), entries.in_match(), chosen)
}

/// The status that a user sees of themselves.
pub(super) fn own_status(chosen: ChosenStatus, entries: &ConnectionEntries) -> OwnStatus {
    OwnStatus {
        status: chosen,
        presence: visible_presence(entries, chosen),
        connections: entries.open_sessions().count(),
    }
}

impl PresenceTracker {
    /// Reads the presence that friends see of those of these users for whom `shows` is true. Users
    /// without a connection are left out.
    pub(crate) async fn visible_presences(
        &self,
        users: &[UserId],
        shows: impl Fn(&UserId) -> bool,
    ) -> Result<HashMap<UserId, Presence>, AppError> {
        let shown: Vec<UserId> = users.iter().copied().filter(shows).collect();
        let connected = self.connected(&shown).await?;
        if connected.is_empty() {
            return Ok(HashMap::new());
        }
        let ids: Vec<UserId> = connected.keys().copied().collect();
        let read = move |conn: &mut AnyConn| queries::chosen_statuses(conn, &ids);
        let chosen = self.parts().store.read(read).await?;
        let visible = connected.into_iter().map(|(user, entries)| {
            let chosen = chosen.get(&user).copied().unwrap_or_default();
            (user, visible_presence(&entries, chosen))
        });
        Ok(visible.collect())
    }

    /// The entries of those of these users who have any that count.
    pub(super) async fn connected(
        &self,
        users: &[UserId],
    ) -> Result<HashMap<UserId, ConnectionEntries>, AppError> {
        let entries = self.entries_or_local(users).await?;
        let all = users.iter().copied().zip(entries);
        Ok(all
            .filter(|(_, entries)| entries.activities().next().is_some())
            .collect())
    }

    /// The entries of these users on all nodes, in one read of the registry.
    pub(super) async fn entries(
        &self,
        users: &[UserId],
    ) -> Result<Vec<ConnectionEntries>, AppError> {
        if users.is_empty() {
            return Ok(vec![]);
        }
        let sets: Vec<String> = users.iter().map(|user| set_of(*user)).collect();
        let sets: Vec<&str> = sets.iter().map(String::as_str).collect();
        let listed = self.parts().expiring_sets.list(&sets).await?;
        Ok(listed
            .into_iter()
            .map(ConnectionEntries::from_iter)
            .collect())
    }

    /// As [`entries`](Self::entries), and while the registry is unavailable those of this node.
    pub(super) async fn entries_or_local(
        &self,
        users: &[UserId],
    ) -> Result<Vec<ConnectionEntries>, AppError> {
        match self.entries(users).await {
            Err(error) if error.code().kind == ErrorKind::Unavailable => {
                let (local, now) = (self.local(), self.monotonic());
                Ok(users.iter().map(|user| local.of(*user, now)).collect())
            }
            entries => entries,
        }
    }
}
