//! SQL on ended requests. They are kept for a while so that a repeated call gets the same response.

use std::time::Duration;

use contract::social::FriendRequestId;
use db::{AnyConn, delete_batch};
use diesel::prelude::*;
use kernel::{AppError, Timestamp, UserId};

use super::queries::FriendRequestRow;
use crate::schema::ended_requests;

/// How long the outcome of a request is kept.
const RETENTION: Duration = Duration::from_secs(30 * 24 * 3_600);

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RequestOutcome {
    /// The receiver accepted it, or sent one in the other direction.
    Accepted,
    /// The receiver declined it.
    Declined,
    /// The sender canceled it.
    Canceled,
}

impl RequestOutcome {
    /// The user whose decision leads to this outcome.
    pub(super) fn decided_by(self, sender: UserId, receiver: UserId) -> UserId {
        match self {
            Self::Accepted | Self::Declined => receiver,
            Self::Canceled => sender,
        }
    }
}

kernel::text_enum!(RequestOutcome {
    Accepted = "accepted",
    Declined = "declined",
    Canceled = "canceled",
});

/// The sender and the receiver of an ended request.
pub(super) fn participants(
    conn: &mut AnyConn,
    id: FriendRequestId,
) -> Result<Option<(UserId, UserId)>, AppError> {
    Ok(ended_requests::table
        .find(id)
        .select((ended_requests::sender_id, ended_requests::receiver_id))
        .first(conn)
        .optional()?)
}

/// Loads how a request ended.
pub(super) fn load(
    conn: &mut AnyConn,
    id: FriendRequestId,
) -> Result<Option<RequestOutcome>, AppError> {
    let name: Option<String> = ended_requests::table
        .find(id)
        .select(ended_requests::outcome)
        .first(conn)
        .optional()?;
    Ok(name.and_then(|name| RequestOutcome::from_text(&name).ok()))
}

/// Stores how a request ended.
pub(super) fn insert(
    conn: &mut AnyConn,
    row: &FriendRequestRow,
    outcome: RequestOutcome,
    at: Timestamp,
) -> Result<(), AppError> {
    diesel::insert_into(ended_requests::table)
        .values((
            ended_requests::id.eq(row.id),
            ended_requests::sender_id.eq(row.sender_id),
            ended_requests::receiver_id.eq(row.receiver_id),
            ended_requests::outcome.eq(outcome.as_text()),
            ended_requests::ended_at.eq(at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Deletes a batch of outcomes older than the retention.
pub(super) fn prune(conn: &mut AnyConn, now: Timestamp) -> QueryResult<usize> {
    let limit = now - RETENTION;
    delete_batch(conn, "ended_requests", "id", "ended_at < $1", limit)
}

/// Deletes all ended requests from and to a user.
pub(super) fn delete_of(conn: &mut AnyConn, user: UserId) -> Result<(), AppError> {
    let involved = ended_requests::sender_id
        .eq(user)
        .or(ended_requests::receiver_id.eq(user));
    diesel::delete(ended_requests::table.filter(involved)).execute(conn)?;
    Ok(())
}
