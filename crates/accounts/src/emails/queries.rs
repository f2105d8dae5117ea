//! The email address in the row of an account.

use db::{AnyConn, map_unique_violation};
use diesel::prelude::*;
use kernel::{AppError, Timestamp, UserId};
use mail::Email;

use crate::error::Error;
use crate::schema::users;

/// Marks an address as verified if it is still the account's; returns whether it is.
///
/// # Errors
/// `auth.email_taken` if another account has verified the address meanwhile.
pub(super) fn mark_verified(
    conn: &mut AnyConn,
    user: UserId,
    email: &Email,
    now: Timestamp,
) -> Result<bool, AppError> {
    let current = users::table
        .find(user)
        .filter(users::email.eq(email.address()))
        .filter(users::deleted_at.is_null());
    let unverified = current.clone().filter(users::email_verified_at.is_null());
    let updated = diesel::update(unverified)
        .set((
            users::email_key.eq(email.key()),
            users::email_verified_at.eq(Some(now)),
        ))
        .execute(conn);
    map_unique_violation(updated, || Error::EmailTaken)?;
    Ok(diesel::select(diesel::dsl::exists(current)).get_result(conn)?)
}

pub(super) fn set_address(
    conn: &mut AnyConn,
    user: UserId,
    email: &Email,
    now: Timestamp,
) -> Result<(), AppError> {
    let active = users::table.find(user).filter(users::deleted_at.is_null());
    let updated = diesel::update(active)
        .set((
            users::email.eq(email.address()),
            users::email_key.eq(email.key()),
            users::email_verified_at.eq(Some(now)),
        ))
        .execute(conn);
    match map_unique_violation(updated, || Error::EmailTaken)? {
        0 => Err(Error::LinkInvalid.on_field("token")),
        _ => Ok(()),
    }
}

/// Replaces an unverified address by another unverified one. Until it is verified, the account is
/// not found by it and others can register it, so that the response does not depend on whether it
/// belongs to an account.
pub(super) fn replace_unverified(
    conn: &mut AnyConn,
    user: UserId,
    email: &Email,
) -> Result<(), AppError> {
    let unverified = users::table
        .find(user)
        .filter(users::email_verified_at.is_null());
    diesel::update(unverified)
        .set((
            users::email.eq(email.address()),
            users::email_key.eq(unclaimed_key(user)),
        ))
        .execute(conn)?;
    Ok(())
}

/// A key that no address has, because it contains no `@`.
fn unclaimed_key(user: UserId) -> String {
    format!("unverified:{user}")
}
