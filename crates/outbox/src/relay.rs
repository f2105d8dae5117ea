//! Publishes again what a node may have left behind between a commit and its publication.

use std::collections::HashMap;
use std::time::Duration;

use db::names::PendingRenames;
use db::{AnyBackend, AnyConn, Store};
use diesel::prelude::*;
use kernel::{AppError, Timestamp, id_type};

use crate::StoredEvent;
use crate::event::EventRow;
use crate::publishing::{Publishing, publish};
use crate::schema::{nodes, stream_events, streams};

id_type!(NodeId, NodeKind, "node");
diesel::allow_tables_to_appear_in_same_query!(stream_events, streams);

/// How often a node writes its heartbeat.
const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(2);
/// After how many of our own heartbeats without a new one of another node that counts as dead.
const DEAD_AFTER: u32 = 5;
/// How far before a dead node's last heartbeat events are published again.
const MARGIN: Duration = Duration::from_secs(5);
/// Events read at once.
const PAGE: i64 = 500;
/// Writes this node's heartbeat and publishes what dead nodes left behind, until the future is
/// dropped. At a clean end, [`leave`] follows.
pub async fn run_relay(store: Store, node: NodeId) {
    let mut relay = Relay::new(store, node);
    loop {
        if let Err(error) = relay.heartbeat().await {
            tracing::warn!(error = %error.chain(), "heartbeat missed");
        }
        tokio::time::sleep(HEARTBEAT_INTERVAL).await;
    }
}

/// What a node knows of the others on the same database.
///
/// No two clocks are compared: a node is dead when its heartbeat has not changed during several
/// of our own that were stored. So neither a wrong clock nor a database that was away for a while
/// makes a living node look dead.
#[derive(Debug)]
pub struct Relay {
    store: Store,
    node: NodeId,
    others: HashMap<NodeId, Heartbeat>,
}

/// The last heartbeat of another node.
#[derive(Debug, Clone, Copy)]
struct Heartbeat {
    /// By its own clock, as are the times of the events that it stored.
    seen_at: Timestamp,
    /// How many of our own heartbeats it has been the same for.
    unchanged: u32,
}

impl Relay {
    /// A node that knows no others yet.
    #[must_use]
    pub fn new(store: Store, node: NodeId) -> Self {
        Self {
            store,
            node,
            others: HashMap::new(),
        }
    }

    /// Writes one heartbeat and looks at those of the others.
    ///
    /// # Errors
    /// The database is away; nobody is taken for dead meanwhile.
    pub async fn heartbeat(&mut self) -> Result<(), AppError> {
        let (node, now) = (self.node, self.store.env().now());
        let others = self.store.write(move |tx| {
            write_heartbeat(tx.conn, node, now)?;
            let others = nodes::table.filter(nodes::id.ne(node));
            Ok(others.select((nodes::id, nodes::seen_at)).load(tx.conn)?)
        });
        for (id, seen_at) in self.observe(others.await?) {
            republish_since(&self.store, seen_at - MARGIN).await?;
            leave(&self.store, id).await?;
            self.others.remove(&id);
        }
        publish_unconfirmed(&self.store).await
    }

    /// Takes the heartbeats of the others and says which of them are dead.
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

/// Publishes those events that are stored although nobody answered their commit.
async fn publish_unconfirmed(store: &Store) -> Result<(), AppError> {
    let unconfirmed = store.extension::<Publishing>().take_unconfirmed();
    if unconfirmed.is_empty() {
        return Ok(());
    }
    let events = unconfirmed.clone();
    let stored = store.read(move |conn| events_that_are_stored(conn, events));
    match stored.await {
        Ok(stored) => publish(store, stored).await,
        Err(error) => {
            store.extension::<Publishing>().add_unconfirmed(unconfirmed);
            return Err(error);
        }
    }
    Ok(())
}

fn events_that_are_stored(
    conn: &mut AnyConn,
    events: Vec<StoredEvent>,
) -> Result<Vec<StoredEvent>, AppError> {
    let renames = PendingRenames::load(conn)?;
    let mut stored = Vec::with_capacity(events.len());
    for event in events {
        let found: Option<EventRow> = stream_events::table
            .find((&event.stream, event.seq))
            .select(EventRow::as_select())
            .first(conn)
            .optional()?;
        // Another transaction may have taken the number instead.
        let is_same = |row: &EventRow| (&row.name, row.at) == (&event.name, event.at);
        if let Some(row) = found.filter(is_same) {
            stored.push(row.read(event.epoch, &renames)?);
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
        .limit(PAGE)
        .select((EventRow::as_select(), streams::epoch))
        .load(conn)?;
    rows.into_iter()
        .map(|(row, epoch)| row.read(epoch, &renames))
        .collect()
}

/// Takes this node off the list at a clean end, when all was published.
pub async fn leave(store: &Store, node: NodeId) -> Result<(), AppError> {
    store
        .write(move |tx| Ok(diesel::delete(nodes::table.find(node)).execute(tx.conn)?))
        .await?;
    Ok(())
}
