//! The sockets of other nodes at the tables of this one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use bytes::Bytes;
use cluster::{Bus, Missed, Subscriber, Subscription, Topic};
use outbox::NodeId;
use tokio::runtime::Handle;

use super::liveness::{CHECK_INTERVAL, DEAD_CHECKS, LOST_CHECKS, is_dead};
use super::outgoing::{RemoteSink, RemoteStates};
use super::protocol::{SeatAsk, SeatContent, SeatNumber, SeatRequest, ToTables, tables_topic};
use crate::port::{JoinTable, LocalTables, SeatSink, TableHandle};
use crate::ports::LiveNodes;

/// Joins sockets of other nodes to the tables of this one.
pub struct RemoteSeats {
    tables: Arc<dyn LocalTables>,
    runtime: Handle,
    this: Weak<Self>,
    states: Arc<RemoteStates>,
    topic: Topic,
    seats: Mutex<SeatTable>,
    _subscription: Subscription,
}

#[derive(Default)]
struct SeatTable {
    seats: HashMap<(NodeId, SeatNumber), RemoteSeat>,
    nodes: HashMap<NodeId, NodeContact>,
}

struct RemoteSeat {
    /// Nothing while the match is being claimed.
    handle: Option<Arc<dyn TableHandle>>,
    sink: Arc<RemoteSink>,
}

impl Drop for RemoteSeat {
    fn drop(&mut self) {
        self.sink.void();
    }
}

/// How well a node with sockets is heard.
#[derive(Default)]
struct NodeContact {
    /// The checks since something came from it.
    silent: u32,
    /// Whether its seats are lost.
    is_lost: bool,
    /// The checks since it was found dead.
    dead: Option<u32>,
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
        tokio::spawn(watch_nodes(Arc::clone(&seats), nodes));
        seats
    }

    fn take(&self, request: SeatRequest) {
        let SeatRequest {
            from,
            number,
            attempt,
            ask,
        } = request;
        match ask {
            SeatAsk::Leave => drop(self.remove(from, number)),
            SeatAsk::Join { .. } => {
                let sink = RemoteSink::new(&self.states, from, number, attempt);
                if let Some(join) = join_of(&ask, &sink) {
                    self.join(sink, join);
                }
            }
            SeatAsk::Input(input) => self.with(from, number, attempt, |table| table.input(input)),
            SeatAsk::Alive => self.with(from, number, attempt, |table| table.alive()),
            SeatAsk::Command(command, cid) => {
                self.with(from, number, attempt, |table| table.command(command, cid));
            }
        }
    }

    fn join(&self, sink: Arc<RemoteSink>, join: JoinTable) {
        let seat = RemoteSeat {
            handle: None,
            sink: Arc::clone(&sink),
        };
        // The old one stays until the new one has taken its seat, so that nobody seems to leave.
        let old = self.lock().seats.insert((sink.node, sink.number), seat);
        old.iter().for_each(|seat| seat.sink.void());
        if !self.seat(&sink, &join) {
            self.claim(sink, join);
        }
    }

    /// Has a socket join a table, unless it has left or joined anew meanwhile: it would take the seat from the
    /// player's next socket. Returns whether there is nothing left to do. Joining is done under the lock, so that
    /// who leaves meanwhile finds the handle.
    fn seat(&self, sink: &Arc<RemoteSink>, join: &JoinTable) -> bool {
        let mut table = self.lock();
        let seat = table.seats.get_mut(&(sink.node, sink.number));
        let Some(seat) = seat.filter(|seat| Arc::ptr_eq(&seat.sink, sink)) else {
            return true;
        };
        seat.handle = self.tables.join(join.clone()).ok();
        seat.handle.is_some()
    }

    /// Takes over a match that this node owns but does not run, or that nobody owns any more.
    fn claim(&self, sink: Arc<RemoteSink>, join: JoinTable) {
        let (tables, this) = (Arc::clone(&self.tables), self.this.clone());
        self.runtime.spawn(db::in_background(async move {
            let claimed = matches!(tables.claim(join.match_id).await, Ok(true));
            let is_seated = match this.upgrade() {
                Some(seats) if claimed => seats.seat(&sink, &join),
                _ => false,
            };
            if !is_seated {
                sink.send_content(SeatContent::NotHere);
            }
        }));
    }

    fn with(
        &self,
        node: NodeId,
        number: SeatNumber,
        attempt: u32,
        act: impl FnOnce(&dyn TableHandle),
    ) {
        let table = self.lock();
        let Some(seat) = table.seats.get(&(node, number)) else {
            drop(table);
            return self.states.refuse(node, number, attempt);
        };
        let handle = seat.handle.clone();
        drop(table);
        if let Some(handle) = handle {
            act(handle.as_ref());
        }
    }

    /// Leaving a table calls it, so the lock must not be held.
    fn remove(&self, node: NodeId, number: SeatNumber) -> Option<RemoteSeat> {
        self.lock().seats.remove(&(node, number))
    }

    /// Something came from a node. Its players are reached again.
    fn note_contact(&self, node: NodeId) {
        let mut table = self.lock();
        let before = std::mem::take(table.nodes.entry(node).or_default());
        if before.is_lost {
            let handles = table.handles(node);
            drop(table);
            handles.iter().for_each(|handle| handle.alive());
        }
    }

    /// Counts the silence of all nodes. Returns those that are lost and may be dead.
    fn count_silence(&self) -> Vec<NodeId> {
        let mut table = self.lock();
        let (lost, gone) = table.count_silence();
        let handles: Vec<_> = lost.iter().flat_map(|node| table.handles(*node)).collect();
        let silent = table.nodes.iter().filter(|(_, contact)| contact.is_lost);
        let unsure = silent.filter(|(_, contact)| contact.dead.is_none());
        let unsure = unsure.map(|(node, _)| *node).collect();
        drop(table);
        for node in lost {
            tracing::warn!(%node, "node with players not heard");
        }
        handles.iter().for_each(|handle| handle.lost());
        gone.into_iter().for_each(|node| self.remove_node(node));
        unsure
    }

    /// A node is dead. Its players have some time to come back elsewhere.
    fn note_dead(&self, node: NodeId) {
        if let Some(contact) = self.lock().nodes.get_mut(&node) {
            contact.dead = Some(0);
        }
    }

    fn remove_node(&self, gone: NodeId) {
        self.states.forget(gone);
        let mut table = self.lock();
        table.nodes.remove(&gone);
        let is_theirs = |(node, _): &(NodeId, SeatNumber), _: &mut RemoteSeat| *node == gone;
        let removed: Vec<_> = table.seats.extract_if(is_theirs).collect();
        drop(table);
        drop(removed);
    }

    fn lock(&self) -> MutexGuard<'_, SeatTable> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SeatTable {
    fn handles(&self, of: NodeId) -> Vec<Arc<dyn TableHandle>> {
        let theirs = self.seats.iter().filter(|((node, _), _)| *node == of);
        theirs.filter_map(|(_, seat)| seat.handle.clone()).collect()
    }

    /// The nodes that are lost from now on, and those that have been dead for long enough.
    fn count_silence(&mut self) -> (Vec<NodeId>, Vec<NodeId>) {
        let (mut lost, mut gone) = (vec![], vec![]);
        let seats = &self.seats;
        self.nodes
            .retain(|node, _| seats.keys().any(|(of, _)| of == node));
        for (node, contact) in &mut self.nodes {
            contact.silent += 1;
            contact.dead = contact.dead.map(|checks| checks + 1);
            if contact.silent >= LOST_CHECKS && !contact.is_lost {
                contact.is_lost = true;
                lost.push(*node);
            }
            if contact.dead.is_some_and(|checks| checks >= DEAD_CHECKS) {
                gone.push(*node);
            }
        }
        (lost, gone)
    }
}

fn join_of(ask: &SeatAsk, sink: &Arc<RemoteSink>) -> Option<JoinTable> {
    let &SeatAsk::Join {
        match_id,
        seat,
        form,
        rate,
        follows,
    } = ask
    else {
        return None;
    };
    Some(JoinTable {
        match_id,
        seat,
        form,
        rate,
        follows,
        sink: Arc::clone(sink) as Arc<dyn SeatSink>,
    })
}

impl Subscriber for RemoteSeats {
    fn deliver(&self, topic: &Topic, payload: &Bytes) {
        if *topic != self.topic {
            return;
        }
        match serde_json::from_slice(payload) {
            Ok(ToTables::Seat(request)) => {
                self.note_contact(request.from);
                self.take(request);
            }
            Ok(ToTables::Heartbeat(from)) => {
                self.note_contact(from);
                self.states.answer_heartbeat(from);
            }
            Err(error) => tracing::warn!(%error, "request of another node not decoded"),
        }
    }

    /// Whoever has lost something asks again: inputs are repeated, commands were not answered.
    fn resync(&self, _missed: Missed<'_>) {}
}

async fn watch_nodes(seats: Arc<RemoteSeats>, nodes: Arc<dyn LiveNodes>) {
    loop {
        tokio::time::sleep(CHECK_INTERVAL).await;
        for node in seats.count_silence() {
            if is_dead(&*nodes, node).await {
                seats.note_dead(node);
            }
        }
    }
}
