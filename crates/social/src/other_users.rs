//! Finds the users whom an action concerns besides the actor.

use db::AnyConn;
use kernel::error::Common;
use kernel::{Actor, AppError, UserId};

use crate::ports::{SocialDirectory, UserWithPrivacy};

/// Finds another user than the actor by name.
pub(crate) fn find_other_user(
    conn: &mut AnyConn,
    users: &dyn SocialDirectory,
    actor: &Actor,
    username: &str,
) -> Result<UserWithPrivacy, AppError> {
    let found = users.find_by_username(conn, username)?;
    let user = found.ok_or(Common::UserNotFound)?;
    if user.summary.id == actor.user {
        return Err(Common::Oneself.on_field("username"));
    }
    Ok(user)
}

/// Loads two users, both of whom must have an active account.
pub(crate) fn load_pair(
    conn: &mut AnyConn,
    users: &dyn SocialDirectory,
    one: UserId,
    other: UserId,
) -> Result<[UserWithPrivacy; 2], AppError> {
    let mut found = users.load(conn, &[one, other])?;
    match (found.remove(&one), found.remove(&other)) {
        (Some(one), Some(other)) => Ok([one, other]),
        _ => Err(Common::UserNotFound.into()),
    }
}
