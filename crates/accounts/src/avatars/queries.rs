//! The versions of avatars in the rows of users.

use db::{AnyConn, OptionExt};
use diesel::dsl::exists;
use diesel::prelude::*;
use kernel::error::Common;
use kernel::{AppError, UserId};

use crate::Error;
use crate::directory::UserRef;
use crate::schema::users;

/// The user, and the version of their avatar. Deleted accounts have the default avatar.
pub(super) fn current(
    conn: &mut AnyConn,
    handle: &UserRef,
) -> Result<(UserId, Option<String>), AppError> {
    let all = users::table.select((users::id, users::avatar));
    let found = match handle {
        UserRef::Id(id) => all.filter(users::id.eq(id)).first(conn),
        UserRef::Name(key) => all.filter(users::username_key.eq(key)).first(conn),
    };
    found.optional().or_err(|| Common::UserNotFound)
}

/// The username, and the version of the avatar.
pub(super) fn own_row(
    conn: &mut AnyConn,
    user: UserId,
) -> Result<(String, Option<String>), AppError> {
    users::table
        .filter(users::id.eq(user))
        .filter(users::deleted_at.is_null())
        .select((users::username, users::avatar))
        .first(conn)
        .optional()
        .or_err(|| Error::SessionEnded)
}

pub(super) fn set_version(
    conn: &mut AnyConn,
    user: UserId,
    version: Option<&str>,
) -> Result<(), AppError> {
    diesel::update(users::table.find(user))
        .set(users::avatar.eq(version))
        .execute(conn)?;
    Ok(())
}

pub(super) fn is_in_use(conn: &mut AnyConn, user: UserId, version: &str) -> Result<bool, AppError> {
    let matching = users::table
        .filter(users::id.eq(user))
        .filter(users::avatar.eq(version));
    Ok(diesel::select(exists(matching)).get_result(conn)?)
}
