//! Rewrites stored events, so that what was deleted or changed cannot be read from them any more.
//!
//! Events keep their numbers and names: a client that resumes still hears that something came and
//! that it went, but not what it said.

use std::time::Duration;

use db::names::{PendingRenames, rename_in_windows};
use db::{AnyConn, DbTime, Store, Tx, idempotency, match_backend, names};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use kernel::{AppError, Id, Timestamp};
use serde_json::Value;

use crate::SubjectId;
use crate::schema::stream_events;

/// The time span of events that are searched by one statement.
const WINDOW: Duration = Duration::from_secs(60);

/// The place of an event: its stream, and its number there.
type Place = (String, i64);

/// Rewrites the data of all stored events about a subject, locked until the transaction ends.
/// `edit` gets the name and the data of each.
///
/// # Errors
/// Only where the database is away.
pub fn rewrite<K>(
    conn: &mut AnyConn,
    subject: Id<K>,
    mut edit: impl FnMut(&str, &mut Value),
) -> Result<(), AppError> {
    let subject = SubjectId::from_uuid(subject.uuid());
    let places: Vec<Place> = stream_events::table
        .filter(stream_events::subject.eq(Some(subject)))
        .order((stream_events::stream, stream_events::seq))
        .select((stream_events::stream, stream_events::seq))
        .load(conn)?;
    places
        .iter()
        .try_for_each(|place| rewrite_one(conn, place, &mut edit))
}

/// Replaces what people were called in all stored events with what they are called now. Reads
/// everything that is stored, window by window: for background work.
///
/// # Errors
/// Only where the database is away.
pub async fn rename(store: &Store, renames: &PendingRenames) -> Result<(), AppError> {
    rename_in_windows(store, renames, places_naming, rename_in).await
}

/// Replaces the names in all stored events and kept results, whatever their age, and ends these
/// renames. What other crates have stored must be rewritten before.
///
/// # Errors
/// Only where the database is away; it may be called again.
pub async fn finish_renames(store: &Store, renames: &PendingRenames) -> Result<(), AppError> {
    rename(store, renames).await?;
    idempotency::rename(store, renames).await?;
    let ended = renames.clone();
    store.write(move |tx| names::end(tx, &ended)).await
}

fn rename_in(tx: &mut Tx<'_>, places: &[Place], renames: &PendingRenames) -> Result<(), AppError> {
    let mut edit = |_: &str, data: &mut Value| renames.apply(data);
    places
        .iter()
        .try_for_each(|place| rewrite_one(tx.conn, place, &mut edit))
}

/// The events that name one of these people in the first window from this moment on that holds any
/// event, and where the next window begins; nothing where no events follow.
fn places_naming(
    conn: &mut AnyConn,
    renames: &PendingRenames,
    from: Timestamp,
) -> Result<Option<(Timestamp, Vec<Place>)>, AppError> {
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
    let places = places_like(conn, first, end, &renames.patterns())?;
    Ok(Some((end, places)))
}

#[derive(QueryableByName)]
struct PlaceRow {
    #[diesel(sql_type = Text)]
    stream: String,
    #[diesel(sql_type = BigInt)]
    seq: i64,
}

/// The events of a window whose data is like one of these patterns.
fn places_like(
    conn: &mut AnyConn,
    first: Timestamp,
    end: Timestamp,
    patterns: &[String],
) -> QueryResult<Vec<Place>> {
    let likes = (3..3 + patterns.len()).map(|number| format!("data LIKE ${number}"));
    let likes: Vec<String> = likes.collect();
    let query = format!(
        "SELECT stream, seq FROM stream_events WHERE at >= $1 AND at < $2 AND ({}) \
         ORDER BY stream, seq",
        likes.join(" OR ")
    );
    let found: Vec<PlaceRow> = match_backend!(conn, c => {
        let query = diesel::sql_query(query).into_boxed();
        let query = query.bind::<DbTime, _>(first).bind::<DbTime, _>(end);
        let bound = patterns.iter().fold(query, |query, pattern| query.bind::<Text, _>(pattern));
        bound.load(c)?
    });
    Ok(found.into_iter().map(|row| (row.stream, row.seq)).collect())
}

fn rewrite_one(
    conn: &mut AnyConn,
    (stream, seq): &Place,
    edit: &mut impl FnMut(&str, &mut Value),
) -> Result<(), AppError> {
    let one = stream_events::table.find((stream, seq));
    let columns = (stream_events::name, stream_events::data);
    let found: Option<(String, String)> = match conn {
        AnyConn::Postgres(pg) => one.select(columns).for_update().first(pg).optional()?,
        AnyConn::Sqlite(sqlite) => one.select(columns).first(sqlite).optional()?,
    };
    let Some((name, data)) = found else {
        return Ok(());
    };
    let mut value: Value = serde_json::from_str(&data)?;
    edit(&name, &mut value);
    let rewritten = serde_json::to_string(&value)?;
    if rewritten != data {
        diesel::update(one)
            .set(stream_events::data.eq(rewritten))
            .execute(conn)?;
    }
    Ok(())
}
