//! Heartbeats of the nodes. The first living node recomputes the users of dead ones.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use cluster::SetEntry;
use kernel::{AppError, UserId};

use super::known_nodes::KnownNodes;
use super::local_connections::{RecheckReason, RegistryEntry};
use super::tracker::set_of;
use super::{PresenceTracker, TTL};

/// The set of living nodes in the registry.
const NODES: &str = "presence-nodes";
/// How long a node counts as living after its last heartbeat. By then all its connections have
/// expired, so that its users are recomputed once.
const NODE_TTL: Duration = Duration::from_secs(40);
/// How long the users of a node are remembered.
const NODE_USERS_TTL: Duration = Duration::from_secs(120);
/// How often the activity of users is recorded.
const ACTIVITY_INTERVAL: Duration = Duration::from_secs(60);

/// The set of a node's users in the registry.
fn users_of(node: &str) -> String {
    format!("presence-node:{node}")
}

impl PresenceTracker {
    /// Refreshes, under the lock of the registry.
    pub(super) async fn refresh_locked(&self, known: &mut KnownNodes) -> Result<(), AppError> {
        self.refresh_nodes(known).await?;
        let now = self.monotonic();
        let all = self.local().all(now);
        self.put_entries(&all, TTL).await?;
        self.list_users_here(&all).await?;
        self.local().mark_due(now);
        self.flush_locked().await?;
        self.record_activity(known, now).await
    }

    async fn refresh_nodes(&self, known: &mut KnownNodes) -> Result<(), AppError> {
        let mut listed = self.parts().expiring_sets.list(&[NODES]).await?;
        let living = listed.pop().unwrap_or_default();
        let mut living: BTreeSet<String> = living.into_iter().map(|member| member.name).collect();
        let was_listed = !known.living.is_empty();
        if living.insert(self.inner.node.clone()) && was_listed {
            // The registry has lost this node, and with it all entries.
            self.local().mark_all();
        }
        let is_first = living.first() == Some(&self.inner.node);
        let dead = known.update(living);
        self.heartbeat(NODE_TTL).await?;
        if is_first && !dead.is_empty() {
            self.recover_dead_nodes(&dead).await?;
        }
        Ok(())
    }

    /// The users that the living nodes have listed as theirs at their last refresh.
    pub(super) async fn listed_users(&self) -> Result<Vec<UserId>, AppError> {
        let nodes = self.parts().expiring_sets.list(&[NODES]).await?;
        let sets: Vec<String> = nodes
            .iter()
            .flatten()
            .map(|node| users_of(&node.name))
            .collect();
        let sets: Vec<&str> = sets.iter().map(String::as_str).collect();
        let members = self.parts().expiring_sets.list(&sets).await?.into_iter();
        let users = members
            .flatten()
            .filter_map(|member| member.name.parse().ok());
        Ok(users.collect())
    }

    /// Lists this node as living for this long.
    pub(super) async fn heartbeat(&self, ttl: Duration) -> Result<(), AppError> {
        let entry = SetEntry {
            set: NODES,
            member: &self.inner.node,
            value: b"",
        };
        self.parts().expiring_sets.put(&[entry], ttl).await
    }

    async fn recover_dead_nodes(&self, dead: &BTreeSet<String>) -> Result<(), AppError> {
        let sets: Vec<String> = dead.iter().map(|node| users_of(node)).collect();
        let sets: Vec<&str> = sets.iter().map(String::as_str).collect();
        let users = self.parts().expiring_sets.list(&sets).await?;
        let mut local = self.local();
        for member in users.into_iter().flatten() {
            if let Ok(user) = member.name.parse::<UserId>() {
                local.mark(user, RecheckReason::NodeDied);
            }
        }
        Ok(())
    }

    /// Puts connections into the registry.
    pub(super) async fn put_entries(
        &self,
        entries: &[RegistryEntry],
        ttl: Duration,
    ) -> Result<(), AppError> {
        if entries.is_empty() {
            return Ok(());
        }
        let encoded: Vec<(String, Vec<u8>)> = entries
            .iter()
            .map(|entry| (set_of(entry.user), entry.entry.encode()))
            .collect();
        let puts: Vec<SetEntry<'_>> = encoded
            .iter()
            .zip(entries)
            .map(|((set, value), entry)| SetEntry {
                set,
                member: &entry.name,
                value,
            })
            .collect();
        self.parts().expiring_sets.put(&puts, ttl).await
    }

    /// Lists the users of these connections as users of this node, for other nodes to recompute if it
    /// dies.
    pub(super) async fn list_users_here(&self, entries: &[RegistryEntry]) -> Result<(), AppError> {
        if entries.is_empty() {
            return Ok(());
        }
        let users: BTreeMap<UserId, String> = entries
            .iter()
            .map(|entry| (entry.user, entry.user.to_string()))
            .collect();
        let set = users_of(&self.inner.node);
        let puts: Vec<SetEntry<'_>> = users
            .values()
            .map(|user| SetEntry {
                set: &set,
                member: user,
                value: b"",
            })
            .collect();
        self.parts().expiring_sets.put(&puts, NODE_USERS_TTL).await
    }

    async fn record_activity(&self, known: &mut KnownNodes, now: Duration) -> Result<(), AppError> {
        let since = known.activity_recorded_at;
        if now.saturating_sub(since) < ACTIVITY_INTERVAL {
            return Ok(());
        }
        let active = self.local().active_since(since);
        if !active.is_empty() {
            let at = self.inner.env.now();
            self.parts().users.record_activity(&active, at).await?;
        }
        known.activity_recorded_at = now;
        Ok(())
    }
}
