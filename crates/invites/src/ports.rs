//! What this crate needs from other domains. Reads take the connection at hand, so that a decision is
//! made in the transaction that acts on it.

use std::collections::{HashMap, HashSet};

use contract::accounts::Audience;
use contract::invites::{InviteId, MatchId};
use contract::users::UserSummary;
use db::{AnyConn, Tx};
use kernel::{AppError, Relation, Timestamp, UserId};
use serde_json::{Map, Value};

/// A user whose account is neither deleted nor suspended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitePlayer {
    /// Id and names.
    pub summary: UserSummary,
    /// Who may send invites to the user.
    pub game_invites: Audience,
}

/// Looks players up. Each method takes a fixed number of statements.
pub trait PlayerDirectory: Send + Sync {
    /// Finds a user by name, in any case.
    ///
    /// # Errors
    /// Only if the database fails.
    fn find_by_username(
        &self,
        conn: &mut AnyConn,
        username: &str,
    ) -> Result<Option<InvitePlayer>, AppError>;

    /// Loads users by id. Users without an active account are left out.
    ///
    /// # Errors
    /// Only if the database fails.
    fn load(
        &self,
        conn: &mut AnyConn,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, InvitePlayer>, AppError>;

    /// Loads those of these users that [`load`](Self::load) leaves out.
    ///
    /// # Errors
    /// Only if the database fails.
    fn inactive(&self, conn: &mut AnyConn, ids: &[UserId]) -> Result<HashSet<UserId>, AppError>;
}

/// Knows the relations of users.
pub trait InviteRelations: Send + Sync {
    /// Loads the relation of two users.
    ///
    /// # Errors
    /// Only if the database fails.
    fn relation(
        &self,
        conn: &mut AnyConn,
        one: UserId,
        other: UserId,
    ) -> Result<Relation, AppError>;

    /// Loads the users who are hidden from this user because one has blocked the other.
    ///
    /// # Errors
    /// Only if the database fails.
    fn hidden_from(&self, conn: &mut AnyConn, user: UserId) -> Result<HashSet<UserId>, AppError>;
}

/// A finished match, seen by one of its players.
#[derive(Debug, Clone, PartialEq)]
pub struct FinishedMatch {
    /// The other player, who is a user.
    pub opponent: UserId,
    /// The game.
    pub game: String,
    /// The options of the match.
    pub options: Map<String, Value>,
}

/// Knows running and finished matches.
pub trait MatchDirectory: Send + Sync {
    /// Loads those of these users who are in a match now or have a reserved one.
    ///
    /// # Errors
    /// Only if the database fails.
    fn playing(
        &self,
        conn: &mut AnyConn,
        users: &[UserId],
        now: Timestamp,
    ) -> Result<Vec<UserId>, AppError>;

    /// Loads a finished match of this player against another user.
    ///
    /// # Errors
    /// Only if the database fails.
    fn finished(
        &self,
        conn: &mut AnyConn,
        player: UserId,
        id: MatchId,
    ) -> Result<Option<FinishedMatch>, AppError>;
}

/// Knows the games.
pub trait GameCatalog: Send + Sync {
    /// Checks the options of a game, and returns all of them, with the defaults of those that are not
    /// given.
    ///
    /// # Errors
    /// The game is unknown, or some options are not valid.
    fn check(&self, game: &str, given: &Map<String, Value>) -> Result<Value, AppError>;
}

/// A match to be created for an accepted invite.
#[derive(Debug, Clone, PartialEq)]
pub struct NewMatch<'a> {
    /// The invite. It has one match at most.
    pub invite: InviteId,
    /// The game.
    pub game: &'a str,
    /// All options of the game.
    pub options: &'a Value,
    /// Sender and receiver of the invite.
    pub players: [UserId; 2],
}

/// Creates matches.
pub trait MatchFactory: Send + Sync {
    /// Creates a match in the transaction that accepts the invite. An error leaves the invite pending.
    ///
    /// # Errors
    /// The match cannot be created, for example since a player has just started another one.
    fn create_match(&self, tx: &mut Tx<'_>, new_match: &NewMatch<'_>) -> Result<MatchId, AppError>;
}
