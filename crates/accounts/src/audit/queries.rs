//! The rows of the audit log.

use db::types::Json;
use db::{AnyConn, Tx};
use diesel::prelude::*;
use kernel::{AppError, Page, PageRequest, Timestamp, UserId};

use super::{AuditAction, AuditEntry, AuditId, AuditRecord};
use crate::schema::account_audit as audit;

type AuditRow = (
    AuditId,
    UserId,
    Option<UserId>,
    String,
    Option<String>,
    Json,
    Timestamp,
);

pub(super) fn insert(tx: &mut Tx<'_>, entry: AuditEntry) -> Result<(), AppError> {
    let id: AuditId = tx.env().id();
    let row = (
        audit::id.eq(id),
        audit::user_id.eq(entry.user),
        audit::actor_id.eq(entry.by),
        audit::action.eq(entry.action.as_text()),
        audit::address.eq(entry.address),
        audit::detail.eq(Json(entry.detail)),
        audit::at.eq(tx.env().now()),
    );
    diesel::insert_into(audit::table)
        .values(row)
        .execute(tx.conn)?;
    Ok(())
}

pub(super) fn of_user(
    conn: &mut AnyConn,
    user: UserId,
    page: PageRequest,
) -> Result<Page<AuditRecord>, AppError> {
    let of_user = audit::table.filter(audit::user_id.eq(user));
    let rows: Vec<AuditRow> = of_user
        .order((audit::at.desc(), audit::id.desc()))
        .limit(page.limit_plus_one())
        .offset(page.offset)
        .load(conn)?;
    let lines = rows.into_iter().map(line).collect::<Result<_, _>>()?;
    Page::from_overfetch(lines, page, || Ok(of_user.count().get_result(conn)?))
}

fn line(
    (id, user, by, action, address, Json(detail), at): AuditRow,
) -> Result<AuditRecord, AppError> {
    Ok(AuditRecord {
        id,
        user,
        by,
        action: AuditAction::from_text(&action)?,
        address,
        detail,
        at,
    })
}
