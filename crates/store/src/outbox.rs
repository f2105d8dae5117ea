//! Durable events: numbered within their stream, stored with what they tell of, published after
//! the commit, and read again by clients that were away.
//!
//! A node that dies between commit and publishing leaves events that nobody was told of. Instead
//! of marking each event when it was published (a second write for every one), each node writes a
//! heartbeat; another node that sees it stop publishes again what was stored since shortly before
//! the last beat. Receivers know the numbers they have and drop what comes twice.

use std::time::Duration;

use diesel::prelude::*;
use kernel::{Ambient, Fault, Timestamp, UserId, id_type};
use serde::Serialize;

use crate::schema::{nodes, stream_events, streams};
use crate::{AnyConn, Each, Store};

id_type!(NodeId, NodeKind, "node");

/// An event as it was stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = stream_events)]
struct EventRow {
    stream: String,
    seq: i64,
    name: String,
    data: String,
    author: Option<UserId>,
    at: Timestamp,
}

/// An event of a stream. Its data is JSON, encoded once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// The stream's name, as in `user:…`.
    pub stream: String,
    /// Its number within the stream, without gaps.
    pub seq: i64,
    /// The stream's life: numbers of another epoch mean nothing.
    pub epoch: i64,
    /// The event's name on the wire.
    pub name: String,
    /// The event's data, as JSON.
    pub data: String,
    /// Who caused it, where somebody who blocks them must not hear of it.
    pub author: Option<UserId>,
    /// When it was stored.
    pub at: Timestamp,
}

/// An event to be stored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewEvent<'a, T> {
    pub(crate) name: &'a str,
    pub(crate) data: &'a T,
    pub(crate) author: Option<UserId>,
}

/// Carries committed events to whoever listens. It is called on database threads: it must not
/// block.
pub trait Publish: Send + Sync {
    /// These events are committed.
    fn publish(&self, events: &[StoredEvent]);
}

/// What a client that was away has missed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missed {
    /// Exactly these, in order.
    Events(Vec<StoredEvent>),
    /// It cannot be told any more: read the state again.
    Resync,
}

/// How often a node writes its heartbeat.
const BEAT: Duration = Duration::from_secs(2);
/// After how long without one it counts as dead.
const DEAD_AFTER: Duration = Duration::from_secs(10);
/// How far before a dead node's last heartbeat events are published again.
const MARGIN: Duration = Duration::from_secs(5);
/// Events read at once.
const PAGE: i64 = 500;

/// Adds an event; called through [`Tx::emit`](crate::Tx::emit).
pub(crate) fn append(
    conn: &mut AnyConn,
    ambient: &Ambient,
    stream: &str,
    event: &NewEvent<'_, impl Serialize>,
) -> Result<StoredEvent, Fault> {
    let (seq, epoch) = next_number(conn, ambient, stream)?;
    let row = EventRow {
        stream: stream.to_owned(),
        seq,
        name: event.name.to_owned(),
        data: serde_json::to_string(event.data)?,
        author: event.author,
        at: ambient.now(),
    };
    diesel::insert_into(stream_events::table)
        .values(row.clone())
        .execute(conn)?;
    Ok(row.of_epoch(epoch))
}

fn next_number(conn: &mut AnyConn, ambient: &Ambient, stream: &str) -> QueryResult<(i64, i64)> {
    let upsert = diesel::insert_into(streams::table)
        .values((
            streams::name.eq(stream),
            streams::seq.eq(1),
            streams::epoch.eq(ambient.now().micros()),
        ))
        .on_conflict(streams::name)
        .do_update()
        .set(streams::seq.eq(streams::seq + 1))
        .returning((streams::seq, streams::epoch));
    Each(upsert).get_result(conn)
}

impl EventRow {
    fn of_epoch(self, epoch: i64) -> StoredEvent {
        StoredEvent {
            stream: self.stream,
            seq: self.seq,
            epoch,
            name: self.name,
            data: self.data,
            author: self.author,
            at: self.at,
        }
    }
}

/// The newest number and the epoch of a stream; zeros where nothing was ever said on it.
pub fn head(conn: &mut AnyConn, stream: &str) -> Result<(i64, i64), Fault> {
    let row = streams::table
        .find(stream)
        .select((streams::seq, streams::epoch))
        .first(conn)
        .optional()?;
    Ok(row.unwrap_or((0, 0)))
}

/// What came on a stream after number `seq` of `epoch`, at most `most` events.
pub fn missed(
    conn: &mut AnyConn,
    stream: &str,
    epoch: i64,
    seq: i64,
    most: i64,
) -> Result<Missed, Fault> {
    let (newest, current) = head(conn, stream)?;
    if current != epoch || seq > newest || newest - seq > most {
        return Ok(if current == epoch && seq == newest {
            Missed::Events(vec![])
        } else {
            Missed::Resync
        });
    }
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
    // Old events are pruned; a hole means that this client was away for too long.
    let complete = i64::try_from(rows.len()).is_ok_and(|count| count == newest - seq);
    let events = || rows.into_iter().map(|row| row.of_epoch(epoch)).collect();
    Ok(if complete {
        Missed::Events(events())
    } else {
        Missed::Resync
    })
}

/// Forgets events stored before `limit`; the numbers go on.
pub fn prune(conn: &mut AnyConn, limit: Timestamp) -> Result<usize, Fault> {
    Ok(diesel::delete(stream_events::table.filter(stream_events::at.lt(limit))).execute(conn)?)
}

/// Writes this node's heartbeat and publishes what dead nodes left behind, until the future is
/// dropped. At a clean end, [`leave`] follows.
pub async fn relay(store: Store, node: NodeId) {
    loop {
        if let Err(fault) = beat(&store, node).await {
            tracing::warn!(fault = %fault.chain(), "heartbeat missed");
        }
        tokio::time::sleep(BEAT).await;
    }
}

/// One beat of [`relay`].
pub async fn beat(store: &Store, node: NodeId) -> Result<(), Fault> {
    let now = store.ambient().now();
    let dead = store.write(move |tx| {
        write_heartbeat(tx.conn, node, now)?;
        let dead = nodes::table
            .filter(nodes::seen_at.lt(now - DEAD_AFTER))
            .order(nodes::seen_at)
            .select((nodes::id, nodes::seen_at));
        Ok(dead.load::<(NodeId, Timestamp)>(tx.conn)?)
    });
    for (id, seen_at) in dead.await? {
        publish_again(store, seen_at - MARGIN).await?;
        store
            .write(move |tx| Ok(diesel::delete(nodes::table.find(id)).execute(tx.conn)?))
            .await?;
    }
    Ok(())
}

fn write_heartbeat(conn: &mut AnyConn, node: NodeId, now: Timestamp) -> QueryResult<usize> {
    let upsert = diesel::insert_into(nodes::table)
        .values((nodes::id.eq(node), nodes::seen_at.eq(now)))
        .on_conflict(nodes::id)
        .do_update()
        .set(nodes::seen_at.eq(now));
    Each(upsert).execute(conn)
}

async fn publish_again(store: &Store, since: Timestamp) -> Result<(), Fault> {
    let mut after = (since, String::new(), 0);
    loop {
        let from = after.clone();
        let events = store.read(move |conn| stored_since(conn, &from)).await?;
        let Some(last) = events.last() else {
            return Ok(());
        };
        after = (last.at, last.stream.clone(), last.seq);
        if let Some(publisher) = store.publisher() {
            publisher.publish(&events);
        }
    }
}

fn stored_since(
    conn: &mut AnyConn,
    after: &(Timestamp, String, i64),
) -> Result<Vec<StoredEvent>, Fault> {
    let (at, stream, seq) = after;
    let rest_of_moment = stream_events::at.eq(at).and(
        stream_events::stream.gt(stream).or(stream_events::stream
            .eq(stream)
            .and(stream_events::seq.gt(seq))),
    );
    let rows: Vec<(EventRow, i64)> = stream_events::table
        .inner_join(streams::table.on(streams::name.eq(stream_events::stream)))
        .filter(
            stream_events::at
                .ge(at)
                .and(stream_events::at.gt(at).or(rest_of_moment)),
        )
        .order((stream_events::at, stream_events::stream, stream_events::seq))
        .limit(PAGE)
        .select((EventRow::as_select(), streams::epoch))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(row, epoch)| row.of_epoch(epoch))
        .collect())
}

/// Takes this node off the list at a clean end, when all was published.
pub async fn leave(store: &Store, node: NodeId) -> Result<(), Fault> {
    store
        .write(move |tx| Ok(diesel::delete(nodes::table.find(node)).execute(tx.conn)?))
        .await?;
    Ok(())
}

diesel::allow_tables_to_appear_in_same_query!(stream_events, streams);
