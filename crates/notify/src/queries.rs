//! What other rooms ask about notifications while they look into the database themselves.

use std::collections::BTreeSet;

use contract::notify::Badges;
use db::AnyConn;
use kernel::{AppError, UserId};

use crate::store::notifications;

/// How many of a person's notifications wait to be read.
///
/// # Errors
/// Only where the database is away.
pub fn unread(conn: &mut AnyConn, user: UserId) -> Result<Badges, AppError> {
    let mut found = notifications::badges(conn, &BTreeSet::from([user]))?;
    Ok(found.remove(&user).unwrap_or_default())
}
