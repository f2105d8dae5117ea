//! Queries for other domains, run within their own reads and transactions: one statement each,
//! however many users. Unknown ids and names are omitted.

use std::collections::{HashMap, HashSet};

use contract::users::{Privacy, UserSummary};
use db::AnyConn;
use kernel::{AppError, UserId};

use super::{UserRef, store};
use crate::rules::username;

/// The summaries of these users, including deleted accounts, to which stored data may refer.
///
/// # Errors
/// Only if the database is unavailable.
pub fn summaries(
    conn: &mut AnyConn,
    ids: &[UserId],
) -> Result<HashMap<UserId, UserSummary>, AppError> {
    let found = store::summaries(conn, ids)?;
    Ok(found.into_iter().map(|one| (one.id, one)).collect())
}

/// The summaries of the users with these usernames, in any case, to be mentioned in an event of
/// this transaction. A mention of an unverified user is recorded: when an account that was never
/// mentioned is deleted, its name need not be replaced in stored documents.
///
/// # Errors
/// Only if the database is unavailable.
pub fn mention(conn: &mut AnyConn, names: &[String]) -> Result<Vec<UserSummary>, AppError> {
    let keys: Vec<String> = names.iter().map(|one| username::lookup_key(one)).collect();
    let found = store::named(conn, &keys)?;
    if found.iter().all(|(_, is_noted)| *is_noted) {
        return Ok(found.into_iter().map(|(summary, _)| summary).collect());
    }
    let new = found.iter().filter(|(_, is_noted)| !is_noted);
    store::note_mentioned(conn, new.map(|(summary, _)| summary.id).collect())?;
    // An account that was deleted while its row was locked is no longer found.
    let found = store::named(conn, &keys)?;
    Ok(found.into_iter().map(|(summary, _)| summary).collect())
}

/// The user with this username, in any case, including deleted accounts under their replaced name.
///
/// # Errors
/// Only if the database is unavailable.
pub fn any_named(conn: &mut AnyConn, name: &str) -> Result<Option<UserSummary>, AppError> {
    store::summary_of_any(conn, &username::lookup_key(name))
}

/// The summaries and privacy settings of these users.
///
/// # Errors
/// Only if the database is unavailable.
pub fn with_privacy(
    conn: &mut AnyConn,
    ids: &[UserId],
) -> Result<HashMap<UserId, (UserSummary, Privacy)>, AppError> {
    let found = store::with_privacy(conn, ids)?;
    Ok(found.into_iter().map(|one| (one.0.id, one)).collect())
}

/// As [`with_privacy`], without deleted and suspended accounts.
///
/// # Errors
/// Only if the database is unavailable.
pub fn active_with_privacy(
    conn: &mut AnyConn,
    ids: &[UserId],
) -> Result<HashMap<UserId, (UserSummary, Privacy)>, AppError> {
    let found = store::active_with_privacy(conn, ids)?;
    Ok(found.into_iter().map(|one| (one.0.id, one)).collect())
}

/// Those of these accounts that are deleted or suspended.
///
/// # Errors
/// Only if the database is unavailable.
pub fn inactive(conn: &mut AnyConn, ids: &[UserId]) -> Result<HashSet<UserId>, AppError> {
    store::inactive(conn, ids)
}

/// The id of the user with this username or id. Deleted accounts are not found.
///
/// # Errors
/// Only if the database is unavailable.
pub fn find(conn: &mut AnyConn, handle: &str) -> Result<Option<UserId>, AppError> {
    store::id_of(conn, &UserRef::parse(handle))
}
