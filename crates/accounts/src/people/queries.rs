//! What other rooms ask about people while they look into the database themselves: one query each,
//! however many people. Where no account is known by an id or a name, it is left out.

use std::collections::{HashMap, HashSet};

use contract::users::{Privacy, UserSummary};
use db::AnyConn;
use kernel::{AppError, UserId};

use super::{UserRef, store};
use crate::rules::username;

/// The people behind these ids, with those whose account is deleted: they still stand in the
/// history of others.
///
/// # Errors
/// Only where the database is away.
pub fn summaries(
    conn: &mut AnyConn,
    ids: &[UserId],
) -> Result<HashMap<UserId, UserSummary>, AppError> {
    let found = store::summaries(conn, ids)?;
    Ok(found.into_iter().map(|one| (one.id, one)).collect())
}

/// The people who bear these names, whatever their case, to be mentioned in an event of this
/// transaction. Notes it of those whose address is not verified: deleting an account that nobody
/// knows replaces its name nowhere.
///
/// # Errors
/// Only where the database is away.
pub fn mention(conn: &mut AnyConn, names: &[String]) -> Result<Vec<UserSummary>, AppError> {
    let keys: Vec<String> = names.iter().map(|one| username::lookup_key(one)).collect();
    let found = store::named(conn, &keys)?;
    if found.iter().all(|(_, is_noted)| *is_noted) {
        return Ok(found.into_iter().map(|(summary, _)| summary).collect());
    }
    let new = found.iter().filter(|(_, is_noted)| !is_noted);
    store::note_mentioned(conn, new.map(|(summary, _)| summary.id).collect())?;
    // An account that was deleted while its row was locked is not found any more.
    let found = store::named(conn, &keys)?;
    Ok(found.into_iter().map(|(summary, _)| summary).collect())
}

/// The person who bears this name, whatever its case, also one whose account was deleted: those
/// bear a name that they were given then.
///
/// # Errors
/// Only where the database is away.
pub fn any_named(conn: &mut AnyConn, name: &str) -> Result<Option<UserSummary>, AppError> {
    store::summary_of_any(conn, &username::lookup_key(name))
}

/// The people behind these ids with what they let others see and do.
///
/// # Errors
/// Only where the database is away.
pub fn with_privacy(
    conn: &mut AnyConn,
    ids: &[UserId],
) -> Result<HashMap<UserId, (UserSummary, Privacy)>, AppError> {
    let found = store::with_privacy(conn, ids)?;
    Ok(found.into_iter().map(|one| (one.0.id, one)).collect())
}

/// The same of accounts that are neither deleted nor suspended.
///
/// # Errors
/// Only where the database is away.
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
/// Only where the database is away.
pub fn inactive(conn: &mut AnyConn, ids: &[UserId]) -> Result<HashSet<UserId>, AppError> {
    store::inactive(conn, ids)
}

/// Who bears this name or id. Names of deleted accounts lead nowhere.
///
/// # Errors
/// Only where the database is away.
pub fn find(conn: &mut AnyConn, handle: &str) -> Result<Option<UserId>, AppError> {
    store::id_of(conn, &UserRef::parse(handle))
}
