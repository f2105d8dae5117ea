//! Requests that have ended, kept so that the same act gets the same answer again.

use std::time::Duration;

use contract::social::FriendRequestId;
use db::{AnyConn, delete_batch};
use diesel::prelude::*;
use kernel::{AppError, Timestamp, UserId};

use super::store::Row;
use crate::schema::ended_requests;

/// How long an ended request is known.
const RETENTION: Duration = Duration::from_secs(30 * 24 * 3_600);

/// How a request has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Both are friends.
    Accepted,
    /// The receiver said no.
    Declined,
    /// The sender took it back.
    Canceled,
}

impl Outcome {
    /// Which of the two has brought it about.
    pub(super) fn by(self, sender: UserId, receiver: UserId) -> UserId {
        match self {
            Self::Accepted | Self::Declined => receiver,
            Self::Canceled => sender,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Canceled => "canceled",
        }
    }

    fn named(name: &str) -> Option<Self> {
        let all = [Self::Accepted, Self::Declined, Self::Canceled];
        all.into_iter().find(|outcome| outcome.name() == name)
    }
}

/// Who has asked whom.
pub(super) fn sides(
    conn: &mut AnyConn,
    id: FriendRequestId,
) -> Result<Option<(UserId, UserId)>, AppError> {
    Ok(ended_requests::table
        .find(id)
        .select((ended_requests::sender_id, ended_requests::receiver_id))
        .first(conn)
        .optional()?)
}

/// How a request has ended.
pub(super) fn outcome(
    conn: &mut AnyConn,
    id: FriendRequestId,
) -> Result<Option<Outcome>, AppError> {
    let name: Option<String> = ended_requests::table
        .find(id)
        .select(ended_requests::outcome)
        .first(conn)
        .optional()?;
    Ok(name.and_then(|name| Outcome::named(&name)))
}

/// Remembers how a request has ended.
pub(super) fn insert(
    conn: &mut AnyConn,
    row: &Row,
    outcome: Outcome,
    at: Timestamp,
) -> Result<(), AppError> {
    diesel::insert_into(ended_requests::table)
        .values((
            ended_requests::id.eq(row.id),
            ended_requests::sender_id.eq(row.sender_id),
            ended_requests::receiver_id.eq(row.receiver_id),
            ended_requests::outcome.eq(outcome.name()),
            ended_requests::ended_at.eq(at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Forgets a batch of those that ended long ago.
pub(super) fn prune(conn: &mut AnyConn, now: Timestamp) -> QueryResult<usize> {
    let limit = now - RETENTION;
    delete_batch(conn, "ended_requests", "id", "ended_at < $1", limit)
}

/// Forgets all ended requests of and to a person.
pub(super) fn forget(conn: &mut AnyConn, user: UserId) -> Result<(), AppError> {
    let theirs = ended_requests::sender_id
        .eq(user)
        .or(ended_requests::receiver_id.eq(user));
    diesel::delete(ended_requests::table.filter(theirs)).execute(conn)?;
    Ok(())
}
