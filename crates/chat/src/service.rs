//! The door to chat: one value that every use case is a method of. The methods stand in the files
//! of their subjects.

use std::sync::Arc;
use std::time::Duration;

use contract::chat::ChatId;
use contract::notify::{SETTLED, Settled};
use contract::users::UserSummary;
use kernel::{Actor, Ambient, Fault, UserId};
use store::{NewJob, Store, Tx};

use crate::Error;
use crate::ports::{Contacts, Live, Names, Presence, Privacy, Standing};
use crate::posting::Queue;
use crate::rules::Kind;
use crate::store::chats::{self, Place};
use crate::typing::Typists;

/// How chat is kept in this installation.
#[derive(Debug, Clone)]
pub struct ChatConfig {
    /// Whether only those may write whose e-mail address is proven.
    pub verified_only: bool,
    /// After how long somebody who does not go on typing counts as having stopped.
    pub typing_lasts: Duration,
}

impl Default for ChatConfig {
    fn default() -> Self {
        Self {
            verified_only: true,
            typing_lasts: Duration::from_secs(5),
        }
    }
}

/// What chat stands on.
#[derive(Clone)]
pub struct ChatParts {
    /// The database.
    pub store: Store,
    /// Knows who may write to whom.
    pub contacts: Arc<dyn Contacts>,
    /// Knows what people are called.
    pub names: Arc<dyn Names>,
    /// Knows who is around.
    pub presence: Arc<dyn Presence>,
    /// Knows what people keep to themselves.
    pub privacy: Arc<dyn Privacy>,
    /// Carries what nobody needs to hear later.
    pub live: Arc<dyn Live>,
}

impl std::fmt::Debug for ChatParts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ChatParts on {:?}", self.store)
    }
}

/// Conversations, lobbies and rooms. Clones are cheap and share everything.
#[derive(Debug, Clone)]
pub struct Chat {
    pub(crate) inner: Arc<Inner>,
}

/// What the subjects share.
#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) config: ChatConfig,
    pub(crate) ambient: Ambient,
    pub(crate) parts: ChatParts,
    pub(crate) queue: Queue,
    pub(crate) typists: Typists,
}

impl Chat {
    /// The chats in this database.
    #[must_use]
    pub fn new(config: ChatConfig, parts: ChatParts) -> Self {
        let inner = Inner {
            config,
            ambient: parts.store.ambient().clone(),
            queue: Queue::new(&parts),
            parts,
            typists: Typists::default(),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Refuses those who may only look around.
    pub(crate) fn may_speak(&self, actor: &Actor) -> Result<(), Fault> {
        if self.inner.config.verified_only && !actor.verified {
            return Err(Error::Unverified.into());
        }
        Ok(())
    }

    /// The actor's place in a chat that is there for them.
    pub(crate) async fn place(&self, actor: &Actor, chat: ChatId) -> Result<Seat, Fault> {
        let user = actor.user;
        let look = move |conn: &mut store::AnyConn| chats::place(conn, chat, user);
        let place = self.inner.parts.store.read(look).await?;
        self.seat(user, place).await
    }

    /// A place as it is for this person: a conversation across a block is not there.
    pub(crate) async fn seat(&self, user: UserId, place: Option<Place>) -> Result<Seat, Fault> {
        let place = place
            .filter(Place::is_open)
            .ok_or_else(|| Fault::from(Error::NotAMember))?;
        let standing = match place.peer() {
            None => Standing::Friends,
            Some(peer) => self.standing(user, peer).await?,
        };
        match standing {
            Standing::Blocked => Err(Error::NotAMember.into()),
            standing => Ok(Seat { place, standing }),
        }
    }

    pub(crate) async fn standing(&self, one: UserId, other: UserId) -> Result<Standing, Fault> {
        let standings = self.inner.parts.contacts.standings(&[(one, other)]).await?;
        // Better nobody there than somebody who is blocked.
        Ok(standings.first().copied().unwrap_or(Standing::Blocked))
    }

    /// The person with this name or id, who is not the actor and not across a block.
    pub(crate) async fn person(&self, actor: &Actor, who: &str) -> Result<Person, Fault> {
        let names = &self.inner.parts.names;
        let found = match who.parse::<UserId>() {
            Ok(id) => names.summaries(&[id]).await?.remove(&id),
            Err(_) => names.named(&[who.to_owned()]).await?.into_iter().next(),
        };
        let summary = found.ok_or_else(|| Fault::from(Error::PersonNotFound))?;
        if summary.id == actor.user {
            return Err(Error::WithOneself.into());
        }
        match self.standing(actor.user, summary.id).await? {
            Standing::Blocked => Err(Error::PersonNotFound.into()),
            standing => Ok(Person { summary, standing }),
        }
    }

    /// Those whose messages are not there for this person in a chat of this kind. Two people who
    /// block each other have no conversation at all.
    pub(crate) async fn hidden(&self, user: UserId, kind: Kind) -> Result<Vec<UserId>, Fault> {
        if kind == Kind::Direct {
            return Ok(vec![]);
        }
        self.inner.parts.contacts.hidden_from(user).await
    }
}

/// A place, and how one stands to the other where there is one.
#[derive(Debug, Clone)]
pub(crate) struct Seat {
    pub(crate) place: Place,
    standing: Standing,
}

impl Seat {
    pub(crate) fn new(place: Place, standing: Standing) -> Self {
        Self { place, standing }
    }

    /// Whether what one does may show up at others.
    pub(crate) fn may_write(&self) -> bool {
        self.standing == Standing::Friends
    }

    /// Refuses what would show up at somebody who is no friend.
    pub(crate) fn writable(self) -> Result<Self, Fault> {
        if self.may_write() {
            Ok(self)
        } else {
            Err(Error::NotFriends.into())
        }
    }
}

/// Somebody to have a conversation with.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) summary: UserSummary,
    pub(crate) standing: Standing,
}

/// The stream of a chat's events, and the topic of its ephemeral ones.
#[must_use]
pub fn stream_of(chat: ChatId) -> String {
    format!("chat:{chat}")
}

/// The stream of what concerns one person alone.
pub(crate) fn personal(user: UserId) -> String {
    format!("user:{user}")
}

/// Says that notifications about messages up to this place are dealt with, in the same transaction.
pub(crate) fn settle(tx: &mut Tx<'_>, user: UserId, chat: ChatId, seq: i64) -> Result<(), Fault> {
    tx.enqueue(NewJob::new(SETTLED, &Settled::up_to(user, chat, seq))?)
}
