//! The tables of other nodes, for the sockets of this one.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use bytes::Bytes;
use cluster::{Bus, Missed, Subscriber, Subscription, Topic};
use contract::match_frames::MatchInput;
use outbox::NodeId;

use super::protocol::{
    SeatAsk, SeatNews, SeatNumber, SeatRequest, SeatTold, ToSeats, encode, read_to_seats,
    seats_topic, states, tables_topic,
};
use crate::port::{JoinTable, TableClose, TableCommand, TableHandle};
use crate::ports::LiveNodes;
use crate::tables::TableHost;

/// How often owners are looked for that have gone.
const CHECK_INTERVAL: Duration = Duration::from_millis(500);

/// Joins sockets of this node to the tables of others.
pub struct RemoteTables {
    node: NodeId,
    bus: Arc<dyn Bus>,
    topic: Topic,
    seats: Mutex<HashMap<SeatNumber, JoinedSeat>>,
    next: AtomicU32,
    host: Arc<dyn TableHost>,
    this: Weak<Self>,
    _subscription: Subscription,
}

/// A socket at a table of another node.
struct JoinedSeat {
    owner: NodeId,
    join: JoinTable,
    /// Numbers the attempts to join.
    attempt: u32,
    /// The number of the next message.
    expected: u32,
}

impl RemoteTables {
    /// Listens to other nodes from now on.
    pub fn start(
        node: NodeId,
        bus: &Arc<dyn Bus>,
        nodes: Arc<dyn LiveNodes>,
        host: Arc<dyn TableHost>,
    ) -> Arc<Self> {
        let topic = seats_topic(node);
        let tables = Arc::new_cyclic(|this| Self {
            node,
            bus: Arc::clone(bus),
            seats: Mutex::default(),
            next: AtomicU32::new(0),
            host,
            this: this.clone(),
            _subscription: bus.subscribe(&topic),
            topic,
        });
        bus.attach(Arc::clone(&tables) as Arc<dyn Subscriber>);
        tokio::spawn(close_at_dead_nodes(Arc::clone(&tables), nodes));
        tables
    }

    /// Joins a table of this node. It answers through the sink.
    pub fn join(&self, owner: NodeId, join: JoinTable) -> Arc<dyn TableHandle> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let seat = JoinedSeat {
            owner,
            join,
            attempt: 0,
            expected: 0,
        };
        let ask = seat.ask();
        self.seats().insert(number, seat);
        self.ask(owner, number, ask);
        Arc::new(RemoteHandle {
            tables: self.this.clone(),
            owner,
            number,
        })
    }

    fn ask(&self, owner: NodeId, number: SeatNumber, ask: SeatAsk) {
        let request = SeatRequest {
            from: self.node,
            number,
            ask,
        };
        self.bus.publish(&tables_topic(owner), encode(&request));
    }

    /// Joins again, since something was lost.
    fn rejoin(&self, number: SeatNumber) {
        let asked = self.seats().get_mut(&number).map(|seat| {
            seat.attempt += 1;
            seat.expected = 0;
            (seat.owner, seat.ask())
        });
        if let Some((owner, ask)) = asked {
            self.ask(owner, number, ask);
        }
    }

    fn show(&self, batch: Bytes) {
        for (number, attempt, frame) in states(batch) {
            let seats = self.seats();
            let seat = seats.get(&number).filter(|seat| seat.attempt == attempt);
            if let Some(seat) = seat {
                seat.join.sink.state(&frame);
            }
        }
        // As after a pass of tables of this node.
        self.host.pass_over();
    }

    fn tell(&self, news: SeatNews) {
        let mut seats = self.seats();
        let Some(seat) = seats.get_mut(&news.number) else {
            drop(seats);
            // The socket has left, and its table has not noticed.
            return self.ask(news.from, news.number, SeatAsk::Leave);
        };
        if seat.attempt != news.attempt || news.n < seat.expected {
            return;
        }
        if news.n > seat.expected {
            drop(seats);
            return self.rejoin(news.number);
        }
        seat.expected += 1;
        let sink = Arc::clone(&seat.join.sink);
        drop(seats);
        match news.told {
            SeatTold::Message(message) => sink.send(&message),
            SeatTold::Answer(cid, error) => {
                let result = error.map_or(Ok(()), |error| Err(error.into()));
                sink.answer(cid.as_deref(), result);
            }
            SeatTold::Close(reason) => self.close(news.number, reason),
            SeatTold::NotHere => self.close(news.number, TableClose::Restarting),
        }
    }

    fn close(&self, number: SeatNumber, reason: TableClose) {
        let removed = self.seats().remove(&number);
        if let Some(seat) = removed {
            seat.join.sink.close(reason);
        }
    }

    fn leave(&self, owner: NodeId, number: SeatNumber) {
        let removed = self.seats().remove(&number);
        if removed.is_some() {
            self.ask(owner, number, SeatAsk::Leave);
        }
    }

    fn owners(&self) -> HashSet<NodeId> {
        self.seats().values().map(|seat| seat.owner).collect()
    }

    /// The sockets at tables of a node that has gone join again, wherever their matches are then.
    fn close_at(&self, gone: NodeId) {
        let mut seats = self.seats();
        let removed: Vec<_> = seats.extract_if(|_, seat| seat.owner == gone).collect();
        drop(seats);
        for (_, seat) in removed {
            seat.join.sink.close(TableClose::Restarting);
        }
    }

    fn numbers(&self) -> Vec<SeatNumber> {
        self.seats().keys().copied().collect()
    }

    fn seats(&self) -> MutexGuard<'_, HashMap<SeatNumber, JoinedSeat>> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl JoinedSeat {
    fn ask(&self) -> SeatAsk {
        let JoinTable {
            match_id,
            seat,
            form,
            rate,
            ..
        } = self.join;
        SeatAsk::Join {
            match_id,
            seat,
            form,
            rate,
            attempt: self.attempt,
        }
    }
}

impl Subscriber for RemoteTables {
    fn deliver(&self, topic: &Topic, payload: &Bytes) {
        if *topic != self.topic {
            return;
        }
        match read_to_seats(payload) {
            Some(ToSeats::States(batch)) => self.show(batch),
            Some(ToSeats::News(news)) => self.tell(*news),
            None => tracing::warn!("news of another node not decoded"),
        }
    }

    fn resync(&self, missed: Missed<'_>) {
        let concerns_us = match missed {
            Missed::Anything => true,
            Missed::Of(topic) => *topic == self.topic,
        };
        if concerns_us {
            self.numbers()
                .into_iter()
                .for_each(|number| self.rejoin(number));
        }
    }
}

async fn close_at_dead_nodes(tables: Arc<RemoteTables>, nodes: Arc<dyn LiveNodes>) {
    loop {
        tokio::time::sleep(CHECK_INTERVAL).await;
        for owner in tables.owners() {
            if matches!(nodes.is_alive(owner).await, Ok(false)) {
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
            tables.ask(self.owner, self.number, ask);
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
            tables.leave(self.owner, self.number);
        }
    }
}
