//! Mails about what waits, and each try to send one.

use db::{AnyConn, EqAnyPadded, MAX_DELETE_BATCH};
use diesel::prelude::*;
use kernel::{AppError, Timestamp, UserId};

use crate::ports::DeliveryId;
use crate::schema::{delivery_attempts as attempts, notification_deliveries as deliveries};

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// It is on its way.
    Waiting,
    /// It left.
    Sent,
    /// Nothing was left to tell of.
    ReadMeanwhile,
    /// There is no proven address, or no account.
    Unreachable,
    /// It was refused for good.
    Refused,
    /// It could not leave, however often it was tried.
    GivenUp,
    /// The node that sent it died at it: it may have left or not.
    Unknown,
}

db::text_enum!(State {
    Waiting = "waiting",
    Sent = "sent",
    ReadMeanwhile = "read_meanwhile",
    Unreachable = "unreachable",
    Refused = "refused",
    GivenUp = "given_up",
    Unknown = "unknown",
});

/// A mail that is on its way.
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
            deliveries::state.eq(State::Waiting.as_text()),
            deliveries::created_at.eq(at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Whose mail it is.
pub(crate) fn owner(conn: &mut AnyConn, id: DeliveryId) -> Result<Option<UserId>, AppError> {
    Ok(deliveries::table
        .find(id)
        .select(deliveries::user_id)
        .first(conn)
        .optional()?)
}

/// Whether it is still on its way.
pub(crate) fn is_waiting(conn: &mut AnyConn, id: DeliveryId) -> Result<bool, AppError> {
    let waiting = deliveries::table
        .find(id)
        .filter(deliveries::state.eq(State::Waiting.as_text()));
    Ok(diesel::select(diesel::dsl::exists(waiting)).get_result(conn)?)
}

/// It has come to its end.
pub(crate) fn end(
    conn: &mut AnyConn,
    id: DeliveryId,
    state: State,
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

/// When the last mail to a person was made that told them something, or may yet.
pub(crate) fn last(conn: &mut AnyConn, user: UserId) -> Result<Option<Timestamp>, AppError> {
    Ok(deliveries::table
        .filter(
            deliveries::user_id
                .eq(user)
                .and(deliveries::state.ne(State::ReadMeanwhile.as_text())),
        )
        .order(deliveries::created_at.desc())
        .select(deliveries::created_at)
        .first(conn)
        .optional()?)
}

/// The number of the newest try, and whether nobody saw its end.
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

/// A try begins.
pub(crate) fn begin_attempt(
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

/// A try has come to its end.
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

/// When mail was made for a person and what became of it, for a download: so many after this one,
/// in their order.
pub(crate) fn of(
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

/// Forgets a batch of the mails before this one, with their tries; how many that were.
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

/// Forgets a person.
pub(crate) fn forget(conn: &mut AnyConn, user: UserId) -> Result<(), AppError> {
    let ids: Vec<DeliveryId> = deliveries::table
        .filter(deliveries::user_id.eq(user))
        .select(deliveries::id)
        .load(conn)?;
    diesel::delete(attempts::table.filter(attempts::delivery_id.eq_any_padded(ids)))
        .execute(conn)?;
    diesel::delete(deliveries::table.filter(deliveries::user_id.eq(user))).execute(conn)?;
    Ok(())
}
