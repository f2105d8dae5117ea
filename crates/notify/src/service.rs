//! The service of this crate, which names all its parts and job handlers.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use contract::notify::NotificationEvent;
use db::{PagedJson, Tx};
use jobs::Registration;
use kernel::{AppError, UserId};

use crate::announcements::{AnnouncementsService, BroadcastHandler};
use crate::blocks::BlockCreatedHandler;
use crate::delivery::{self, DeliverHandler};
use crate::digest::{CollectDigestHandler, SendDigestHandler};
use crate::inbox::InboxService;
use crate::locks::lock_users;
use crate::maintenance::{self, PRUNE_INTERVAL};
use crate::preferences::NotificationPreferencesService;
use crate::resolution::ResolveHandler;
use crate::{Notify, personal_data};

/// Notifications, unread counts, preferences and announcements.
///
/// Each method of this trait and its parts may fail as `unavailable` or `overloaded` when the
/// database does, and names its other errors.
#[async_trait]
pub trait NotifyService:
    InboxService + NotificationPreferencesService + AnnouncementsService
{
    /// The job handlers of this crate.
    fn jobs(&self) -> Vec<Registration>;

    /// Locks the notifications of these users until the transaction ends. A transaction that takes
    /// other locks before it calls [`deliver`](Self::deliver) calls this first.
    ///
    /// # Errors
    /// Only if the database fails.
    fn lock_recipients(&self, tx: &mut Tx<'_>, users: &BTreeSet<UserId>) -> Result<(), AppError>;

    /// Notifies users in the transaction of the caller, once per key.
    ///
    /// # Errors
    /// Only if the database fails.
    fn deliver(&self, tx: &mut Tx<'_>, events: Vec<NotificationEvent>) -> Result<(), AppError>;

    /// The chapter of this crate in a user's data export.
    fn personal_data(&self, user: UserId) -> PagedJson;

    /// Deletes everything about a user whose account is deleted, ignores jobs that still notify the
    /// user, and replaces the user's name in the notifications of others.
    ///
    /// # Errors
    /// Only if the database fails.
    async fn forget(&self, user: UserId) -> Result<(), AppError>;

    /// Deletes outdated rows, and returns how many notifications they were. Users whose unread counts
    /// change get `badge_update`.
    ///
    /// # Errors
    /// Only if the database fails.
    async fn prune(&self) -> Result<usize, AppError>;

    /// Prunes regularly until the future is dropped.
    async fn run_maintenance(self: Arc<Self>);
}

#[async_trait]
impl NotifyService for Notify {
    fn jobs(&self) -> Vec<Registration> {
        vec![
            Registration::new(BroadcastHandler(self.clone())),
            Registration::new(CollectDigestHandler(self.clone())),
            Registration::new(SendDigestHandler(self.clone())),
            Registration::batch(DeliverHandler(self.clone())),
            Registration::batch(ResolveHandler),
            Registration::batch(BlockCreatedHandler),
        ]
    }

    fn lock_recipients(&self, tx: &mut Tx<'_>, users: &BTreeSet<UserId>) -> Result<(), AppError> {
        lock_users(tx.conn, users)
    }

    fn deliver(&self, tx: &mut Tx<'_>, events: Vec<NotificationEvent>) -> Result<(), AppError> {
        delivery::deliver(tx, self, events).map(|_| ())
    }

    fn personal_data(&self, user: UserId) -> PagedJson {
        personal_data::export(&self.parts.store, user)
    }

    async fn forget(&self, user: UserId) -> Result<(), AppError> {
        let store = &self.parts.store;
        let forget = move |tx: &mut Tx<'_>| personal_data::delete_of(tx, user);
        store.write(forget).await?;
        let mut after = None;
        loop {
            let parts = Arc::clone(&self.parts);
            let rename = move |tx: &mut Tx<'_>| personal_data::rename_page(tx, &parts, user, after);
            match store.write(rename).await? {
                None => return Ok(()),
                last => after = last,
            }
        }
    }

    async fn prune(&self) -> Result<usize, AppError> {
        let store = &self.parts.store;
        let now = store.env().now();
        let records = move |tx: &mut Tx<'_>| maintenance::prune_records(tx, now);
        store.delete_in_batches(records).await?;
        let mut count = 0;
        loop {
            let page = store.write(move |tx| maintenance::prune_notifications(tx, now));
            match page.await? {
                0 => return Ok(count),
                deleted => count += deleted,
            }
        }
    }

    async fn run_maintenance(self: Arc<Self>) {
        loop {
            if let Err(error) = self.prune().await {
                tracing::warn!(error = %error.chain(), "notification pruning failed");
            }
            tokio::time::sleep(PRUNE_INTERVAL).await;
        }
    }
}
