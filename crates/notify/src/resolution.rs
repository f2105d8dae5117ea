//! Resolves and withdraws notifications, and emits changes of unread counts.

use std::collections::{BTreeMap, BTreeSet};

use contract::catalogue::EventName;
use contract::notify::{BadgeChange, BadgeUpdate, NotificationId, Resolved};
use contract::streams::StreamName;
use db::Tx;
use jobs::BatchHandler;
use kernel::{AppError, UserId};
use outbox::{Emit, NewEvent};

use crate::locks::lock_users;
use crate::queries::notifications::{self, OwnedNotification};
use crate::queries::resolutions;
use crate::rules::subject::WITHDRAWN;

/// Handles [`Resolved`].
pub(crate) struct ResolveHandler;

impl BatchHandler<Resolved> for ResolveHandler {
    fn run(&self, tx: &mut Tx<'_>, jobs: Vec<Resolved>) -> Result<(), AppError> {
        resolve(tx, jobs)
    }
}

/// Stores the resolutions, which count for notifications that are delivered later, and applies them to
/// existing ones.
fn resolve(tx: &mut Tx<'_>, mut jobs: Vec<Resolved>) -> Result<(), AppError> {
    let users: BTreeSet<UserId> = jobs.iter().map(|job| job.user_id).collect();
    lock_users(tx.conn, &users)?;
    for job in jobs.iter_mut().filter(|job| job.withdrawn) {
        job.up_to_seq = WITHDRAWN;
    }
    let now = tx.env().now();
    resolutions::upsert_all(tx.conn, &greatest(&jobs), now)?;
    let (withdrawn, resolved): (Vec<_>, Vec<_>) = jobs.into_iter().partition(|job| job.withdrawn);
    let deleted = notifications::about(tx.conn, &greatest(&withdrawn))?;
    notifications::delete_all(tx.conn, &ids_of(&deleted))?;
    let read = notifications::unread_up_to(tx.conn, &greatest(&resolved))?;
    notifications::mark_read(tx.conn, &ids_of(&read), now)?;
    let deleted = changes(BadgeChange::Deleted, deleted);
    let all = deleted.chain(changes(BadgeChange::Read, read)).collect();
    emit(tx, all)
}

/// The greatest sequence number of each user and subject.
fn greatest(jobs: &[Resolved]) -> BTreeMap<(UserId, &str), i64> {
    let mut greatest = BTreeMap::new();
    for job in jobs {
        let seq = greatest
            .entry((job.user_id, job.subject.as_str()))
            .or_insert(job.up_to_seq);
        *seq = job.up_to_seq.max(*seq);
    }
    greatest
}

pub(crate) fn ids_of(notifications: &[OwnedNotification]) -> Vec<NotificationId> {
    notifications.iter().map(|one| one.id).collect()
}

/// A change of a user's notifications.
struct InboxChange {
    user: UserId,
    change: BadgeChange,
    /// The changed notifications, or all of them.
    ids: Option<Vec<NotificationId>>,
}

/// One change per user, of the notifications that are shown in the app.
fn changes(
    change: BadgeChange,
    notifications: Vec<OwnedNotification>,
) -> impl Iterator<Item = InboxChange> {
    let mut by_user: BTreeMap<UserId, Vec<NotificationId>> = BTreeMap::new();
    for one in notifications.into_iter().filter(|one| one.in_app) {
        by_user.entry(one.user).or_default().push(one.id);
    }
    by_user.into_iter().map(move |(user, ids)| InboxChange {
        user,
        change,
        ids: Some(ids),
    })
}

/// Emits that notifications were deleted. The caller holds the locks of their users.
pub(crate) fn emit_deleted(
    tx: &mut Tx<'_>,
    deleted: Vec<OwnedNotification>,
) -> Result<(), AppError> {
    let events = deleted_events(tx, deleted)?;
    tx.emit_all(events)
}

/// The events of [`emit_deleted`].
pub(crate) fn deleted_events(
    tx: &mut Tx<'_>,
    deleted: Vec<OwnedNotification>,
) -> Result<Vec<NewEvent>, AppError> {
    events_of(tx, changes(BadgeChange::Deleted, deleted).collect())
}

/// Emits a change of these notifications of a user, or of all. The caller holds the lock of the user.
pub(crate) fn emit_badge_change(
    tx: &mut Tx<'_>,
    user: UserId,
    change: BadgeChange,
    ids: Option<Vec<NotificationId>>,
) -> Result<(), AppError> {
    emit(tx, vec![InboxChange { user, change, ids }])
}

fn emit(tx: &mut Tx<'_>, changes: Vec<InboxChange>) -> Result<(), AppError> {
    let events = events_of(tx, changes)?;
    tx.emit_all(events)
}

fn events_of(tx: &mut Tx<'_>, changes: Vec<InboxChange>) -> Result<Vec<NewEvent>, AppError> {
    if changes.is_empty() {
        return Ok(vec![]);
    }
    let users = changes.iter().map(|change| change.user).collect();
    let badges = notifications::badges(tx.conn, &users)?;
    let event = |InboxChange { user, change, ids }: InboxChange| {
        let update = BadgeUpdate {
            change,
            all: ids.is_none(),
            ids: ids.unwrap_or_default(),
            unread: badges.get(&user).cloned().unwrap_or_default(),
        };
        NewEvent::new(StreamName::User(user), EventName::BadgeUpdate, &update)
    };
    changes.into_iter().map(event).collect()
}
