//! Who listens to what on this node.
//!
//! The bus hands every message to [`Hub::deliver`], which finds the sockets that listen to its
//! topic and puts the frame, encoded once, into their queues. It reads no message but for two
//! things: the number of a durable one, to keep one order and miss none, and the few names by
//! which membership and sign-outs change who listens.

mod control;
mod entrances;
mod filling;
mod gaps;
mod room;
mod sessions;
#[cfg(test)]
pub(in crate::ws) mod tests;
mod wire;

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use bytes::Bytes;
use cluster::{Bus, Missed, Subscriber, Topic};
use db::{AnyConn, Store};
use kernel::{AppError, Timestamp, UserId};
use social::Social;

use self::entrances::Entrances;
use self::filling::Filling;
use self::gaps::Gaps;
use self::room::Room;
pub(in crate::ws) use self::room::missed;
pub use self::room::{PendingSubscription, Position};
pub(crate) use self::wire::told;
pub use self::wire::{encode_ephemeral, encode_event};
use super::close::Close;
use super::connection::Connection;
use super::frame::Message;
use super::publisher::{ForPeople, PEOPLE};

const SHARDS: usize = 32;

/// The sockets of this node and the rooms they listen to.
pub struct Hub {
    rooms: Vec<Mutex<HashMap<Topic, Arc<Room>>>>,
    people: Vec<Mutex<HashMap<UserId, Person>>>,
    hasher: RandomState,
    bus: Arc<dyn Bus>,
    store: Store,
    next_id: AtomicU64,
    open: AtomicUsize,
    /// Who has blocked whom.
    social: OnceLock<Social>,
    /// What is for people by their names is heard by every node.
    _people: cluster::Subscription,
    /// Itself, for the tasks that fetch what was missed.
    me: Weak<Hub>,
    gaps: Gaps,
    /// Messages come on database threads too, which carry no tasks.
    runtime: tokio::runtime::Handle,
}

/// A socket that is in the hub until this is dropped, also where its task panics.
#[derive(Debug)]
#[must_use = "dropping it takes the socket out"]
pub struct Entered {
    hub: Arc<Hub>,
    client: Arc<Connection>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        // Whoever ends in peace has been closed before.
        self.client.close(&Close::overloaded());
        self.hub.leave(&self.client);
    }
}

/// Somebody who is about to listen to a room, which stays until they do or give it up.
struct Joining<'h> {
    hub: &'h Hub,
    room: Arc<Room>,
}

impl Drop for Joining<'_> {
    fn drop(&mut self) {
        self.hub.remove_if(self.room.topic(), Room::end_joining);
    }
}

/// Somebody with sockets here.
struct Person {
    sockets: Vec<Arc<Connection>>,
    /// What they may still tell others without asking the counters that all nodes share.
    prepaid: u32,
}

impl std::fmt::Debug for Hub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Hub with {} sockets", self.open())
    }
}

impl Hub {
    /// The hub of this node, attached to the bus. Must be called within the runtime that will
    /// carry its tasks.
    pub fn start(bus: &Arc<dyn Bus>, store: &Store) -> Arc<Self> {
        let hub = Arc::new_cyclic(|me| Self {
            rooms: (0..SHARDS).map(|_| Mutex::default()).collect(),
            people: (0..SHARDS).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
            bus: Arc::clone(bus),
            store: store.clone(),
            next_id: AtomicU64::new(1),
            open: AtomicUsize::new(0),
            social: OnceLock::new(),
            _people: bus.subscribe(&Topic::from(PEOPLE)),
            me: me.clone(),
            gaps: Gaps::start(me.clone()),
            runtime: tokio::runtime::Handle::current(),
        });
        bus.attach(Arc::clone(&hub) as Arc<dyn Subscriber>);
        hub
    }

    /// Says who knows who has blocked whom.
    pub fn knows(&self, social: Social) {
        // It is said once, at the start.
        let _ = self.social.set(social);
    }

    /// A name for a new socket.
    pub fn next_id(&self) -> u64 {
        self.next_id.fetch_add(1, Ordering::Relaxed)
    }

    /// How many sockets are open here.
    pub fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// How many sockets this person has here.
    pub fn count_of(&self, user: UserId) -> usize {
        let people = self.people(user);
        people.get(&user).map_or(0, |person| person.sockets.len())
    }

    /// Takes a socket in. Rooms are [joined](Self::join) apart.
    pub fn enter(self: &Arc<Self>, client: &Arc<Connection>) -> Entered {
        self.open.fetch_add(1, Ordering::Relaxed);
        let mut people = self.people(client.actor.user);
        let person = people.entry(client.actor.user).or_insert_with(|| Person {
            sockets: vec![],
            prepaid: 0,
        });
        person.sockets.push(Arc::clone(client));
        drop(people);
        Entered {
            hub: Arc::clone(self),
            client: Arc::clone(client),
        }
    }

    /// Takes one of what a person has [prepaid](Self::prepay), if there is any.
    pub fn take_prepaid(&self, user: UserId) -> bool {
        let mut people = self.people(user);
        let person = people.get_mut(&user).filter(|person| person.prepaid > 0);
        person.map(|person| person.prepaid -= 1).is_some()
    }

    /// Lets a person tell others so many things more: they are counted already.
    pub fn prepay(&self, user: UserId, more: u32) {
        if let Some(person) = self.people(user).get_mut(&user) {
            person.prepaid = person.prepaid.saturating_add(more);
        }
    }

    /// Lets a socket go, out of all its rooms.
    fn leave(&self, client: &Connection) {
        for topic in client.forget_all().keys() {
            self.part(client, topic);
        }
        self.open.fetch_sub(1, Ordering::Relaxed);
        let mut people = self.people(client.actor.user);
        if let Some(theirs) = people.get_mut(&client.actor.user) {
            theirs.sockets.retain(|other| other.id != client.id);
            if theirs.sockets.is_empty() {
                people.remove(&client.actor.user);
            }
        }
    }

    /// Makes a socket listen to a topic. Until the answer is [released](PendingSubscription::release), what comes
    /// is held back, so that the client can first be told what it missed.
    pub async fn join(
        &self,
        client: &Arc<Connection>,
        topic: &Topic,
    ) -> Result<PendingSubscription, AppError> {
        let joining = self.join_room(topic);
        joining.room.open(&self.bus, &self.store).await?;
        Ok(self.hold(&joining.room, client, topic))
    }

    /// Makes a socket listen to several topics and looks for something else once all are heard: in
    /// one go, unless something comes meanwhile.
    pub async fn join_all_and_look<T, F>(
        &self,
        client: &Arc<Connection>,
        topics: &[Topic],
        look: F,
    ) -> Result<(Vec<PendingSubscription>, T), AppError>
    where
        F: FnOnce(&mut AnyConn) -> Result<T, AppError> + Clone + Send + 'static,
        T: Send + 'static,
    {
        let joining: Vec<_> = topics.iter().map(|topic| self.join_room(topic)).collect();
        let mut entrances = Entrances::of(self, client, &joining);
        entrances.subscribed().await;
        loop {
            let found = entrances.enter_and_look(look.clone()).await?;
            if entrances.is_done() {
                return Ok((entrances.held, found));
            }
            // What was found may lack what has come: it is looked for again once all are heard.
            entrances.open().await?;
        }
    }

    fn hold(
        &self,
        room: &Arc<Room>,
        client: &Arc<Connection>,
        topic: &Topic,
    ) -> PendingSubscription {
        let held = Room::join(room, client);
        self.note(client, topic, Some(held.from));
        held
    }

    /// Makes a socket follow a topic without being told of it: it only minds what it must.
    pub async fn watch(&self, client: &Arc<Connection>, topic: &Topic) -> Result<(), AppError> {
        let joining = self.join_room(topic);
        joining.room.open(&self.bus, &self.store).await?;
        joining.room.watch(client);
        self.note(client, topic, None);
        Ok(())
    }

    /// Remembers what a socket listens to. One that left meanwhile is taken out again.
    fn note(&self, client: &Connection, topic: &Topic, from: Option<Position>) {
        if !client.note(topic, from) {
            self.part(client, topic);
        }
    }

    /// Stops a socket listening to a topic.
    pub fn part(&self, client: &Connection, topic: &Topic) {
        client.forget(topic);
        self.remove_if(topic, |room| room.part(client));
    }

    /// Removes a room if it turns out to be idle.
    fn remove_if(&self, topic: &Topic, is_idle: impl FnOnce(&Room) -> bool) {
        let mut rooms = self.shard(topic);
        if rooms.get(topic).is_some_and(|room| is_idle(room)) {
            let removed = rooms.remove(topic);
            // Its end is told to the bus, for which the other rooms need not wait.
            drop(rooms);
            drop(removed);
        }
    }

    /// Says good-bye to everybody; the server is going away.
    pub fn close_all(&self, close: &Close) {
        self.everybody()
            .iter()
            .for_each(|client| client.close(close));
    }

    /// The sockets of this person on this node.
    pub fn sockets_of(&self, user: UserId) -> Vec<Arc<Connection>> {
        let people = self.people(user);
        let theirs = people.get(&user).map(|person| person.sockets.clone());
        theirs.unwrap_or_default()
    }

    fn everybody(&self) -> Vec<Arc<Connection>> {
        self.people
            .iter()
            .flat_map(|shard| {
                let people = shard.lock().unwrap_or_else(PoisonError::into_inner);
                let sockets = people.values().flat_map(|person| &person.sockets);
                sockets.cloned().collect::<Vec<_>>()
            })
            .collect()
    }

    fn deliver_to_people(&self, payload: &Bytes) {
        let Ok(told) = serde_json::from_slice::<ForPeople>(payload) else {
            return tracing::error!("a message for people cannot be read");
        };
        let at = Timestamp::from_micros(told.at);
        let message = Arc::new(Message::new(told.name, told.data, at));
        for user in told.to {
            self.sockets_of(user)
                .iter()
                .for_each(|client| client.hear_as_person(&message));
        }
    }

    fn fill_later(&self, room: &Arc<Room>) {
        if let Some(hub) = self.me.upgrade()
            && let Some(filling) = Filling::begin(room)
        {
            self.runtime.spawn(gaps::fill(hub, filling, None));
        }
    }

    fn all_rooms(&self) -> Vec<Arc<Room>> {
        self.rooms.iter().flat_map(all).collect()
    }

    fn join_room(&self, topic: &Topic) -> Joining<'_> {
        let mut rooms = self.shard(topic);
        let room = rooms
            .entry(topic.clone())
            .or_insert_with(|| Arc::new(Room::new(topic.clone())));
        room.begin_joining();
        Joining {
            hub: self,
            room: Arc::clone(room),
        }
    }

    fn shard(&self, topic: &Topic) -> MutexGuard<'_, HashMap<Topic, Arc<Room>>> {
        nth(&self.rooms, self.hasher.hash_one(topic))
    }

    fn people(&self, user: UserId) -> MutexGuard<'_, HashMap<UserId, Person>> {
        nth(&self.people, self.hasher.hash_one(user))
    }
}

/// One of the shards. There is always at least one, so the first stands in for a wrong number.
#[allow(
    clippy::indexing_slicing,
    reason = "the remainder is within the length, which is SHARDS"
)]
fn nth<T>(shards: &[Mutex<T>], hash: u64) -> MutexGuard<'_, T> {
    let index = usize::try_from(hash % SHARDS as u64).unwrap_or_default();
    shards[index].lock().unwrap_or_else(PoisonError::into_inner)
}

impl Subscriber for Hub {
    fn deliver(&self, topic: &Topic, payload: &Bytes) {
        if topic.as_str() == PEOPLE {
            return self.deliver_to_people(payload);
        }
        let found = self.shard(topic).get(topic).cloned();
        let Some(room) = found else { return };
        let Some(message) = wire::decode(payload) else {
            tracing::error!(%topic, "a message on the bus cannot be read");
            return;
        };
        let message = Arc::new(message);
        let Some(hub) = self.me.upgrade() else { return };
        if room.deliver(&message, |passed| control::apply(&hub, topic, passed)) {
            hub.fill_later(&room);
        }
    }

    fn resync(&self, missed: Missed<'_>) {
        match missed {
            Missed::Of(topic) => {
                let room = self.shard(topic).get(topic).cloned();
                room.iter().for_each(|room| self.fill_later(room));
            }
            Missed::Anything => self.gaps.check_all(),
        }
    }
}

fn all(shard: &Mutex<HashMap<Topic, Arc<Room>>>) -> Vec<Arc<Room>> {
    shard
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .values()
        .cloned()
        .collect()
}
