//! The rows of exports.

use contract::users::ExportId;
use db::{AnyConn, OptionExt, delete_batch};
use diesel::dsl::exists;
use diesel::prelude::*;
use kernel::{AppError, Page, PageRequest, Timestamp, UserId};

use crate::Error;
use crate::schema::data_exports;

pub(super) const PREPARING: &str = "preparing";
pub(super) const EXPIRED: &str = "expired";
const READY: &str = "ready";
const FAILED: &str = "failed";

/// An export, without its user.
#[derive(Debug, Clone, Queryable)]
pub(super) struct ExportRow {
    pub(super) id: ExportId,
    pub(super) state: String,
    pub(super) created_at: Timestamp,
    pub(super) ready_at: Option<Timestamp>,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) size: Option<i64>,
}

#[diesel::dsl::auto_type]
fn rows(user: UserId) -> _ {
    data_exports::table
        .filter(data_exports::user_id.eq(user))
        .select((
            data_exports::id,
            data_exports::state,
            data_exports::created_at,
            data_exports::ready_at,
            data_exports::expires_at,
            data_exports::size,
        ))
}

/// A unique index refuses a second export that is being prepared.
pub(super) fn insert(conn: &mut AnyConn, user: UserId, row: &ExportRow) -> QueryResult<usize> {
    diesel::insert_into(data_exports::table)
        .values((
            data_exports::id.eq(row.id),
            data_exports::user_id.eq(user),
            data_exports::state.eq(&row.state),
            data_exports::created_at.eq(row.created_at),
        ))
        .execute(conn)
}

pub(super) fn find(conn: &mut AnyConn, user: UserId, id: ExportId) -> Result<ExportRow, AppError> {
    rows(user)
        .filter(data_exports::id.eq(id))
        .first(conn)
        .optional()
        .or_err(|| Error::ExportNotFound)
}

pub(super) fn page(
    conn: &mut AnyConn,
    user: UserId,
    page: PageRequest,
) -> Result<Page<ExportRow>, AppError> {
    let all = data_exports::table.filter(data_exports::user_id.eq(user));
    let items = rows(user)
        .order(data_exports::created_at.desc())
        .limit(page.limit_plus_one())
        .offset(page.offset)
        .load(conn)?;
    Page::from_overfetch(items, page, || Ok(all.count().get_result(conn)?))
}

/// The user whose export is being prepared; none if it is finished or the account was deleted.
pub(super) fn prepared_for(conn: &mut AnyConn, id: ExportId) -> Result<Option<UserId>, AppError> {
    Ok(data_exports::table
        .find(id)
        .filter(data_exports::state.eq(PREPARING))
        .select(data_exports::user_id)
        .first(conn)
        .optional()?)
}

pub(super) fn is_ready(conn: &mut AnyConn, id: ExportId) -> Result<bool, AppError> {
    let ready = data_exports::table
        .filter(data_exports::id.eq(id))
        .filter(data_exports::state.eq(READY));
    Ok(diesel::select(exists(ready)).get_result(conn)?)
}

pub(super) fn ready_ids(conn: &mut AnyConn, user: UserId) -> Result<Vec<ExportId>, AppError> {
    Ok(data_exports::table
        .filter(data_exports::user_id.eq(user))
        .filter(data_exports::state.eq(READY))
        .select(data_exports::id)
        .load(conn)?)
}

/// Returns false if the export is not being prepared.
pub(super) fn make_ready(
    conn: &mut AnyConn,
    id: ExportId,
    size: i64,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool, AppError> {
    let changed = diesel::update(data_exports::table.find(id))
        .filter(data_exports::state.eq(PREPARING))
        .set((
            data_exports::state.eq(READY),
            data_exports::size.eq(size),
            data_exports::ready_at.eq(now),
            data_exports::expires_at.eq(until),
        ))
        .execute(conn)?;
    Ok(changed > 0)
}

pub(super) fn fail(conn: &mut AnyConn, id: ExportId) -> Result<(), AppError> {
    diesel::update(data_exports::table.find(id))
        .set(data_exports::state.eq(FAILED))
        .execute(conn)?;
    Ok(())
}

/// Expires an export whose time ends no later than `by`.
pub(super) fn expire(conn: &mut AnyConn, id: ExportId, by: Timestamp) -> Result<(), AppError> {
    diesel::update(data_exports::table.find(id))
        .filter(data_exports::state.eq(READY))
        .filter(data_exports::expires_at.le(by))
        .set(data_exports::state.eq(EXPIRED))
        .execute(conn)?;
    Ok(())
}

/// Deletes a batch of the exports that ended before `limit`.
pub(crate) fn prune(conn: &mut AnyConn, limit: Timestamp) -> QueryResult<usize> {
    let is_over = "state IN ('expired', 'failed') AND created_at < $1";
    delete_batch(conn, "data_exports", "id", is_over, limit)
}
