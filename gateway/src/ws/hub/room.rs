//! One topic and the sockets of this node that listen to it.
//!
//! A room knows the number of the last durable event it has passed on. The next one is passed on;
//! an older one came twice and is dropped; a later one shows a gap, and then the room reads from
//! the database what is between, so that all its sockets hear everything once, in one order.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cluster::{Bus, Subscription, Topic};
use contract::frames::StreamPosition;
use db::{AnyConn, Store};
use kernel::AppError;
use outbox::CatchUp;

use super::filling::Gate;
use super::wire::told;
use super::{Hub, control};
use crate::ws::connection::Connection;
use crate::ws::frame::Message;

/// How many events a gap may have before the clients are told to read again.
const MAX_GAP_LEN: i64 = 1_000;

/// A topic on this node.
pub(super) struct Room {
    topic: Topic,
    inside: Mutex<Inside>,
    /// Held by whoever opens the room.
    opening: tokio::sync::Mutex<()>,
    /// A message is passed on and what it changes followed before the next one is.
    order: Mutex<()>,
    gate: Gate,
}

#[derive(Default)]
struct Inside {
    listeners: HashMap<u64, Listener>,
    /// How many are about to listen.
    joining: usize,
    last: Position,
    /// There as soon as it is known how far the stream is.
    subscription: Option<Subscription>,
    /// The last durable event that came before that.
    early: Option<Position>,
}

/// How far a room has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Position {
    /// The number of the last event passed on.
    pub seq: i64,
    /// The life of the stream.
    pub epoch: i64,
}

struct Listener {
    client: Arc<Connection>,
    hearing: Hearing,
}

/// How a socket takes what comes.
enum Hearing {
    /// The client is told.
    Open,
    /// The client is still being told what it had missed; this came meanwhile.
    Paused(Vec<Arc<Message>>),
    /// Only what the ride minds matters.
    Watching,
}

impl Listener {
    fn deliver(&mut self, message: &Arc<Message>) {
        self.client.request_recheck(message);
        match &mut self.hearing {
            Hearing::Open => self.client.deliver(message),
            Hearing::Paused(held) => held.push(Arc::clone(message)),
            Hearing::Watching => {}
        }
    }
}

impl Room {
    pub(super) fn new(topic: Topic) -> Self {
        Self {
            topic,
            inside: Mutex::default(),
            opening: tokio::sync::Mutex::default(),
            order: Mutex::default(),
            gate: Gate::default(),
        }
    }

    /// The room's topic.
    pub(super) fn topic(&self) -> &Topic {
        &self.topic
    }

    /// Somebody is about to listen: the room stays until they have [joined](Self::end_joining).
    pub(super) fn begin_joining(&self) {
        self.lock().joining += 1;
    }

    /// They listen now, or gave it up; true when the room can be removed.
    pub(super) fn end_joining(&self) -> bool {
        let mut inside = self.lock();
        inside.joining = inside.joining.saturating_sub(1);
        inside.is_idle()
    }

    /// Subscribes on the bus and only then reads how far the stream is, so that nothing falls
    /// between. Once, for the first who comes; others wait for them.
    pub(super) async fn open(&self, bus: &Arc<dyn Bus>, store: &Store) -> Result<(), AppError> {
        let open = async {
            let _turn = self.opening.lock().await;
            self.open_in_turn(bus, store).await
        };
        store.in_time(open).await?
    }

    async fn open_in_turn(&self, bus: &Arc<dyn Bus>, store: &Store) -> Result<(), AppError> {
        let Some(subscription) = self.subscribe(bus) else {
            return Ok(());
        };
        subscription.active().await;
        let mut subscription = Some(subscription);
        loop {
            let topic = self.topic.clone();
            let head = store.read(move |conn| head(conn, &topic)).await?;
            if self.lock().opens_at(head, &mut subscription) {
                return Ok(());
            }
        }
    }

    /// Whether the room passes on what comes.
    pub(super) fn is_open(&self) -> bool {
        self.lock().is_open()
    }

    /// Subscribes on the bus, for a room that is not open yet.
    pub(super) fn subscribe(&self, bus: &Arc<dyn Bus>) -> Option<Subscription> {
        (!self.is_open()).then(|| bus.subscribe(&self.topic))
    }

    /// Opens at this place of the stream, read while the subscription was active, and lets a socket
    /// in. Nothing where something has come meanwhile.
    pub(super) fn open_at(
        room: &Arc<Self>,
        client: &Arc<Connection>,
        head: Position,
        subscription: &mut Option<Subscription>,
    ) -> Option<PendingSubscription> {
        let mut inside = room.lock();
        let is_there = inside.opens_at(head, subscription) && inside.last == head;
        is_there.then(|| Self::let_in(room, client, &mut inside))
    }

    /// Lets a socket in. One that listens already goes on as it does.
    pub(super) fn join(room: &Arc<Self>, client: &Arc<Connection>) -> PendingSubscription {
        Self::let_in(room, client, &mut room.lock())
    }

    fn let_in(
        room: &Arc<Self>,
        client: &Arc<Connection>,
        inside: &mut Inside,
    ) -> PendingSubscription {
        let known = inside.listeners.get(&client.id);
        let listens = known.is_some_and(|known| !matches!(known.hearing, Hearing::Watching));
        if !listens {
            let listener = Listener {
                client: Arc::clone(client),
                hearing: Hearing::Paused(vec![]),
            };
            inside.listeners.insert(client.id, listener);
        }
        PendingSubscription {
            room: Arc::clone(room),
            client: Arc::clone(client),
            is_new: !listens,
            from: inside.last,
        }
    }

    /// Lets a socket in that only minds some of what comes.
    pub(super) fn watch(&self, client: &Arc<Connection>) {
        self.lock()
            .listeners
            .entry(client.id)
            .or_insert_with(|| Listener {
                client: Arc::clone(client),
                hearing: Hearing::Watching,
            });
    }

    /// Takes a socket out; true when the room can be removed.
    pub(super) fn part(&self, client: &Connection) -> bool {
        let mut inside = self.lock();
        inside.listeners.remove(&client.id);
        inside.is_idle()
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Passes a message on, unless it was before, and then lets `follow` do what it changes. True
    /// where events before it are missing.
    pub(super) fn deliver(&self, message: &Arc<Message>, follow: impl FnOnce(&Message)) -> bool {
        let _in_order = self.order.lock().unwrap_or_else(PoisonError::into_inner);
        let delivered = self.lock().deliver(message);
        if delivered == Delivered::Passed {
            follow(message);
        }
        delivered == Delivered::Early
    }

    /// Lets one task at a time [fill](Self::fill) the room.
    pub(super) fn gate(&self) -> &Gate {
        &self.gate
    }

    /// Reads what is missing and passes it on.
    pub(super) async fn fill(&self, hub: &Arc<Hub>) -> Result<(), AppError> {
        let store = &hub.store;
        let (last, topic) = (self.lock().last, self.topic.clone());
        let since = StreamPosition {
            seq: last.seq,
            epoch: last.epoch,
        };
        let missed = store.read(move |conn| missed(conn, topic.as_str(), since, MAX_GAP_LEN));
        match missed.await? {
            CatchUp::Events(events) => {
                let messages: Vec<_> = events.into_iter().filter_map(told).map(Arc::new).collect();
                for message in &messages {
                    self.deliver(message, |passed| control::apply(hub, &self.topic, passed));
                }
            }
            CatchUp::Resync => {
                let topic = self.topic.clone();
                let head = store
                    .read(move |conn| outbox::head(conn, topic.as_str()))
                    .await?;
                self.lock().start_anew(&self.topic, store.env().now(), head);
                control::start_anew(hub, &self.topic);
            }
        }
        Ok(())
    }

    /// Whether the stream was further than this room when its head was read. One that does not
    /// know its place yet reads it when it opens.
    pub(super) fn is_behind(&self, head: Position) -> bool {
        let inside = self.lock();
        let (last, is_open) = (inside.last, inside.is_open());
        is_open && (head.epoch != last.epoch || head.seq > last.seq)
    }

    /// Whether nobody listens.
    pub(super) fn is_idle(&self) -> bool {
        self.lock().is_idle()
    }
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Delivered {
    /// It was passed on.
    Passed,
    /// It was there before, or is from before the room opened.
    Known,
    /// Events before it are missing.
    Early,
}

impl Inside {
    fn is_open(&self) -> bool {
        self.subscription.is_some()
    }

    fn is_idle(&self) -> bool {
        self.listeners.is_empty() && self.joining == 0
    }

    /// Begins to pass events on from here, unless one has come meanwhile that was not yet seen when
    /// this was read.
    fn opens_at(&mut self, last: Position, subscription: &mut Option<Subscription>) -> bool {
        if self.is_open() {
            return true;
        }
        let is_unseen = |early: Position| early.epoch != last.epoch || early.seq > last.seq;
        if self.early.take().is_some_and(is_unseen) {
            return false;
        }
        (self.last, self.subscription) = (last, subscription.take());
        true
    }

    fn deliver(&mut self, message: &Arc<Message>) -> Delivered {
        if let Some(place) = &message.place {
            // Nobody listens before the room knows how far the stream is.
            if !self.is_open() {
                self.early = Some(Position {
                    seq: place.seq,
                    epoch: place.epoch,
                });
                return Delivered::Known;
            }
            let same_life = place.epoch == self.last.epoch || self.last.epoch == 0;
            if same_life && place.seq <= self.last.seq {
                return Delivered::Known;
            }
            if !same_life || place.seq != self.last.seq + 1 {
                return Delivered::Early;
            }
            self.last = Position {
                seq: place.seq,
                epoch: place.epoch,
            };
        }
        self.listeners
            .values_mut()
            .for_each(|listener| listener.deliver(message));
        Delivered::Passed
    }

    /// Too much is missing: the clients read the state again and go on from here.
    fn start_anew(&mut self, topic: &Topic, now: kernel::Timestamp, (seq, epoch): (i64, i64)) {
        self.last = Position { seq, epoch };
        let data = serde_json::json!({"streams": [topic.as_str()]});
        if let Ok(resync) = Message::of("resync", &data, now) {
            let resync = Arc::new(resync);
            self.listeners
                .values_mut()
                .for_each(|listener| listener.deliver(&resync));
        }
    }
}

fn head(conn: &mut AnyConn, topic: &Topic) -> Result<Position, AppError> {
    let (seq, epoch) = outbox::head(conn, topic.as_str())?;
    Ok(Position { seq, epoch })
}

/// What came on a stream since this position. A position from before the stream began is good for
/// whatever life it has now.
pub(in crate::ws) fn missed(
    conn: &mut AnyConn,
    stream: &str,
    since: StreamPosition,
    most: i64,
) -> Result<CatchUp, AppError> {
    let epoch = if since.epoch == 0 && since.seq == 0 {
        outbox::head(conn, stream)?.1
    } else {
        since.epoch
    };
    outbox::catch_up(conn, stream, epoch, since.seq, most)
}

/// A socket that has joined a room and is not told of anything yet.
pub struct PendingSubscription {
    room: Arc<Room>,
    client: Arc<Connection>,
    is_new: bool,
    /// How far the room was when the socket joined: everything after it will be heard.
    pub from: Position,
}

impl PendingSubscription {
    /// Whether the socket did not listen before.
    #[must_use]
    pub fn is_new(&self) -> bool {
        self.is_new
    }

    /// The room's topic.
    #[must_use]
    pub fn topic(&self) -> &Topic {
        self.room.topic()
    }

    /// Tells the client what came meanwhile, and from now on all that comes.
    pub fn release(self) {
        let mut inside = self.room.lock();
        let listener = inside.listeners.get_mut(&self.client.id);
        if let Some(listener) = listener.filter(|_| self.is_new)
            && let Hearing::Paused(held) = std::mem::replace(&mut listener.hearing, Hearing::Open)
        {
            held.iter().for_each(|message| self.client.deliver(message));
        }
    }
}

#[cfg(test)]
mod tests {
    use kernel::Timestamp;

    use super::*;
    use crate::ws::frame::Place;

    fn subscription() -> Subscription {
        let cluster = cluster::Cluster::local(&kernel::Env::system());
        cluster.bus.subscribe(&Topic::of("user", 1))
    }

    fn event(seq: i64, epoch: i64) -> Arc<Message> {
        let mut event = Message::of("noted", &(), Timestamp::from_micros(0)).unwrap();
        let stream = "user:1".to_owned();
        event.place = Some(Place { stream, seq, epoch });
        Arc::new(event)
    }

    #[test]
    fn what_comes_while_a_room_opens_is_seen_before_it_does() {
        let at = |seq, epoch| Position { seq, epoch };
        for (seq, epoch, read) in [(6, 1, at(5, 1)), (1, 2, at(5, 1))] {
            let mut inside = Inside::default();
            assert_eq!(inside.deliver(&event(seq, epoch)), Delivered::Known);
            let mut free = Some(subscription());
            assert!(!inside.opens_at(read, &mut free), "it was read too early");
            assert!(inside.opens_at(at(seq, epoch), &mut free));
            let came = |inside: &mut Inside, seq| inside.deliver(&event(seq, epoch));
            assert_eq!(came(&mut inside, seq), Delivered::Known, "it came before");
            assert_eq!(came(&mut inside, seq + 1), Delivered::Passed);
            assert_eq!(inside.last, at(seq + 1, epoch));
            assert_eq!(came(&mut inside, seq + 3), Delivered::Early);
        }
        let mut inside = Inside::default();
        inside.deliver(&event(5, 1));
        let mut free = Some(subscription());
        assert!(inside.opens_at(at(5, 1), &mut free), "it was there already");
        inside.deliver(&event(6, 1));
        let mut late = Some(subscription());
        assert!(inside.opens_at(at(5, 1), &mut late) && late.is_some());
        assert_eq!(inside.last, at(6, 1), "an open room never goes back");
    }
}
