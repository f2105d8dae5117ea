//! Roles and suspensions in the rows of accounts.

use db::AnyConn;
use diesel::prelude::*;
use kernel::{AppError, Role, Timestamp, UserId};

use crate::schema::users;

/// Up to two of the active admins.
pub(super) fn admins(conn: &mut AnyConn) -> Result<Vec<UserId>, AppError> {
    Ok(users::table
        .filter(users::role.eq(Role::Admin.as_text()))
        .filter(users::suspended_at.is_null())
        .filter(users::deleted_at.is_null())
        .select(users::id)
        .limit(2)
        .load(conn)?)
}

pub(super) fn set_role(conn: &mut AnyConn, user: UserId, role: Role) -> Result<(), AppError> {
    diesel::update(users::table.find(user))
        .set(users::role.eq(role.as_text()))
        .execute(conn)?;
    Ok(())
}

pub(super) fn set_suspended(
    conn: &mut AnyConn,
    user: UserId,
    at: Option<Timestamp>,
) -> Result<(), AppError> {
    diesel::update(users::table.find(user))
        .set(users::suspended_at.eq(at))
        .execute(conn)?;
    Ok(())
}
