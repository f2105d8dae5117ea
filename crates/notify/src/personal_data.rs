//! A user's data export, and the deletion of their data.

use contract::notify::NotificationId;
use db::{PagedJson, Store, Tx};
use kernel::{AppError, Timestamp, UserId};
use serde_json::{Value, json};

use crate::NotifyParts;
use crate::delivery::rename_to;
use crate::locks::{lock_user, lock_users};
use crate::ports::DeliveryId;
use crate::queries::notifications::NotificationRow;
use crate::queries::{deliveries, personal_data, preferences, resolutions};
use crate::rules::subject::EVERYTHING;

/// The number of notifications of others that are changed in one transaction.
const BATCH_SIZE: i64 = 100;

/// Notifications, preferences and digests of a user.
pub(crate) fn export(store: &Store, user: UserId) -> PagedJson {
    PagedJson::object([
        (
            "notifications",
            PagedJson::list(store, move |conn, after, limit| {
                let rows = personal_data::export_page(conn, user, after, limit)?;
                Ok(rows.iter().map(export_notification).collect())
            }),
        ),
        (
            "preferences",
            PagedJson::value(store, move |conn| Ok(json!(preferences::load(conn, user)?))),
        ),
        (
            "mails",
            PagedJson::list(store, move |conn, after, limit| {
                let rows = deliveries::export_page(conn, user, after, limit)?;
                Ok(rows.into_iter().map(export_digest).collect())
            }),
        ),
    ])
}

fn export_notification(row: &NotificationRow) -> (NotificationId, Value) {
    let json = json!({
        "id": row.id, "action": row.action, "data": row.data.0, "created_at": row.created_at,
        "read_at": row.read_at, "in_app": row.in_app, "by_mail": row.by_mail,
    });
    (row.id, json)
}

fn export_digest((id, created_at, state): (DeliveryId, Timestamp, String)) -> (DeliveryId, Value) {
    (id, json!({"created_at": created_at, "state": state}))
}

/// Deletes the rows of a user, and stores that the user is not notified any more.
pub(crate) fn delete_of(tx: &mut Tx<'_>, user: UserId) -> Result<(), AppError> {
    lock_user(tx.conn, user)?;
    personal_data::delete_of(tx.conn, user)?;
    preferences::delete_of(tx.conn, user)?;
    deliveries::delete_of(tx.conn, user)?;
    resolutions::delete_of(tx.conn, user)?;
    let now = tx.env().now();
    resolutions::upsert(tx.conn, user, EVERYTHING, 0, now)
}

/// Replaces a user's name in a page of the notifications of others. Returns the last of them, if
/// there were any.
pub(crate) fn rename_page(
    tx: &mut Tx<'_>,
    parts: &NotifyParts,
    user: UserId,
    after: Option<NotificationId>,
) -> Result<Option<NotificationId>, AppError> {
    let page = personal_data::by_actor(tx.conn, user, after, BATCH_SIZE)?;
    let Some(summary) = parts.users.summaries(tx.conn, &[user])?.remove(&user) else {
        return Ok(None);
    };
    lock_users(tx.conn, &page.iter().map(|(_, owner)| *owner).collect())?;
    let rename = rename_to(&summary)?;
    for (id, _) in &page {
        personal_data::update_data(tx.conn, *id, |data| rename.apply(data))?;
    }
    Ok(page.last().map(|(id, _)| *id))
}
