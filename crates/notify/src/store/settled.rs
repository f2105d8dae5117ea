//! What was dealt with.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;
use kernel::{Fault, Timestamp, UserId};
use store::{AnyConn, Each, Listed, delete_batch};

use crate::schema::settled_subjects as settled;

/// Up to where these people have dealt with these subjects.
pub(crate) fn of(
    conn: &mut AnyConn,
    users: &BTreeSet<UserId>,
    subjects: &BTreeSet<&str>,
) -> Result<HashMap<(UserId, String), i64>, Fault> {
    let rows: Vec<(UserId, String, i64)> = settled::table
        .filter(
            settled::user_id
                .one_of(users)
                .and(settled::subject.one_of(subjects)),
        )
        .select((settled::user_id, settled::subject, settled::place))
        .load(conn)?;
    let entry = |(user, subject, place)| ((user, subject), place);
    Ok(rows.into_iter().map(entry).collect())
}

/// Notes that somebody has dealt with a subject up to this place, unless they came further. Under
/// the person's lock.
pub(crate) fn note(
    conn: &mut AnyConn,
    user: UserId,
    subject: &str,
    place: i64,
    at: Timestamp,
) -> Result<(), Fault> {
    let known: Option<i64> = settled::table
        .find((user, subject))
        .select(settled::place)
        .first(conn)
        .optional()?;
    let place = known.map_or(place, |known| known.max(place));
    let upsert = diesel::insert_into(settled::table)
        .values((
            settled::user_id.eq(user),
            settled::subject.eq(subject),
            settled::place.eq(place),
            settled::settled_at.eq(at),
        ))
        .on_conflict((settled::user_id, settled::subject))
        .do_update()
        .set((settled::place.eq(place), settled::settled_at.eq(at)));
    Each(upsert).execute(conn)?;
    Ok(())
}

/// Forgets a batch of what was noted before; how many that were.
pub(crate) fn prune(conn: &mut AnyConn, before: Timestamp) -> Result<usize, Fault> {
    let (table, key) = ("settled_subjects", "user_id, subject");
    Ok(delete_batch(conn, table, key, "settled_at < $1", before)?)
}

/// Forgets a person.
pub(crate) fn forget(conn: &mut AnyConn, user: UserId) -> Result<(), Fault> {
    diesel::delete(settled::table.filter(settled::user_id.eq(user))).execute(conn)?;
    Ok(())
}
