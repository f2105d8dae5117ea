//! SQL on who has to do with a tournament: organizers and invited users.

use contract::tournaments::TournamentId;
use db::{AnyConn, BulkStatement, DbTime, DbUuid, EqAnyPadded};
use diesel::dsl::exists;
use diesel::prelude::*;
use kernel::{Timestamp, UserId};

use crate::policy::access::Involvement;
use crate::schema::{entrants, tournament_invitations, tournament_organizers, tournaments};

/// What connects a user with a tournament.
pub(crate) fn load(conn: &mut AnyConn, id: TournamentId, user: UserId) -> QueryResult<Involvement> {
    let owned = tournaments::table
        .find(id)
        .filter(tournaments::organizer_id.eq(user));
    let helped = tournament_organizers::table.find((id, user));
    let entered = entrants::table
        .filter(entrants::tournament_id.eq(id))
        .filter(entrants::user_id.eq(user).or(entrants::host_id.eq(user)));
    let invited = tournament_invitations::table.find((id, user));
    let (owns, helps, is_entrant, is_invited): (bool, bool, bool, bool) = diesel::select((
        exists(owned),
        exists(helped),
        exists(entered),
        exists(invited),
    ))
    .get_result(conn)?;
    Ok(Involvement {
        organizes: owns || helps,
        is_entrant,
        is_invited,
    })
}

/// The co-organizers of tournaments.
pub(crate) fn co_organizers(
    conn: &mut AnyConn,
    ids: &[TournamentId],
) -> QueryResult<Vec<(TournamentId, UserId)>> {
    tournament_organizers::table
        .filter(tournament_organizers::tournament_id.eq_any_padded(ids.to_vec()))
        .order((
            tournament_organizers::tournament_id,
            tournament_organizers::user_id,
        ))
        .load(conn)
}

pub(crate) fn insert_co_organizer(
    conn: &mut AnyConn,
    id: TournamentId,
    user: UserId,
) -> QueryResult<()> {
    diesel::insert_into(tournament_organizers::table)
        .values((
            tournament_organizers::tournament_id.eq(id),
            tournament_organizers::user_id.eq(user),
        ))
        .execute(conn)?;
    Ok(())
}

/// Returns whether the user was a co-organizer.
pub(crate) fn delete_co_organizer(
    conn: &mut AnyConn,
    id: TournamentId,
    user: UserId,
) -> QueryResult<bool> {
    let row = tournament_organizers::table.find((id, user));
    Ok(diesel::delete(row).execute(conn)? > 0)
}

/// Those who are invited to a tournament and have not entered it.
pub(crate) fn invited(conn: &mut AnyConn, id: TournamentId) -> QueryResult<Vec<UserId>> {
    let entered = entrants::table
        .filter(entrants::tournament_id.eq(id))
        .filter(
            entrants::user_id
                .assume_not_null()
                .eq(tournament_invitations::user_id),
        );
    tournament_invitations::table
        .filter(tournament_invitations::tournament_id.eq(id))
        .filter(diesel::dsl::not(exists(entered)))
        .order(tournament_invitations::user_id)
        .select(tournament_invitations::user_id)
        .load(conn)
}

/// The number of users who are invited to a tournament.
pub(crate) fn count_invited(conn: &mut AnyConn, id: TournamentId) -> QueryResult<i64> {
    tournament_invitations::table
        .filter(tournament_invitations::tournament_id.eq(id))
        .count()
        .get_result(conn)
}

/// Invites users; those who are invited already stay so.
pub(crate) fn insert_invitations(
    conn: &mut AnyConn,
    id: TournamentId,
    sender: UserId,
    users: &[UserId],
    now: Timestamp,
) -> QueryResult<()> {
    BulkStatement::<()>::new(
        "INSERT INTO tournament_invitations (tournament_id, user_id, sender_id, created_at) \
         SELECT v.column1, v.column2, v.column3, v.column4 FROM ",
        " WHERE true ON CONFLICT DO NOTHING",
    )
    .column::<DbUuid, _>(vec![id; users.len()])
    .column::<DbUuid, _>(users.to_vec())
    .column::<DbUuid, _>(vec![sender; users.len()])
    .column::<DbTime, _>(vec![now; users.len()])
    .execute(conn)?;
    Ok(())
}

/// Deletes what makes a user a co-organizer or invited, or says that they invited somebody.
pub(crate) fn delete_of(conn: &mut AnyConn, user: UserId) -> QueryResult<()> {
    let helped = tournament_organizers::table.filter(tournament_organizers::user_id.eq(user));
    diesel::delete(helped).execute(conn)?;
    let invited = tournament_invitations::table.filter(
        tournament_invitations::user_id
            .eq(user)
            .or(tournament_invitations::sender_id.eq(user)),
    );
    diesel::delete(invited).execute(conn)?;
    Ok(())
}
