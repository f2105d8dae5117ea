//! One connected socket, as the hub and its own task share it.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use bus::Topic;
use kernel::{Actor, UserId};
use socket2::Socket;

use super::close::Close;
use super::frame::{Dialect, Message};
use super::queue::{Pushed, Queue};

/// A socket and who sits at its other end.
pub struct Client {
    /// Which socket of this node.
    pub id: u64,
    /// Who it is.
    pub actor: Actor,
    /// How its frames are named.
    pub dialect: Dialect,
    /// What waits to be sent.
    pub queue: Queue,
    /// People whose doings are kept from this person.
    hidden: RwLock<Arc<HashSet<UserId>>>,
    /// What it listens to; nothing once it has left.
    topics: Mutex<Option<HashSet<Topic>>>,
    /// The connection itself, to hang up on somebody who will not read.
    socket: Option<Arc<Socket>>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "socket {} of {:?}", self.id, self.actor.user)
    }
}

impl Client {
    /// A socket that has just been opened.
    #[must_use]
    pub fn new(id: u64, actor: Actor, dialect: Dialect, socket: Option<Arc<Socket>>) -> Self {
        let (queue, hidden) = (Queue::default(), RwLock::default());
        let topics = Mutex::new(Some(HashSet::new()));
        Self {
            id,
            actor,
            dialect,
            queue,
            hidden,
            topics,
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

    /// Says whose doings are to be kept from this person.
    pub fn hide(&self, people: HashSet<UserId>) {
        *self.hidden.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(people);
    }

    fn hides(&self, author: Option<UserId>) -> bool {
        let hidden = || self.hidden.read().unwrap_or_else(PoisonError::into_inner);
        author.is_some_and(|author| hidden().contains(&author))
    }

    /// Sends a message, unless it comes from somebody they block, or tells in passing of what they
    /// do themselves.
    pub fn tell(&self, message: &Message) {
        let is_own_echo = message.place.is_none() && message.author == Some(self.actor.user);
        if is_own_echo || self.hides(message.author) {
            return;
        }
        let frame = message.frame(self.dialect);
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
