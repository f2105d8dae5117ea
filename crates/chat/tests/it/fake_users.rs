//! The ports over users in memory.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard};

use async_trait::async_trait;
use chat::ports::{NotificationPort, OnlineUsers, PrivacyPort, RelationPort, UserDirectory};
use contract::notify::NotificationEvent;
use contract::users::UserSummary;
use db::{AnyConn, BulkStatement, Tx, UserSet};
use diesel::sql_types::Bool;
use kernel::{Actor, AppError, Relation, UserId};

/// Users and their relations, the same for all nodes.
#[derive(Default)]
pub(crate) struct FakeUsers(Mutex<UserData>);

#[derive(Default)]
struct UserData {
    names: HashMap<UserId, String>,
    friends: HashSet<(UserId, UserId)>,
    blocks: HashSet<(UserId, UserId)>,
    without_receipts: HashSet<UserId>,
    invisible: HashSet<UserId>,
    deleted: HashSet<UserId>,
    online: HashSet<UserId>,
    notifications: Vec<NotificationEvent>,
}

impl FakeUsers {
    /// The notifications that were created.
    pub(crate) fn notifications(&self) -> Vec<NotificationEvent> {
        self.lock().notifications.clone()
    }

    fn lock(&self) -> MutexGuard<'_, UserData> {
        self.0.lock().unwrap()
    }

    pub(crate) fn add(&self, user: UserId, name: &str) {
        self.lock().names.insert(user, name.to_owned());
    }

    pub(crate) fn befriend(&self, one: &Actor, other: &Actor) {
        self.lock().friends.insert(pair(one.user, other.user));
    }

    pub(crate) fn unfriend(&self, one: &Actor, other: &Actor) {
        self.lock().friends.remove(&pair(one.user, other.user));
    }

    pub(crate) fn block(&self, one: &Actor, other: &Actor) {
        self.unfriend(one, other);
        self.lock().blocks.insert(pair(one.user, other.user));
    }

    pub(crate) fn share_receipts(&self, user: &Actor, shares: bool) {
        let mut data = self.lock();
        if shares {
            data.without_receipts.remove(&user.user);
        } else {
            data.without_receipts.insert(user.user);
        }
    }

    pub(crate) fn make_invisible(&self, user: &Actor) {
        self.lock().invisible.insert(user.user);
    }

    /// Deletes an account: its username becomes a placeholder.
    pub(crate) fn delete_account(&self, user: &Actor) {
        let mut data = self.lock();
        data.deleted.insert(user.user);
        let name = format!("deleted-{}", user.user);
        data.names.insert(user.user, name);
        data.friends.retain(|(a, b)| ![a, b].contains(&&user.user));
    }

    pub(crate) fn set_online(&self, user: &Actor) {
        self.lock().online.insert(user.user);
    }

    fn hidden(&self, viewer: UserId) -> Vec<UserId> {
        let data = self.lock();
        let blocks = data.blocks.iter();
        let hidden = blocks.filter_map(|(one, other)| match viewer {
            _ if viewer == *one => Some(*other),
            _ if viewer == *other => Some(*one),
            _ => None,
        });
        hidden.collect()
    }
}

fn pair(one: UserId, other: UserId) -> (UserId, UserId) {
    (one.min(other), one.max(other))
}

fn summary(id: UserId, name: &str) -> UserSummary {
    UserSummary {
        id,
        username: name.to_owned(),
        display_name: format!("{name} the player"),
        avatar: format!("/avatars/{name}/"),
        is_deleted: false,
    }
}

/// A guard that holds or not.
fn guard(before: &'static str, holds: bool) -> BulkStatement<'static, ()> {
    BulkStatement::<'_, ()>::new(before, " WHERE v.column1").column::<Bool, _>(vec![holds])
}

impl RelationPort for FakeUsers {
    fn relations(
        &self,
        _: &mut AnyConn,
        pairs: &[(UserId, UserId)],
    ) -> Result<Vec<Relation>, AppError> {
        let data = self.lock();
        let relation = |(one, other): &(UserId, UserId)| {
            let both = pair(*one, *other);
            if data.blocks.contains(&both) {
                Relation::Blocked
            } else if data.friends.contains(&both) {
                Relation::Friend
            } else {
                Relation::Stranger
            }
        };
        Ok(pairs.iter().map(relation).collect())
    }

    fn hidden_from(&self, _: &mut AnyConn, viewer: UserId) -> Result<Vec<UserId>, AppError> {
        Ok(self.hidden(viewer))
    }

    fn hidden_set(&self, viewer: UserId) -> UserSet {
        UserSet::Listed(self.hidden(viewer))
    }

    fn friends_guard(&self, user: UserId, friend: UserId) -> Option<BulkStatement<'static, ()>> {
        let holds = self.lock().friends.contains(&pair(user, friend));
        Some(guard("SELECT 1 AS friends FROM ", holds))
    }
}

impl UserDirectory for FakeUsers {
    fn summaries(
        &self,
        _: &mut AnyConn,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, UserSummary>, AppError> {
        let data = self.lock();
        let found = ids.iter().filter_map(|id| {
            let mut summary = summary(*id, data.names.get(id)?);
            summary.is_deleted = data.deleted.contains(id);
            Some((*id, summary))
        });
        Ok(found.collect())
    }

    fn find_mentioned(
        &self,
        _: &mut AnyConn,
        usernames: &[String],
    ) -> Result<Vec<UserSummary>, AppError> {
        let data = self.lock();
        let wanted: HashSet<_> = usernames.iter().map(|name| name.to_lowercase()).collect();
        let found = data
            .names
            .iter()
            .filter(|(id, _)| !data.deleted.contains(id))
            .filter(|(_, name)| wanted.contains(&name.to_lowercase()));
        Ok(found.map(|(id, name)| summary(*id, name)).collect())
    }

    fn summary_guard(&self, summary: &UserSummary) -> Option<BulkStatement<'static, ()>> {
        let data = self.lock();
        let holds = data.names.get(&summary.id) == Some(&summary.username);
        Some(guard("SELECT 1 AS named FROM ", holds))
    }

    fn find_by_username(
        &self,
        conn: &mut AnyConn,
        username: &str,
    ) -> Result<Option<UserSummary>, AppError> {
        let found = {
            let data = self.lock();
            let mut names = data.names.iter();
            names.find_map(|(id, name)| name.eq_ignore_ascii_case(username).then_some(*id))
        };
        let Some(id) = found else {
            return Ok(None);
        };
        Ok(self.summaries(conn, &[id])?.remove(&id))
    }
}

#[async_trait]
impl OnlineUsers for FakeUsers {
    async fn online(&self, _: UserId, users: &[UserId]) -> Result<HashSet<UserId>, AppError> {
        let data = self.lock();
        let users = users.iter().copied();
        Ok(users.filter(|id| data.online.contains(id)).collect())
    }
}

impl PrivacyPort for FakeUsers {
    fn shares_read_receipts(&self, _: &mut AnyConn, user: UserId) -> Result<bool, AppError> {
        Ok(!self.lock().without_receipts.contains(&user))
    }

    fn is_invisible(&self, _: &mut AnyConn, user: UserId) -> Result<bool, AppError> {
        Ok(self.lock().invisible.contains(&user))
    }
}

/// The lock on a user's notifications, which creating and dismissing them take.
pub(crate) fn notifications_lock(user: UserId) -> String {
    format!("notify:{user}")
}

impl NotificationPort for FakeUsers {
    fn lock_users(&self, tx: &mut Tx<'_>, users: &BTreeSet<UserId>) -> Result<(), AppError> {
        db::lock_all(tx.conn, users.iter().map(|user| notifications_lock(*user)))
    }

    fn deliver(&self, tx: &mut Tx<'_>, events: Vec<NotificationEvent>) -> Result<(), AppError> {
        self.lock_users(tx, &events.iter().map(|event| event.user_id).collect())?;
        self.lock().notifications.extend(events);
        Ok(())
    }
}
