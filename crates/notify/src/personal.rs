//! What this crate knows of a person, to be downloaded and forgotten.

use std::sync::Arc;

use contract::notify::NotificationId;
use db::{PagedJson, Tx};
use kernel::{AppError, Timestamp, UserId};
use serde_json::{Value, json};

use crate::delivery::renamed;
use crate::ports::DeliveryId;
use crate::rules::topic::EVERYTHING;
use crate::service::{lock, lock_one};
use crate::store::notifications::Row;
use crate::store::{deliveries, personal, preferences, settled};
use crate::{Notify, NotifyParts};

/// Notifications of others that are changed in one transaction.
const AT_ONCE: i64 = 100;

impl Notify {
    /// What a download of somebody's data holds of this crate.
    #[must_use]
    pub fn personal_data(&self, user: UserId) -> PagedJson {
        let store = &self.parts.store;
        PagedJson::object([
            (
                "notifications",
                PagedJson::list(store, move |conn, after, limit| {
                    let rows = personal::of(conn, user, after, limit)?;
                    Ok(rows.iter().map(line).collect())
                }),
            ),
            (
                "preferences",
                PagedJson::value(store, move |conn| {
                    Ok(json!(preferences::of_one(conn, user)?))
                }),
            ),
            (
                "mails",
                PagedJson::list(store, move |conn, after, limit| {
                    let rows = deliveries::of(conn, user, after, limit)?;
                    Ok(rows.into_iter().map(mail).collect())
                }),
            ),
        ])
    }

    /// Forgets a person whose account is deleted, also for what is still on its way to them, and
    /// takes their name out of what others were told.
    pub async fn forget(&self, user: UserId) -> Result<(), AppError> {
        self.forget_own(user).await?;
        self.rename_elsewhere(user).await
    }

    /// Writes what a person is called now over what they were called, in what others were told.
    async fn rename_elsewhere(&self, user: UserId) -> Result<(), AppError> {
        let mut after = None;
        loop {
            let parts = Arc::clone(&self.parts);
            let write = move |tx: &mut Tx<'_>| rename_page(tx, &parts, user, after);
            match self.parts.store.write(write).await? {
                None => return Ok(()),
                last => after = last,
            }
        }
    }

    async fn forget_own(&self, user: UserId) -> Result<(), AppError> {
        let write = move |tx: &mut Tx<'_>| {
            lock_one(tx.conn, user)?;
            personal::forget(tx.conn, user)?;
            preferences::forget(tx.conn, user)?;
            deliveries::forget(tx.conn, user)?;
            settled::forget(tx.conn, user)?;
            settled::note(tx.conn, user, EVERYTHING, 0, tx.env().now())
        };
        self.parts.store.write(write).await
    }
}

/// Renames somebody in a page of what others were told; the last of them, if there were any.
fn rename_page(
    tx: &mut Tx<'_>,
    parts: &NotifyParts,
    person: UserId,
    after: Option<NotificationId>,
) -> Result<Option<NotificationId>, AppError> {
    let page = personal::all_by(tx.conn, person, after, AT_ONCE)?;
    let Some(summary) = parts.people.summaries(tx.conn, &[person])?.remove(&person) else {
        return Ok(None);
    };
    lock(tx.conn, &page.iter().map(|(_, user)| *user).collect())?;
    let renamed = renamed(person, &summary)?;
    for (id, _) in &page {
        personal::edit_data(tx.conn, *id, |data| renamed.apply(data))?;
    }
    Ok(page.last().map(|(id, _)| *id))
}

fn line(row: &Row) -> (NotificationId, Value) {
    let line = json!({
        "id": row.id, "action": row.action, "data": row.data.0, "created_at": row.created_at,
        "read_at": row.read_at, "in_app": row.in_app, "by_mail": row.by_mail,
    });
    (row.id, line)
}

fn mail((id, created_at, state): (DeliveryId, Timestamp, String)) -> (DeliveryId, Value) {
    (id, json!({"created_at": created_at, "state": state}))
}
