//! The password in the row of an account.

use db::AnyConn;
use diesel::prelude::*;
use kernel::{AppError, UserId};

use crate::schema::users;

pub(super) fn set(conn: &mut AnyConn, user: UserId, hash: &str) -> Result<(), AppError> {
    diesel::update(users::table.find(user))
        .set(users::password_hash.eq(hash))
        .execute(conn)?;
    Ok(())
}
