//! SQL on the deliveries of digests and the attempts to send them.

use db::{AnyConn, EqAnyPadded, MAX_DELETE_BATCH};
use diesel::prelude::*;
use kernel::{AppError, Timestamp, UserId};

use crate::ports::DeliveryId;
use crate::schema::{delivery_attempts as attempts, notification_deliveries as deliveries};

/// The state of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeliveryState {
    /// It is not sent yet.
    Pending,
    /// It was handed to the mail server.
    Sent,
    /// All its notifications were read before it was sent.
    ReadMeanwhile,
    /// The user has no verified address or no account.
    Unreachable,
    /// It was rejected permanently.
    Rejected,
    /// All attempts failed.
    GivenUp,
    /// The node died during an attempt, so it may or may not have been sent.
    Unknown,
}

kernel::text_enum!(DeliveryState {
    Pending = "waiting",
    Sent = "sent",
    ReadMeanwhile = "read_meanwhile",
    Unreachable = "unreachable",
    Rejected = "refused",
    GivenUp = "given_up",
    Unknown = "unknown",
});

/// Inserts a pending delivery.
pub(crate) fn insert(
    conn: &mut AnyConn,
    id: DeliveryId,
    user: UserId,
    at: Timestamp,
) -> Result<(), AppError> {
    diesel::insert_into(deliveries::table)
        .values((
            deliveries::id.eq(id),
            deliveries::user_id.eq(user),
            deliveries::state.eq(DeliveryState::Pending.as_text()),
            deliveries::created_at.eq(at),
        ))
        .execute(conn)?;
    Ok(())
}

/// The recipient of a delivery.
pub(crate) fn owner(conn: &mut AnyConn, id: DeliveryId) -> Result<Option<UserId>, AppError> {
    Ok(deliveries::table
        .find(id)
        .select(deliveries::user_id)
        .first(conn)
        .optional()?)
}

/// Whether a delivery is pending.
pub(crate) fn is_pending(conn: &mut AnyConn, id: DeliveryId) -> Result<bool, AppError> {
    let pending = deliveries::table
        .find(id)
        .filter(deliveries::state.eq(DeliveryState::Pending.as_text()));
    Ok(diesel::select(diesel::dsl::exists(pending)).get_result(conn)?)
}

/// Sets the final state of a delivery.
pub(crate) fn end(
    conn: &mut AnyConn,
    id: DeliveryId,
    state: DeliveryState,
    at: Timestamp,
) -> Result<(), AppError> {
    diesel::update(deliveries::table.find(id))
        .set((
            deliveries::state.eq(state.as_text()),
            deliveries::ended_at.eq(Some(at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// When the last delivery to a user was created, apart from those that were not sent because their
/// notifications were read.
pub(crate) fn last_created_at(
    conn: &mut AnyConn,
    user: UserId,
) -> Result<Option<Timestamp>, AppError> {
    Ok(deliveries::table
        .filter(
            deliveries::user_id
                .eq(user)
                .and(deliveries::state.ne(DeliveryState::ReadMeanwhile.as_text())),
        )
        .order(deliveries::created_at.desc())
        .select(deliveries::created_at)
        .first(conn)
        .optional()?)
}

/// The number of the newest attempt, and whether it has no outcome.
pub(crate) fn newest_attempt(
    conn: &mut AnyConn,
    id: DeliveryId,
) -> Result<Option<(i32, bool)>, AppError> {
    let newest: Option<(i32, Option<String>)> = attempts::table
        .filter(attempts::delivery_id.eq(id))
        .order(attempts::number.desc())
        .select((attempts::number, attempts::outcome))
        .first(conn)
        .optional()?;
    Ok(newest.map(|(number, outcome)| (number, outcome.is_none())))
}

/// Inserts an attempt.
pub(crate) fn insert_attempt(
    conn: &mut AnyConn,
    id: DeliveryId,
    number: i32,
    at: Timestamp,
) -> Result<(), AppError> {
    diesel::insert_into(attempts::table)
        .values((
            attempts::delivery_id.eq(id),
            attempts::number.eq(number),
            attempts::started_at.eq(at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Sets the outcome of an attempt.
pub(crate) fn end_attempt(
    conn: &mut AnyConn,
    id: DeliveryId,
    number: i32,
    outcome: &str,
    at: Timestamp,
) -> Result<(), AppError> {
    diesel::update(attempts::table.find((id, number)))
        .set((
            attempts::outcome.eq(Some(outcome)),
            attempts::ended_at.eq(Some(at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// A page of deliveries to a user with time and state for a data export, in the order of their ids.
pub(crate) fn export_page(
    conn: &mut AnyConn,
    user: UserId,
    after: Option<DeliveryId>,
    limit: i64,
) -> Result<Vec<(DeliveryId, Timestamp, String)>, AppError> {
    let mut query = deliveries::table
        .filter(deliveries::user_id.eq(user))
        .order(deliveries::id)
        .limit(limit)
        .select((deliveries::id, deliveries::created_at, deliveries::state))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(deliveries::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Deletes a batch of deliveries before this one with their attempts, and returns how many.
pub(crate) fn prune(conn: &mut AnyConn, limit: DeliveryId) -> Result<usize, AppError> {
    let ids: Vec<DeliveryId> = deliveries::table
        .filter(deliveries::id.lt(limit))
        .order(deliveries::id)
        .limit(MAX_DELETE_BATCH)
        .select(deliveries::id)
        .load(conn)?;
    diesel::delete(attempts::table.filter(attempts::delivery_id.eq_any_padded(ids.clone())))
        .execute(conn)?;
    Ok(
        diesel::delete(deliveries::table.filter(deliveries::id.eq_any_padded(ids)))
            .execute(conn)?,
    )
}

/// Deletes the deliveries to a user.
pub(crate) fn delete_of(conn: &mut AnyConn, user: UserId) -> Result<(), AppError> {
    let ids: Vec<DeliveryId> = deliveries::table
        .filter(deliveries::user_id.eq(user))
        .select(deliveries::id)
        .load(conn)?;
    diesel::delete(attempts::table.filter(attempts::delivery_id.eq_any_padded(ids)))
        .execute(conn)?;
    diesel::delete(deliveries::table.filter(deliveries::user_id.eq(user))).execute(conn)?;
    Ok(())
}
