//! The rows of requests that wait.

use std::time::Duration;

use contract::social::{Direction, FriendRequest, FriendRequestId};
use db::{AnyBackend, AnyConn, delete_batch};
use diesel::prelude::*;
use kernel::{AppError, Page, PageRequest, Timestamp, UserId};

use crate::ports::Person;
use crate::rules::request_policy::{PAUSE_AFTER_DECLINE, Standing};
use crate::schema::{declined_requests, friend_requests};
use crate::{blocks, friends};

/// A request that waits.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = friend_requests)]
pub(crate) struct Row {
    pub(crate) id: FriendRequestId,
    pub(crate) sender_id: UserId,
    pub(crate) receiver_id: UserId,
    pub(crate) created_at: Timestamp,
}

impl Row {
    /// Which way it goes, seen from one of the two.
    pub(crate) fn direction(&self, viewer: UserId) -> Direction {
        if self.sender_id == viewer {
            Direction::Outgoing
        } else {
            Direction::Incoming
        }
    }

    /// The other one of the two.
    pub(crate) fn other(&self, viewer: UserId) -> UserId {
        match self.direction(viewer) {
            Direction::Outgoing => self.receiver_id,
            Direction::Incoming => self.sender_id,
        }
    }

    /// The request as one of the two sees it.
    pub(crate) fn seen_by(&self, viewer: UserId, other: &Person) -> FriendRequest {
        FriendRequest {
            id: self.id,
            direction: self.direction(viewer),
            user: other.summary.clone(),
            sender_id: self.sender_id,
            receiver_id: self.receiver_id,
            created_at: self.created_at,
        }
    }
}

pub(super) fn insert(conn: &mut AnyConn, row: &Row) -> Result<(), AppError> {
    diesel::insert_into(friend_requests::table)
        .values(row.clone())
        .execute(conn)?;
    Ok(())
}

pub(super) fn load(conn: &mut AnyConn, id: FriendRequestId) -> Result<Option<Row>, AppError> {
    Ok(friend_requests::table.find(id).first(conn).optional()?)
}

/// Removes a request. False if it is gone already.
pub(crate) fn remove(conn: &mut AnyConn, id: FriendRequestId) -> Result<bool, AppError> {
    Ok(diesel::delete(friend_requests::table.find(id)).execute(conn)? > 0)
}

/// The request between these two, whichever way it goes.
pub(crate) fn between(
    conn: &mut AnyConn,
    one: UserId,
    other: UserId,
) -> Result<Option<Row>, AppError> {
    let there = friend_requests::sender_id
        .eq(one)
        .and(friend_requests::receiver_id.eq(other));
    let back = friend_requests::sender_id
        .eq(other)
        .and(friend_requests::receiver_id.eq(one));
    Ok(friend_requests::table
        .filter(there.or(back))
        .first(conn)
        .optional()?)
}

/// How two people stand to each other, as far as this crate knows; what waits between them aside.
pub(super) fn standing(
    conn: &mut AnyConn,
    mine: UserId,
    theirs: UserId,
    now: Timestamp,
) -> Result<Standing, AppError> {
    let (i_blocked, they_blocked) = blocks::store::between(conn, mine, theirs)?;
    let counts = friends::store::counts(conn, &[mine, theirs])?;
    let count = |user| counts.get(&user).copied().unwrap_or_default();
    Ok(Standing {
        friends: friends::store::since(conn, mine, theirs)?.is_some(),
        i_blocked,
        they_blocked,
        pending: None,
        takes_requests: false,
        declined_ago: declined_ago(conn, mine, theirs, now)?,
        my_open: count_outgoing(conn, mine)?,
        my_friends: count(mine),
        their_friends: count(theirs),
    })
}

fn count_outgoing(conn: &mut AnyConn, user: UserId) -> Result<i64, AppError> {
    Ok(friend_requests::table
        .filter(friend_requests::sender_id.eq(user))
        .count()
        .get_result(conn)?)
}

fn declined_ago(
    conn: &mut AnyConn,
    sender: UserId,
    receiver: UserId,
    now: Timestamp,
) -> Result<Option<Duration>, AppError> {
    let at: Option<Timestamp> = declined_requests::table
        .find((sender, receiver))
        .select(declined_requests::declined_at)
        .first(conn)
        .optional()?;
    Ok(at.map(|at| now.since(at)))
}

/// Remembers that the receiver said no.
pub(super) fn note_decline(
    conn: &mut AnyConn,
    sender: UserId,
    receiver: UserId,
    at: Timestamp,
) -> Result<(), AppError> {
    let upsert = diesel::insert_into(declined_requests::table)
        .values((
            declined_requests::sender_id.eq(sender),
            declined_requests::receiver_id.eq(receiver),
            declined_requests::declined_at.eq(at),
        ))
        .on_conflict((declined_requests::sender_id, declined_requests::receiver_id))
        .do_update()
        .set(declined_requests::declined_at.eq(at));
    AnyBackend(upsert).execute(conn)?;
    Ok(())
}

/// Forgets who of the two said no.
pub(super) fn forget_declines(
    conn: &mut AnyConn,
    one: UserId,
    other: UserId,
) -> Result<(), AppError> {
    for (sender, receiver) in [(one, other), (other, one)] {
        diesel::delete(declined_requests::table.find((sender, receiver))).execute(conn)?;
    }
    Ok(())
}

/// Forgets a batch of those who said no so long ago that it keeps nobody from asking again.
pub(super) fn prune_declines(conn: &mut AnyConn, now: Timestamp) -> QueryResult<usize> {
    let (table, key) = ("declined_requests", "sender_id, receiver_id");
    let limit = now - PAUSE_AFTER_DECLINE;
    delete_batch(conn, table, key, "declined_at < $1", limit)
}

/// The requests that wait, the newest first.
pub(super) fn page(
    conn: &mut AnyConn,
    user: UserId,
    direction: Direction,
    page: PageRequest,
) -> Result<Page<Row>, AppError> {
    let mine = match direction {
        Direction::Incoming => friend_requests::table
            .filter(friend_requests::receiver_id.eq(user))
            .into_boxed(),
        Direction::Outgoing => friend_requests::table
            .filter(friend_requests::sender_id.eq(user))
            .into_boxed(),
    };
    let items = mine
        .order(friend_requests::id.desc())
        .limit(page.limit)
        .offset(page.offset)
        .load(conn)?;
    let total = match direction {
        Direction::Incoming => count_incoming(conn, user)?,
        Direction::Outgoing => count_outgoing(conn, user)?,
    };
    Ok(Page { items, total })
}

fn count_incoming(conn: &mut AnyConn, user: UserId) -> Result<i64, AppError> {
    Ok(friend_requests::table
        .filter(friend_requests::receiver_id.eq(user))
        .count()
        .get_result(conn)?)
}

/// The requests to or from somebody, for a download: so many after this one, in their order.
pub(crate) fn of(
    conn: &mut AnyConn,
    user: UserId,
    after: Option<FriendRequestId>,
    limit: i64,
) -> Result<Vec<Row>, AppError> {
    let theirs = friend_requests::sender_id
        .eq(user)
        .or(friend_requests::receiver_id.eq(user));
    let mut query = friend_requests::table
        .filter(theirs)
        .order(friend_requests::id)
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(friend_requests::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// What a person asked that still waits.
pub(super) fn sent_by(conn: &mut AnyConn, user: UserId) -> Result<Vec<Row>, AppError> {
    Ok(friend_requests::table
        .filter(friend_requests::sender_id.eq(user))
        .order(friend_requests::id)
        .load(conn)?)
}

/// Forgets all requests of and to a person.
pub(super) fn forget(conn: &mut AnyConn, user: UserId) -> Result<(), AppError> {
    let theirs = friend_requests::sender_id
        .eq(user)
        .or(friend_requests::receiver_id.eq(user));
    diesel::delete(friend_requests::table.filter(theirs)).execute(conn)?;
    let theirs = declined_requests::sender_id
        .eq(user)
        .or(declined_requests::receiver_id.eq(user));
    diesel::delete(declined_requests::table.filter(theirs)).execute(conn)?;
    Ok(())
}
