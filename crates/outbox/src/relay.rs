//! Republishes events that a node may have left unpublished when it died.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use db::names::PendingRenames;
use db::{AnyBackend, AnyConn, EqAnyPadded, Store};
use diesel::prelude::*;
use kernel::{AppError, Timestamp, id_type};

use crate::StoredEvent;
use crate::event::EventRow;
use crate::publishing::{Publishing, publish};
use crate::schema::{nodes, stream_events, streams};

id_type!(NodeId, NodeKind, "node");
diesel::allow_tables_to_appear_in_same_query!(stream_events, streams);

/// Time between two heartbeats of a node.
const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(2);
/// Heartbeats of this node during which a dead node has written none.
const DEAD_AFTER: u32 = 5;
/// Events are republished from this long before the last heartbeat of a dead node.
const REPUBLISH_MARGIN: Duration = Duration::from_secs(5);
/// Events of one query.
const PAGE_LEN: i64 = 500;

/// Writes the heartbeat of this node and republishes the events of dead nodes, until the future is
/// dropped. At a regular shutdown, [`deregister_node`] follows.
pub async fn run_relay(store: Store, node: NodeId) {
    let mut relay = Relay::new(store, node);
    loop {
        if let Err(error) = relay.heartbeat().await {
            tracing::warn!(error = %error.chain(), "heartbeat failed");
        }
        tokio::time::sleep(HEARTBEAT_INTERVAL).await;
    }
}

/// The nodes on the same database, as this node knows them.
///
/// No two clocks are compared: a node is dead when its heartbeat has not changed during several stored
/// heartbeats of this node. So neither a wrong clock nor an unavailable database makes a living node
/// look dead.
#[derive(Debug)]
pub struct Relay {
    store: Store,
    node: NodeId,
    others: HashMap<NodeId, Heartbeat>,
}

/// The last heartbeat of another node.
#[derive(Debug, Clone, Copy)]
struct Heartbeat {
    /// Time of that node's clock, as are the times of the events that it stored.
    seen_at: Timestamp,
    /// Number of heartbeats of this node since it changed.
    unchanged: u32,
}

impl Relay {
    /// A relay that knows no other nodes yet.
    #[must_use]
    pub fn new(store: Store, node: NodeId) -> Self {
        Self {
            store,
            node,
            others: HashMap::new(),
        }
    }

    /// Writes one heartbeat, reads those of the others, and republishes the events of dead nodes.
    ///
    /// # Errors
    /// The database is unavailable; no node is taken for dead meanwhile.
    pub async fn heartbeat(&mut self) -> Result<(), AppError> {
        let (node, now) = (self.node, self.store.env().now());
        let others = self.store.write(move |tx| {
            write_heartbeat(tx.conn, node, now)?;
            let others = nodes::table.filter(nodes::id.ne(node));
            Ok(others.select((nodes::id, nodes::seen_at)).load(tx.conn)?)
        });
        for (id, seen_at) in self.observe(others.await?) {
            republish_since(&self.store, seen_at - REPUBLISH_MARGIN).await?;
            deregister_node(&self.store, id).await?;
            self.others.remove(&id);
        }
        publish_unconfirmed(&self.store).await
    }

    /// Takes the heartbeats of the others and returns the dead ones.
    fn observe(&mut self, rows: Vec<(NodeId, Timestamp)>) -> Vec<(NodeId, Timestamp)> {
        let observe = |(id, seen_at): (NodeId, Timestamp)| {
            let known = self.others.get(&id);
            let unchanged = match known {
                Some(known) if known.seen_at == seen_at => known.unchanged + 1,
                _ => 0,
            };
            (id, Heartbeat { seen_at, unchanged })
        };
        self.others = rows.into_iter().map(observe).collect();
        let is_dead = |other: &Heartbeat| other.unchanged >= DEAD_AFTER;
        let dead = self.others.iter().filter(|(_, other)| is_dead(other));
        let mut dead: Vec<_> = dead.map(|(id, other)| (*id, other.seen_at)).collect();
        dead.sort_unstable_by_key(|(_, seen_at)| *seen_at);
        dead
    }
}

/// Publishes events that are stored although the result of their commit was unknown.
async fn publish_unconfirmed(store: &Store) -> Result<(), AppError> {
    let unconfirmed = store.extension::<Publishing>().take_unconfirmed();
    if unconfirmed.is_empty() {
        return Ok(());
    }
    let events = unconfirmed.clone();
    let stored = store.read(move |conn| find_stored(conn, &events));
    match stored.await {
        Ok(stored) => publish(store, stored).await,
        Err(error) => {
            store.extension::<Publishing>().add_unconfirmed(unconfirmed);
            return Err(error);
        }
    }
    Ok(())
}

/// The events that are stored, found by their stream and time: those of a single statement have no
/// number yet. Another event of the same microsecond may be among them; receivers drop numbers that they
/// have.
fn find_stored(conn: &mut AnyConn, events: &[StoredEvent]) -> Result<Vec<StoredEvent>, AppError> {
    let renames = PendingRenames::load(conn)?;
    let keys: BTreeSet<_> = events
        .iter()
        .map(|event| (event.at, &event.stream))
        .collect();
    let mut stored = Vec::with_capacity(events.len());
    for (at, stream) in keys {
        let found: Vec<(EventRow, i64)> = stream_events::table
            .inner_join(streams::table.on(streams::name.eq(stream_events::stream)))
            .filter(
                stream_events::at
                    .eq(at)
                    .and(stream_events::stream.eq(stream)),
            )
            .order(stream_events::seq)
            .select((EventRow::as_select(), streams::epoch))
            .load(conn)?;
        for (row, epoch) in found {
            stored.push(row.read(epoch, &renames)?);
        }
    }
    Ok(stored)
}

fn write_heartbeat(conn: &mut AnyConn, node: NodeId, now: Timestamp) -> QueryResult<usize> {
    let upsert = diesel::insert_into(nodes::table)
        .values((nodes::id.eq(node), nodes::seen_at.eq(now)))
        .on_conflict(nodes::id)
        .do_update()
        .set(nodes::seen_at.eq(now));
    AnyBackend(upsert).execute(conn)
}

async fn republish_since(store: &Store, since: Timestamp) -> Result<(), AppError> {
    let mut after = (since, String::new(), 0);
    loop {
        let from = after.clone();
        let events = store.read(move |conn| stored_since(conn, &from)).await?;
        let Some(last) = events.last() else {
            return Ok(());
        };
        after = (last.at, last.stream.clone(), last.seq);
        publish(store, events).await;
    }
}

fn stored_since(
    conn: &mut AnyConn,
    after: &(Timestamp, String, i64),
) -> Result<Vec<StoredEvent>, AppError> {
    let (at, stream, seq) = after;
    let rest_of_moment = stream_events::at.eq(at).and(
        stream_events::stream.gt(stream).or(stream_events::stream
            .eq(stream)
            .and(stream_events::seq.gt(seq))),
    );
    let renames = PendingRenames::load(conn)?;
    let rows: Vec<(EventRow, i64)> = stream_events::table
        .inner_join(streams::table.on(streams::name.eq(stream_events::stream)))
        .filter(
            stream_events::at
                .ge(at)
                .and(stream_events::at.gt(at).or(rest_of_moment)),
        )
        .order((stream_events::at, stream_events::stream, stream_events::seq))
        .limit(PAGE_LEN)
        .select((EventRow::as_select(), streams::epoch))
        .load(conn)?;
    rows.into_iter()
        .map(|(row, epoch)| row.read(epoch, &renames))
        .collect()
}

/// Those of these nodes that have a heartbeat: they are alive, or were dead for less than ten seconds, after which
/// another node removes it.
///
/// # Errors
/// The database is unavailable.
pub fn with_heartbeat(conn: &mut AnyConn, among: &[NodeId]) -> Result<Vec<NodeId>, AppError> {
    let known = nodes::table.filter(nodes::id.eq_any_padded(among.to_vec()));
    Ok(known.select(nodes::id).load(conn)?)
}

/// Removes the heartbeat of a node that has published all its events.
///
/// # Errors
/// The database is unavailable.
pub async fn deregister_node(store: &Store, node: NodeId) -> Result<(), AppError> {
    store
        .write(move |tx| Ok(diesel::delete(nodes::table.find(node)).execute(tx.conn)?))
        .await?;
    Ok(())
}
