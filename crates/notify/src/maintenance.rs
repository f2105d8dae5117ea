//! Deletes outdated rows.

use std::collections::BTreeSet;
use std::time::Duration;

use contract::notify::{BadgeChange, NotificationId};
use db::Tx;
use kernel::{AppError, Timestamp, UserId};

use crate::locks::lock_users;
use crate::queries::{deliveries, first_id_at, notifications, resolutions};
use crate::resolution::emit_badge_change;

/// How often outdated rows are deleted.
pub(crate) const PRUNE_INTERVAL: Duration = Duration::from_secs(3_600);
/// How long notifications and the records of digests are kept.
const RETENTION: Duration = Duration::from_secs(90 * 24 * 3_600);
/// How long resolutions are kept for jobs that notify later. Jobs are retried for less than an hour.
const RESOLUTION_RETENTION: Duration = Duration::from_secs(7 * 24 * 3_600);
/// The number of notifications that are deleted in one transaction.
const BATCH_SIZE: i64 = 500;

/// Deletes a batch of old records of digests and resolutions, and returns how many.
pub(crate) fn prune_records(tx: &mut Tx<'_>, now: Timestamp) -> Result<usize, AppError> {
    let digests = deliveries::prune(tx.conn, first_id_at(now - RETENTION))?;
    Ok(digests + resolutions::prune(tx.conn, now - RESOLUTION_RETENTION)?)
}

/// Deletes a batch of old notifications, and returns how many.
pub(crate) fn prune_notifications(tx: &mut Tx<'_>, now: Timestamp) -> Result<usize, AppError> {
    let limit = first_id_at(now - RETENTION);
    let old = notifications::before(tx.conn, limit, BATCH_SIZE)?;
    let users: BTreeSet<UserId> = old.iter().map(|(_, user, _)| *user).collect();
    lock_users(tx.conn, &users)?;
    let ids: Vec<NotificationId> = old.iter().map(|(id, _, _)| *id).collect();
    notifications::delete_all(tx.conn, &ids)?;
    for user in users {
        let was_unread = |(_, owner, unread): &&(_, UserId, bool)| *owner == user && *unread;
        let deleted = old.iter().filter(was_unread).map(|(id, _, _)| *id);
        let deleted: Vec<NotificationId> = deleted.collect();
        if !deleted.is_empty() {
            emit_badge_change(tx, user, BadgeChange::Deleted, Some(deleted))?;
        }
    }
    Ok(ids.len())
}
