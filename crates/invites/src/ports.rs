//! What this crate needs of others. Reads take the connection at hand, so that what a decision
//! relies on is read in the transaction that acts on it.

use std::collections::{HashMap, HashSet};

use contract::accounts::Audience;
use contract::invites::{InviteId, MatchId};
use contract::users::UserSummary;
use db::{AnyConn, Tx};
use kernel::{AppError, Timestamp, UserId};
use serde_json::{Map, Value};

/// Somebody with an account that is neither deleted nor suspended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Player {
    /// Their line in a list.
    pub summary: UserSummary,
    /// Who may invite them.
    pub game_invites: Audience,
}

/// Knows who people are. Each call is a fixed number of queries.
pub trait Players: Send + Sync {
    /// The person with this name, whatever its case.
    ///
    /// # Errors
    /// Only where the database is away.
    fn named(&self, conn: &mut AnyConn, username: &str) -> Result<Option<Player>, AppError>;

    /// These people; who is not there any more is left out.
    ///
    /// # Errors
    /// Only where the database is away.
    fn of(&self, conn: &mut AnyConn, ids: &[UserId]) -> Result<HashMap<UserId, Player>, AppError>;

    /// Those of these whom [`of`](Self::of) leaves out.
    ///
    /// # Errors
    /// Only where the database is away.
    fn absent(&self, conn: &mut AnyConn, ids: &[UserId]) -> Result<HashSet<UserId>, AppError>;
}

/// How somebody stands to the one who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// Friends.
    Friend,
    /// Neither friends nor blocked.
    Stranger,
    /// One has blocked the other: neither is there for the other.
    Blocked,
}

/// Knows how people stand to each other.
pub trait Contacts: Send + Sync {
    /// How these two stand.
    ///
    /// # Errors
    /// Only where the database is away.
    fn relation(
        &self,
        conn: &mut AnyConn,
        one: UserId,
        other: UserId,
    ) -> Result<Relation, AppError>;

    /// Everybody who must not show up for this person.
    ///
    /// # Errors
    /// Only where the database is away.
    fn hidden_from(&self, conn: &mut AnyConn, user: UserId) -> Result<HashSet<UserId>, AppError>;
}

/// A match that somebody has played to its end.
#[derive(Debug, Clone, PartialEq)]
pub struct FinishedMatch {
    /// The other player, a person.
    pub opponent: UserId,
    /// Which game.
    pub game: String,
    /// The options it was played by.
    pub options: Map<String, Value>,
}

/// Knows who plays and what was played.
pub trait Matches: Send + Sync {
    /// Which of these people are in a match at this moment, or have one reserved.
    ///
    /// # Errors
    /// Only where the database is away.
    fn playing(
        &self,
        conn: &mut AnyConn,
        users: &[UserId],
        now: Timestamp,
    ) -> Result<Vec<UserId>, AppError>;

    /// A finished match of this person against another.
    ///
    /// # Errors
    /// Only where the database is away.
    fn finished(
        &self,
        conn: &mut AnyConn,
        player: UserId,
        id: MatchId,
    ) -> Result<Option<FinishedMatch>, AppError>;
}

/// Knows which games there are.
pub trait GameCatalog: Send + Sync {
    /// All options of this game, where those given are right.
    ///
    /// # Errors
    /// There is no such game, or names the options that are wrong.
    fn check(&self, game: &str, given: &Map<String, Value>) -> Result<Value, AppError>;
}

/// A match to be opened because an invite was accepted.
#[derive(Debug, Clone, PartialEq)]
pub struct NewMatch<'a> {
    /// The invite; it asks once.
    pub invite: InviteId,
    /// Which game.
    pub game: &'a str,
    /// All options of that game.
    pub options: &'a Value,
    /// Who invited and who accepted.
    pub players: [UserId; 2],
}

/// Opens matches.
pub trait MatchFactory: Send + Sync {
    /// Opens a match, in the transaction that accepts the invite: both or neither. A refusal, such
    /// as that one of the two has just begun another match, leaves the invite as it was.
    ///
    /// # Errors
    /// It cannot be opened.
    fn open_match(&self, tx: &mut Tx<'_>, opening: &NewMatch<'_>) -> Result<MatchId, AppError>;
}
