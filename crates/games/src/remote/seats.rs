//! The sockets of other nodes at the tables of this one.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use bytes::Bytes;
use cluster::{Bus, Missed, Subscriber, Subscription, Topic};
use outbox::NodeId;
use tokio::runtime::Handle;

use super::outgoing::{RemoteSink, RemoteStates};
use super::protocol::{SeatAsk, SeatNumber, SeatRequest, SeatTold, tables_topic};
use crate::port::{JoinTable, LocalTables, SeatSink, TableHandle};
use crate::ports::LiveNodes;

/// How often nodes are looked for that have gone without leaving.
const CHECK_INTERVAL: Duration = Duration::from_secs(2);

/// Joins sockets of other nodes to the tables of this one.
pub struct RemoteSeats {
    tables: Arc<dyn LocalTables>,
    runtime: Handle,
    this: Weak<Self>,
    states: Arc<RemoteStates>,
    topic: Topic,
    seats: Mutex<HashMap<(NodeId, SeatNumber), RemoteSeat>>,
    _subscription: Subscription,
}

struct RemoteSeat {
    handle: Arc<dyn TableHandle>,
    sink: Arc<RemoteSink>,
}

impl Drop for RemoteSeat {
    fn drop(&mut self) {
        self.sink.void();
    }
}

impl RemoteSeats {
    /// Serves other nodes from now on.
    pub fn start(
        node: NodeId,
        bus: &Arc<dyn Bus>,
        tables: Arc<dyn LocalTables>,
        states: Arc<RemoteStates>,
        nodes: Arc<dyn LiveNodes>,
    ) -> Arc<Self> {
        let topic = tables_topic(node);
        let seats = Arc::new_cyclic(|this| Self {
            tables,
            runtime: Handle::current(),
            this: this.clone(),
            states,
            seats: Mutex::default(),
            _subscription: bus.subscribe(&topic),
            topic,
        });
        bus.attach(Arc::clone(&seats) as Arc<dyn Subscriber>);
        tokio::spawn(forget_dead_nodes(Arc::clone(&seats), nodes));
        seats
    }

    fn take(&self, request: SeatRequest) {
        let SeatRequest { from, number, ask } = request;
        match ask {
            SeatAsk::Leave => drop(self.remove(from, number)),
            SeatAsk::Join { attempt, .. } => {
                // The old one stays until the new one has taken its seat, so that nobody seems to leave.
                let old = self.remove(from, number);
                old.iter().for_each(|seat| seat.sink.void());
                let sink = RemoteSink::new(&self.states, from, number, attempt);
                if let Some(join) = join_of(&ask, &sink) {
                    self.join(sink, join);
                }
            }
            SeatAsk::Input(input) => self.with(from, number, |table| table.input(input)),
            SeatAsk::Alive => self.with(from, number, |table| table.alive()),
            SeatAsk::Command(command, cid) => {
                self.with(from, number, |table| table.command(command, cid));
            }
        }
    }

    fn join(&self, sink: Arc<RemoteSink>, join: JoinTable) {
        match self.tables.join(join.clone()) {
            Ok(handle) => self.add(sink, handle),
            Err(_) => self.claim(sink, join),
        }
    }

    fn add(&self, sink: Arc<RemoteSink>, handle: Arc<dyn TableHandle>) {
        let key = (sink.node, sink.number);
        self.seats().insert(key, RemoteSeat { handle, sink });
    }

    /// Takes over a match that this node owns but does not run, or that nobody owns any more.
    fn claim(&self, sink: Arc<RemoteSink>, join: JoinTable) {
        let (tables, this) = (Arc::clone(&self.tables), self.this.clone());
        self.runtime.spawn(db::in_background(async move {
            let claimed = matches!(tables.claim(join.match_id).await, Ok(true));
            let joined = if claimed {
                tables.join(join).ok()
            } else {
                None
            };
            match (joined, this.upgrade()) {
                (Some(handle), Some(seats)) => seats.add(sink, handle),
                _ => sink.tell(SeatTold::NotHere),
            }
        }));
    }

    fn with(&self, node: NodeId, number: SeatNumber, act: impl FnOnce(&dyn TableHandle)) {
        let seats = self.seats();
        let handle = seats
            .get(&(node, number))
            .map(|seat| Arc::clone(&seat.handle));
        drop(seats);
        if let Some(handle) = handle {
            act(handle.as_ref());
        }
    }

    /// Leaving a table calls it, so the lock must not be held.
    fn remove(&self, node: NodeId, number: SeatNumber) -> Option<RemoteSeat> {
        self.seats().remove(&(node, number))
    }

    fn nodes(&self) -> HashSet<NodeId> {
        self.seats().keys().map(|(node, _)| *node).collect()
    }

    fn remove_node(&self, gone: NodeId) {
        self.states.forget(gone);
        let mut seats = self.seats();
        let removed: Vec<_> = seats.extract_if(|(node, _), _| *node == gone).collect();
        drop(seats);
        drop(removed);
    }

    fn seats(&self) -> MutexGuard<'_, HashMap<(NodeId, SeatNumber), RemoteSeat>> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn join_of(ask: &SeatAsk, sink: &Arc<RemoteSink>) -> Option<JoinTable> {
    let &SeatAsk::Join {
        match_id,
        seat,
        form,
        rate,
        ..
    } = ask
    else {
        return None;
    };
    Some(JoinTable {
        match_id,
        seat,
        form,
        rate,
        sink: Arc::clone(sink) as Arc<dyn SeatSink>,
    })
}

impl Subscriber for RemoteSeats {
    fn deliver(&self, topic: &Topic, payload: &Bytes) {
        if *topic != self.topic {
            return;
        }
        match serde_json::from_slice(payload) {
            Ok(request) => self.take(request),
            Err(error) => tracing::warn!(%error, "request of another node not decoded"),
        }
    }

    /// Whoever has lost something asks again: inputs are repeated, commands were not answered.
    fn resync(&self, _missed: Missed<'_>) {}
}

async fn forget_dead_nodes(seats: Arc<RemoteSeats>, nodes: Arc<dyn LiveNodes>) {
    loop {
        tokio::time::sleep(CHECK_INTERVAL).await;
        for node in seats.nodes() {
            if matches!(nodes.is_alive(node).await, Ok(false)) {
                seats.remove_node(node);
            }
        }
    }
}
