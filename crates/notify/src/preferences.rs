//! How people want to hear of things.

use contract::notify::NotificationPreferences;
use db::{AnyConn, Tx};
use kernel::{Actor, AppError};

use crate::Notify;
use crate::service::lock_one;
use crate::store::preferences;

impl Notify {
    /// How I want to hear of things.
    pub async fn preferences(&self, actor: &Actor) -> Result<NotificationPreferences, AppError> {
        let user = actor.user;
        let read = move |conn: &mut AnyConn| preferences::of_one(conn, user);
        self.parts.store.read(read).await
    }

    /// Changes how I want to hear of things from now on.
    pub async fn set_preferences(
        &self,
        actor: &Actor,
        wishes: NotificationPreferences,
    ) -> Result<NotificationPreferences, AppError> {
        let user = actor.user;
        let write = move |tx: &mut Tx<'_>| {
            lock_one(tx.conn, user)?;
            preferences::put(tx.conn, user, &wishes)?;
            Ok(wishes)
        };
        self.parts.store.write(write).await
    }
}
