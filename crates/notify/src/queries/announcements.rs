//! SQL on announcements and their progress.

use db::AnyConn;
use db::types::Json;
use diesel::prelude::*;
use kernel::{AppError, Timestamp, UserId, id_type};

use crate::schema::notification_broadcasts as announcements;

id_type!(AnnouncementId, AnnouncementKind, "announcement");

/// A stored announcement.
#[derive(Debug, Clone, PartialEq, Queryable, Insertable)]
#[diesel(table_name = announcements)]
pub(crate) struct AnnouncementRow {
    pub(crate) id: AnnouncementId,
    pub(crate) author_id: UserId,
    pub(crate) announcement: Json,
    /// The last user who was notified.
    pub(crate) last_user_id: Option<UserId>,
    /// The number of notifications that were created.
    pub(crate) delivered: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) ended_at: Option<Timestamp>,
}

pub(crate) fn insert(conn: &mut AnyConn, row: &AnnouncementRow) -> Result<(), AppError> {
    diesel::insert_into(announcements::table)
        .values(row.clone())
        .execute(conn)?;
    Ok(())
}

pub(crate) fn load(
    conn: &mut AnyConn,
    id: AnnouncementId,
) -> Result<Option<AnnouncementRow>, AppError> {
    Ok(announcements::table.find(id).first(conn).optional()?)
}

/// Stores how far an announcement has come.
pub(crate) fn update_progress(conn: &mut AnyConn, row: &AnnouncementRow) -> Result<(), AppError> {
    diesel::update(announcements::table.find(row.id))
        .set((
            announcements::last_user_id.eq(row.last_user_id),
            announcements::delivered.eq(row.delivered),
            announcements::ended_at.eq(row.ended_at),
        ))
        .execute(conn)?;
    Ok(())
}
