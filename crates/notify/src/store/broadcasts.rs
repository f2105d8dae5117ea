//! Words to everybody, and how far each has come.

use db::AnyConn;
use db::types::Json;
use diesel::prelude::*;
use kernel::{AppError, Timestamp, UserId, id_type};

use crate::schema::notification_broadcasts as broadcasts;

id_type!(BroadcastId, BroadcastKind, "broadcast");

/// A word to everybody.
#[derive(Debug, Clone, PartialEq, Queryable, Insertable)]
#[diesel(table_name = broadcasts)]
pub(crate) struct Row {
    pub(crate) id: BroadcastId,
    pub(crate) author_id: UserId,
    pub(crate) announcement: Json,
    /// Everybody up to here was told.
    pub(crate) last_user_id: Option<UserId>,
    pub(crate) told: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) ended_at: Option<Timestamp>,
}

pub(crate) fn insert(conn: &mut AnyConn, row: &Row) -> Result<(), AppError> {
    diesel::insert_into(broadcasts::table)
        .values(row.clone())
        .execute(conn)?;
    Ok(())
}

pub(crate) fn find(conn: &mut AnyConn, id: BroadcastId) -> Result<Option<Row>, AppError> {
    Ok(broadcasts::table.find(id).first(conn).optional()?)
}

/// Stores how far it has come.
pub(crate) fn advance(conn: &mut AnyConn, row: &Row) -> Result<(), AppError> {
    diesel::update(broadcasts::table.find(row.id))
        .set((
            broadcasts::last_user_id.eq(row.last_user_id),
            broadcasts::told.eq(row.told),
            broadcasts::ended_at.eq(row.ended_at),
        ))
        .execute(conn)?;
    Ok(())
}
