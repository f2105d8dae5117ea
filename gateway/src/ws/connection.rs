//! One connected socket, as the hub and its own task share it.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use cluster::Topic;
use contract::chat::ChatId;
use contract::frames::{Resync, StreamPosition};
use http_kit::server::connection::ConnectionState;
use kernel::{Actor, AppError, Timestamp, UserId};
use serde::Serialize;
use tokio::sync::Notify;

use super::channel::ChannelSpec;
use super::close::Close;
use super::frame::Message;
use super::hub::Position;
use super::queue::{Pushed, Queue};
use super::redaction::Visibility;

/// So much is kept for a socket while it is being greeted: a change of each friend.
const MAX_EARLY: usize = 1_000;

/// So many new chats wait to be listened to; with more, the client comes back and finds them all.
const MAX_JOINED: usize = 1_000;

/// A socket and who sits at its other end.
pub struct Connection {
    /// Which socket of this node.
    pub id: u64,
    /// Who opened it, as they were then.
    pub actor: Actor,
    /// The same person as their session was seen last.
    current: Mutex<Actor>,
    /// How it speaks and listens.
    pub channel: &'static ChannelSpec,
    /// What waits to be sent.
    pub queue: Arc<Queue>,
    /// People whose doings are kept from this person.
    hidden: RwLock<Hidden>,
    /// Counts the looks at who that is.
    hiding_turns: AtomicU64,
    /// Told when there is something for its task to do besides what the client asks for; however
    /// often, it wakes once.
    recheck_requested: Notify,
    /// Whether its ride has to look again.
    minded: AtomicBool,
    /// Chats that its person has become a member of, for its task to listen to.
    joined: Mutex<Vec<JoinedChat>>,
    /// What came for its person while it was being greeted and shown how things are; nothing once
    /// that is done.
    early: Mutex<Option<Vec<Arc<Message>>>>,
    /// What it listens to; nothing once it has left.
    /// And where each was when it joined; nothing for those of which it only minds what it must.
    topics: Mutex<Option<Topics>>,
    /// The connection itself, to hang up on somebody who will not read.
    connection: Option<Arc<ConnectionState>>,
}

/// What a socket listens to, and from where.
type Topics = HashMap<Topic, Option<Position>>;

/// A chat that a person has become a member of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinedChat {
    /// The chat's topic.
    pub chat: Topic,
    /// How far its stream was then.
    pub since: StreamPosition,
}

#[derive(Default)]
struct Hidden {
    people: HashSet<UserId>,
    /// The look that found them.
    turn: u64,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "socket {} of {:?}", self.id, self.actor.user)
    }
}

impl Connection {
    /// A socket that has just been opened.
    #[must_use]
    pub fn new(
        id: u64,
        actor: Actor,
        channel: &'static ChannelSpec,
        queue: Arc<Queue>,
        connection: Option<Arc<ConnectionState>>,
    ) -> Self {
        Self {
            id,
            actor,
            current: Mutex::new(actor),
            channel,
            queue,
            hidden: RwLock::default(),
            hiding_turns: AtomicU64::new(0),
            recheck_requested: Notify::new(),
            minded: AtomicBool::new(false),
            joined: Mutex::default(),
            early: Mutex::new(Some(vec![])),
            topics: Mutex::new(Some(HashMap::new())),
            connection,
        }
    }

    /// The person as their session was seen last.
    pub fn current_actor(&self) -> Actor {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says how the person is now.
    pub fn refresh(&self, actor: Actor) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = actor;
    }

    /// Notes that it listens to a topic, from where that is, or only minds it. False if it has left
    /// meanwhile.
    pub(super) fn note(&self, topic: &Topic, from: Option<Position>) -> bool {
        let mut topics = self.topics();
        let noted = topics.as_mut().map(|topics| {
            let known = topics.entry(topic.clone()).or_insert(from);
            *known = known.or(from);
        });
        noted.is_some()
    }

    /// Where a topic was when the socket began to listen to it.
    pub fn heard_from(&self, topic: &str) -> Option<Position> {
        *self.topics().as_ref()?.get(topic)?
    }

    /// Notes that it listens no more to a topic.
    pub(super) fn forget(&self, topic: &Topic) {
        if let Some(topics) = self.topics().as_mut() {
            topics.remove(topic);
        }
    }

    /// All that it listened to, at its end.
    pub(super) fn forget_all(&self) -> Topics {
        self.topics().take().unwrap_or_default()
    }

    fn topics(&self) -> MutexGuard<'_, Option<Topics>> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a look at whose doings are to be kept from this person.
    pub fn turn_to_hide(&self) -> u64 {
        self.hiding_turns.fetch_add(1, Ordering::AcqRel) + 1
    }

    /// Says what a look has found. An older look never undoes a newer one.
    pub fn hide(&self, turn: u64, people: HashSet<UserId>) {
        let mut hidden = self.hidden.write().unwrap_or_else(PoisonError::into_inner);
        if hidden.turn < turn {
            *hidden = Hidden { people, turn };
        }
    }

    /// Whether this look, or a newer one, has found who is hidden.
    pub fn has_hidden(&self, turn: u64) -> bool {
        let hidden = self.hidden.read().unwrap_or_else(PoisonError::into_inner);
        hidden.turn >= turn
    }

    /// Whether somebody is not there for this person.
    pub fn hides(&self, user: UserId) -> bool {
        let hidden = self.hidden.read().unwrap_or_else(PoisonError::into_inner);
        hidden.people.contains(&user)
    }

    /// How many people for whom this holds are not there for this person.
    pub fn count_hidden(&self, holds: impl Fn(UserId) -> bool) -> usize {
        let hidden = self.hidden.read().unwrap_or_else(PoisonError::into_inner);
        hidden.people.iter().filter(|user| holds(**user)).count()
    }

    /// Whether somebody for whom this holds is not there for this person.
    pub fn hides_any(&self, holds: impl Fn(UserId) -> bool) -> bool {
        let hidden = self.hidden.read().unwrap_or_else(PoisonError::into_inner);
        hidden.people.iter().any(|user| holds(*user))
    }

    /// Takes a message that came to a room it listens to: sends it, if this path is for it, without
    /// what tells of people who are hidden from them, unless it tells in passing of what they do
    /// themselves.
    pub fn deliver(&self, message: &Message) {
        let is_own_echo = message.place.is_none() && message.author == Some(self.actor.user);
        if is_own_echo || !(self.channel.forwards)(message) {
            return;
        }
        match self.visibility(message) {
            Visibility::Whole => self.send(message),
            Visibility::Redacted(message) => self.send(&message),
            Visibility::Hidden => {}
        }
    }

    fn visibility(&self, message: &Message) -> Visibility {
        let hidden = self.hidden.read().unwrap_or_else(PoisonError::into_inner);
        Visibility::of(message, &hidden.people)
    }

    /// Takes a message for its person. What comes before it was shown how things are follows that.
    pub fn hear_as_person(&self, message: &Arc<Message>) {
        let mut early = self.early.lock().unwrap_or_else(PoisonError::into_inner);
        match early.as_mut() {
            Some(early) if early.len() < MAX_EARLY => early.push(Arc::clone(message)),
            Some(_) => {}
            None => self.deliver(message),
        }
    }

    /// It was shown how things are: from now on its person is told of what changes.
    pub fn is_shown(&self) {
        let mut early = self.early.lock().unwrap_or_else(PoisonError::into_inner);
        let came = early.take().unwrap_or_default();
        came.iter().for_each(|message| self.deliver(message));
    }

    /// Lets the ride look again if the message is one that it minds.
    pub fn request_recheck(&self, message: &Message) {
        if (self.channel.rechecks_on)(message) {
            self.minded.store(true, Ordering::Release);
            self.recheck_requested.notify_one();
        }
    }

    /// Whether something came that the ride minds, since this was asked last.
    pub fn take_recheck(&self) -> bool {
        self.minded.swap(false, Ordering::AcqRel)
    }

    /// Lets the socket's task listen to one more chat.
    pub fn follow(&self, chat: JoinedChat) {
        let mut joined = self.joined.lock().unwrap_or_else(PoisonError::into_inner);
        if joined.len() >= MAX_JOINED {
            drop(joined);
            return self.close(&Close::restarting());
        }
        joined.push(chat);
        self.recheck_requested.notify_one();
    }

    /// The chats to listen to from now on, in the order in which they were joined.
    pub fn take_joined(&self) -> Vec<JoinedChat> {
        let mut joined = self.joined.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut joined)
    }

    /// Waits until there is something for the socket's task to do; for one who waits.
    pub async fn recheck_requested(&self) {
        self.recheck_requested.notified().await;
    }

    /// Sends a message.
    pub fn send(&self, message: &Message) {
        let frame = message.frame(self.channel.style);
        match self.queue.push(frame, message.class()) {
            Pushed::Overflow => {
                metrics::counter!("courtside_sockets_too_slow_total").increment(1);
            }
            Pushed::Skipped(chats) => self.skip(&chats, message.at),
            Pushed::Taken | Pushed::Dropped | Pushed::Closing => {}
        }
    }

    /// Tells a reader who has fallen behind which chats to read again.
    fn skip(&self, chats: &BTreeSet<ChatId>, at: Timestamp) {
        metrics::counter!("courtside_socket_skips_total").increment(1);
        let streams = chats.iter().map(|chat| chat::stream_of(*chat)).collect();
        match Message::of("resync", &Resync { streams }, at) {
            Ok(resync) => self.send(&resync),
            Err(_) => self.close(&Close::restarting()),
        }
    }

    /// Sends something that happens now.
    ///
    /// # Errors
    /// The data cannot be written, which is a mistake of ours.
    pub fn tell_data(
        &self,
        name: &str,
        data: &impl Serialize,
        now: Timestamp,
    ) -> Result<(), AppError> {
        self.send(&Message::of(name, data, now)?);
        Ok(())
    }

    /// Says good-bye after what waits.
    pub fn close(&self, close: &Close) {
        self.queue.close(close);
    }

    /// Ends the connection under the socket, whatever its peer does.
    pub fn hang_up(&self) {
        if let Some(connection) = &self.connection {
            connection.abort();
        }
    }
}
