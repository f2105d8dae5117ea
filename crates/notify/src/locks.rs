//! The locks of users' notifications.

use std::collections::BTreeSet;

use db::AnyConn;
use kernel::{AppError, UserId};

/// Locks the notifications of these users until the transaction ends, so that counts stay true.
pub(crate) fn lock_users(conn: &mut AnyConn, users: &BTreeSet<UserId>) -> Result<(), AppError> {
    db::lock_all(conn, users.iter().map(|user| format!("notify:{user}")))
}

/// As [`lock_users`], for one user.
pub(crate) fn lock_user(conn: &mut AnyConn, user: UserId) -> Result<(), AppError> {
    db::lock(conn, &format!("notify:{user}"))
}
