//! SQL on the journal of live matches: their last saved state, and their record so far. In a transaction it is written
//! after `matches` (see [`ownership`](super::ownership)).

use std::collections::{HashMap, HashSet};

use contract::invites::MatchId;
use db::{AnyConn, BulkStatement, DbTime, DbUuid, EqAnyPadded, Tx};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Text};
use kernel::{AppError, Timestamp};

use crate::match_store::{MatchHead, SavedMatch};
use crate::schema::{match_chunks, match_heads};

diesel::define_sql_function! {
    /// Time of the database server.
    fn clock_timestamp() -> DbTime;
}

/// The time by which it is known how long a match had no owner: that of the database server, as the clocks of
/// nodes may differ. SQLite has no server and one node.
pub(crate) fn time(tx: &mut Tx<'_>) -> Result<Timestamp, AppError> {
    let now = tx.env().now();
    match tx.conn {
        AnyConn::Sqlite(_) => Ok(now),
        AnyConn::Postgres(postgres) => Ok(diesel::select(clock_timestamp()).get_result(postgres)?),
    }
}

/// Saves heads and chunks. Returns the matches whose epoch is no longer the current one, or which have
/// ended: nothing was saved of them.
pub(crate) fn save(tx: &mut Tx<'_>, heads: Vec<MatchHead>) -> Result<Vec<MatchId>, AppError> {
    if heads.is_empty() {
        return Ok(vec![]);
    }
    commit_asynchronously(tx.conn)?;
    let ids: Vec<MatchId> = heads.iter().map(|head| head.id).collect();
    let mut chunks = vec![];
    let now = time(tx)?;
    let saved = save_heads(tx.conn, heads, &mut chunks, now)?;
    let is_saved = |(id, _, _): &(MatchId, i64, Vec<u8>)| saved.contains(id);
    chunks.retain(is_saved);
    save_chunks(tx.conn, chunks)?;
    Ok(ids.into_iter().filter(|id| !saved.contains(id)).collect())
}

/// After a crash of the database itself, a match goes on from an earlier save. Results are durable.
fn commit_asynchronously(conn: &mut AnyConn) -> QueryResult<()> {
    if let AnyConn::Postgres(postgres) = conn {
        diesel::sql_query("SET LOCAL synchronous_commit = off").execute(postgres)?;
    }
    Ok(())
}

fn save_heads(
    conn: &mut AnyConn,
    mut heads: Vec<MatchHead>,
    chunks: &mut Vec<(MatchId, i64, Vec<u8>)>,
    now: Timestamp,
) -> QueryResult<HashSet<MatchId>> {
    // All owners lock rows in one order.
    heads.sort_unstable_by_key(|head| head.id);
    for head in &mut heads {
        if let Some(record) = head.chunk.take() {
            chunks.push((head.id, i64::from(head.chunks), record));
            head.chunks = head.chunks.saturating_add(1);
        }
    }
    let column = |of: fn(&MatchHead) -> i64| heads.iter().map(of).collect::<Vec<i64>>();
    let saved: Vec<(MatchId,)> = BulkStatement::<(DbUuid,)>::new(
        "UPDATE match_heads SET tick = v.column3, snapshot = v.column4, tail = v.column5, \
         chunks = v.column6, lifecycle = v.column7, points = v.column8, seq_first = v.column9, \
         seq_second = v.column10, saved_at = v.column11 FROM ",
        " WHERE match_heads.match_id = v.column1 AND match_heads.epoch = v.column2 \
         RETURNING match_heads.match_id",
    )
    .column::<DbUuid, _>(heads.iter().map(|head| head.id).collect())
    .column::<BigInt, _>(column(|head| head.epoch))
    .column::<BigInt, _>(column(|head| i64::from(head.tick)))
    .column::<Binary, _>(heads.iter().map(|head| head.snapshot.as_slice()).collect())
    .column::<Binary, _>(heads.iter().map(|head| head.tail.as_slice()).collect())
    .column::<BigInt, _>(column(|head| i64::from(head.chunks)))
    .column::<Text, _>(heads.iter().map(|head| head.lifecycle.as_str()).collect())
    .column::<Text, _>(heads.iter().map(|head| head.points.as_str()).collect())
    .column::<BigInt, _>(column(|head| i64::from(head.seqs[0])))
    .column::<BigInt, _>(column(|head| i64::from(head.seqs[1])))
    .column::<DbTime, _>(vec![now; heads.len()])
    .load(conn)?;
    Ok(saved.into_iter().map(|(id,)| id).collect())
}

fn save_chunks(conn: &mut AnyConn, chunks: Vec<(MatchId, i64, Vec<u8>)>) -> QueryResult<()> {
    let mut ids = Vec::with_capacity(chunks.len());
    let mut numbers = Vec::with_capacity(chunks.len());
    let mut records = Vec::with_capacity(chunks.len());
    for (id, number, record) in chunks {
        ids.push(id);
        numbers.push(number);
        records.push(record);
    }
    BulkStatement::<()>::new(
        "INSERT INTO match_chunks (match_id, n, record) SELECT v.column1, v.column2, v.column3 FROM ",
        // A save whose outcome is unknown is repeated.
        " WHERE true ON CONFLICT (match_id, n) DO UPDATE SET record = excluded.record",
    )
    .column::<DbUuid, _>(ids)
    .column::<BigInt, _>(numbers)
    .column::<Binary, _>(records)
    .execute(conn)?;
    Ok(())
}

/// A row of `match_heads`.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = match_heads)]
struct HeadRow {
    tick: i64,
    snapshot: Vec<u8>,
    tail: Vec<u8>,
    chunks: i64,
    lifecycle: String,
    points: String,
    seq_first: i64,
    seq_second: i64,
    saved_at: Timestamp,
}

/// What a live match goes on from, and when it was saved; in the transaction that claims it.
pub(crate) fn load(
    conn: &mut AnyConn,
    id: MatchId,
) -> Result<Option<(SavedMatch, Timestamp)>, AppError> {
    let head: Option<HeadRow> = match_heads::table
        .find(id)
        .select(HeadRow::as_select())
        .first(conn)
        .optional()?;
    let Some(head) = head else {
        return Ok(None);
    };
    let mut record = load_chunks(conn, id)?;
    record.extend_from_slice(&head.tail);
    let saved = SavedMatch {
        tail_len: head.tail.len(),
        tick: to_u32(head.tick),
        snapshot: head.snapshot,
        record,
        chunks: to_u32(head.chunks),
        lifecycle: head.lifecycle,
        points: head.points,
        seqs: [to_u32(head.seq_first), to_u32(head.seq_second)],
    };
    Ok(Some((saved, head.saved_at)))
}

/// All numbers in these columns were written as 32 bits.
fn to_u32(number: i64) -> u32 {
    u32::try_from(number).unwrap_or_default()
}

/// The record of a match up to its tail.
fn load_chunks(conn: &mut AnyConn, id: MatchId) -> QueryResult<Vec<u8>> {
    let chunks: Vec<Vec<u8>> = match_chunks::table
        .filter(match_chunks::match_id.eq(id))
        .order(match_chunks::n)
        .select(match_chunks::record)
        .load(conn)?;
    Ok(chunks.concat())
}

/// Deletes the journal of a match that has ended.
pub(crate) fn delete(conn: &mut AnyConn, id: MatchId) -> QueryResult<()> {
    diesel::delete(match_heads::table.find(id)).execute(conn)?;
    let chunks = match_chunks::table.filter(match_chunks::match_id.eq(id));
    diesel::delete(chunks).execute(conn)?;
    Ok(())
}

/// The saved points of live matches, by match.
pub(crate) fn points(conn: &mut AnyConn, ids: &[MatchId]) -> QueryResult<HashMap<MatchId, String>> {
    let rows: Vec<(MatchId, String)> = match_heads::table
        .filter(match_heads::match_id.eq_any_padded(ids.to_vec()))
        .select((match_heads::match_id, match_heads::points))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}
