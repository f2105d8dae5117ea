//! What this crate needs of other domains. Reads take the connection at hand, so that a decision is made in
//! the transaction that acts on it.

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;
use contract::accounts::Audience;
use contract::invites::MatchId;
use contract::users::{AiSettings, UserSummary};
use db::{AnyConn, Tx};
use kernel::{AppError, Relation, UserId};
use outbox::NodeId;

use crate::{EndedMatch, StoredMatch};

/// Looks users up.
pub trait GamePlayers: Send + Sync {
    /// Finds an active user by name, in any case, and who may see their matches.
    ///
    /// # Errors
    /// Only if the database fails.
    fn find_by_username(
        &self,
        conn: &mut AnyConn,
        username: &str,
    ) -> Result<Option<(UserSummary, Audience)>, AppError>;

    /// The names of users, also of those whose accounts are deleted.
    ///
    /// # Errors
    /// Only if the database fails.
    fn summaries(
        &self,
        conn: &mut AnyConn,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, UserSummary>, AppError>;

    /// Who may see the matches of these users. Users without an account are left out.
    ///
    /// # Errors
    /// Only if the database fails.
    fn history_audiences(
        &self,
        conn: &mut AnyConn,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, Audience>, AppError>;

    /// How a user wants the computer to play.
    ///
    /// # Errors
    /// Only if the database fails.
    fn ai_settings(&self, conn: &mut AnyConn, user: UserId) -> Result<AiSettings, AppError>;

    /// The number of registered users.
    ///
    /// # Errors
    /// Only if the database fails.
    fn count(&self, conn: &mut AnyConn) -> Result<i64, AppError>;
}

/// Knows the relations of users.
pub trait GameRelations: Send + Sync {
    /// The relations of pairs of users, in the order of the pairs.
    ///
    /// # Errors
    /// Only if the database fails.
    fn relations(
        &self,
        conn: &mut AnyConn,
        pairs: &[(UserId, UserId)],
    ) -> Result<Vec<Relation>, AppError>;

    /// The friends of a user.
    ///
    /// # Errors
    /// Only if the database fails.
    fn friends(&self, conn: &mut AnyConn, user: UserId) -> Result<Vec<UserId>, AppError>;

    /// The users who are hidden from this user because one has blocked the other.
    ///
    /// # Errors
    /// Only if the database fails.
    fn hidden_from(&self, conn: &mut AnyConn, user: UserId) -> Result<HashSet<UserId>, AppError>;
}

/// Follows matches, such as a tournament does.
pub trait MatchListener: Send + Sync {
    /// Whether a user may see a match of a tournament that they do not play.
    ///
    /// # Errors
    /// Only if the database fails.
    fn may_see(&self, conn: &mut AnyConn, user: UserId, id: MatchId) -> Result<bool, AppError>;

    /// The end of a match is about to be stored: takes the locks that [`match_ended`](Self::match_ended) needs.
    /// Called before those of its players are taken, so that two transactions never wait for each other crosswise.
    ///
    /// # Errors
    /// Any error leaves the match live; its end is stored later.
    fn lock(&self, tx: &mut Tx<'_>, stored: &StoredMatch) -> Result<(), AppError>;

    /// Play has begun in a match of a tournament.
    ///
    /// # Errors
    /// Any error is logged.
    fn match_started(&self, tx: &mut Tx<'_>, id: MatchId) -> Result<(), AppError>;

    /// A match has ended. Called in the transaction that stores its end.
    ///
    /// # Errors
    /// Any error leaves the match live; its end is stored later.
    fn match_ended(
        &self,
        tx: &mut Tx<'_>,
        stored: &StoredMatch,
        ended: &EndedMatch,
    ) -> Result<(), AppError>;
}

/// Knows which nodes are running.
#[async_trait]
pub trait LiveNodes: Send + Sync {
    /// Whether a node may still run matches.
    ///
    /// # Errors
    /// It cannot be known now.
    async fn is_alive(&self, node: NodeId) -> Result<bool, AppError>;
}
