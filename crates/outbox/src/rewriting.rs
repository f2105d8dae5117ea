//! Rewrites stored events, so that what was deleted or changed can no longer be read from them.
//!
//! Events keep their numbers and names: a client that resumes still learns that a message was sent
//! and deleted, but not its text.

use std::time::Duration;

use db::names::{PendingRenames, rename_in_windows};
use db::{AnyConn, DbTime, Store, Tx, idempotency, match_backend, names};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use kernel::{AppError, Id, Timestamp};
use serde_json::Value;

use crate::SubjectId;
use crate::schema::stream_events;

/// Time span of the events that one statement searches.
const WINDOW: Duration = Duration::from_secs(60);

/// Stream and sequence number of an event.
type EventKey = (String, i64);

/// Edits the data of all stored events about a subject and locks them until the transaction ends.
/// `edit` gets the name and the data of each.
///
/// # Errors
/// The database is unavailable.
pub fn rewrite<K>(
    conn: &mut AnyConn,
    subject: Id<K>,
    mut edit: impl FnMut(&str, &mut Value),
) -> Result<(), AppError> {
    let subject = SubjectId::from_uuid(subject.uuid());
    let keys: Vec<EventKey> = stream_events::table
        .filter(stream_events::subject.eq(Some(subject)))
        .order((stream_events::stream, stream_events::seq))
        .select((stream_events::stream, stream_events::seq))
        .load(conn)?;
    keys.iter()
        .try_for_each(|key| rewrite_one(conn, key, &mut edit))
}

/// Applies renames to all stored events and results, whatever their age, and deletes the renames.
/// Documents of other crates must be rewritten before.
///
/// # Errors
/// The database is unavailable; it may be called again.
pub async fn finish_renames(store: &Store, renames: &PendingRenames) -> Result<(), AppError> {
    rename_in_windows(store, renames, find_events, rename_in).await?;
    idempotency::rename_in_results(store, renames).await?;
    let ended = renames.clone();
    store.write(move |tx| names::end_renames(tx, &ended)).await
}

fn rename_in(tx: &mut Tx<'_>, keys: &[EventKey], renames: &PendingRenames) -> Result<(), AppError> {
    let mut edit = |_: &str, data: &mut Value| renames.apply(data);
    keys.iter()
        .try_for_each(|key| rewrite_one(tx.conn, key, &mut edit))
}

/// Finds the first time window from this time on that contains events. Returns where the next window
/// begins and which events name one of the users, or `None` where no events follow.
fn find_events(
    conn: &mut AnyConn,
    renames: &PendingRenames,
    from: Timestamp,
) -> Result<Option<(Timestamp, Vec<EventKey>)>, AppError> {
    let first: Option<Timestamp> = stream_events::table
        .filter(stream_events::at.ge(from))
        .order(stream_events::at)
        .select(stream_events::at)
        .first(conn)
        .optional()?;
    let Some(first) = first else {
        return Ok(None);
    };
    let end = first + WINDOW;
    let keys = events_like(conn, first, end, &renames.patterns())?;
    Ok(Some((end, keys)))
}

#[derive(QueryableByName)]
struct EventKeyRow {
    #[diesel(sql_type = Text)]
    stream: String,
    #[diesel(sql_type = BigInt)]
    seq: i64,
}

/// The events of a window whose data matches one of these patterns.
fn events_like(
    conn: &mut AnyConn,
    first: Timestamp,
    end: Timestamp,
    patterns: &[String],
) -> QueryResult<Vec<EventKey>> {
    let likes = (3..3 + patterns.len()).map(|number| format!("data LIKE ${number}"));
    let likes: Vec<String> = likes.collect();
    let query = format!(
        "SELECT stream, seq FROM stream_events WHERE at >= $1 AND at < $2 AND ({}) \
         ORDER BY stream, seq",
        likes.join(" OR ")
    );
    let found: Vec<EventKeyRow> = match_backend!(conn, c => {
        let query = diesel::sql_query(query).into_boxed();
        let query = query.bind::<DbTime, _>(first).bind::<DbTime, _>(end);
        let bound = patterns.iter().fold(query, |query, pattern| query.bind::<Text, _>(pattern));
        bound.load(c)?
    });
    Ok(found.into_iter().map(|row| (row.stream, row.seq)).collect())
}

fn rewrite_one(
    conn: &mut AnyConn,
    (stream, seq): &EventKey,
    edit: &mut impl FnMut(&str, &mut Value),
) -> Result<(), AppError> {
    let row = stream_events::table.find((stream, seq));
    let columns = (stream_events::name, stream_events::data);
    let found: Option<(String, String)> = match conn {
        AnyConn::Postgres(pg) => row.select(columns).for_update().first(pg).optional()?,
        AnyConn::Sqlite(sqlite) => row.select(columns).first(sqlite).optional()?,
    };
    let Some((name, data)) = found else {
        return Ok(());
    };
    let mut value: Value = serde_json::from_str(&data)?;
    edit(&name, &mut value);
    let rewritten = serde_json::to_string(&value)?;
    if rewritten != data {
        diesel::update(row)
            .set(stream_events::data.eq(rewritten))
            .execute(conn)?;
    }
    Ok(())
}
