//! SQL on what users are engaged in: at most one thing each, by the primary key.

use contract::invites::MatchId;
use db::{AnyConn, BulkStatement, DbTime, DbUuid, EqAnyPadded};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use kernel::{Timestamp, UserId};

use super::tickets::to_column;
use crate::queued_ticket::QueuedTicket;
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
    /// Since when the user had waited for the match, if it comes from the queue.
    pub(crate) queued_at: Option<Timestamp>,
    /// What the user had accepted in the queue.
    pub(crate) wants: Option<i64>,
}

impl EngagementRow {
    /// A new engagement.
    pub(crate) fn new(
        user_id: UserId,
        kind: EngagementKind,
        match_id: Option<MatchId>,
        game: &str,
        created_at: Timestamp,
    ) -> Self {
        Self {
            user_id,
            kind: kind.as_text().to_owned(),
            match_id,
            game: game.to_owned(),
            created_at,
            queued_at: None,
            wants: None,
        }
    }
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
        .filter(engagements::kind.eq(row.kind.clone()))
        .filter(engagements::created_at.eq(row.created_at));
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

/// What the users of a match are engaged in.
pub(crate) fn of_match(conn: &mut AnyConn, id: MatchId) -> QueryResult<Vec<EngagementRow>> {
    engagements::table
        .filter(engagements::match_id.eq(id))
        .order(engagements::user_id)
        .select(EngagementRow::as_select())
        .load(conn)
}

/// Notes the places in the queue that users have left for a match.
pub(crate) fn note_tickets(conn: &mut AnyConn, tickets: &[QueuedTicket; 2]) -> QueryResult<()> {
    BulkStatement::<()>::new(
        "UPDATE engagements SET queued_at = v.column2, wants = v.column3 FROM ",
        " WHERE engagements.user_id = v.column1",
    )
    .column::<DbUuid, _>(tickets.iter().map(|ticket| ticket.user).collect())
    .column::<DbTime, _>(tickets.iter().map(QueuedTicket::joined_at).collect())
    .column::<BigInt, _>(
        tickets
            .iter()
            .map(|ticket| to_column(ticket.wants()))
            .collect(),
    )
    .execute(conn)?;
    Ok(())
}

/// A user of a match from the queue of a game does not want to return to it.
pub(crate) fn forget_ticket(conn: &mut AnyConn, user: UserId, game: &str) -> QueryResult<()> {
    let noted = engagements::table
        .find(user)
        .filter(engagements::game.eq(game.to_owned()))
        .filter(engagements::queued_at.is_not_null());
    diesel::update(noted)
        .set((
            engagements::queued_at.eq(None::<Timestamp>),
            engagements::wants.eq(None::<i64>),
        ))
        .execute(conn)?;
    Ok(())
}

/// Ends the engagements in a match.
pub(crate) fn delete_of_match(conn: &mut AnyConn, id: MatchId) -> QueryResult<()> {
    diesel::delete(engagements::table.filter(engagements::match_id.eq(id))).execute(conn)?;
    Ok(())
}
