//! What a person was told: looking at it, reading it, throwing it away.

use std::sync::Arc;

use contract::notify::{Action, BadgeChange, Badges, Notification, NotificationId};
use db::{AnyConn, Tx};
use kernel::{Actor, AppError, Cursor, PageRequest, UserId};

use crate::queries::unread;
use crate::resolution::emit_badge_change;
use crate::service::lock_one;
use crate::store::notifications::{self, Row};
use crate::{Error, Notify, NotifyParts};

/// Which notifications to list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filter {
    /// Those that wait to be read, or those that do not.
    pub unread: Option<bool>,
    /// Those about one kind of thing.
    pub action: Option<Action>,
}

/// A piece of a person's history.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// The notifications: the newest first, but the oldest first after one of them.
    pub notifications: Vec<Notification>,
    /// How many there are in all.
    pub total: i64,
    /// Where the next piece in the same direction begins, if there is one.
    pub next: Option<NotificationId>,
}

impl Notify {
    /// My notifications: the newest, or those before or after one of them. With the newest,
    /// `page.offset` passes over so many.
    pub async fn list(
        &self,
        actor: &Actor,
        filter: Filter,
        keyset: Cursor,
        page: PageRequest,
    ) -> Result<History, AppError> {
        let user = actor.user;
        let read = move |conn: &mut AnyConn| {
            let total = notifications::count(conn, user, filter)?;
            let piece = (page.limit + 1, page.offset);
            let rows = notifications::page(conn, user, filter, keyset, piece)?;
            Ok(history(rows, total, page.limit))
        };
        self.parts.store.read(read).await
    }

    /// How many wait to be read.
    pub async fn unread(&self, actor: &Actor) -> Result<Badges, AppError> {
        let user = actor.user;
        let read = move |conn: &mut AnyConn| unread(conn, user);
        self.parts.store.read(read).await
    }

    /// I have read one. Reading it again changes nothing.
    ///
    /// # Errors
    /// It is not there.
    pub async fn read(&self, actor: &Actor, id: NotificationId) -> Result<Notification, AppError> {
        let (user, parts) = (actor.user, Arc::clone(&self.parts));
        let write = move |tx: &mut Tx<'_>| read_in(tx, &parts, user, id);
        self.parts.store.write(write).await
    }

    /// I have read all there are. With how many wait now.
    pub async fn read_all(&self, actor: &Actor) -> Result<Badges, AppError> {
        let (user, parts) = (actor.user, Arc::clone(&self.parts));
        let write = move |tx: &mut Tx<'_>| {
            lock_one(tx.conn, user)?;
            let now = tx.env().now();
            let subjects = notifications::waiting_subjects(tx.conn, user)?;
            parts.call_again(tx, user, &subjects)?;
            match notifications::mark_all_read(tx.conn, user, now)? {
                0 => Ok(()),
                _ => emit_badge_change(tx, user, BadgeChange::Read, None),
            }
        };
        self.parts.store.write(write).await?;
        self.unread(actor).await
    }

    /// Throws one away.
    ///
    /// # Errors
    /// It is not there.
    pub async fn delete(&self, actor: &Actor, id: NotificationId) -> Result<(), AppError> {
        let (user, parts) = (actor.user, Arc::clone(&self.parts));
        let write = move |tx: &mut Tx<'_>| {
            lock_one(tx.conn, user)?;
            let row = notifications::find(tx.conn, user, id)?.ok_or(Error::NotFound)?;
            notifications::remove_all(tx.conn, &[id])?;
            if row.read_at.is_none() {
                parts.call_again(tx, user, [&row.subject])?;
            }
            emit_badge_change(tx, user, BadgeChange::Deleted, Some(vec![id]))
        };
        self.parts.store.write(write).await
    }

    /// Throws all away.
    pub async fn clear(&self, actor: &Actor) -> Result<(), AppError> {
        let (user, parts) = (actor.user, Arc::clone(&self.parts));
        let write = move |tx: &mut Tx<'_>| {
            lock_one(tx.conn, user)?;
            let subjects = notifications::waiting_subjects(tx.conn, user)?;
            parts.call_again(tx, user, &subjects)?;
            match notifications::clear(tx.conn, user)? {
                0 => Ok(()),
                _ => emit_badge_change(tx, user, BadgeChange::Deleted, None),
            }
        };
        self.parts.store.write(write).await
    }
}

fn history(mut rows: Vec<Row>, total: i64, limit: i64) -> History {
    let limit = usize::try_from(limit).unwrap_or_default();
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|row| row.id);
    History {
        notifications: rows.iter().filter_map(Row::told).collect(),
        total,
        next,
    }
}

fn read_in(
    tx: &mut Tx<'_>,
    parts: &NotifyParts,
    user: UserId,
    id: NotificationId,
) -> Result<Notification, AppError> {
    lock_one(tx.conn, user)?;
    let mut row = notifications::find(tx.conn, user, id)?.ok_or(Error::NotFound)?;
    if row.read_at.is_none() {
        let now = tx.env().now();
        row.read_at = Some(now);
        notifications::mark_read(tx.conn, &[id], now)?;
        parts.call_again(tx, user, [&row.subject])?;
        emit_badge_change(tx, user, BadgeChange::Read, Some(vec![id]))?;
    }
    Ok(row.told().ok_or(Error::NotFound)?)
}
