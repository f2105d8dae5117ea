//! The rows of the audit log.

use db::types::Json;
use db::{AnyConn, Tx};
use diesel::prelude::*;
use kernel::{AppError, Page, PageRequest, Timestamp, UserId};

use super::{Action, AuditEntry, AuditId, AuditLine};
use crate::schema::account_audit as audit;

type Row = (
    AuditId,
    UserId,
    Option<UserId>,
    String,
    Option<String>,
    Json,
    Timestamp,
);

pub(super) fn insert(tx: &mut Tx<'_>, deed: AuditEntry) -> Result<(), AppError> {
    let id: AuditId = tx.env().id();
    let row = (
        audit::id.eq(id),
        audit::user_id.eq(deed.user),
        audit::actor_id.eq(deed.by),
        audit::action.eq(deed.action.as_text()),
        audit::address.eq(deed.address),
        audit::detail.eq(Json(deed.detail)),
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
) -> Result<Page<AuditLine>, AppError> {
    let theirs = audit::table.filter(audit::user_id.eq(user));
    let rows: Vec<Row> = theirs
        .order((audit::at.desc(), audit::id.desc()))
        .limit(page.limit_plus_one())
        .offset(page.offset)
        .load(conn)?;
    let lines = rows.into_iter().map(line).collect::<Result<_, _>>()?;
    Page::from_overfetch(lines, page, || Ok(theirs.count().get_result(conn)?))
}

fn line((id, user, by, action, address, Json(detail), at): Row) -> Result<AuditLine, AppError> {
    Ok(AuditLine {
        id,
        user,
        by,
        action: Action::from_text(&action)?,
        address,
        detail,
        at,
    })
}
