//! Notification preferences.

use std::sync::Arc;

use async_trait::async_trait;
use contract::notify::{DigestFrequency, NotificationPreferences};
use db::{AnyConn, Tx};
use kernel::{Actor, AppError, UserId};

use crate::Notify;
use crate::locks::lock_user;
use crate::queries::preferences;

/// The notification preferences of users.
#[async_trait]
pub trait NotificationPreferencesService: Send + Sync {
    /// Gets the actor's preferences.
    ///
    /// # Errors
    /// Only if the database fails.
    async fn preferences(&self, actor: &Actor) -> Result<NotificationPreferences, AppError>;

    /// Replaces the actor's preferences. They count for notifications from now on.
    ///
    /// # Errors
    /// Only if the database fails.
    async fn set_preferences(
        &self,
        actor: &Actor,
        wanted: NotificationPreferences,
    ) -> Result<NotificationPreferences, AppError>;

    /// Turns digests off for the owner of an unsubscribe link. Repeating it changes nothing, and a
    /// deleted account is ignored.
    ///
    /// # Errors
    /// Only if the database fails.
    async fn unsubscribe(&self, user: UserId) -> Result<(), AppError>;
}

#[async_trait]
impl NotificationPreferencesService for Notify {
    async fn preferences(&self, actor: &Actor) -> Result<NotificationPreferences, AppError> {
        let user = actor.user;
        let read = move |conn: &mut AnyConn| preferences::load(conn, user);
        self.parts.store.read(read).await
    }

    async fn set_preferences(
        &self,
        actor: &Actor,
        wanted: NotificationPreferences,
    ) -> Result<NotificationPreferences, AppError> {
        let user = actor.user;
        let write = move |tx: &mut Tx<'_>| {
            lock_user(tx.conn, user)?;
            preferences::upsert(tx.conn, user, &wanted)?;
            Ok(wanted)
        };
        self.parts.store.write(write).await
    }

    async fn unsubscribe(&self, user: UserId) -> Result<(), AppError> {
        let parts = Arc::clone(&self.parts);
        let write = move |tx: &mut Tx<'_>| {
            lock_user(tx.conn, user)?;
            let found = parts.users.summaries(tx.conn, &[user])?;
            if found.get(&user).is_none_or(|user| user.is_deleted) {
                return Ok(());
            }
            let mut stored = preferences::load(tx.conn, user)?;
            stored.digest = DigestFrequency::Off;
            preferences::upsert(tx.conn, user, &stored)
        };
        self.parts.store.write(write).await
    }
}
