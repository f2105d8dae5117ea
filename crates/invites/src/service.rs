//! The door to invites: one value that every use case is a method of.

use std::sync::Arc;

use ::store::{AnyConn, Handler, Store};
use contract::invites::{Invite, InviteId};
use kernel::{Actor, Fault, Timestamp, UserId};

use crate::Error;
use crate::events::Pair;
use crate::expiry::Expire;
use crate::ports::{Catalogue, Contacts, Matches, Player, Players, Tables};
use crate::rules::sending;
use crate::store::{self, Row};

/// What invites stand on.
#[derive(Clone)]
pub struct InvitesParts {
    /// The database.
    pub store: Store,
    /// Knows who people are.
    pub players: Arc<dyn Players>,
    /// Knows how people stand to each other.
    pub contacts: Arc<dyn Contacts>,
    /// Knows who plays and what was played.
    pub matches: Arc<dyn Matches>,
    /// Knows which games there are.
    pub catalogue: Arc<dyn Catalogue>,
    /// Opens matches.
    pub tables: Arc<dyn Tables>,
}

impl std::fmt::Debug for InvitesParts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "InvitesParts on {:?}", self.store)
    }
}

/// Invitations to play. Clones are cheap and share everything.
#[derive(Clone, Debug)]
pub struct Invites {
    pub(crate) parts: Arc<InvitesParts>,
}

impl Invites {
    /// The invites in this database.
    #[must_use]
    pub fn new(parts: InvitesParts) -> Self {
        Self {
            parts: Arc::new(parts),
        }
    }

    /// The background work of this crate, for the worker.
    #[must_use]
    pub fn jobs(&self) -> Vec<(&'static str, Arc<dyn Handler>)> {
        let expire: Arc<dyn Handler> = Arc::new(Expire(self.clone()));
        vec![(crate::expiry::JOB, expire)]
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.parts.store.ambient().now()
    }

    /// An invite that this person has sent or received.
    pub(crate) async fn mine(&self, user: UserId, id: InviteId) -> Result<Row, Fault> {
        let read = move |conn: &mut AnyConn| store::load(conn, id);
        let found = self.parts.store.read(read).await?;
        let mine = |row: &Row| row.sender_id == user || row.receiver_id == user;
        Ok(found.filter(mine).ok_or(Error::NotFound)?)
    }

    /// The person with this name, who is somebody else.
    pub(crate) async fn other(&self, actor: &Actor, username: &str) -> Result<Player, Fault> {
        let named = self.parts.players.named(username).await?;
        let player = named.ok_or(Error::UserNotFound)?;
        if player.summary.id == actor.user {
            return Err(Error::Oneself.at("username"));
        }
        Ok(player)
    }

    /// These two, as sender and receiver.
    pub(crate) async fn pair(&self, sender: UserId, receiver: UserId) -> Result<Pair, Fault> {
        let mut players = self.parts.players.of(&[sender, receiver]).await?;
        match (players.remove(&sender), players.remove(&receiver)) {
            (Some(sender), Some(receiver)) => Ok(Pair { sender, receiver }),
            _ => Err(Error::UserNotFound.into()),
        }
    }

    /// Whether these two can meet in a match now.
    pub(crate) async fn may_meet(
        &self,
        me: UserId,
        them: UserId,
    ) -> Result<crate::ports::Relation, Fault> {
        let relation = self.parts.contacts.relation(me, them).await?;
        let playing = self.parts.matches.playing(&[me, them]).await?;
        let [i_play, they_play] = [me, them].map(|user| playing.contains(&user));
        sending::may_meet(relation, i_play, they_play)?;
        Ok(relation)
    }

    pub(crate) fn shown(&self, row: &Row, pair: &Pair) -> Invite {
        row.shown(&pair.sender, &pair.receiver, self.now())
    }
}

/// Keeps others from sending or answering invites of these two until the transaction ends.
pub(crate) fn lock(conn: &mut AnyConn, mut users: [UserId; 2]) -> Result<(), Fault> {
    users.sort_unstable();
    users
        .iter()
        .try_for_each(|user| ::store::lock(conn, &format!("invites:{user}")))
}
