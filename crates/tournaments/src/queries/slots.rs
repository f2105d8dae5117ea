//! SQL on slots.

use contract::invites::MatchId;
use contract::tournaments::TournamentId;
use db::{AnyConn, BulkStatement, DbTime, DbUuid};
use diesel::prelude::*;
use diesel::sql_types::{Integer, Nullable, Text};
use kernel::{AppError, Page, PageRequest, Timestamp};

use crate::schema::tournament_slots;

/// A slot as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = tournament_slots)]
pub(crate) struct SlotRow {
    pub(crate) tournament_id: TournamentId,
    pub(crate) bracket: String,
    pub(crate) round: i32,
    pub(crate) position: i32,
    pub(crate) source_a: String,
    pub(crate) source_b: String,
    pub(crate) entrant_a: Option<i32>,
    pub(crate) entrant_b: Option<i32>,
    pub(crate) winner_to: Option<String>,
    pub(crate) loser_to: Option<String>,
    pub(crate) status: String,
    pub(crate) winner: Option<String>,
    pub(crate) score_a: Option<i32>,
    pub(crate) score_b: Option<i32>,
    pub(crate) how: Option<String>,
    pub(crate) due_at: Option<Timestamp>,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) match_id: Option<MatchId>,
    pub(crate) disputed_by: Option<i32>,
    pub(crate) dispute_until: Option<Timestamp>,
}

/// The slots of a tournament.
pub(crate) fn load_all(conn: &mut AnyConn, tournament: TournamentId) -> QueryResult<Vec<SlotRow>> {
    tournament_slots::table
        .filter(tournament_slots::tournament_id.eq(tournament))
        .select(SlotRow::as_select())
        .load(conn)
}

/// A page of the slots that are over, in the order in which they ended.
pub(crate) fn page_of_ended(
    conn: &mut AnyConn,
    tournament: TournamentId,
    page: PageRequest,
) -> Result<Page<SlotRow>, AppError> {
    let ended = || {
        tournament_slots::table
            .filter(tournament_slots::tournament_id.eq(tournament))
            .filter(tournament_slots::ended_at.is_not_null())
    };
    let rows = ended()
        .order((
            tournament_slots::ended_at,
            tournament_slots::bracket,
            tournament_slots::round,
            tournament_slots::position,
        ))
        .limit(page.limit_plus_one())
        .offset(page.offset)
        .select(SlotRow::as_select())
        .load(conn)?;
    Page::from_overfetch(rows, page, || Ok(ended().count().get_result(conn)?))
}

/// A statement that stores slots, new ones and others.
pub(crate) fn save_all(rows: &[SlotRow]) -> BulkStatement<'static, ()> {
    let texts = |of: fn(&SlotRow) -> &String| -> Vec<String> {
        rows.iter().map(|row| of(row).clone()).collect()
    };
    let options = |of: fn(&SlotRow) -> &Option<String>| -> Vec<Option<String>> {
        rows.iter().map(|row| of(row).clone()).collect()
    };
    let numbers =
        |of: fn(&SlotRow) -> Option<i32>| -> Vec<Option<i32>> { rows.iter().map(of).collect() };
    let times = |of: fn(&SlotRow) -> Option<Timestamp>| -> Vec<Option<Timestamp>> {
        rows.iter().map(of).collect()
    };
    BulkStatement::<()>::new(
        "INSERT INTO tournament_slots (tournament_id, bracket, round, position, source_a, source_b, \
         entrant_a, entrant_b, winner_to, loser_to, status, winner, score_a, score_b, how, due_at, \
         ended_at, match_id, disputed_by, dispute_until) SELECT v.column1, v.column2, v.column3, \
         v.column4, v.column5, v.column6, v.column7, v.column8, v.column9, v.column10, v.column11, \
         v.column12, v.column13, v.column14, v.column15, v.column16, v.column17, v.column18, \
         v.column19, v.column20 FROM ",
        " WHERE true ON CONFLICT (tournament_id, bracket, round, position) DO UPDATE SET \
         entrant_a = excluded.entrant_a, entrant_b = excluded.entrant_b, \
         winner_to = excluded.winner_to, loser_to = excluded.loser_to, status = excluded.status, \
         winner = excluded.winner, score_a = excluded.score_a, score_b = excluded.score_b, \
         how = excluded.how, due_at = excluded.due_at, ended_at = excluded.ended_at, \
         match_id = excluded.match_id, disputed_by = excluded.disputed_by, \
         dispute_until = excluded.dispute_until",
    )
    .column::<DbUuid, _>(rows.iter().map(|row| row.tournament_id).collect())
    .column::<Text, _>(texts(|row| &row.bracket))
    .column::<Integer, _>(rows.iter().map(|row| row.round).collect())
    .column::<Integer, _>(rows.iter().map(|row| row.position).collect())
    .column::<Text, _>(texts(|row| &row.source_a))
    .column::<Text, _>(texts(|row| &row.source_b))
    .column::<Nullable<Integer>, _>(numbers(|row| row.entrant_a))
    .column::<Nullable<Integer>, _>(numbers(|row| row.entrant_b))
    .column::<Nullable<Text>, _>(options(|row| &row.winner_to))
    .column::<Nullable<Text>, _>(options(|row| &row.loser_to))
    .column::<Text, _>(texts(|row| &row.status))
    .column::<Nullable<Text>, _>(options(|row| &row.winner))
    .column::<Nullable<Integer>, _>(numbers(|row| row.score_a))
    .column::<Nullable<Integer>, _>(numbers(|row| row.score_b))
    .column::<Nullable<Text>, _>(options(|row| &row.how))
    .column::<Nullable<DbTime>, _>(times(|row| row.due_at))
    .column::<Nullable<DbTime>, _>(times(|row| row.ended_at))
    .column::<Nullable<DbUuid>, _>(rows.iter().map(|row| row.match_id).collect())
    .column::<Nullable<Integer>, _>(numbers(|row| row.disputed_by))
    .column::<Nullable<DbTime>, _>(times(|row| row.dispute_until))
}

/// Deletes a slot that does not exist any more.
pub(crate) fn delete(
    conn: &mut AnyConn,
    tournament: TournamentId,
    bracket: &str,
    round: i32,
    position: i32,
) -> QueryResult<()> {
    let bracket = bracket.to_owned();
    diesel::delete(tournament_slots::table.find((tournament, bracket, round, position)))
        .execute(conn)?;
    Ok(())
}
