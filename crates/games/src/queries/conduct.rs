//! SQL on the conduct of users.

use db::{AnyBackend, AnyConn};
use diesel::prelude::*;
use diesel::upsert::excluded;
use kernel::{Timestamp, UserId};

use crate::schema::conduct;

/// The last outcomes of a user's matches, as text.
pub(crate) fn load(conn: &mut AnyConn, user: UserId) -> QueryResult<Option<String>> {
    conduct::table
        .find(user)
        .select(conduct::strikes)
        .first(conn)
        .optional()
}

/// Until when a user is kept out of the queue.
pub(crate) fn barred_until(
    conn: &mut AnyConn,
    user: UserId,
    now: Timestamp,
) -> QueryResult<Option<Timestamp>> {
    let until: Option<Option<Timestamp>> = conduct::table
        .find(user)
        .filter(conduct::barred_until.gt(now))
        .select(conduct::barred_until)
        .first(conn)
        .optional()?;
    Ok(until.flatten())
}

/// Stores the conduct of a user. Without a new bar, an earlier one stays.
pub(crate) fn save(
    conn: &mut AnyConn,
    user: UserId,
    strikes: &str,
    barred_until: Option<Timestamp>,
) -> QueryResult<()> {
    let row = (
        conduct::user_id.eq(user),
        conduct::strikes.eq(strikes),
        conduct::barred_until.eq(barred_until),
    );
    let insert = diesel::insert_into(conduct::table)
        .values(row)
        .on_conflict(conduct::user_id)
        .do_update();
    if barred_until.is_some() {
        let set = insert.set((
            conduct::strikes.eq(excluded(conduct::strikes)),
            conduct::barred_until.eq(excluded(conduct::barred_until)),
        ));
        AnyBackend(set).execute(conn)?;
    } else {
        let set = insert.set(conduct::strikes.eq(excluded(conduct::strikes)));
        AnyBackend(set).execute(conn)?;
    }
    Ok(())
}

/// Deletes the conduct of a user.
pub(crate) fn delete_of(conn: &mut AnyConn, user: UserId) -> QueryResult<()> {
    diesel::delete(conduct::table.find(user)).execute(conn)?;
    Ok(())
}
