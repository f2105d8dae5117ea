//! The tables of other nodes, for the sockets of this one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use bytes::Bytes;
use cluster::{Bus, Missed, Subscriber, Subscription, Topic};
use contract::match_frames::{MatchInput, TableView};
use outbox::NodeId;
use tokio::runtime::Handle;

use super::joined_seats::{JoinedSeat, JoinedSeats, SeatReceipt};
use super::liveness::{CHECK_INTERVAL, HEARTBEAT_CHECKS, is_dead};
use super::protocol::{
    SeatAsk, SeatContent, SeatNumber, SeatRequest, SeatUpdate, SeatsMessage, ToSeats, ToTables,
    encode, read_to_seats, seats_topic, states, tables_topic,
};
use crate::port::{
    JoinTable, SavedMatchViews, TableClose, TableCommand, TableHandle, TableMessage,
};
use crate::ports::LiveNodes;
use crate::tables::TableHost;

/// What the tables of other nodes need of this one.
pub struct RemoteTablesParts {
    /// This node.
    pub node: NodeId,
    /// Connects it to the others.
    pub bus: Arc<dyn Bus>,
    /// Knows which nodes are alive.
    pub nodes: Arc<dyn LiveNodes>,
    /// The sockets.
    pub host: Arc<dyn TableHost>,
    /// Shows matches whose node does not answer.
    pub views: Arc<dyn SavedMatchViews>,
}

/// Joins sockets of this node to the tables of others.
pub struct RemoteTables {
    parts: RemoteTablesParts,
    topic: Topic,
    runtime: Handle,
    seats: Mutex<JoinedSeats>,
    this: Weak<Self>,
    _subscription: Subscription,
}

impl RemoteTables {
    /// Listens to other nodes from now on, on the current runtime.
    pub fn start(parts: RemoteTablesParts) -> Arc<Self> {
        let topic = seats_topic(parts.node);
        let bus = Arc::clone(&parts.bus);
        let tables = Arc::new_cyclic(|this| Self {
            parts,
            runtime: Handle::current(),
            seats: Mutex::default(),
            this: this.clone(),
            _subscription: bus.subscribe(&topic),
            topic,
        });
        bus.attach(Arc::clone(&tables) as Arc<dyn Subscriber>);
        tokio::spawn(watch_owners(Arc::clone(&tables)));
        tables
    }

    /// Joins a table of this node. It answers through the sink.
    pub fn join(&self, owner: NodeId, join: JoinTable) -> Arc<dyn TableHandle> {
        let number = self.seats().add(owner, join);
        self.ask_to_join(&[number]);
        Arc::new(RemoteHandle {
            tables: self.this.clone(),
            owner,
            number,
        })
    }

    fn ask(&self, owner: NodeId, number: SeatNumber, attempt: u32, ask: SeatAsk) {
        let request = ToTables::Seat(SeatRequest {
            from: self.parts.node,
            number,
            attempt,
            ask,
        });
        let payload = encode(&request);
        self.parts.bus.publish(&tables_topic(owner), payload);
    }

    fn ask_to_join(&self, numbers: &[SeatNumber]) {
        for number in numbers {
            let asked = self.seats().get(*number).map(JoinedSeat::ask);
            if let Some((owner, attempt, ask)) = asked {
                self.ask(owner, *number, attempt, ask);
            }
        }
    }

    /// Joins again, since something was lost.
    fn rejoin(&self, numbers: &[SeatNumber]) {
        self.seats().prepare_again(numbers);
        self.ask_to_join(numbers);
    }

    /// Something came from a node. Sockets that were shown the saved state join again.
    fn note_contact(&self, node: NodeId) {
        let stalled = self.seats().note_contact(node);
        if !stalled.is_empty() {
            self.rejoin(&stalled);
        }
    }

    fn show(&self, from: NodeId, batch: Bytes) {
        self.note_contact(from);
        let mut gone = vec![];
        for (frame, sockets) in states(batch) {
            let seats = self.seats();
            for (number, attempt) in sockets {
                match seats.get(number) {
                    Some(seat) if seat.attempt == attempt => {
                        seat.join.sink.state(&frame);
                    }
                    Some(_) => {}
                    None => gone.push((number, attempt)),
                }
            }
        }
        for (number, attempt) in gone {
            // The socket has left, and its table has not noticed.
            self.ask(from, number, attempt, SeatAsk::Leave);
        }
        // As after a pass of tables of this node.
        self.parts.host.pass_over();
    }

    fn receive(&self, update: SeatUpdate) {
        self.note_contact(update.from);
        let receipt = self.seats().take(&update);
        match receipt {
            SeatReceipt::Late => {}
            SeatReceipt::Unknown => {
                self.ask(update.from, update.number, update.attempt, SeatAsk::Leave);
            }
            SeatReceipt::Gap => self.rejoin(&[update.number]),
            SeatReceipt::Next(sink) => match update.content {
                SeatContent::Message(message) => sink.send(&message),
                SeatContent::Answer(cid, error) => {
                    let result = error.map_or(Ok(()), |error| Err(error.into()));
                    sink.answer(cid.as_deref(), result);
                }
                SeatContent::Close(reason) => self.close(update.number, reason),
                SeatContent::NotHere => self.close(update.number, TableClose::Restarting),
                SeatContent::NotJoined => {}
            },
        }
    }

    fn close(&self, number: SeatNumber, reason: TableClose) {
        let removed = self.seats().remove(number);
        if let Some(seat) = removed {
            self.ask(seat.owner, number, seat.attempt, SeatAsk::Leave);
            seat.join.sink.close(reason);
        }
    }

    fn leave(&self, number: SeatNumber) {
        let removed = self.seats().remove(number);
        if let Some(seat) = removed {
            self.ask(seat.owner, number, seat.attempt, SeatAsk::Leave);
        }
    }

    /// The sockets at tables of a node that has gone join again, wherever their matches are then.
    fn close_at(&self, gone: NodeId) {
        let removed = self.seats().remove_at(gone);
        for seat in removed {
            seat.join.sink.close(TableClose::Restarting);
        }
    }

    fn send_heartbeats(&self) {
        let heartbeat = encode(&ToTables::Heartbeat(self.parts.node));
        let owners = self.seats().owners();
        for owner in owners {
            let topic = tables_topic(owner);
            self.parts.bus.publish(&topic, heartbeat.clone());
        }
    }

    /// Shows the saved state to sockets until their tables answer.
    fn show_saved(&self, numbers: &[SeatNumber]) {
        let views = self.seats().by_view(numbers);
        for ((id, seat), numbers) in views {
            let Some(tables) = self.this.upgrade() else {
                return;
            };
            self.runtime.spawn(db::in_background(async move {
                if let Ok(Some(view)) = tables.parts.views.view(id, seat).await {
                    tables.show_view(view, &numbers);
                }
            }));
        }
    }

    fn show_view(&self, view: TableView, numbers: &[SeatNumber]) {
        let message = TableMessage::Joined(Box::new(view));
        // Held while it is sent, so that it does not come after an answer.
        let seats = self.seats();
        seats.waiting(numbers).for_each(|sink| sink.send(&message));
    }

    fn seats(&self) -> MutexGuard<'_, JoinedSeats> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subscriber for RemoteTables {
    fn deliver(&self, topic: &Topic, payload: &Bytes) {
        if *topic != self.topic {
            return;
        }
        match read_to_seats(payload) {
            Some(ToSeats::States(from, batch)) => self.show(from, batch),
            Some(ToSeats::Message(SeatsMessage::Update(update))) => self.receive(*update),
            Some(ToSeats::Message(SeatsMessage::Heartbeat(from))) => self.note_contact(from),
            None => tracing::warn!("update of another node not decoded"),
        }
    }

    fn resync(&self, missed: Missed<'_>) {
        let concerns_us = match missed {
            Missed::Anything => true,
            Missed::Of(topic) => *topic == self.topic,
        };
        if concerns_us {
            let all = self.seats().numbers();
            self.rejoin(&all);
        }
    }
}

/// Looks for owners that have gone, and for sockets that wait for an answer.
async fn watch_owners(tables: Arc<RemoteTables>) {
    let nodes = Arc::clone(&tables.parts.nodes);
    let mut round = 0_u32;
    loop {
        tokio::time::sleep(CHECK_INTERVAL).await;
        round = round.wrapping_add(1);
        if round.is_multiple_of(HEARTBEAT_CHECKS) {
            tables.send_heartbeats();
        }
        let checked = tables.seats().check();
        tables.show_saved(&checked.unanswered);
        tables.rejoin(&checked.again);
        for owner in checked.silent {
            if is_dead(&*nodes, owner).await {
                tables.close_at(owner);
            }
        }
    }
}

/// A socket of this node at a table of another one.
struct RemoteHandle {
    tables: Weak<RemoteTables>,
    owner: NodeId,
    number: SeatNumber,
}

impl RemoteHandle {
    fn ask(&self, ask: SeatAsk) {
        if let Some(tables) = self.tables.upgrade() {
            let attempt = tables.seats().get(self.number).map(|seat| seat.attempt);
            if let Some(attempt) = attempt {
                tables.ask(self.owner, self.number, attempt, ask);
            }
        }
    }
}

impl TableHandle for RemoteHandle {
    fn input(&self, input: MatchInput) {
        self.ask(SeatAsk::Input(input));
    }

    fn alive(&self) {
        self.ask(SeatAsk::Alive);
    }

    fn command(&self, command: TableCommand, cid: Option<String>) {
        self.ask(SeatAsk::Command(command, cid));
    }
}

impl Drop for RemoteHandle {
    fn drop(&mut self) {
        if let Some(tables) = self.tables.upgrade() {
            tables.leave(self.number);
        }
    }
}
