//! Announcements to all users.

use std::sync::Arc;

use async_trait::async_trait;
use contract::notify::{Action, Announcement, NotificationEvent};
use db::Tx;
use db::types::Json;
use jobs::{ClaimedJob, Enqueue, Job, JobClass, JobHandler};
use kernel::error::Common;
use kernel::{Actor, AppError, Role, UserId};
use serde::{Deserialize, Serialize};

use crate::delivery::deliver;
use crate::queries::announcements::{self, AnnouncementId, AnnouncementRow};
use crate::{Error, Notify};

/// The number of users who are notified in one transaction.
const BATCH_SIZE: i64 = 100;

/// Announcements of administrators.
#[async_trait]
pub trait AnnouncementsService: Send + Sync {
    /// Announces something to all users; for administrators. Jobs notify the users page by page.
    ///
    /// # Errors
    /// `auth.role_needed` and `notify.message_invalid`.
    async fn announce(&self, actor: &Actor, announcement: Announcement) -> Result<(), AppError>;
}

#[async_trait]
impl AnnouncementsService for Notify {
    async fn announce(&self, actor: &Actor, announcement: Announcement) -> Result<(), AppError> {
        if actor.role != Role::Admin {
            return Err(Common::RoleNeeded.into());
        }
        let (author_id, parts) = (actor.user, Arc::clone(&self.parts));
        let write = move |tx: &mut Tx<'_>| {
            if !parts.users.is_admin(tx.conn, author_id)? {
                return Err(Common::RoleNeeded.into());
            }
            validate(&announcement)?;
            insert(tx, author_id, &announcement)
        };
        self.parts.store.write(write).await
    }
}

fn validate(announcement: &Announcement) -> Result<(), AppError> {
    let message = &announcement.message;
    let is_invalid = |c: char| c.is_control() && c != '\n';
    if message.trim().is_empty() || message.contains(is_invalid) {
        return Err(Error::MessageInvalid.on_field("message"));
    }
    Ok(())
}

fn insert(tx: &mut Tx<'_>, author_id: UserId, announcement: &Announcement) -> Result<(), AppError> {
    let row = AnnouncementRow {
        id: tx.env().id(),
        author_id,
        announcement: Json(serde_json::to_value(announcement)?),
        last_user_id: None,
        delivered: 0,
        created_at: tx.env().now(),
        ended_at: None,
    };
    announcements::insert(tx.conn, &row)?;
    tx.enqueue(BroadcastJob { id: row.id })
}

/// Notifies one page of users about an announcement, and enqueues the job of the next page.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct BroadcastJob {
    id: AnnouncementId,
}

impl Job for BroadcastJob {
    const KIND: &'static str = "notify.broadcast";
    const CLASS: JobClass = JobClass::Heavy;
}

pub(crate) struct BroadcastHandler(pub(crate) Notify);

#[async_trait]
impl JobHandler<BroadcastJob> for BroadcastHandler {
    async fn run(&self, job: BroadcastJob, claimed: &ClaimedJob) -> Result<(), AppError> {
        let (notify, claimed) = (self.0.clone(), claimed.clone());
        let write = move |tx: &mut Tx<'_>| {
            claimed.complete(tx)?;
            match announcements::load(tx.conn, job.id)? {
                Some(row) => deliver_page(tx, &notify, row),
                None => Ok(()),
            }
        };
        self.0.parts.store.write(write).await
    }
}

/// Notifies the next page of users. An announcement has one job at a time, so the row is not locked.
fn deliver_page(
    tx: &mut Tx<'_>,
    notify: &Notify,
    mut row: AnnouncementRow,
) -> Result<(), AppError> {
    let directory = &notify.parts.users;
    let users = directory.active_after(tx.conn, row.last_user_id, BATCH_SIZE)?;
    let events = users.iter().map(|user| notification(*user, &row)).collect();
    row.delivered += i64::try_from(deliver(tx, notify, events)?).unwrap_or(0);
    row.last_user_id = users.last().copied().or(row.last_user_id);
    let is_last = i64::try_from(users.len()).is_ok_and(|count| count < BATCH_SIZE);
    row.ended_at = is_last.then(|| tx.env().now());
    announcements::update_progress(tx.conn, &row)?;
    if is_last {
        return Ok(());
    }
    tx.enqueue(BroadcastJob { id: row.id })
}

fn notification(user_id: UserId, row: &AnnouncementRow) -> NotificationEvent {
    NotificationEvent {
        user_id,
        action: Action::System,
        data: row.announcement.0.clone(),
        key: format!("system:{}", row.id),
    }
}
