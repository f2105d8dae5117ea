//! What this crate needs, and what its use cases share.

use std::sync::Arc;

use contract::invites::{Invite, InviteId};
use db::{AnyConn, Store};
use kernel::error::Common;
use kernel::{Actor, AppError, Relation, Timestamp, UserId};

use crate::Error;
use crate::events::InvitePair;
use crate::ports::{GameCatalog, InviteRelations, MatchDirectory, MatchFactory, PlayerDirectory};
use crate::queries::{self, InviteRow};
use crate::rules::invite_policy;

/// What this crate needs.
#[derive(Clone)]
pub struct InvitesParts {
    /// The database.
    pub store: Store,
    /// Looks players up.
    pub players: Arc<dyn PlayerDirectory>,
    /// Knows the relations of users.
    pub relations: Arc<dyn InviteRelations>,
    /// Knows running and finished matches.
    pub matches: Arc<dyn MatchDirectory>,
    /// Knows the games.
    pub games: Arc<dyn GameCatalog>,
    /// Creates matches.
    pub match_factory: Arc<dyn MatchFactory>,
}

impl std::fmt::Debug for InvitesParts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "InvitesParts on {:?}", self.store)
    }
}

impl InvitesParts {
    /// Loads sender and receiver, if both have an active account.
    pub(crate) fn load_pair(
        &self,
        conn: &mut AnyConn,
        sender: UserId,
        receiver: UserId,
    ) -> Result<Option<InvitePair>, AppError> {
        let mut players = self.players.load(conn, &[sender, receiver])?;
        let both = (players.remove(&sender), players.remove(&receiver));
        Ok(match both {
            (Some(sender), Some(receiver)) => Some(InvitePair { sender, receiver }),
            _ => None,
        })
    }

    /// Finds another user than the actor by name.
    pub(crate) fn find_other_player(
        &self,
        conn: &mut AnyConn,
        actor: &Actor,
        username: &str,
    ) -> Result<UserId, AppError> {
        let found = self.players.find_by_username(conn, username)?;
        let id = found.ok_or(Common::UserNotFound)?.summary.id;
        if id == actor.user {
            return Err(Common::Oneself.on_field("username"));
        }
        Ok(id)
    }

    /// Checks that two users can play a match now, and returns their relation. The caller holds the
    /// locks of both, so that a match that is being created is seen.
    pub(crate) fn ensure_can_play(
        &self,
        conn: &mut AnyConn,
        user: UserId,
        opponent: UserId,
        now: Timestamp,
    ) -> Result<Relation, AppError> {
        let relation = self.relations.relation(conn, user, opponent)?;
        let playing = self.matches.playing(conn, &[user, opponent], now)?;
        let [user, opponent] = [user, opponent].map(|player| playing.contains(&player));
        invite_policy::ensure_can_play(relation, user, opponent)?;
        Ok(relation)
    }
}

/// Loads an invite that a user has sent or received.
pub(crate) fn load_own(
    conn: &mut AnyConn,
    user: UserId,
    id: InviteId,
) -> Result<InviteRow, AppError> {
    let is_own = |row: &InviteRow| row.sender_id == user || row.receiver_id == user;
    let found = queries::load(conn, id)?.filter(is_own);
    Ok(found.ok_or(Error::NotFound)?)
}

pub(crate) fn to_dto(row: &InviteRow, pair: &InvitePair, now: Timestamp) -> Invite {
    row.to_dto(&pair.sender, &pair.receiver, now)
}

/// Locks the invites of these users until the transaction ends.
pub(crate) fn lock_players(conn: &mut AnyConn, mut users: Vec<UserId>) -> Result<(), AppError> {
    users.sort_unstable();
    users
        .iter()
        .try_for_each(|user| db::lock(conn, &format!("invites:{user}")))
}
