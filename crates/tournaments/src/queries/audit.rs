//! SQL on the audit trail.

use contract::tournaments::TournamentId;
use db::AnyConn;
use db::types::Json;
use diesel::prelude::*;
use kernel::{AppError, Page, PageRequest, Timestamp, UserId};

use crate::schema::tournament_audit;

/// An entry of the audit trail as it is stored.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = tournament_audit)]
pub(crate) struct TournamentAuditRow {
    pub(crate) tournament_id: TournamentId,
    pub(crate) n: i32,
    pub(crate) at: Timestamp,
    pub(crate) actor_id: Option<UserId>,
    pub(crate) act: String,
    pub(crate) slot: Option<String>,
    pub(crate) before: Option<Json>,
    pub(crate) after: Option<Json>,
    pub(crate) reason: String,
}

pub(crate) fn insert(conn: &mut AnyConn, row: TournamentAuditRow) -> QueryResult<()> {
    diesel::insert_into(tournament_audit::table)
        .values(row)
        .execute(conn)?;
    Ok(())
}

/// A page of the audit trail, the newest entry first.
pub(crate) fn page(
    conn: &mut AnyConn,
    tournament: TournamentId,
    page: PageRequest,
) -> Result<Page<TournamentAuditRow>, AppError> {
    let all = || tournament_audit::table.filter(tournament_audit::tournament_id.eq(tournament));
    let rows = all()
        .order(tournament_audit::n.desc())
        .limit(page.limit_plus_one())
        .offset(page.offset)
        .select(TournamentAuditRow::as_select())
        .load(conn)?;
    Page::from_overfetch(rows, page, || Ok(all().count().get_result(conn)?))
}
