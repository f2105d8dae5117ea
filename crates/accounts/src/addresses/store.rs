//! The address in the row of an account.

use ::store::{AnyConn, on_duplicate};
use diesel::prelude::*;
use kernel::{Fault, Timestamp, UserId};

use crate::error::Error;
use crate::rules::email::Email;
use crate::schema::users;

/// Refuses an address that is somebody else's.
pub(super) fn admit(conn: &mut AnyConn, email: &Email) -> Result<(), Fault> {
    let taken = users::table.filter(users::email_key.eq(email.key()));
    if diesel::select(diesel::dsl::exists(taken)).get_result(conn)? {
        return Err(Error::EmailTaken.at("email"));
    }
    Ok(())
}

/// Notes the first proof of an address, where it is still the account's; whether it is.
pub(super) fn prove(
    conn: &mut AnyConn,
    user: UserId,
    email: &Email,
    now: Timestamp,
) -> Result<bool, Fault> {
    let theirs = users::table
        .find(user)
        .filter(users::email_key.eq(email.key()))
        .filter(users::deleted_at.is_null());
    let unproven = theirs.clone().filter(users::email_verified_at.is_null());
    diesel::update(unproven)
        .set(users::email_verified_at.eq(Some(now)))
        .execute(conn)?;
    Ok(diesel::select(diesel::dsl::exists(theirs)).get_result(conn)?)
}

pub(super) fn set_address(
    conn: &mut AnyConn,
    user: UserId,
    email: &Email,
    now: Timestamp,
) -> Result<(), Fault> {
    let living = users::table.find(user).filter(users::deleted_at.is_null());
    let updated = diesel::update(living)
        .set((
            users::email.eq(email.address()),
            users::email_key.eq(email.key()),
            users::email_verified_at.eq(Some(now)),
        ))
        .execute(conn);
    match on_duplicate(updated, || Error::EmailTaken)? {
        0 => Err(Error::LinkInvalid.at("token")),
        _ => Ok(()),
    }
}
