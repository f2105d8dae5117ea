//! The nodes among themselves: each says that it lives, and the first of the living looks after
//! the people of those that fell silent.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use cluster::SetEntry as Put;
use kernel::{AppError, UserId};

use super::local_connections::{Member, RecheckReason};
use super::{PresenceService, REFRESH, TTL, set_of};
use crate::rules::presence_policy::GRACE;

/// The registry's set of living nodes.
const NODES: &str = "presence-nodes";
/// How long a silent node counts as living: all its connections have expired by then, so one look
/// at its people is enough.
const NODE_BELIEVED: Duration = Duration::from_secs(40);
/// How long it is known who was connected to a node.
const PEOPLE_KNOWN: Duration = Duration::from_secs(120);
/// How often people's last activity is passed on.
const ACTIVITY: Duration = Duration::from_secs(60);

/// The registry's set of a node's people.
fn people_of(node: &str) -> String {
    format!("presence-node:{node}")
}

/// What this node knows of the others, and when it last did what it does regularly.
#[derive(Debug)]
pub(super) struct KnownNodes {
    living: BTreeSet<String>,
    activity_passed_at: Duration,
}

impl KnownNodes {
    pub(super) fn new(now: Duration) -> Self {
        Self {
            living: BTreeSet::new(),
            activity_passed_at: now,
        }
    }

    /// Takes the new list and says which nodes are on it no longer.
    fn update(&mut self, living: BTreeSet<String>) -> BTreeSet<String> {
        let silent = self.living.difference(&living).cloned().collect();
        self.living = living;
        silent
    }
}

impl PresenceService {
    /// Says again that this node's connections are there, carries on what time has changed, and
    /// looks for nodes that died.
    ///
    /// # Errors
    /// The registry or the database is away; the next time makes up for it.
    pub async fn refresh(&self) -> Result<(), AppError> {
        let mut neighbours = self.inner.turn.lock().await;
        let refreshed = self.refresh_in_turn(&mut neighbours).await;
        if refreshed.is_err() {
            // Meanwhile friends were told what single nodes knew by themselves.
            self.local().mark_all();
        }
        refreshed
    }

    async fn refresh_in_turn(&self, neighbours: &mut KnownNodes) -> Result<(), AppError> {
        self.refresh_nodes(neighbours).await?;
        let now = self.monotonic();
        let all = self.local().all(now);
        self.put(&all, TTL).await?;
        self.list_users_here(&all).await?;
        self.local().mark_due(now);
        self.settle_in_turn().await?;
        self.pass_activity_on(neighbours, now).await
    }

    async fn refresh_nodes(&self, neighbours: &mut KnownNodes) -> Result<(), AppError> {
        let mut listed = self.parts().expiring_sets.list(&[NODES]).await?;
        let living = listed.pop().unwrap_or_default();
        let mut living: BTreeSet<String> = living.into_iter().map(|member| member.name).collect();
        let known_before = !neighbours.living.is_empty();
        if living.insert(self.inner.node.clone()) && known_before {
            // The registry has forgotten us, so it has forgotten everybody.
            self.local().mark_all();
        }
        let first = living.first() == Some(&self.inner.node);
        let silent = neighbours.update(living);
        self.heartbeat(NODE_BELIEVED).await?;
        if first && !silent.is_empty() {
            self.recover_dead_nodes(&silent).await?;
        }
        Ok(())
    }

    async fn heartbeat(&self, believed: Duration) -> Result<(), AppError> {
        let alive = Put {
            set: NODES,
            member: &self.inner.node,
            value: b"",
        };
        self.parts().expiring_sets.put(&[alive], believed).await
    }

    async fn recover_dead_nodes(&self, silent: &BTreeSet<String>) -> Result<(), AppError> {
        let sets: Vec<String> = silent.iter().map(|node| people_of(node)).collect();
        let sets: Vec<&str> = sets.iter().map(String::as_str).collect();
        let people = self.parts().expiring_sets.list(&sets).await?;
        let mut local = self.local();
        for member in people.into_iter().flatten() {
            if let Ok(user) = member.name.parse::<UserId>() {
                local.mark(user, RecheckReason::IfGone);
            }
        }
        Ok(())
    }

    /// Puts connections into the registry.
    pub(super) async fn put(&self, members: &[Member], believed: Duration) -> Result<(), AppError> {
        if members.is_empty() {
            return Ok(());
        }
        let owned: Vec<(String, Vec<u8>)> = members
            .iter()
            .map(|member| (set_of(member.user), member.entry.encode()))
            .collect();
        let puts: Vec<Put<'_>> = owned
            .iter()
            .zip(members)
            .map(|((set, value), member)| Put {
                set,
                member: &member.name,
                value,
            })
            .collect();
        self.parts().expiring_sets.put(&puts, believed).await
    }

    /// Notes whose connections this node has, for the others to look after if it dies.
    pub(super) async fn list_users_here(&self, members: &[Member]) -> Result<(), AppError> {
        if members.is_empty() {
            return Ok(());
        }
        let users: BTreeMap<UserId, String> = members
            .iter()
            .map(|member| (member.user, member.user.to_string()))
            .collect();
        let set = people_of(&self.inner.node);
        let puts: Vec<Put<'_>> = users
            .values()
            .map(|user| Put {
                set: &set,
                member: user,
                value: b"",
            })
            .collect();
        self.parts().expiring_sets.put(&puts, PEOPLE_KNOWN).await
    }

    async fn pass_activity_on(
        &self,
        neighbours: &mut KnownNodes,
        now: Duration,
    ) -> Result<(), AppError> {
        let since = neighbours.activity_passed_at;
        if now.saturating_sub(since) < ACTIVITY {
            return Ok(());
        }
        let active = self.local().active_since(since);
        if !active.is_empty() {
            let at = self.inner.env.now();
            self.parts().people.were_active(&active, at).await?;
        }
        neighbours.activity_passed_at = now;
        Ok(())
    }

    /// Says goodbye for a node that ends, after its connections were dropped: the others look
    /// after its people as soon as those could be back.
    ///
    /// # Errors
    /// The registry or the database is away; the others find out later.
    pub async fn retire(&self) -> Result<(), AppError> {
        let _neighbours = self.inner.turn.lock().await;
        self.settle_in_turn().await?;
        self.heartbeat(GRACE + REFRESH / 10).await
    }
}
