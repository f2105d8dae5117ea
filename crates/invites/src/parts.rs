//! What invites stand on, and what use cases share.

use std::sync::Arc;

use contract::invites::{Invite, InviteId};
use db::{AnyConn, Store};
use kernel::error::Common;
use kernel::{Actor, AppError, Timestamp, UserId};

use crate::Error;
use crate::events::Pair;
use crate::ports::{Contacts, GameCatalog, MatchFactory, Matches, Players, Relation};
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
    pub catalogue: Arc<dyn GameCatalog>,
    /// Opens matches.
    pub tables: Arc<dyn MatchFactory>,
}

impl std::fmt::Debug for InvitesParts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "InvitesParts on {:?}", self.store)
    }
}

impl InvitesParts {
    /// These two, as sender and receiver, if both are still there.
    pub(crate) fn pair(
        &self,
        conn: &mut AnyConn,
        sender: UserId,
        receiver: UserId,
    ) -> Result<Option<Pair>, AppError> {
        let mut players = self.players.of(conn, &[sender, receiver])?;
        let both = (players.remove(&sender), players.remove(&receiver));
        Ok(match both {
            (Some(sender), Some(receiver)) => Some(Pair { sender, receiver }),
            _ => None,
        })
    }

    /// The person with this name, who is somebody else.
    pub(crate) fn other(
        &self,
        conn: &mut AnyConn,
        actor: &Actor,
        username: &str,
    ) -> Result<UserId, AppError> {
        let named = self.players.named(conn, username)?;
        let id = named.ok_or(Common::UserNotFound)?.summary.id;
        if id == actor.user {
            return Err(Common::Oneself.on_field("username"));
        }
        Ok(id)
    }

    /// How these two stand, if they can meet in a match now. Decided under the locks of both, so
    /// that a match of either that is being opened is seen.
    pub(crate) fn may_meet(
        &self,
        conn: &mut AnyConn,
        me: UserId,
        them: UserId,
        now: Timestamp,
    ) -> Result<Relation, AppError> {
        let relation = self.contacts.relation(conn, me, them)?;
        let playing = self.matches.playing(conn, &[me, them], now)?;
        let [i_play, they_play] = [me, them].map(|user| playing.contains(&user));
        sending::may_meet(relation, i_play, they_play)?;
        Ok(relation)
    }
}

/// An invite that this person has sent or received.
pub(crate) fn mine(conn: &mut AnyConn, user: UserId, id: InviteId) -> Result<Row, AppError> {
    let mine = |row: &Row| row.sender_id == user || row.receiver_id == user;
    let found = store::load(conn, id)?.filter(mine);
    Ok(found.ok_or(Error::NotFound)?)
}

pub(crate) fn shown(row: &Row, pair: &Pair, now: Timestamp) -> Invite {
    row.shown(&pair.sender, &pair.receiver, now)
}

/// Keeps others from sending or answering invites of these people until the transaction ends.
pub(crate) fn lock(conn: &mut AnyConn, mut users: Vec<UserId>) -> Result<(), AppError> {
    users.sort_unstable();
    users
        .iter()
        .try_for_each(|user| db::lock(conn, &format!("invites:{user}")))
}
