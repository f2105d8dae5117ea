//! The inbox of a user.

use std::sync::Arc;

use async_trait::async_trait;
use contract::notify::{BadgeChange, Badges, Notification, NotificationId};
use db::{AnyConn, Tx};
use kernel::{Actor, AppError, Cursor, PageRequest, UserId};

use crate::inbox_filter::InboxFilter;
use crate::locks::lock_user;
use crate::queries::notifications::{self, NotificationRow};
use crate::queries::unread;
use crate::resolution::emit_badge_change;
use crate::{Error, Notify, NotifyParts};

/// A page of notifications.
#[derive(Debug, Clone, PartialEq)]
pub struct InboxPage {
    /// The notifications, newest first; after a [`Cursor::After`] oldest first.
    pub notifications: Vec<Notification>,
    /// The number of all notifications that match.
    pub total: i64,
    /// The cursor of the next page in the same direction, if there is one.
    pub next: Option<NotificationId>,
}

/// The actor's notifications.
#[async_trait]
pub trait InboxService: Send + Sync {
    /// Lists notifications: the newest, or those before or after one of them. `page.offset` counts
    /// only with [`Cursor::Newest`].
    ///
    /// # Errors
    /// Only if the database fails.
    async fn list(
        &self,
        actor: &Actor,
        filter: InboxFilter,
        cursor: Cursor,
        page: PageRequest,
    ) -> Result<InboxPage, AppError>;

    /// Counts unread notifications.
    ///
    /// # Errors
    /// Only if the database fails.
    async fn unread(&self, actor: &Actor) -> Result<Badges, AppError>;

    /// Marks a notification as read. Repeating it changes nothing.
    ///
    /// # Errors
    /// `notify.not_found`.
    async fn read(&self, actor: &Actor, id: NotificationId) -> Result<Notification, AppError>;

    /// Marks all notifications as read, and returns the unread counts afterwards.
    ///
    /// # Errors
    /// Only if the database fails.
    async fn read_all(&self, actor: &Actor) -> Result<Badges, AppError>;

    /// Deletes a notification.
    ///
    /// # Errors
    /// `notify.not_found`.
    async fn delete(&self, actor: &Actor, id: NotificationId) -> Result<(), AppError>;

    /// Deletes all notifications.
    ///
    /// # Errors
    /// Only if the database fails.
    async fn clear(&self, actor: &Actor) -> Result<(), AppError>;
}

#[async_trait]
impl InboxService for Notify {
    async fn list(
        &self,
        actor: &Actor,
        filter: InboxFilter,
        cursor: Cursor,
        page: PageRequest,
    ) -> Result<InboxPage, AppError> {
        let user = actor.user;
        let read = move |conn: &mut AnyConn| {
            let total = notifications::count(conn, user, filter)?;
            let range = (page.limit + 1, page.offset);
            let rows = notifications::page(conn, user, filter, cursor, range)?;
            Ok(to_page(rows, total, page.limit))
        };
        self.parts.store.read(read).await
    }

    async fn unread(&self, actor: &Actor) -> Result<Badges, AppError> {
        let user = actor.user;
        let read = move |conn: &mut AnyConn| unread(conn, user);
        self.parts.store.read(read).await
    }

    async fn read(&self, actor: &Actor, id: NotificationId) -> Result<Notification, AppError> {
        let (user, parts) = (actor.user, Arc::clone(&self.parts));
        let write = move |tx: &mut Tx<'_>| mark_read(tx, &parts, user, id);
        self.parts.store.write(write).await
    }

    async fn read_all(&self, actor: &Actor) -> Result<Badges, AppError> {
        let (user, parts) = (actor.user, Arc::clone(&self.parts));
        let write = move |tx: &mut Tx<'_>| {
            lock_user(tx.conn, user)?;
            let now = tx.env().now();
            let subjects = notifications::unread_subjects(tx.conn, user)?;
            parts.rearm_chats(tx, user, &subjects)?;
            match notifications::mark_all_read(tx.conn, user, now)? {
                0 => Ok(()),
                _ => emit_badge_change(tx, user, BadgeChange::Read, None),
            }
        };
        self.parts.store.write(write).await?;
        self.unread(actor).await
    }

    async fn delete(&self, actor: &Actor, id: NotificationId) -> Result<(), AppError> {
        let (user, parts) = (actor.user, Arc::clone(&self.parts));
        let write = move |tx: &mut Tx<'_>| {
            lock_user(tx.conn, user)?;
            let row = notifications::load(tx.conn, user, id)?.ok_or(Error::NotFound)?;
            notifications::delete_all(tx.conn, &[id])?;
            if row.read_at.is_none() {
                parts.rearm_chats(tx, user, [&row.subject])?;
            }
            emit_badge_change(tx, user, BadgeChange::Deleted, Some(vec![id]))
        };
        self.parts.store.write(write).await
    }

    async fn clear(&self, actor: &Actor) -> Result<(), AppError> {
        let (user, parts) = (actor.user, Arc::clone(&self.parts));
        let write = move |tx: &mut Tx<'_>| {
            lock_user(tx.conn, user)?;
            let subjects = notifications::unread_subjects(tx.conn, user)?;
            parts.rearm_chats(tx, user, &subjects)?;
            match notifications::clear(tx.conn, user)? {
                0 => Ok(()),
                _ => emit_badge_change(tx, user, BadgeChange::Deleted, None),
            }
        };
        self.parts.store.write(write).await
    }
}

fn to_page(mut rows: Vec<NotificationRow>, total: i64, limit: i64) -> InboxPage {
    let limit = usize::try_from(limit).unwrap_or_default();
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| has_more).map(|row| row.id);
    InboxPage {
        notifications: rows.iter().filter_map(NotificationRow::to_dto).collect(),
        total,
        next,
    }
}

fn mark_read(
    tx: &mut Tx<'_>,
    parts: &NotifyParts,
    user: UserId,
    id: NotificationId,
) -> Result<Notification, AppError> {
    lock_user(tx.conn, user)?;
    let mut row = notifications::load(tx.conn, user, id)?.ok_or(Error::NotFound)?;
    if row.read_at.is_none() {
        let now = tx.env().now();
        row.read_at = Some(now);
        notifications::mark_read(tx.conn, &[id], now)?;
        parts.rearm_chats(tx, user, [&row.subject])?;
        emit_badge_change(tx, user, BadgeChange::Read, Some(vec![id]))?;
    }
    Ok(row.to_dto().ok_or(Error::NotFound)?)
}
