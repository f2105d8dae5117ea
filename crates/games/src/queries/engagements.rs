//! SQL on what users are engaged in: at most one thing each, by the primary key.

use contract::invites::MatchId;
use db::{AnyConn, EqAnyPadded};
use diesel::prelude::*;
use kernel::{Timestamp, UserId};

use crate::schema::engagements;

/// What a user is engaged in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EngagementKind {
    /// The queue.
    Queue,
    /// A match against another user.
    Match,
    /// A match alone: against the computer, or with somebody at the same keyboard. Anything else ends it.
    Solo,
}

kernel::text_enum!(EngagementKind {
    Queue = "queue",
    Match = "match",
    Solo = "solo",
});

/// What a user is engaged in, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = engagements)]
pub(crate) struct EngagementRow {
    pub(crate) user_id: UserId,
    pub(crate) kind: String,
    pub(crate) match_id: Option<MatchId>,
    pub(crate) game: String,
    pub(crate) created_at: Timestamp,
}

/// What these users are engaged in.
pub(crate) fn of_users(conn: &mut AnyConn, users: &[UserId]) -> QueryResult<Vec<EngagementRow>> {
    engagements::table
        .filter(engagements::user_id.eq_any_padded(users.to_vec()))
        .order(engagements::user_id)
        .select(EngagementRow::as_select())
        .load(conn)
}

/// Engages a user. Fails on the primary key if the user is engaged already.
pub(crate) fn insert(conn: &mut AnyConn, row: EngagementRow) -> QueryResult<()> {
    diesel::insert_into(engagements::table)
        .values(row)
        .execute(conn)?;
    Ok(())
}

/// Ends an engagement that was read, unless another one has taken its place.
pub(crate) fn delete_as(conn: &mut AnyConn, row: &EngagementRow) -> QueryResult<()> {
    let same = engagements::table
        .find(row.user_id)
        .filter(engagements::kind.eq(row.kind.clone()));
    diesel::delete(same).execute(conn)?;
    Ok(())
}

/// Ends the engagements in the queue of these users. Returns their number.
pub(crate) fn delete_queued(conn: &mut AnyConn, users: &[UserId]) -> QueryResult<usize> {
    let rows = engagements::table
        .filter(engagements::user_id.eq_any_padded(users.to_vec()))
        .filter(engagements::kind.eq(EngagementKind::Queue.as_text()));
    diesel::delete(rows).execute(conn)
}

/// Ends the engagements in a match.
pub(crate) fn delete_of_match(conn: &mut AnyConn, id: MatchId) -> QueryResult<()> {
    diesel::delete(engagements::table.filter(engagements::match_id.eq(id))).execute(conn)?;
    Ok(())
}
