//! SQL on blocks.

use std::collections::HashSet;

use db::{AnyConn, EqAnyPadded};
use diesel::prelude::*;
use kernel::{AppError, Page, PageRequest, Timestamp, UserId};

use crate::schema::blocks;

/// Whether `one` has blocked `other`, and whether `other` has blocked `one`.
pub(crate) fn between(
    conn: &mut AnyConn,
    one: UserId,
    other: UserId,
) -> Result<(bool, bool), AppError> {
    let forward = blocks::blocker_id.eq(one).and(blocks::blocked_id.eq(other));
    let reverse = blocks::blocker_id.eq(other).and(blocks::blocked_id.eq(one));
    let blockers: Vec<UserId> = blocks::table
        .filter(forward.or(reverse))
        .select(blocks::blocker_id)
        .load(conn)?;
    Ok((blockers.contains(&one), blockers.contains(&other)))
}

/// The pairs among these users of whom the first one has blocked the second one.
pub(crate) fn among(conn: &mut AnyConn, users: &[UserId]) -> QueryResult<Vec<(UserId, UserId)>> {
    blocks::table
        .filter(blocks::blocker_id.eq_any_padded(users.to_vec()))
        .filter(blocks::blocked_id.eq_any_padded(users.to_vec()))
        .select((blocks::blocker_id, blocks::blocked_id))
        .load(conn)
}

/// The users whom this user has blocked or who have blocked this user.
pub(crate) fn hidden_from(conn: &mut AnyConn, user: UserId) -> Result<HashSet<UserId>, AppError> {
    let rows: Vec<(UserId, UserId)> = blocks::table
        .filter(blocks::blocker_id.eq(user).or(blocks::blocked_id.eq(user)))
        .select((blocks::blocker_id, blocks::blocked_id))
        .load(conn)?;
    let other = |(blocker, blocked)| if blocker == user { blocked } else { blocker };
    Ok(rows.into_iter().map(other).collect())
}

/// The query of [`hidden_from`] as a fragment, split where the user's id is bound.
pub(crate) const HIDDEN_FROM: &[&str] = &[
    "SELECT b.blocked_id FROM blocks AS b WHERE b.blocker_id = ",
    " UNION ALL SELECT b.blocker_id FROM blocks AS b WHERE b.blocked_id = ",
    "",
];

/// The time since when `blocker` has blocked `blocked`, if so.
pub(super) fn since(
    conn: &mut AnyConn,
    blocker: UserId,
    blocked: UserId,
) -> Result<Option<Timestamp>, AppError> {
    Ok(blocks::table
        .find((blocker, blocked))
        .select(blocks::created_at)
        .first(conn)
        .optional()?)
}

pub(super) fn count(conn: &mut AnyConn, blocker: UserId) -> Result<i64, AppError> {
    Ok(blocks::table
        .filter(blocks::blocker_id.eq(blocker))
        .count()
        .get_result(conn)?)
}

pub(super) fn insert(
    conn: &mut AnyConn,
    blocker: UserId,
    blocked: UserId,
    at: Timestamp,
) -> Result<(), AppError> {
    diesel::insert_into(blocks::table)
        .values((
            blocks::blocker_id.eq(blocker),
            blocks::blocked_id.eq(blocked),
            blocks::created_at.eq(at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Deletes a block. Returns false if there is none.
pub(super) fn delete(
    conn: &mut AnyConn,
    blocker: UserId,
    blocked: UserId,
) -> Result<bool, AppError> {
    Ok(diesel::delete(blocks::table.find((blocker, blocked))).execute(conn)? > 0)
}

/// A page of the users whom this user has blocked, newest first.
pub(super) fn page(
    conn: &mut AnyConn,
    user: UserId,
    page: PageRequest,
) -> Result<Page<(UserId, Timestamp)>, AppError> {
    let mine = blocks::table.filter(blocks::blocker_id.eq(user));
    let items = mine
        .order((blocks::created_at.desc(), blocks::blocked_id))
        .limit(page.limit_plus_one())
        .offset(page.offset)
        .select((blocks::blocked_id, blocks::created_at))
        .load(conn)?;
    Page::from_overfetch(items, page, || Ok(mine.count().get_result(conn)?))
}

/// A page of blocked users for a data export, in the order of their ids.
pub(crate) fn export_page(
    conn: &mut AnyConn,
    user: UserId,
    after: Option<UserId>,
    limit: i64,
) -> Result<Vec<(UserId, Timestamp)>, AppError> {
    let mut query = blocks::table
        .filter(blocks::blocker_id.eq(user))
        .order(blocks::blocked_id)
        .limit(limit)
        .select((blocks::blocked_id, blocks::created_at))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(blocks::blocked_id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Deletes all blocks by and of a user.
pub(crate) fn delete_of(conn: &mut AnyConn, user: UserId) -> Result<(), AppError> {
    let involved = blocks::blocker_id.eq(user).or(blocks::blocked_id.eq(user));
    diesel::delete(blocks::table.filter(involved)).execute(conn)?;
    Ok(())
}
