//! Notifications for a download of somebody's data, and for who is gone.

use contract::notify::NotificationId;
use db::AnyConn;
use db::names::PendingRenames;
use db::types::Json;
use diesel::prelude::*;
use kernel::{AppError, UserId};

use crate::schema::notifications;
use crate::store::notifications::{Row, named};

/// Those that tell of somebody's doing after this one, and whose they are, so many.
pub(crate) fn all_by(
    conn: &mut AnyConn,
    actor: UserId,
    after: Option<NotificationId>,
    most: i64,
) -> Result<Vec<(NotificationId, UserId)>, AppError> {
    let mut query = notifications::table
        .filter(notifications::actor_id.eq(Some(actor)))
        .order(notifications::id)
        .limit(most)
        .select((notifications::id, notifications::user_id))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(notifications::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Changes the data of one; nothing where it is gone. Under its person's lock.
pub(crate) fn edit_data(
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

/// What a person was told, for a download: so many after this one, in their order.
pub(crate) fn of(
    conn: &mut AnyConn,
    user: UserId,
    after: Option<NotificationId>,
    limit: i64,
) -> Result<Vec<Row>, AppError> {
    let renames = PendingRenames::load(conn)?;
    let mut query = notifications::table
        .filter(notifications::user_id.eq(user))
        .order(notifications::id)
        .limit(limit)
        .select(Row::as_select())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(notifications::id.gt(after));
    }
    Ok(named(query.load(conn)?, &renames))
}

/// Forgets a person.
pub(crate) fn forget(conn: &mut AnyConn, user: UserId) -> Result<(), AppError> {
    diesel::delete(notifications::table.filter(notifications::user_id.eq(user))).execute(conn)?;
    Ok(())
}
