//! The locks of users' relations.

use db::AnyConn;
use kernel::{AppError, UserId};

/// Locks the relations of these users until the transaction ends.
pub(crate) fn lock_users(conn: &mut AnyConn, users: &[UserId]) -> Result<(), AppError> {
    let mut users = users.to_vec();
    users.sort_unstable();
    users
        .iter()
        .try_for_each(|user| db::lock(conn, &format!("social:{user}")))
}
