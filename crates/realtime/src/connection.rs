//! One connected socket, shared by the hub and the socket's own task.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use cluster::Topic;
use contract::catalogue::EventName;
use contract::frames::{Resync, StreamPosition};
use contract::streams::StreamName;
use kernel::{Actor, AppError, Timestamp, UserId};
use serde::Serialize;
use tokio::sync::Notify;

use crate::channel::ChannelSpec;
use crate::close::Close;
use crate::message::ServerMessage;
use crate::queue::{Pushed, SendQueue};
use crate::redaction::{Redaction, Visibility};
use crate::sync::{AtomicBool, AtomicU64, Mutex, MutexGuard, Ordering, PoisonError, RwLock};

/// The most messages for its user that are kept while a socket is being greeted: one per friend.
const MAX_EARLY: usize = 1_000;

/// The most joined streams that wait to be subscribed to. With more, the client must reconnect.
const MAX_JOINED: usize = 1_000;

/// A socket and the user at its other end.
pub struct Connection {
    /// The number of the socket on this node.
    pub id: u64,
    /// The user who opened it, as of that moment.
    pub actor: Actor,
    /// The same user as of the last check of the session.
    current: Mutex<Actor>,
    /// The settings of its path.
    pub channel: &'static ChannelSpec,
    /// What waits to be sent.
    pub queue: Arc<SendQueue>,
    redaction: Arc<dyn Redaction>,
    /// Users who are hidden from this one.
    hidden: RwLock<HiddenUsers>,
    /// Numbers the reads of who is hidden.
    hidden_reads: AtomicU64,
    /// Notified when the socket's task has something to do besides what the client asks for.
    wakeup: Notify,
    /// Whether the channel handler must check again what the user may see.
    needs_recheck: AtomicBool,
    /// Streams that the user has joined and the socket's task must subscribe to.
    joined: Mutex<Vec<JoinedStream>>,
    /// Messages for the user that came before the state they refer to was sent; `None` afterwards.
    early: Mutex<Option<Vec<Arc<ServerMessage>>>>,
    /// The subscribed topics; `None` after the socket has left.
    topics: Mutex<Option<SubscribedTopics>>,
}

/// Subscribed topics with the position of each at that moment; `None` for topics that are only
/// watched.
type SubscribedTopics = HashMap<Topic, Option<StreamPosition>>;

/// A stream that a user follows from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JoinedStream {
    /// The stream.
    pub stream: StreamName,
    /// Its position at that moment.
    pub since: StreamPosition,
}

#[derive(Default)]
struct HiddenUsers {
    users: HashSet<UserId>,
    /// The number of the read that found them.
    read: u64,
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
        queue: Arc<SendQueue>,
        redaction: Arc<dyn Redaction>,
    ) -> Self {
        Self {
            id,
            actor,
            current: Mutex::new(actor),
            channel,
            queue,
            redaction,
            hidden: RwLock::default(),
            hidden_reads: AtomicU64::new(0),
            wakeup: Notify::new(),
            needs_recheck: AtomicBool::new(false),
            joined: Mutex::default(),
            early: Mutex::new(Some(vec![])),
            topics: Mutex::new(Some(HashMap::new())),
        }
    }

    /// The user as of the last check of the session.
    pub fn current_actor(&self) -> Actor {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets the user as of now.
    pub fn refresh(&self, actor: Actor) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = actor;
    }

    /// Records a topic and the position from which it is subscribed to; `None` if it is only watched.
    /// False if the socket has left meanwhile.
    pub(crate) fn add_topic(&self, topic: &Topic, from: Option<StreamPosition>) -> bool {
        let mut topics = self.topics();
        let added = topics.as_mut().map(|topics| {
            let known = topics.entry(topic.clone()).or_insert(from);
            *known = known.or(from);
        });
        added.is_some()
    }

    /// The position from which it is subscribed to a stream.
    pub(crate) fn subscribed_from(&self, stream: &str) -> Option<StreamPosition> {
        *self.topics().as_ref()?.get(stream)?
    }

    /// Records that it is not subscribed to a topic any more.
    pub(crate) fn remove_topic(&self, topic: &Topic) {
        if let Some(topics) = self.topics().as_mut() {
            topics.remove(topic);
        }
    }

    /// Takes all topics; no others can be added.
    pub(crate) fn take_topics(&self) -> SubscribedTopics {
        self.topics().take().unwrap_or_default()
    }

    fn topics(&self) -> MutexGuard<'_, Option<SubscribedTopics>> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number for a read of who is hidden, which begins now.
    pub fn begin_hidden_read(&self) -> u64 {
        self.hidden_reads.fetch_add(1, Ordering::AcqRel) + 1
    }

    /// Sets who is hidden, unless a later read has done so already.
    pub fn hide(&self, read: u64, users: HashSet<UserId>) {
        let mut hidden = self.hidden.write().unwrap_or_else(PoisonError::into_inner);
        if hidden.read < read {
            *hidden = HiddenUsers { users, read };
        }
    }

    /// Whether this read, or a later one, has set who is hidden.
    pub(crate) fn has_hidden(&self, read: u64) -> bool {
        let hidden = self.hidden.read().unwrap_or_else(PoisonError::into_inner);
        hidden.read >= read
    }

    /// Whether a user is hidden from this one.
    pub fn hides(&self, user: UserId) -> bool {
        let hidden = self.hidden.read().unwrap_or_else(PoisonError::into_inner);
        hidden.users.contains(&user)
    }

    /// The number of hidden users for whom `holds` is true.
    pub fn count_hidden(&self, holds: impl Fn(UserId) -> bool) -> usize {
        let hidden = self.hidden.read().unwrap_or_else(PoisonError::into_inner);
        hidden.users.iter().filter(|user| holds(**user)).count()
    }

    /// Whether `holds` is true for a hidden user.
    pub fn hides_any(&self, holds: impl Fn(UserId) -> bool) -> bool {
        let hidden = self.hidden.read().unwrap_or_else(PoisonError::into_inner);
        hidden.users.iter().any(|user| holds(*user))
    }

    /// Sends a message of a subscribed topic if it is for an audience of the channel, without what tells of hidden
    /// users. Ephemeral messages are not sent back to their author.
    pub fn deliver(&self, message: &ServerMessage) {
        let is_own_echo = message.position().is_none() && message.author == Some(self.actor.user);
        if is_own_echo || !self.channel.audiences.contains(&message.audience()) {
            return;
        }
        match self.visibility(message) {
            Visibility::Whole => self.send(message),
            Visibility::Redacted(message) => self.send(&message),
            Visibility::Hidden => {}
        }
    }

    fn visibility(&self, message: &ServerMessage) -> Visibility {
        let hidden = self.hidden.read().unwrap_or_else(PoisonError::into_inner);
        Visibility::of(message, &hidden.users, &*self.redaction)
    }

    /// Sends a message for the user, after the state that it refers to.
    pub fn deliver_to_user(&self, message: &Arc<ServerMessage>) {
        let mut early = self.early.lock().unwrap_or_else(PoisonError::into_inner);
        match early.as_mut() {
            Some(early) if early.len() < MAX_EARLY => early.push(Arc::clone(message)),
            Some(_) => {}
            None => self.deliver(message),
        }
    }

    /// The initial state was sent: messages for the user follow.
    pub(crate) fn release_early(&self) {
        let mut early = self.early.lock().unwrap_or_else(PoisonError::into_inner);
        let messages = early.take().unwrap_or_default();
        messages.iter().for_each(|message| self.deliver(message));
    }

    /// Lets the channel handler check again what the user may see, if the channel does so on this
    /// message.
    pub(crate) fn request_recheck(&self, message: &ServerMessage) {
        if (self.channel.rechecks_on)(message) {
            self.needs_recheck.store(true, Ordering::Release);
            self.wakeup.notify_one();
        }
    }

    /// Whether a recheck was requested since the last call.
    pub(crate) fn take_recheck(&self) -> bool {
        self.needs_recheck.swap(false, Ordering::AcqRel)
    }

    /// Lets the socket's task subscribe to a further stream.
    pub fn follow(&self, joined: JoinedStream) {
        let mut waiting = self.joined.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= MAX_JOINED {
            drop(waiting);
            return self.close(&Close::restarting());
        }
        waiting.push(joined);
        self.wakeup.notify_one();
    }

    /// The streams to subscribe to, in the order in which they were joined.
    pub(crate) fn take_joined(&self) -> Vec<JoinedStream> {
        let mut joined = self.joined.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut joined)
    }

    /// Waits until a recheck was requested or a stream was joined. Only one task may wait.
    pub(crate) async fn wakeup(&self) {
        self.wakeup.notified().await;
    }

    /// Sends a message.
    pub fn send(&self, message: &ServerMessage) {
        let frame = message.frame(self.channel.style);
        match self.queue.push(frame, message.priority()) {
            Pushed::Overflow => {
                metrics::counter!("courtside_sockets_too_slow_total").increment(1);
            }
            Pushed::Skipped(streams) => self.send_resync(&streams, message.at),
            Pushed::Queued | Pushed::Dropped | Pushed::Closing => {}
        }
    }

    /// Tells a slow reader which streams to read again.
    fn send_resync(&self, streams: &BTreeSet<StreamName>, at: Timestamp) {
        metrics::counter!("courtside_socket_skips_total").increment(1);
        let streams = streams.iter().map(StreamName::to_string).collect();
        match ServerMessage::required(EventName::Resync, &Resync { streams }, at) {
            Ok(resync) => self.send(&resync),
            Err(_) => self.close(&Close::restarting()),
        }
    }

    /// Sends a response, which must not be lost.
    ///
    /// # Errors
    /// The data cannot be encoded, which is a programming error.
    pub(crate) fn respond(
        &self,
        event: EventName,
        data: &impl Serialize,
        now: Timestamp,
    ) -> Result<(), AppError> {
        self.send(&ServerMessage::required(event, data, now)?);
        Ok(())
    }

    /// Closes the socket after what waits.
    pub fn close(&self, close: &Close) {
        self.queue.close(close);
    }
}
