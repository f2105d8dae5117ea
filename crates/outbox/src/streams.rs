//! Reads of streams.

use std::collections::HashMap;

use db::names::PendingRenames;
use db::{AnyConn, EqAnyPadded, delete_batch};
use diesel::prelude::*;
use kernel::{AppError, Timestamp};

use crate::StoredEvent;
use crate::event::EventRow;
use crate::schema::{stream_events, streams};

/// The events after a position of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CatchUp {
    /// All of them, in order.
    Events(Vec<StoredEvent>),
    /// They are not available any more: the client must reload.
    Resync,
}

/// The newest sequence number and the epoch of a stream; zeros if it never had an event.
///
/// # Errors
/// The database is unavailable.
pub fn head(conn: &mut AnyConn, stream: &str) -> Result<(i64, i64), AppError> {
    let row = streams::table
        .find(stream)
        .select((streams::seq, streams::epoch))
        .first(conn)
        .optional()?;
    Ok(row.unwrap_or((0, 0)))
}

/// As [`head`], of many streams; those that never had an event are left out.
///
/// # Errors
/// The database is unavailable.
pub fn heads(
    conn: &mut AnyConn,
    streams: &[String],
) -> Result<HashMap<String, (i64, i64)>, AppError> {
    let rows: Vec<(String, i64, i64)> = streams::table
        .filter(streams::name.eq_any_padded(streams))
        .select((streams::name, streams::seq, streams::epoch))
        .load(conn)?;
    let entry = |(name, seq, epoch)| (name, (seq, epoch));
    Ok(rows.into_iter().map(entry).collect())
}

/// The events of a stream after number `seq` of `epoch`, if they are at most `limit`.
///
/// # Errors
/// The database is unavailable.
pub fn catch_up(
    conn: &mut AnyConn,
    stream: &str,
    epoch: i64,
    seq: i64,
    limit: i64,
) -> Result<CatchUp, AppError> {
    let (newest, current) = head(conn, stream)?;
    if current != epoch || seq > newest || newest - seq > limit {
        return Ok(if current == epoch && seq == newest {
            CatchUp::Events(vec![])
        } else {
            CatchUp::Resync
        });
    }
    let renames = PendingRenames::load(conn)?;
    let rows: Vec<EventRow> = stream_events::table
        .filter(
            stream_events::stream
                .eq(stream)
                .and(stream_events::seq.gt(seq)),
        )
        .filter(stream_events::seq.le(newest))
        .order(stream_events::seq)
        .select(EventRow::as_select())
        .load(conn)?;
    // Old events are pruned: a gap means that the client was away for too long.
    let complete = i64::try_from(rows.len()).is_ok_and(|count| count == newest - seq);
    if !complete {
        return Ok(CatchUp::Resync);
    }
    let events = rows.into_iter().map(|row| row.read(epoch, &renames));
    Ok(CatchUp::Events(events.collect::<Result<_, _>>()?))
}

/// Deletes a batch of the events stored before `limit`. The numbers of their streams continue.
///
/// # Errors
/// The database is unavailable.
pub fn prune(conn: &mut AnyConn, limit: Timestamp) -> Result<usize, AppError> {
    Ok(delete_batch(
        conn,
        "stream_events",
        "stream, seq",
        "at < $1",
        limit,
    )?)
}
