//! The connections of this node, and the changes that are not in the registry yet.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use kernel::{SessionId, UserId};

use super::connection_slot::{ConnectionSlot, DisconnectReason};
use super::entry::{ConnectionEntries, ConnectionEntry};

/// The connections of this node.
#[derive(Debug, Default)]
pub(super) struct LocalConnections {
    by_user: HashMap<UserId, Vec<TrackedConnection>>,
    marked: HashMap<UserId, RecheckReason>,
    /// Entries to be removed from the registry.
    removed: Vec<RegistryEntry>,
    /// Connections whose grace begins, to be put into the registry.
    closed: Vec<ClosedConnection>,
    /// Entries whose grace has begun, in the order of its end.
    in_grace: VecDeque<(Duration, RegistryEntry)>,
}

#[derive(Debug)]
struct TrackedConnection {
    slot: Arc<ConnectionSlot>,
    /// The entry that was last written to the registry.
    written: Option<ConnectionEntry>,
}

/// Why a user is recomputed. The greater reason wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum RecheckReason {
    /// The user's node died. Announced if the user is offline now.
    NodeDied,
    /// A connection changed. Announced if the presence differs.
    Changed,
    /// Friends may have a wrong presence. Announced unless the user is invisible.
    AnnounceAgain,
    /// The privacy settings changed. Announced if the user is or was online.
    PrivacyChanged,
    /// The status changed and could not be announced then. Always announced.
    StatusChanged,
}

/// A closed or lost connection that still counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ClosedConnection {
    pub(super) entry: RegistryEntry,
    pub(super) grace: Duration,
}

/// A member of a user's set in the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RegistryEntry {
    pub(super) user: UserId,
    pub(super) name: String,
    pub(super) entry: ConnectionEntry,
}

/// A change of a user's connections on this node.
#[derive(Debug, Clone)]
pub(super) struct LocalChange {
    pub(super) reason: RecheckReason,
    /// The changed entries as they were before, by name.
    before: Vec<(String, Option<ConnectionEntry>)>,
}

impl LocalChange {
    /// The entries before this change. Those of other nodes stay as they are.
    pub(super) fn undo(&self, now: ConnectionEntries) -> ConnectionEntries {
        let entries = self.before.iter();
        entries.fold(now, |now, (name, entry)| now.with(name, *entry))
    }
}

/// Changes to be written to the registry.
#[derive(Debug, Default)]
pub(super) struct ChangeBatch {
    pub(super) changes: HashMap<UserId, LocalChange>,
    pub(super) put: Vec<RegistryEntry>,
    pub(super) closed: Vec<ClosedConnection>,
    pub(super) removed: Vec<RegistryEntry>,
}

impl LocalConnections {
    /// Adds a connection.
    pub(super) fn add(&mut self, slot: Arc<ConnectionSlot>) {
        let user = slot.user;
        self.mark(user, RecheckReason::Changed);
        let written = None;
        let tracked = TrackedConnection { slot, written };
        self.by_user.entry(user).or_default().push(tracked);
    }

    /// Removes a connection that ended.
    pub(super) fn remove(&mut self, slot: &ConnectionSlot, reason: DisconnectReason) {
        // A connection that was never written to the registry was seen by nobody.
        let tracked = self.take_tracked(slot);
        let Some(entry) = tracked.and_then(|tracked| tracked.written) else {
            return;
        };
        let entry = RegistryEntry {
            user: slot.user,
            name: slot.name.clone(),
            entry,
        };
        let grace = reason.grace();
        if grace.is_zero() {
            self.end_graces(slot.user, entry.entry.session());
            self.removed.push(entry);
        } else {
            self.closed.push(ClosedConnection { entry, grace });
        }
        self.mark(slot.user, RecheckReason::Changed);
    }

    /// Ends the grace of all connections of a session that signed out.
    fn end_graces(&mut self, user: UserId, session: Option<SessionId>) {
        let is_ended = |entry: &RegistryEntry| {
            entry.user == user && session.is_some() && entry.entry.session() == session
        };
        let closed = self.closed.extract_if(.., |closed| is_ended(&closed.entry));
        self.removed.extend(closed.map(|closed| closed.entry));
        let in_grace = self.in_grace.iter().map(|(_, entry)| entry);
        self.removed
            .extend(in_grace.filter(|entry| is_ended(entry)).cloned());
        self.in_grace.retain(|(_, entry)| !is_ended(entry));
    }

    fn take_tracked(&mut self, slot: &ConnectionSlot) -> Option<TrackedConnection> {
        let all = self.by_user.get_mut(&slot.user)?;
        let index = all
            .iter()
            .position(|tracked| tracked.slot.name == slot.name)?;
        let tracked = all.swap_remove(index);
        if all.is_empty() {
            self.by_user.remove(&slot.user);
        }
        Some(tracked)
    }

    /// Marks a user to be recomputed.
    pub(super) fn mark(&mut self, user: UserId, reason: RecheckReason) {
        let known = self.marked.entry(user).or_insert(reason);
        *known = reason.max(*known);
    }

    /// Marks all connected users to be announced again.
    pub(super) fn mark_all(&mut self) {
        let users: Vec<UserId> = self.by_user.keys().copied().collect();
        users
            .into_iter()
            .for_each(|user| self.mark(user, RecheckReason::AnnounceAgain));
    }

    /// Marks the users whose entries have changed with time.
    pub(super) fn mark_due(&mut self, now: Duration) {
        let differs =
            |tracked: &TrackedConnection| tracked.written != Some(tracked.slot.entry(now));
        let due = |(user, all): (&UserId, &Vec<TrackedConnection>)| {
            all.iter().any(differs).then_some(*user)
        };
        let users: Vec<UserId> = self.by_user.iter().filter_map(due).collect();
        users
            .into_iter()
            .for_each(|user| self.mark(user, RecheckReason::Changed));
    }

    /// Takes all changes to be written to the registry.
    pub(super) fn take(&mut self, now: Duration) -> ChangeBatch {
        self.end_due_graces(now);
        let mut batch = ChangeBatch {
            closed: std::mem::take(&mut self.closed),
            removed: std::mem::take(&mut self.removed),
            ..ChangeBatch::default()
        };
        for (user, reason) in std::mem::take(&mut self.marked) {
            let before = self.collect_changes(user, reason, now, &mut batch.put);
            batch.changes.insert(user, LocalChange { reason, before });
        }
        let closed = batch.closed.iter().map(|closed| &closed.entry);
        for entry in batch.removed.iter().chain(closed) {
            if let Some(change) = batch.changes.get_mut(&entry.user) {
                change.before.push((entry.name.clone(), Some(entry.entry)));
            }
        }
        for closed in &batch.closed {
            self.begin_grace(now + closed.grace, closed.entry.clone());
        }
        batch
    }

    fn begin_grace(&mut self, end: Duration, entry: RegistryEntry) {
        let index = self.in_grace.partition_point(|(other, _)| *other <= end);
        self.in_grace.insert(index, (end, entry));
    }

    fn end_due_graces(&mut self, now: Duration) {
        while let Some((end, _)) = self.in_grace.front()
            && *end <= now
            && let Some((_, entry)) = self.in_grace.pop_front()
        {
            self.mark(entry.user, RecheckReason::Changed);
            self.removed.push(entry);
        }
    }

    /// Adds the changed entries of a user to `put`, and returns what they were before.
    fn collect_changes(
        &mut self,
        user: UserId,
        reason: RecheckReason,
        now: Duration,
        put: &mut Vec<RegistryEntry>,
    ) -> Vec<(String, Option<ConnectionEntry>)> {
        let mut before = Vec::new();
        for tracked in self.by_user.get_mut(&user).into_iter().flatten() {
            let entry = tracked.slot.entry(now);
            let written = tracked.written.replace(entry);
            if written == Some(entry) && reason <= RecheckReason::Changed {
                continue;
            }
            let name = tracked.slot.name.clone();
            before.push((name.clone(), written));
            put.push(RegistryEntry { user, name, entry });
        }
        before
    }

    /// Puts back a batch that could not be written. Its users are announced whether or not their
    /// presence differs, as it is not known what friends have got.
    pub(super) fn put_back(&mut self, batch: ChangeBatch) {
        let is_in_batch =
            |entry: &RegistryEntry| batch.closed.iter().any(|closed| closed.entry == *entry);
        self.in_grace.retain(|(_, entry)| !is_in_batch(entry));
        self.closed.extend(batch.closed);
        self.removed.extend(batch.removed);
        for (user, change) in batch.changes {
            let reason = match change.reason {
                RecheckReason::Changed => RecheckReason::AnnounceAgain,
                reason => reason,
            };
            self.mark(user, reason);
        }
    }

    /// The entries of all connections of this node.
    pub(super) fn all(&self, now: Duration) -> Vec<RegistryEntry> {
        let entry = |tracked: &TrackedConnection| RegistryEntry {
            user: tracked.slot.user,
            name: tracked.slot.name.clone(),
            entry: tracked.slot.entry(now),
        };
        self.by_user.values().flatten().map(entry).collect()
    }

    /// The entries of a user's connections on this node.
    pub(super) fn of(&self, user: UserId, now: Duration) -> ConnectionEntries {
        let entry =
            |tracked: &TrackedConnection| (tracked.slot.name.clone(), tracked.slot.entry(now));
        let all = self.by_user.get(&user).into_iter().flatten();
        ConnectionEntries::new(all.map(entry).collect())
    }

    /// Records activity of a user. Returns whether they are connected to this node, and whether a
    /// connection became active by it.
    pub(super) fn acted(&self, user: UserId, now: Duration) -> (bool, bool) {
        let all = self.by_user.get(&user);
        let became_active = all
            .into_iter()
            .flatten()
            .fold(false, |any, tracked| tracked.slot.act(now) | any);
        (all.is_some(), became_active)
    }

    /// The users with activity since this time.
    pub(super) fn active_since(&self, since: Duration) -> Vec<UserId> {
        let is_active = |all: &Vec<TrackedConnection>| {
            all.iter().any(|tracked| tracked.slot.acted_since(since))
        };
        let users = self.by_user.iter().filter(|(_, all)| is_active(all));
        users.map(|(user, _)| *user).collect()
    }

    /// When the next grace ends.
    pub(super) fn next_grace_end(&self) -> Option<Duration> {
        self.in_grace.front().map(|(end, _)| *end)
    }
}
