//! SQL on resolved subjects.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use db::{AnyConn, BulkStatement, DbTime, DbUuid, EqAnyPadded, delete_batch};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use kernel::{AppError, Timestamp, UserId};

use crate::schema::settled_subjects as resolutions;

/// Loads up to which sequence numbers these users have resolved these subjects.
pub(crate) fn load(
    conn: &mut AnyConn,
    users: &BTreeSet<UserId>,
    subjects: &BTreeSet<&str>,
) -> Result<HashMap<(UserId, String), i64>, AppError> {
    let rows: Vec<(UserId, String, i64)> = resolutions::table
        .filter(
            resolutions::user_id
                .eq_any_padded(users)
                .and(resolutions::subject.eq_any_padded(subjects)),
        )
        .select((
            resolutions::user_id,
            resolutions::subject,
            resolutions::up_to_seq,
        ))
        .load(conn)?;
    let entry = |(user, subject, up_to_seq)| ((user, subject), up_to_seq);
    Ok(rows.into_iter().map(entry).collect())
}

/// Stores up to which sequence numbers users have resolved subjects, unless greater ones are stored.
/// The caller holds the locks of the users.
pub(crate) fn upsert_all(
    conn: &mut AnyConn,
    up_to_seq: &BTreeMap<(UserId, &str), i64>,
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
    .column::<DbUuid, UserId>(up_to_seq.keys().map(|(user, _)| *user).collect())
    .column::<Text, &str>(up_to_seq.keys().map(|(_, subject)| *subject).collect())
    .column::<BigInt, i64>(up_to_seq.values().copied().collect())
    .column::<DbTime, Timestamp>(vec![at; up_to_seq.len()])
    .execute(conn)?;
    Ok(())
}

/// As [`upsert_all`], for one user and subject.
pub(crate) fn upsert(
    conn: &mut AnyConn,
    user: UserId,
    subject: &str,
    up_to_seq: i64,
    at: Timestamp,
) -> Result<(), AppError> {
    upsert_all(conn, &BTreeMap::from([((user, subject), up_to_seq)]), at)
}

/// Deletes a batch of resolutions before this time, and returns how many.
pub(crate) fn prune(conn: &mut AnyConn, before: Timestamp) -> Result<usize, AppError> {
    let (table, key) = ("settled_subjects", "user_id, subject");
    Ok(delete_batch(conn, table, key, "settled_at < $1", before)?)
}

/// Deletes the resolutions of a user.
pub(crate) fn delete_of(conn: &mut AnyConn, user: UserId) -> Result<(), AppError> {
    diesel::delete(resolutions::table.filter(resolutions::user_id.eq(user))).execute(conn)?;
    Ok(())
}
