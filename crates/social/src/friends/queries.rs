//! SQL on friendships.

use std::collections::HashMap;

use db::{AnyConn, DbUuid, EqAnyPadded, match_backend};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use kernel::{AppError, Page, PageRequest, Timestamp, UserId};

use crate::schema::friendships;

/// The time since when two users are friends, if they are.
pub(crate) fn since(
    conn: &mut AnyConn,
    one: UserId,
    other: UserId,
) -> Result<Option<Timestamp>, AppError> {
    Ok(friendships::table
        .find((one, other))
        .select(friendships::since)
        .first(conn)
        .optional()?)
}

/// Inserts both rows of a friendship.
pub(crate) fn insert(
    conn: &mut AnyConn,
    one: UserId,
    other: UserId,
    since: Timestamp,
) -> Result<(), AppError> {
    for (user, friend) in [(one, other), (other, one)] {
        diesel::insert_into(friendships::table)
            .values((
                friendships::user_id.eq(user),
                friendships::friend_id.eq(friend),
                friendships::since.eq(since),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Deletes both rows of a friendship. Returns false if there is none.
pub(crate) fn delete(conn: &mut AnyConn, one: UserId, other: UserId) -> Result<bool, AppError> {
    let mut deleted = 0;
    for key in [(one, other), (other, one)] {
        deleted += diesel::delete(friendships::table.find(key)).execute(conn)?;
    }
    Ok(deleted > 0)
}

/// Deletes all friendships of a user.
pub(crate) fn delete_of(conn: &mut AnyConn, user: UserId) -> Result<(), AppError> {
    let friends = ids(conn, user)?;
    diesel::delete(friendships::table.filter(friendships::user_id.eq(user))).execute(conn)?;
    let reverse = friendships::table
        .filter(friendships::user_id.eq_any_padded(friends))
        .filter(friendships::friend_id.eq(user));
    diesel::delete(reverse).execute(conn)?;
    Ok(())
}

/// The ids of all friends of a user.
pub(crate) fn ids(conn: &mut AnyConn, user: UserId) -> Result<Vec<UserId>, AppError> {
    Ok(friendships::table
        .filter(friendships::user_id.eq(user))
        .order(friendships::friend_id)
        .select(friendships::friend_id)
        .load(conn)?)
}

/// A page of friends for a data export, in the order of their ids.
pub(crate) fn export_page(
    conn: &mut AnyConn,
    user: UserId,
    after: Option<UserId>,
    limit: i64,
) -> Result<Vec<(UserId, Timestamp)>, AppError> {
    let mut query = friendships::table
        .filter(friendships::user_id.eq(user))
        .order(friendships::friend_id)
        .limit(limit)
        .select((friendships::friend_id, friendships::since))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(friendships::friend_id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// The number of friends of each of these users. Users without friends are left out.
pub(crate) fn counts(
    conn: &mut AnyConn,
    users: &[UserId],
) -> Result<HashMap<UserId, i64>, AppError> {
    let rows: Vec<(UserId, i64)> = friendships::table
        .filter(friendships::user_id.eq_any_padded(users))
        .group_by(friendships::user_id)
        .select((friendships::user_id, diesel::dsl::count_star()))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// A page of friends with the time since when, newest first.
pub(super) fn page(
    conn: &mut AnyConn,
    user: UserId,
    page: PageRequest,
) -> Result<Page<(UserId, Timestamp)>, AppError> {
    let mine = friendships::table.filter(friendships::user_id.eq(user));
    let items = mine
        .order((friendships::since.desc(), friendships::friend_id))
        .limit(page.limit_plus_one())
        .offset(page.offset)
        .select((friendships::friend_id, friendships::since))
        .load(conn)?;
    Page::from_overfetch(items, page, || Ok(mine.count().get_result(conn)?))
}

/// Friends of the 50 newest friends of $1 who could get a request from $1. At most 5,000 rows are
/// aggregated, so that the cost does not grow with the size of friend lists.
const FRIENDS_OF_FRIENDS: &str = "\
SELECT candidate, COUNT(*) AS mutual FROM ( \
    SELECT theirs.friend_id AS candidate \
    FROM (SELECT friend_id FROM friendships WHERE user_id = $1 ORDER BY since DESC LIMIT 50) mine \
    JOIN friendships theirs ON theirs.user_id = mine.friend_id \
    WHERE theirs.friend_id <> $1 \
    AND NOT EXISTS (SELECT 1 FROM friendships f \
        WHERE f.user_id = $1 AND f.friend_id = theirs.friend_id) \
    AND NOT EXISTS (SELECT 1 FROM blocks b \
        WHERE b.blocker_id = $1 AND b.blocked_id = theirs.friend_id) \
    AND NOT EXISTS (SELECT 1 FROM blocks b \
        WHERE b.blocker_id = theirs.friend_id AND b.blocked_id = $1) \
    AND NOT EXISTS (SELECT 1 FROM friend_requests r \
        WHERE r.sender_id = $1 AND r.receiver_id = theirs.friend_id) \
    AND NOT EXISTS (SELECT 1 FROM friend_requests r \
        WHERE r.receiver_id = $1 AND r.sender_id = theirs.friend_id) \
    AND NOT EXISTS (SELECT 1 FROM declined_requests d \
        WHERE d.sender_id = $1 AND d.receiver_id = theirs.friend_id) \
    AND NOT EXISTS (SELECT 1 FROM declined_requests d \
        WHERE d.sender_id = theirs.friend_id AND d.receiver_id = $1) \
    LIMIT 5000) candidates \
GROUP BY candidate ORDER BY mutual DESC, candidate LIMIT 50";

#[derive(QueryableByName)]
struct CandidateRow {
    #[diesel(sql_type = DbUuid)]
    candidate: UserId,
    #[diesel(sql_type = BigInt)]
    mutual: i64,
}

/// Friends of friends who could get a request from this user, with the number of mutual friends.
pub(super) fn friends_of_friends(
    conn: &mut AnyConn,
    user: UserId,
) -> Result<Vec<(UserId, i64)>, AppError> {
    let query = || diesel::sql_query(FRIENDS_OF_FRIENDS).bind::<DbUuid, _>(user);
    let rows: Vec<CandidateRow> = match_backend!(conn, c => query().load(c)?);
    let pair = |row: CandidateRow| (row.candidate, row.mutual);
    Ok(rows.into_iter().map(pair).collect())
}
