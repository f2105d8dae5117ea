//! Appends events to their streams.

use std::collections::{BTreeMap, HashMap};

use db::{AnyConn, BulkStatement, DbTime, DbUuid};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use kernel::{AppError, Env, Timestamp};

use crate::{NewEvent, StoredEvent, SubjectId};

/// Most events that one statement writes.
const MAX_PER_STATEMENT: usize = 1_000;

/// Stores events, together with other statements, and returns the events with their numbers.
pub(crate) fn append(
    conn: &mut AnyConn,
    env: &Env,
    mut events: Vec<NewEvent>,
    mut others: Vec<BulkStatement<'_, ()>>,
) -> Result<Vec<StoredEvent>, AppError> {
    let now = env.now();
    let mut all = Vec::with_capacity(events.len());
    if events.len() > MAX_PER_STATEMENT {
        // Several statements, too, lock the streams in the order of their names.
        events.sort_by(|one, other| one.stream.cmp(&other.stream));
    }
    let mut events = events
        .into_iter()
        .map(|event| UnnumberedEvent::of(event, now));
    loop {
        let chunk: Vec<_> = events.by_ref().take(MAX_PER_STATEMENT).collect();
        if chunk.is_empty() {
            BulkStatement::execute_all(others, conn)?;
            return Ok(all);
        }
        all.extend(append_rows(conn, chunk, std::mem::take(&mut others))?);
    }
}

/// An event without its number, and its subject.
pub(crate) struct UnnumberedEvent {
    pub(crate) event: StoredEvent,
    subject: Option<SubjectId>,
}

impl UnnumberedEvent {
    pub(crate) fn of(event: NewEvent, at: Timestamp) -> Self {
        Self {
            subject: event.subject,
            event: StoredEvent {
                stream: event.stream,
                seq: 0,
                epoch: 0,
                name: event.name.as_str().to_owned(),
                data: event.data,
                author: event.author,
                at,
            },
        }
    }
}

/// Newest number and epoch of each stream.
type StreamHeads = HashMap<String, (i64, i64)>;

fn append_rows(
    conn: &mut AnyConn,
    rows: Vec<UnnumberedEvent>,
    others: Vec<BulkStatement<'_, ()>>,
) -> Result<Vec<StoredEvent>, AppError> {
    if conn.is_sqlite() {
        BulkStatement::execute_all(others, conn)?;
        append_numbered(conn, rows)
    } else {
        append_and_number(conn, rows, others)
    }
}

/// On SQLite, which cannot do both in one statement, the numbers come first.
fn append_numbered(
    conn: &mut AnyConn,
    mut rows: Vec<UnnumberedEvent>,
) -> Result<Vec<StoredEvent>, AppError> {
    let heads = add_to_streams(conn, &rows)?;
    number(&mut rows, &heads);
    insert(conn, &rows)?;
    Ok(rows.into_iter().map(|row| row.event).collect())
}

/// On PostgreSQL one statement increments the streams and stores the events.
fn append_and_number(
    conn: &mut AnyConn,
    mut rows: Vec<UnnumberedEvent>,
    others: Vec<BulkStatement<'_, ()>>,
) -> Result<Vec<StoredEvent>, AppError> {
    let is_one = rows.len() == 1;
    let after = if is_one { ONE_NUMBERED } else { NUMBERED };
    let bulk = BulkStatement::<'_, (Text, BigInt, BigInt)>::new(APPEND, after).alongside(others);
    let heads = columns(bulk, &rows)
        .column::<BigInt, _>(behind(&rows))
        .load::<(String, i64, i64)>(conn)?;
    let head = |(stream, seq, epoch)| (stream, (seq, epoch));
    number(&mut rows, &heads.into_iter().map(head).collect());
    Ok(rows.into_iter().map(|row| row.event).collect())
}

/// Stores one event and numbers it, if the guards hold. Returns whether they do.
pub(crate) fn append_guarded<'a>(
    conn: &mut AnyConn,
    event: &'a mut UnnumberedEvent,
    others: Vec<BulkStatement<'a, ()>>,
    guards: Vec<BulkStatement<'a, ()>>,
) -> Result<bool, AppError> {
    let rows = std::slice::from_ref(event);
    let bulk = BulkStatement::<'_, (Text, BigInt, BigInt)>::new(APPEND, ONE_NUMBERED);
    let heads = columns(bulk.alongside(others).guarded_by(guards), rows)
        .column::<BigInt, i64>(vec![0])
        .load::<(String, i64, i64)>(conn)?;
    let Some((_, seq, epoch)) = heads.into_iter().next() else {
        return Ok(false);
    };
    (event.event.seq, event.event.epoch) = (seq, epoch);
    Ok(true)
}

/// Increments the streams in the order of their names, so that two writers never deadlock.
const APPEND: &str = "WITH e AS (SELECT * FROM ";
const NUMBERED: &str = "), n AS (INSERT INTO streams (name, seq, epoch) \
     SELECT e.column1, count(*), (extract(epoch FROM min(e.column5)) * 1000000)::bigint FROM e \
     GROUP BY e.column1 ORDER BY e.column1 COLLATE \"C\" \
     ON CONFLICT (name) DO UPDATE SET seq = streams.seq + excluded.seq \
     RETURNING name, seq, epoch), \
     stored AS (INSERT INTO stream_events (stream, seq, name, data, author, at, subject) \
     SELECT e.column1, n.seq - e.column7, e.column2, e.column3, e.column4, e.column5, e.column6 \
     FROM e JOIN n ON n.name = e.column1) \
     SELECT n.name, n.seq, n.epoch FROM n";
/// The same for one event.
const ONE_NUMBERED: &str = "), n AS (INSERT INTO streams (name, seq, epoch) \
     SELECT e.column1, 1, (extract(epoch FROM e.column5) * 1000000)::bigint FROM e \
     ON CONFLICT (name) DO UPDATE SET seq = streams.seq + 1 RETURNING name, seq, epoch), \
     stored AS (INSERT INTO stream_events (stream, seq, name, data, author, at, subject) \
     SELECT e.column1, n.seq - e.column7, e.column2, e.column3, e.column4, e.column5, e.column6 \
     FROM e, n) \
     SELECT n.name, n.seq, n.epoch FROM n";

/// Number of events of the same stream after each event.
fn behind(rows: &[UnnumberedEvent]) -> Vec<i64> {
    let mut later: HashMap<&str, i64> = HashMap::new();
    let mut behind: Vec<i64> = vec![];
    for row in rows.iter().rev() {
        let count = later.entry(&row.event.stream).or_default();
        behind.push(*count);
        *count += 1;
    }
    behind.reverse();
    behind
}

/// Assigns the last numbers of their streams to events.
fn number(rows: &mut [UnnumberedEvent], heads: &StreamHeads) {
    let behind = behind(rows);
    for (row, behind) in rows.iter_mut().zip(behind) {
        if let Some((last, epoch)) = heads.get(&row.event.stream) {
            (row.event.seq, row.event.epoch) = (last - behind, *epoch);
        }
    }
}

fn add_to_streams(conn: &mut AnyConn, rows: &[UnnumberedEvent]) -> QueryResult<StreamHeads> {
    let mut counts: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for row in rows {
        let (count, epoch) = counts.entry(&row.event.stream).or_default();
        (*count, *epoch) = (*count + 1, row.event.at.micros());
    }
    let heads = BulkStatement::<'_, (Text, BigInt, BigInt)>::new(
        "INSERT INTO streams (name, seq, epoch) SELECT column1, column2, column3 FROM ",
        " WHERE true ON CONFLICT (name) DO UPDATE SET seq = streams.seq + excluded.seq \
         RETURNING name, seq, epoch",
    )
    .column::<Text, &str>(counts.keys().copied().collect())
    .column::<BigInt, i64>(counts.values().map(|(count, _)| *count).collect())
    .column::<BigInt, i64>(counts.values().map(|(_, epoch)| *epoch).collect())
    .load::<(String, i64, i64)>(conn)?;
    let head = |(stream, seq, epoch)| (stream, (seq, epoch));
    Ok(heads.into_iter().map(head).collect())
}

fn insert(conn: &mut AnyConn, rows: &[UnnumberedEvent]) -> QueryResult<usize> {
    let bulk = BulkStatement::<'_, ()>::new(
        "INSERT INTO stream_events (stream, name, data, author, at, subject, seq) \
         SELECT column1, column2, column3, column4, column5, column6, column7 FROM ",
        "",
    );
    columns(bulk, rows)
        .column::<BigInt, i64>(rows.iter().map(|row| row.event.seq).collect())
        .execute(conn)
}

/// The columns of the events without their numbers.
fn columns<'a, ST>(
    bulk: BulkStatement<'a, ST>,
    rows: &'a [UnnumberedEvent],
) -> BulkStatement<'a, ST> {
    let events = || rows.iter().map(|row| &row.event);
    bulk.column::<Text, _>(events().map(|event| event.stream.as_str()).collect())
        .column::<Text, _>(events().map(|event| event.name.as_str()).collect())
        .column::<Text, _>(events().map(|event| event.data.as_str()).collect())
        .column::<Nullable<DbUuid>, _>(events().map(|event| event.author).collect())
        .column::<DbTime, _>(events().map(|event| event.at).collect())
        .column::<Nullable<DbUuid>, _>(rows.iter().map(|row| row.subject).collect())
}
