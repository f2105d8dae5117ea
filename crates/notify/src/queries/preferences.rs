//! SQL on notification preferences.

use std::collections::{BTreeSet, HashMap};

use contract::notify::NotificationPreferences;
use db::types::Json;
use db::{AnyBackend, AnyConn, EqAnyPadded};
use diesel::prelude::*;
use kernel::{AppError, UserId};

use crate::schema::notification_preferences as preferences;

/// Loads the preferences of those of these users who have stored some.
pub(crate) fn load_all(
    conn: &mut AnyConn,
    users: &BTreeSet<UserId>,
) -> Result<HashMap<UserId, NotificationPreferences>, AppError> {
    let rows: Vec<(UserId, Json)> = preferences::table
        .filter(preferences::user_id.eq_any_padded(users))
        .load(conn)?;
    let entry = |(user, Json(json))| Ok((user, serde_json::from_value(json)?));
    rows.into_iter().map(entry).collect()
}

/// Loads the preferences of a user, or the defaults.
pub(crate) fn load(conn: &mut AnyConn, user: UserId) -> Result<NotificationPreferences, AppError> {
    let mut found = load_all(conn, &BTreeSet::from([user]))?;
    Ok(found.remove(&user).unwrap_or_default())
}

/// Stores the preferences of a user.
pub(crate) fn upsert(
    conn: &mut AnyConn,
    user: UserId,
    wanted: &NotificationPreferences,
) -> Result<(), AppError> {
    let json = Json(serde_json::to_value(wanted)?);
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

/// Deletes the preferences of a user.
pub(crate) fn delete_of(conn: &mut AnyConn, user: UserId) -> Result<(), AppError> {
    diesel::delete(preferences::table.find(user)).execute(conn)?;
    Ok(())
}
