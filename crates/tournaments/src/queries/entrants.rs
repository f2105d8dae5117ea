//! SQL on entrants.

use contract::tournaments::{EntrantState, TournamentId};
use db::{AnyConn, BulkStatement, DbUuid, EqAnyPadded};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Integer, Nullable, Text};
use kernel::{AppError, Page, PageRequest, Timestamp, UserId};

use crate::policy::alias::Alias;
use crate::schema::entrants;

/// An entrant as it is stored.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = entrants)]
pub(crate) struct EntrantRow {
    pub(crate) tournament_id: TournamentId,
    pub(crate) number: i32,
    pub(crate) user_id: Option<UserId>,
    pub(crate) host_id: Option<UserId>,
    pub(crate) alias: String,
    pub(crate) alias_key: String,
    status: String,
    pub(crate) seed: Option<i32>,
    pub(crate) rating: Option<i32>,
    pub(crate) provisional: bool,
    pub(crate) present: bool,
    pub(crate) first_round: i32,
    pub(crate) requested_bye: Option<i32>,
    pub(crate) place: Option<i32>,
    pub(crate) registered_at: Timestamp,
}

impl EntrantRow {
    /// An entrant who registers now.
    pub(crate) fn new(
        tournament_id: TournamentId,
        number: i32,
        user: UserId,
        is_local: bool,
        alias: Alias,
        status: EntrantState,
        now: Timestamp,
    ) -> Self {
        Self {
            tournament_id,
            number,
            user_id: (!is_local).then_some(user),
            host_id: is_local.then_some(user),
            alias: alias.text,
            alias_key: alias.key,
            status: status.as_text().to_owned(),
            seed: None,
            rating: None,
            provisional: false,
            present: false,
            first_round: 1,
            requested_bye: None,
            place: None,
            registered_at: now,
        }
    }

    pub(crate) fn status(&self) -> Result<EntrantState, AppError> {
        Ok(EntrantState::from_text(&self.status)?)
    }

    pub(crate) fn set_status(&mut self, status: EntrantState) {
        status.as_text().clone_into(&mut self.status);
    }

    pub(crate) fn is(&self, status: EntrantState) -> bool {
        self.status == status.as_text()
    }

    /// The user who plays, or at whose keyboard a local player does.
    pub(crate) fn player(&self) -> Option<UserId> {
        self.user_id.or(self.host_id)
    }

    pub(crate) fn is_of(&self, user: UserId) -> bool {
        self.player() == Some(user)
    }
}

/// The entrants of a tournament, in the order of their registration.
pub(crate) fn load_all(
    conn: &mut AnyConn,
    tournament: TournamentId,
) -> QueryResult<Vec<EntrantRow>> {
    entrants::table
        .filter(entrants::tournament_id.eq(tournament))
        .order(entrants::number)
        .select(EntrantRow::as_select())
        .load(conn)
}

/// A page of the entrants of a tournament.
pub(crate) fn page(
    conn: &mut AnyConn,
    tournament: TournamentId,
    page: PageRequest,
) -> Result<Page<EntrantRow>, AppError> {
    let all = || entrants::table.filter(entrants::tournament_id.eq(tournament));
    let rows = all()
        .order(entrants::number)
        .limit(page.limit_plus_one())
        .offset(page.offset)
        .select(EntrantRow::as_select())
        .load(conn)?;
    Page::from_overfetch(rows, page, || Ok(all().count().get_result(conn)?))
}

/// Inserts an entrant. Fails on the unique indexes of aliases and users.
pub(crate) fn insert(conn: &mut AnyConn, row: &EntrantRow) -> QueryResult<()> {
    diesel::insert_into(entrants::table)
        .values(row.clone())
        .execute(conn)?;
    Ok(())
}

pub(crate) fn delete(conn: &mut AnyConn, row: &EntrantRow) -> QueryResult<()> {
    diesel::delete(entrants::table.find((row.tournament_id, row.number))).execute(conn)?;
    Ok(())
}

/// A statement that stores what changes about entrants.
pub(crate) fn update_all(rows: &[&EntrantRow]) -> BulkStatement<'static, ()> {
    let all = |of: fn(&EntrantRow) -> i32| rows.iter().map(|row| of(row)).collect::<Vec<i32>>();
    BulkStatement::<()>::new(
        "UPDATE entrants SET status = v.column3, seed = v.column4, rating = v.column5, \
         provisional = v.column6, present = v.column7, first_round = v.column8, requested_bye = v.column9, \
         place = v.column10 FROM ",
        " WHERE entrants.tournament_id = v.column1 AND entrants.number = v.column2",
    )
    .column::<DbUuid, _>(rows.iter().map(|row| row.tournament_id).collect())
    .column::<Integer, _>(all(|row| row.number))
    .column::<Text, _>(rows.iter().map(|row| row.status.clone()).collect())
    .column::<Nullable<Integer>, _>(rows.iter().map(|row| row.seed).collect())
    .column::<Nullable<Integer>, _>(rows.iter().map(|row| row.rating).collect())
    .column::<Bool, _>(rows.iter().map(|row| row.provisional).collect())
    .column::<Bool, _>(rows.iter().map(|row| row.present).collect())
    .column::<Integer, _>(all(|row| row.first_round))
    .column::<Nullable<Integer>, _>(rows.iter().map(|row| row.requested_bye).collect())
    .column::<Nullable<Integer>, _>(rows.iter().map(|row| row.place).collect())
}

/// The entrants in all tournaments who are this user, or whom they host.
pub(crate) fn of_user(conn: &mut AnyConn, user: UserId) -> QueryResult<Vec<EntrantRow>> {
    entrants::table
        .filter(entrants::user_id.eq(user).or(entrants::host_id.eq(user)))
        .order((entrants::tournament_id, entrants::number))
        .select(EntrantRow::as_select())
        .load(conn)
}

/// The entrants among these tournaments who are this user, or whom they host.
pub(crate) fn of_user_in(
    conn: &mut AnyConn,
    user: UserId,
    tournaments: &[TournamentId],
) -> QueryResult<Vec<EntrantRow>> {
    entrants::table
        .filter(entrants::tournament_id.eq_any_padded(tournaments.to_vec()))
        .filter(entrants::user_id.eq(user).or(entrants::host_id.eq(user)))
        .order((entrants::tournament_id, entrants::number))
        .select(EntrantRow::as_select())
        .load(conn)
}

/// Replaces the alias of an entrant.
pub(crate) fn rename(conn: &mut AnyConn, row: &EntrantRow, alias: &str) -> QueryResult<()> {
    diesel::update(entrants::table.find((row.tournament_id, row.number)))
        .set((entrants::alias.eq(alias), entrants::alias_key.eq(alias)))
        .execute(conn)?;
    Ok(())
}
