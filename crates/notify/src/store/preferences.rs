//! How people want to hear of things.

use std::collections::{BTreeSet, HashMap};

use contract::notify::NotificationPreferences;
use db::types::Json;
use db::{AnyBackend, AnyConn, EqAnyPadded};
use diesel::prelude::*;
use kernel::{AppError, UserId};

use crate::schema::notification_preferences as preferences;

/// The wishes of those of these people who have some.
pub(crate) fn of(
    conn: &mut AnyConn,
    users: &BTreeSet<UserId>,
) -> Result<HashMap<UserId, NotificationPreferences>, AppError> {
    let rows: Vec<(UserId, Json)> = preferences::table
        .filter(preferences::user_id.eq_any_padded(users))
        .load(conn)?;
    let entry = |(user, Json(json))| Ok((user, serde_json::from_value(json)?));
    rows.into_iter().map(entry).collect()
}

/// One person's wishes.
pub(crate) fn of_one(
    conn: &mut AnyConn,
    user: UserId,
) -> Result<NotificationPreferences, AppError> {
    let mut found = of(conn, &BTreeSet::from([user]))?;
    Ok(found.remove(&user).unwrap_or_default())
}

/// Stores a person's wishes.
pub(crate) fn put(
    conn: &mut AnyConn,
    user: UserId,
    wishes: &NotificationPreferences,
) -> Result<(), AppError> {
    let json = Json(serde_json::to_value(wishes)?);
    let upsert = diesel::insert_into(preferences::table)
        .values((
            preferences::user_id.eq(user),
            preferences::preferences.eq(json.clone()),
        ))
        .on_conflict(preferences::user_id)
        .do_update()
        .set(preferences::preferences.eq(json));
    AnyBackend(upsert).execute(conn)?;
    Ok(())
}

/// Forgets a person.
pub(crate) fn forget(conn: &mut AnyConn, user: UserId) -> Result<(), AppError> {
    diesel::delete(preferences::table.find(user)).execute(conn)?;
    Ok(())
}
