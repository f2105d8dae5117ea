//! Queries for other domains, run within their own reads and transactions: one statement each,
//! however many users. Unknown ids and names are omitted.

use std::collections::{HashMap, HashSet};

use contract::users::{AiSettings, Privacy, UserSummary};
use db::{AnyConn, BulkStatement};
use kernel::{AppError, Role, UserId};

use super::{UserRef, user_rows};
use crate::rules::username;

/// The summaries of these users, including deleted accounts, to which stored data may refer.
///
/// # Errors
/// Only if the database is unavailable.
pub fn summaries(
    conn: &mut AnyConn,
    ids: &[UserId],
) -> Result<HashMap<UserId, UserSummary>, AppError> {
    let found = user_rows::summaries(conn, ids)?;
    Ok(found.into_iter().map(|user| (user.id, user)).collect())
}

/// A guard that holds while a user's summary is this one; for statements of other domains. `None` for
/// deleted accounts.
#[must_use]
pub fn summary_guard(summary: &UserSummary) -> Option<BulkStatement<'static, ()>> {
    (!summary.is_deleted).then(|| user_rows::summary_guard(summary))
}

/// The summaries of the users with these usernames, in any case, to be mentioned in an event of
/// this transaction. A mention of an unverified user is recorded: when an account that was never
/// mentioned is deleted, its name need not be replaced in stored documents.
///
/// # Errors
/// Only if the database is unavailable.
pub fn mention(conn: &mut AnyConn, names: &[String]) -> Result<Vec<UserSummary>, AppError> {
    let keys: Vec<String> = names
        .iter()
        .map(|name| username::lookup_key(name))
        .collect();
    let found = user_rows::find_mentionable(conn, &keys)?;
    if found.iter().all(|(_, is_recorded)| *is_recorded) {
        return Ok(found.into_iter().map(|(summary, _)| summary).collect());
    }
    let new = found.iter().filter(|(_, is_recorded)| !is_recorded);
    user_rows::record_mentions(conn, new.map(|(summary, _)| summary.id).collect())?;
    // An account that was deleted while its row was locked is no longer found.
    let found = user_rows::find_mentionable(conn, &keys)?;
    Ok(found.into_iter().map(|(summary, _)| summary).collect())
}

/// The user with this username, in any case, including deleted accounts under their replaced name.
///
/// # Errors
/// Only if the database is unavailable.
pub fn any_named(conn: &mut AnyConn, name: &str) -> Result<Option<UserSummary>, AppError> {
    user_rows::summary_of_any(conn, &username::lookup_key(name))
}

/// The summaries and privacy settings of these users.
///
/// # Errors
/// Only if the database is unavailable.
pub fn with_privacy(
    conn: &mut AnyConn,
    ids: &[UserId],
) -> Result<HashMap<UserId, (UserSummary, Privacy)>, AppError> {
    let found = user_rows::with_privacy(conn, ids)?;
    Ok(found.into_iter().map(|user| (user.0.id, user)).collect())
}

/// As [`with_privacy`], without deleted and suspended accounts.
///
/// # Errors
/// Only if the database is unavailable.
pub fn active_with_privacy(
    conn: &mut AnyConn,
    ids: &[UserId],
) -> Result<HashMap<UserId, (UserSummary, Privacy)>, AppError> {
    let found = user_rows::active_with_privacy(conn, ids)?;
    Ok(found.into_iter().map(|user| (user.0.id, user)).collect())
}

/// A user as a response over several domains needs them.
#[derive(Debug, Clone)]
pub struct KnownUser {
    /// Id and names.
    pub summary: UserSummary,
    /// The privacy settings.
    pub privacy: Privacy,
    /// Whether the account is neither deleted nor suspended.
    pub is_active: bool,
}

/// These users, including deleted and suspended accounts.
///
/// # Errors
/// Only if the database is unavailable.
pub fn known(conn: &mut AnyConn, ids: &[UserId]) -> Result<HashMap<UserId, KnownUser>, AppError> {
    let found = user_rows::known(conn, ids)?.into_iter();
    let known = |((summary, privacy), is_active): ((UserSummary, Privacy), bool)| {
        let user = KnownUser {
            summary,
            privacy,
            is_active,
        };
        (user.summary.id, user)
    };
    Ok(found.map(known).collect())
}

/// Those of these accounts that are deleted or suspended.
///
/// # Errors
/// Only if the database is unavailable.
pub fn inactive(conn: &mut AnyConn, ids: &[UserId]) -> Result<HashSet<UserId>, AppError> {
    user_rows::inactive(conn, ids)
}

/// The id of the user with this username or id. Deleted accounts are not found.
///
/// # Errors
/// Only if the database is unavailable.
pub fn find(conn: &mut AnyConn, handle: &str) -> Result<Option<UserId>, AppError> {
    user_rows::id_of(conn, &UserRef::parse(handle))
}

/// The ids of up to `limit` accounts that are neither deleted nor suspended, in ascending order and
/// greater than `after`.
///
/// # Errors
/// Only if the database is unavailable.
pub fn active_after(
    conn: &mut AnyConn,
    after: Option<UserId>,
    limit: i64,
) -> Result<Vec<UserId>, AppError> {
    user_rows::active_after(conn, after, limit)
}

/// Whether a user has the admin role now, whatever role their session began with.
///
/// # Errors
/// Only if the database is unavailable.
pub fn is_admin(conn: &mut AnyConn, user: UserId) -> Result<bool, AppError> {
    user_rows::has_role(conn, user, Role::Admin)
}

/// The number of accounts that are not deleted.
///
/// # Errors
/// Only if the database is unavailable.
pub fn count(conn: &mut AnyConn) -> Result<i64, AppError> {
    user_rows::count(conn)
}

/// The settings of a user's AI opponent; the defaults after the account was deleted.
///
/// # Errors
/// Only if the database is unavailable.
pub fn ai_settings(conn: &mut AnyConn, user: UserId) -> Result<AiSettings, AppError> {
    user_rows::ai_settings(conn, user)
}
