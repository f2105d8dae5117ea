//! SQL on notifications for data exports and deleted accounts.

use contract::notify::NotificationId;
use db::AnyConn;
use db::names::PendingRenames;
use db::types::Json;
use diesel::prelude::*;
use kernel::{AppError, UserId};

use crate::queries::notifications::{NotificationRow, renamed};
use crate::schema::notifications;

/// A page of the notifications about an actor with their recipients, in the order of their ids.
pub(crate) fn by_actor(
    conn: &mut AnyConn,
    actor: UserId,
    after: Option<NotificationId>,
    limit: i64,
) -> Result<Vec<(NotificationId, UserId)>, AppError> {
    let mut query = notifications::table
        .filter(notifications::actor_id.eq(Some(actor)))
        .order(notifications::id)
        .limit(limit)
        .select((notifications::id, notifications::user_id))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(notifications::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Changes the data of a notification, if it still exists. The caller holds the lock of its recipient.
pub(crate) fn update_data(
    conn: &mut AnyConn,
    id: NotificationId,
    edit: impl FnOnce(&mut serde_json::Value),
) -> Result<(), AppError> {
    let one = notifications::table.find(id);
    let found: Option<Json> = one.select(notifications::data).first(conn).optional()?;
    let Some(Json(mut data)) = found else {
        return Ok(());
    };
    edit(&mut data);
    diesel::update(one)
        .set(notifications::data.eq(Json(data)))
        .execute(conn)?;
    Ok(())
}

/// A page of a user's notifications for a data export, in the order of their ids.
pub(crate) fn export_page(
    conn: &mut AnyConn,
    user: UserId,
    after: Option<NotificationId>,
    limit: i64,
) -> Result<Vec<NotificationRow>, AppError> {
    let renames = PendingRenames::load(conn)?;
    let mut query = notifications::table
        .filter(notifications::user_id.eq(user))
        .order(notifications::id)
        .limit(limit)
        .select(NotificationRow::as_select())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(notifications::id.gt(after));
    }
    Ok(renamed(query.load(conn)?, &renames))
}

/// Deletes the notifications of a user.
pub(crate) fn delete_of(conn: &mut AnyConn, user: UserId) -> Result<(), AppError> {
    diesel::delete(notifications::table.filter(notifications::user_id.eq(user))).execute(conn)?;
    Ok(())
}
