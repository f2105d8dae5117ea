//! Something is dealt with: what tells of it waits no longer.

use std::collections::BTreeSet;

use ::store::jobs::Claimed;
use ::store::{Handler, Tx};
use async_trait::async_trait;
use contract::notify::{BadgeChange, BadgeUpdate, NotificationId, Settled};
use kernel::{Fault, UserId};

use crate::Notify;
use crate::rules::subject::WITHDRAWN;
use crate::service::{lock_one, stream_of};
use crate::store::notifications::{self, Line};
use crate::store::settled;

/// Reads notifications of what was dealt with.
pub(crate) struct Settle(pub(crate) Notify);

#[async_trait]
impl Handler for Settle {
    async fn run(&self, job: &Claimed) -> Result<(), Fault> {
        let (done, job): (Settled, _) = (job.arguments()?, job.clone());
        let write = move |tx: &mut Tx<'_>| {
            settle(tx, &done)?;
            job.complete(tx)
        };
        self.0.parts.store.write(write).await
    }
}

/// What comes after this is held against the note; what is there is read.
fn settle(tx: &mut Tx<'_>, done: &Settled) -> Result<(), Fault> {
    let (user, subject, now) = (done.user_id, done.subject.as_str(), tx.ambient().now());
    lock_one(tx.conn, user)?;
    if done.withdrawn {
        return withdraw(tx, user, subject);
    }
    settled::note(tx.conn, user, subject, done.place, now)?;
    let waiting = notifications::waiting_for(tx.conn, user, subject, done.place)?;
    let ids: Vec<NotificationId> = waiting.iter().map(|(id, _)| *id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    notifications::mark_read(tx.conn, &ids, now)?;
    let shown = waiting.into_iter().filter(|(_, shown)| *shown);
    let ids: Vec<NotificationId> = shown.map(|(id, _)| id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    tell(tx, user, BadgeChange::Read, Some(ids))
}

/// What was taken back is gone, also what comes after this.
fn withdraw(tx: &mut Tx<'_>, user: UserId, subject: &str) -> Result<(), Fault> {
    let now = tx.ambient().now();
    settled::note(tx.conn, user, subject, WITHDRAWN, now)?;
    let lines = notifications::about(tx.conn, user, subject)?;
    notifications::remove_lines(tx.conn, &lines)?;
    tell_removed(tx, user, lines)
}

/// Tells all sockets of a person that these were removed, where any of them showed. Under the
/// person's lock.
pub(crate) fn tell_removed(tx: &mut Tx<'_>, user: UserId, removed: Vec<Line>) -> Result<(), Fault> {
    let shown = removed.into_iter().filter(|(_, shows)| *shows);
    let ids: Vec<NotificationId> = shown.map(|(id, _)| id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    tell(tx, user, BadgeChange::Deleted, Some(ids))
}

/// Tells all sockets of a person what was done to these notifications, or to all, and how many
/// wait now. Under the person's lock.
pub(crate) fn tell(
    tx: &mut Tx<'_>,
    user: UserId,
    change: BadgeChange,
    ids: Option<Vec<NotificationId>>,
) -> Result<(), Fault> {
    let mut badges = notifications::badges(tx.conn, &BTreeSet::from([user]))?;
    let update = BadgeUpdate {
        change,
        all: ids.is_none(),
        ids: ids.unwrap_or_default(),
        unread: badges.remove(&user).unwrap_or_default(),
    };
    tx.emit(&stream_of(user), "badge_update", &update)
}
