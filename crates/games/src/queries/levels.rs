//! SQL on the adaptive levels of the computer.

use db::{AnyBackend, AnyConn};
use diesel::prelude::*;
use diesel::upsert::excluded;
use kernel::UserId;

use crate::schema::practice_levels;

/// The state of the adaptive level for a user.
pub(crate) fn load(conn: &mut AnyConn, user: UserId, game: &str) -> QueryResult<Option<u32>> {
    let state: Option<i64> = practice_levels::table
        .find((user, game))
        .select(practice_levels::state)
        .first(conn)
        .optional()?;
    Ok(state.and_then(|state| u32::try_from(state).ok()))
}

/// Stores the state of the adaptive level for a user.
pub(crate) fn save(conn: &mut AnyConn, user: UserId, game: &str, state: u32) -> QueryResult<()> {
    let insert = diesel::insert_into(practice_levels::table)
        .values((
            practice_levels::user_id.eq(user),
            practice_levels::game.eq(game),
            practice_levels::state.eq(i64::from(state)),
        ))
        .on_conflict((practice_levels::user_id, practice_levels::game))
        .do_update()
        .set(practice_levels::state.eq(excluded(practice_levels::state)));
    AnyBackend(insert).execute(conn)?;
    Ok(())
}

/// Deletes the levels of a user.
pub(crate) fn delete_of(conn: &mut AnyConn, user: UserId) -> QueryResult<()> {
    diesel::delete(practice_levels::table.filter(practice_levels::user_id.eq(user)))
        .execute(conn)?;
    Ok(())
}
