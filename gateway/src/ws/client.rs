//! One connected socket, as the hub and its own task share it.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use bus::Topic;
use kernel::{Actor, UserId};
use socket2::Socket;
use tokio::sync::Notify;

use super::close::Close;
use super::frame::Message;
use super::manner::Manner;
use super::queue::{Pushed, Queue};

/// So much is kept for a socket while it is being greeted: a change of each friend.
const MOST_EARLY: usize = 1_000;

/// A socket and who sits at its other end.
pub struct Client {
    /// Which socket of this node.
    pub id: u64,
    /// Who it is.
    pub actor: Actor,
    /// How it speaks and listens.
    pub manner: &'static Manner,
    /// What waits to be sent.
    pub queue: Arc<Queue>,
    /// People whose doings are kept from this person.
    hidden: RwLock<Hidden>,
    /// Counts the looks at who that is.
    hiding_turns: AtomicU64,
    /// Told when its ride has to look again; however often, it looks once.
    stirred: Notify,
    /// What came for its person while it was being greeted and shown how things are; nothing once
    /// that is done.
    early: Mutex<Option<Vec<Arc<Message>>>>,
    /// What it listens to; nothing once it has left.
    topics: Mutex<Option<HashSet<Topic>>>,
    /// The connection itself, to hang up on somebody who will not read.
    socket: Option<Arc<Socket>>,
}

#[derive(Default)]
struct Hidden {
    people: HashSet<UserId>,
    /// The look that found them.
    turn: u64,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "socket {} of {:?}", self.id, self.actor.user)
    }
}

impl Client {
    /// A socket that has just been opened.
    #[must_use]
    pub fn new(
        id: u64,
        actor: Actor,
        manner: &'static Manner,
        queue: Arc<Queue>,
        socket: Option<Arc<Socket>>,
    ) -> Self {
        Self {
            id,
            actor,
            manner,
            queue,
            hidden: RwLock::default(),
            hiding_turns: AtomicU64::new(0),
            stirred: Notify::new(),
            early: Mutex::new(Some(vec![])),
            topics: Mutex::new(Some(HashSet::new())),
            socket,
        }
    }

    /// Notes that it listens to a topic. False if it has left meanwhile.
    pub(super) fn note(&self, topic: &Topic) -> bool {
        let mut topics = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        topics
            .as_mut()
            .map(|topics| topics.insert(topic.clone()))
            .is_some()
    }

    /// Notes that it listens no more to a topic.
    pub(super) fn forget(&self, topic: &Topic) {
        let mut topics = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(topics) = topics.as_mut() {
            topics.remove(topic);
        }
    }

    /// All that it listened to, at its end.
    pub(super) fn forget_all(&self) -> HashSet<Topic> {
        self.topics
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
            .unwrap_or_default()
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

    /// Whether somebody is not there for this person.
    pub fn hides(&self, user: UserId) -> bool {
        let hidden = self.hidden.read().unwrap_or_else(PoisonError::into_inner);
        hidden.people.contains(&user)
    }

    /// Whether somebody for whom this holds is not there for this person.
    pub fn hides_any(&self, holds: impl Fn(UserId) -> bool) -> bool {
        let hidden = self.hidden.read().unwrap_or_else(PoisonError::into_inner);
        hidden.people.iter().any(|user| holds(*user))
    }

    /// Takes a message that came to a room it listens to: sends it, if this path is for it, unless
    /// it comes from somebody they block, or tells in passing of what they do themselves.
    pub fn hear(&self, message: &Message) {
        let is_own_echo = message.place.is_none() && message.author == Some(self.actor.user);
        let is_hidden = || message.author.is_some_and(|author| self.hides(author));
        if !is_own_echo && (self.manner.hears)(message) && !is_hidden() {
            self.tell(message);
        }
    }

    /// Takes a message for its person. What comes before it was shown how things are follows that.
    pub fn hear_as_person(&self, message: &Arc<Message>) {
        let mut early = self.early.lock().unwrap_or_else(PoisonError::into_inner);
        match early.as_mut() {
            Some(early) if early.len() < MOST_EARLY => early.push(Arc::clone(message)),
            Some(_) => {}
            None => self.hear(message),
        }
    }

    /// It was shown how things are: from now on its person is told of what changes.
    pub fn is_shown(&self) {
        let mut early = self.early.lock().unwrap_or_else(PoisonError::into_inner);
        let came = early.take().unwrap_or_default();
        came.iter().for_each(|message| self.hear(message));
    }

    /// Lets the ride look again if the message is one that it minds.
    pub fn mind(&self, message: &Message) {
        if (self.manner.minds)(message) {
            self.stirred.notify_one();
        }
    }

    /// Waits until something came that the ride minds; for one who waits.
    pub async fn stirred(&self) {
        self.stirred.notified().await;
    }

    /// Sends a message.
    pub fn tell(&self, message: &Message) {
        let frame = message.frame(self.manner.dialect);
        if self.queue.push(frame, message.place.is_none()) == Pushed::Overflow {
            metrics::counter!("courtside_sockets_too_slow_total").increment(1);
        }
    }

    /// Says good-bye after what waits.
    pub fn close(&self, close: &Close) {
        self.queue.close(close);
    }

    /// Ends the connection under the socket. Dropping both halves of a stalled one leaves it open
    /// in the kernel for as long as the other side likes.
    pub fn hang_up(&self) {
        shut(self.socket.as_deref());
    }
}

fn shut(socket: Option<&Socket>) {
    if let Some(socket) = socket {
        // It fails where the other side has hung up already.
        let _ = socket.shutdown(std::net::Shutdown::Both);
    }
}
