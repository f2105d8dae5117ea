//! SQL on the tickets of the queue.

use db::{AnyBackend, AnyConn, EqAnyPadded};
use diesel::prelude::*;
use diesel::upsert::excluded;
use kernel::{Timestamp, UserId};
use outbox::NodeId;

use crate::catalogue::Wants;
use crate::queued_ticket::{QueueProfile, QueuedTicket};
use crate::rules::{Conduct, Rating};
use crate::schema::{conduct, match_seats, queue_tickets, ratings};

/// Deletes the ticket of a user.
pub(crate) fn delete(conn: &mut AnyConn, user: UserId) -> QueryResult<()> {
    diesel::delete(queue_tickets::table.find(user)).execute(conn)?;
    Ok(())
}

/// When a ticket was made and when it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TicketTimes {
    pub(crate) joined_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

/// Stores a ticket. One of the same user keeps the time when they entered.
pub(crate) fn save(
    conn: &mut AnyConn,
    game: &str,
    ticket: &QueuedTicket,
    expires_at: Timestamp,
    node: Option<NodeId>,
) -> QueryResult<()> {
    let row = (
        queue_tickets::user_id.eq(ticket.user),
        queue_tickets::game.eq(game),
        queue_tickets::wants.eq(to_column(ticket.wants())),
        queue_tickets::rating.eq(ticket.rating),
        queue_tickets::deviation.eq(ticket.deviation),
        queue_tickets::joined_at.eq(ticket.joined_at()),
        queue_tickets::expires_at.eq(expires_at),
        queue_tickets::avoid.eq(ticket.avoid),
        queue_tickets::node.eq(node),
    );
    let saved = diesel::insert_into(queue_tickets::table)
        .values(row)
        .on_conflict(queue_tickets::user_id)
        .do_update()
        .set((
            queue_tickets::wants.eq(excluded(queue_tickets::wants)),
            queue_tickets::expires_at.eq(excluded(queue_tickets::expires_at)),
            queue_tickets::node.eq(excluded(queue_tickets::node)),
        ));
    AnyBackend(saved).execute(conn)?;
    Ok(())
}

/// The ticket of a user in a game.
pub(crate) fn times(
    conn: &mut AnyConn,
    user: UserId,
    game: &str,
) -> QueryResult<Option<TicketTimes>> {
    let found: Option<(Timestamp, Timestamp)> = queue_tickets::table
        .find(user)
        .filter(queue_tickets::game.eq(game.to_owned()))
        .select((queue_tickets::joined_at, queue_tickets::expires_at))
        .first(conn)
        .optional()?;
    Ok(found.map(|(joined_at, expires_at)| TicketTimes {
        joined_at,
        expires_at,
    }))
}

/// Lets tickets last until a time.
pub(crate) fn extend(conn: &mut AnyConn, users: &[UserId], until: Timestamp) -> QueryResult<()> {
    let tickets = queue_tickets::table.filter(queue_tickets::user_id.eq_any_padded(users.to_vec()));
    diesel::update(tickets)
        .set(queue_tickets::expires_at.eq(until))
        .execute(conn)?;
    Ok(())
}

/// Lets a ticket end at a time, if it would last longer and no socket of another node has taken it over.
pub(crate) fn shorten(
    conn: &mut AnyConn,
    user: UserId,
    node: NodeId,
    until: Timestamp,
) -> QueryResult<()> {
    let is_ours = queue_tickets::node
        .eq(Some(node))
        .or(queue_tickets::node.is_null());
    let ticket = queue_tickets::table
        .find(user)
        .filter(is_ours)
        .filter(queue_tickets::expires_at.gt(until));
    diesel::update(ticket)
        .set(queue_tickets::expires_at.eq(until))
        .execute(conn)?;
    Ok(())
}

/// Deletes a ticket unless it has changed. Returns whether it was there.
pub(crate) fn delete_as(conn: &mut AnyConn, ticket: &QueuedTicket) -> QueryResult<bool> {
    let same = queue_tickets::table
        .find(ticket.user)
        .filter(queue_tickets::wants.eq(to_column(ticket.wants())))
        .filter(queue_tickets::joined_at.eq(ticket.joined_at()));
    Ok(diesel::delete(same).execute(conn)? == 1)
}

/// The users of a game whose tickets ended before a time.
pub(crate) fn expired(
    conn: &mut AnyConn,
    game: &str,
    before: Timestamp,
) -> QueryResult<Vec<UserId>> {
    queue_tickets::table
        .filter(queue_tickets::game.eq(game.to_owned()))
        .filter(queue_tickets::expires_at.lt(before))
        .select(queue_tickets::user_id)
        .load(conn)
}

/// Deletes the tickets of these users that ended before a time, and gives the users who have none any
/// more: a ticket may have been prolonged meanwhile.
pub(crate) fn delete_expired(
    conn: &mut AnyConn,
    users: Vec<UserId>,
    before: Timestamp,
) -> QueryResult<Vec<UserId>> {
    let tickets = queue_tickets::table.filter(queue_tickets::user_id.eq_any_padded(users.clone()));
    diesel::delete(tickets.filter(queue_tickets::expires_at.lt(before))).execute(conn)?;
    let kept: Vec<UserId> = queue_tickets::table
        .filter(queue_tickets::user_id.eq_any_padded(users.clone()))
        .select(queue_tickets::user_id)
        .load(conn)?;
    Ok(users
        .into_iter()
        .filter(|user| !kept.contains(user))
        .collect())
}

/// A ticket as it is stored, with the conduct of its user.
type QueueRow = (
    UserId,
    i64,
    (f64, f64),
    Timestamp,
    Option<UserId>,
    Option<String>,
);

/// The tickets of a game, the earliest first.
pub(crate) fn load(conn: &mut AnyConn, game: &str) -> QueryResult<Vec<QueuedTicket>> {
    let rows: Vec<QueueRow> = queue_tickets::table
        .left_join(conduct::table.on(conduct::user_id.eq(queue_tickets::user_id)))
        .filter(queue_tickets::game.eq(game.to_owned()))
        .order((queue_tickets::joined_at, queue_tickets::user_id))
        .select((
            queue_tickets::user_id,
            queue_tickets::wants,
            (queue_tickets::rating, queue_tickets::deviation),
            queue_tickets::joined_at,
            queue_tickets::avoid,
            conduct::strikes.nullable(),
        ))
        .load(conn)?;
    Ok(rows.into_iter().map(into_ticket).collect())
}

fn into_ticket(row: QueueRow) -> QueuedTicket {
    let (user, wants, (rating, deviation), joined_at, avoid, strikes) = row;
    let profile = QueueProfile {
        rating,
        deviation,
        conduct: conduct_score(strikes.as_deref()),
        avoid,
    };
    QueuedTicket::new(user, from_column(wants), profile, joined_at)
}

/// What is known of a user who enters the queue of a game.
pub(crate) fn profile(
    conn: &mut AnyConn,
    user: UserId,
    game: &str,
    met_since: Timestamp,
) -> QueryResult<QueueProfile> {
    let rated: Option<(f64, f64)> = ratings::table
        .filter(ratings::user_id.eq(user))
        .filter(ratings::game.eq(game.to_owned()))
        .order(ratings::season.desc())
        .select((ratings::rating, ratings::deviation))
        .first(conn)
        .optional()?;
    let (rating, deviation) = rated.unwrap_or((Rating::INITIAL.rating, Rating::INITIAL.deviation));
    let avoid: Option<Option<UserId>> = match_seats::table
        .filter(match_seats::user_id.eq(user))
        .filter(match_seats::game.eq(game.to_owned()))
        .filter(match_seats::ended_at.gt(met_since))
        .filter(match_seats::opponent_id.is_not_null())
        .order(match_seats::ended_at.desc())
        .select(match_seats::opponent_id)
        .first(conn)
        .optional()?;
    let strikes = super::conduct::load(conn, user)?;
    Ok(QueueProfile {
        rating,
        deviation,
        conduct: conduct_score(strikes.as_deref()),
        avoid: avoid.flatten(),
    })
}

fn conduct_score(strikes: Option<&str>) -> f64 {
    strikes.map_or(0.0, |strikes| Conduct::from_text(strikes).score())
}

/// What a player accepts, as a column holds it.
pub(crate) const fn to_column(wants: Wants) -> i64 {
    wants.0.cast_signed()
}

/// What a player accepts, from a column.
pub(crate) const fn from_column(wants: i64) -> Wants {
    Wants(wants.cast_unsigned())
}
