//! SQL on pending and declined requests.

use std::time::Duration;

use contract::social::{FriendRequest, FriendRequestId, RequestDirection};
use db::{AnyBackend, AnyConn, delete_batch};
use diesel::prelude::*;
use kernel::{AppError, Page, PageRequest, Timestamp, UserId};

use crate::blocks::queries as blocks;
use crate::friends::queries as friends;
use crate::ports::UserWithPrivacy;
use crate::rules::request_policy::{DECLINE_COOLDOWN, PairState};
use crate::schema::{declined_requests, friend_requests};

/// A pending request.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = friend_requests)]
pub(crate) struct FriendRequestRow {
    pub(crate) id: FriendRequestId,
    pub(crate) sender_id: UserId,
    pub(crate) receiver_id: UserId,
    pub(crate) created_at: Timestamp,
}

impl FriendRequestRow {
    /// The direction, seen by the sender or the receiver.
    pub(crate) fn direction(&self, viewer: UserId) -> RequestDirection {
        if self.sender_id == viewer {
            RequestDirection::Outgoing
        } else {
            RequestDirection::Incoming
        }
    }

    /// The other user of the request.
    pub(crate) fn other(&self, viewer: UserId) -> UserId {
        match self.direction(viewer) {
            RequestDirection::Outgoing => self.receiver_id,
            RequestDirection::Incoming => self.sender_id,
        }
    }

    /// The request as the viewer gets it.
    pub(crate) fn to_dto(&self, viewer: UserId, other: &UserWithPrivacy) -> FriendRequest {
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

pub(super) fn insert(conn: &mut AnyConn, row: &FriendRequestRow) -> Result<(), AppError> {
    diesel::insert_into(friend_requests::table)
        .values(row.clone())
        .execute(conn)?;
    Ok(())
}

pub(super) fn load(
    conn: &mut AnyConn,
    id: FriendRequestId,
) -> Result<Option<FriendRequestRow>, AppError> {
    Ok(friend_requests::table.find(id).first(conn).optional()?)
}

/// Deletes a request. Returns false if there is none.
pub(crate) fn delete(conn: &mut AnyConn, id: FriendRequestId) -> Result<bool, AppError> {
    Ok(diesel::delete(friend_requests::table.find(id)).execute(conn)? > 0)
}

/// Loads the pending request between two users, of either direction.
pub(crate) fn between(
    conn: &mut AnyConn,
    one: UserId,
    other: UserId,
) -> Result<Option<FriendRequestRow>, AppError> {
    let forward = friend_requests::sender_id
        .eq(one)
        .and(friend_requests::receiver_id.eq(other));
    let reverse = friend_requests::sender_id
        .eq(other)
        .and(friend_requests::receiver_id.eq(one));
    Ok(friend_requests::table
        .filter(forward.or(reverse))
        .first(conn)
        .optional()?)
}

/// Loads what decides about a request, except the pending request and the receiver's settings.
pub(super) fn pair_state(
    conn: &mut AnyConn,
    sender: UserId,
    receiver: UserId,
    now: Timestamp,
) -> Result<PairState, AppError> {
    let (sender_blocked, receiver_blocked) = blocks::between(conn, sender, receiver)?;
    let counts = friends::counts(conn, &[sender, receiver])?;
    let count = |user| counts.get(&user).copied().unwrap_or_default();
    Ok(PairState {
        are_friends: friends::since(conn, sender, receiver)?.is_some(),
        sender_blocked,
        receiver_blocked,
        pending: None,
        takes_requests: false,
        declined_ago: declined_ago(conn, sender, receiver, now)?,
        sender_open: count_outgoing(conn, sender)?,
        sender_friends: count(sender),
        receiver_friends: count(receiver),
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

/// Stores that the receiver declined a request.
pub(super) fn upsert_decline(
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

/// Deletes the declines between two users.
pub(super) fn delete_declines(
    conn: &mut AnyConn,
    one: UserId,
    other: UserId,
) -> Result<(), AppError> {
    for (sender, receiver) in [(one, other), (other, one)] {
        diesel::delete(declined_requests::table.find((sender, receiver))).execute(conn)?;
    }
    Ok(())
}

/// Deletes a batch of declines older than the cooldown.
pub(super) fn prune_declines(conn: &mut AnyConn, now: Timestamp) -> QueryResult<usize> {
    let (table, key) = ("declined_requests", "sender_id, receiver_id");
    let limit = now - DECLINE_COOLDOWN;
    delete_batch(conn, table, key, "declined_at < $1", limit)
}

/// A page of pending requests, newest first.
pub(super) fn page(
    conn: &mut AnyConn,
    user: UserId,
    direction: RequestDirection,
    page: PageRequest,
) -> Result<Page<FriendRequestRow>, AppError> {
    let matching = match direction {
        RequestDirection::Incoming => friend_requests::table
            .filter(friend_requests::receiver_id.eq(user))
            .into_boxed(),
        RequestDirection::Outgoing => friend_requests::table
            .filter(friend_requests::sender_id.eq(user))
            .into_boxed(),
    };
    let items = matching
        .order(friend_requests::id.desc())
        .limit(page.limit)
        .offset(page.offset)
        .load(conn)?;
    let total = match direction {
        RequestDirection::Incoming => count_incoming(conn, user)?,
        RequestDirection::Outgoing => count_outgoing(conn, user)?,
    };
    Ok(Page { items, total })
}

fn count_incoming(conn: &mut AnyConn, user: UserId) -> Result<i64, AppError> {
    Ok(friend_requests::table
        .filter(friend_requests::receiver_id.eq(user))
        .count()
        .get_result(conn)?)
}

/// A page of requests from and to a user for a data export, in the order of their ids.
pub(crate) fn export_page(
    conn: &mut AnyConn,
    user: UserId,
    after: Option<FriendRequestId>,
    limit: i64,
) -> Result<Vec<FriendRequestRow>, AppError> {
    let involved = friend_requests::sender_id
        .eq(user)
        .or(friend_requests::receiver_id.eq(user));
    let mut query = friend_requests::table
        .filter(involved)
        .order(friend_requests::id)
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(friend_requests::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// The pending requests from a user.
pub(super) fn sent_by(conn: &mut AnyConn, user: UserId) -> Result<Vec<FriendRequestRow>, AppError> {
    Ok(friend_requests::table
        .filter(friend_requests::sender_id.eq(user))
        .order(friend_requests::id)
        .load(conn)?)
}

/// Deletes all requests and declines from and to a user.
pub(super) fn delete_of(conn: &mut AnyConn, user: UserId) -> Result<(), AppError> {
    let involved = friend_requests::sender_id
        .eq(user)
        .or(friend_requests::receiver_id.eq(user));
    diesel::delete(friend_requests::table.filter(involved)).execute(conn)?;
    let involved = declined_requests::sender_id
        .eq(user)
        .or(declined_requests::receiver_id.eq(user));
    diesel::delete(declined_requests::table.filter(involved)).execute(conn)?;
    Ok(())
}
