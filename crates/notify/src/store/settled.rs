//! What was dealt with.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use db::{AnyConn, BulkStatement, DbTime, DbUuid, EqAnyPadded, delete_batch};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use kernel::{AppError, Timestamp, UserId};

use crate::schema::settled_subjects as settled;

/// Up to where these people have dealt with these subjects.
pub(crate) fn of(
    conn: &mut AnyConn,
    users: &BTreeSet<UserId>,
    subjects: &BTreeSet<&str>,
) -> Result<HashMap<(UserId, String), i64>, AppError> {
    let rows: Vec<(UserId, String, i64)> = settled::table
        .filter(
            settled::user_id
                .eq_any_padded(users)
                .and(settled::subject.eq_any_padded(subjects)),
        )
        .select((settled::user_id, settled::subject, settled::place))
        .load(conn)?;
    let entry = |(user, subject, place)| ((user, subject), place);
    Ok(rows.into_iter().map(entry).collect())
}

/// Notes up to where people have dealt with subjects, unless they came further. Under their locks.
pub(crate) fn note_all(
    conn: &mut AnyConn,
    places: &BTreeMap<(UserId, &str), i64>,
    at: Timestamp,
) -> Result<(), AppError> {
    BulkStatement::<'_, ()>::new(
        "INSERT INTO settled_subjects (user_id, subject, place, settled_at) \
         SELECT column1, column2, column3, column4 FROM ",
        " WHERE true ON CONFLICT (user_id, subject) DO UPDATE SET \
         settled_at = excluded.settled_at, \
         place = CASE WHEN excluded.place > settled_subjects.place THEN excluded.place \
         ELSE settled_subjects.place END",
    )
    .column::<DbUuid, UserId>(places.keys().map(|(user, _)| *user).collect())
    .column::<Text, &str>(places.keys().map(|(_, subject)| *subject).collect())
    .column::<BigInt, i64>(places.values().copied().collect())
    .column::<DbTime, Timestamp>(vec![at; places.len()])
    .execute(conn)?;
    Ok(())
}

/// Notes the same for one person and subject.
pub(crate) fn note(
    conn: &mut AnyConn,
    user: UserId,
    subject: &str,
    place: i64,
    at: Timestamp,
) -> Result<(), AppError> {
    note_all(conn, &BTreeMap::from([((user, subject), place)]), at)
}

/// Forgets a batch of what was noted before; how many that were.
pub(crate) fn prune(conn: &mut AnyConn, before: Timestamp) -> Result<usize, AppError> {
    let (table, key) = ("settled_subjects", "user_id, subject");
    Ok(delete_batch(conn, table, key, "settled_at < $1", before)?)
}

/// Forgets a person.
pub(crate) fn forget(conn: &mut AnyConn, user: UserId) -> Result<(), AppError> {
    diesel::delete(settled::table.filter(settled::user_id.eq(user))).execute(conn)?;
    Ok(())
}
