//! What this crate needs from the rest of the house.

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;
use contract::accounts::Audience;
use contract::invites::{InviteId, MatchId};
use contract::users::UserSummary;
use kernel::{Fault, UserId};
use serde_json::{Map, Value};
use store::Tx;

/// Somebody with an account that is neither deleted nor suspended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Player {
    /// Their line in a list.
    pub summary: UserSummary,
    /// Who may invite them.
    pub game_invites: Audience,
}

/// Knows who people are. Each call is a fixed number of queries.
#[async_trait]
pub trait Players: Send + Sync {
    /// The person with this name, whatever its case.
    async fn named(&self, username: &str) -> Result<Option<Player>, Fault>;

    /// These people; who is not there any more is left out.
    async fn of(&self, ids: &[UserId]) -> Result<HashMap<UserId, Player>, Fault>;
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
#[async_trait]
pub trait Contacts: Send + Sync {
    /// How these two stand.
    async fn relation(&self, one: UserId, other: UserId) -> Result<Relation, Fault>;

    /// Everybody who must not show up for this person.
    async fn hidden_from(&self, user: UserId) -> Result<HashSet<UserId>, Fault>;
}

/// A match that somebody has played to its end.
#[derive(Debug, Clone, PartialEq)]
pub struct Past {
    /// The other player, a person.
    pub opponent: UserId,
    /// Which game.
    pub game: String,
    /// The options it was played by.
    pub options: Map<String, Value>,
}

/// Knows who plays and what was played.
#[async_trait]
pub trait Matches: Send + Sync {
    /// Which of these people are in a match now.
    async fn playing(&self, users: &[UserId]) -> Result<Vec<UserId>, Fault>;

    /// A finished match of this person against another.
    async fn finished(&self, player: UserId, id: MatchId) -> Result<Option<Past>, Fault>;
}

/// Knows which games there are.
pub trait Catalogue: Send + Sync {
    /// All options of this game, where those given are right.
    ///
    /// # Errors
    /// There is no such game, or names the options that are wrong.
    fn check(&self, game: &str, given: &Map<String, Value>) -> Result<Value, Fault>;
}

/// A match to be opened because an invite was accepted.
#[derive(Debug, Clone, PartialEq)]
pub struct Opening<'a> {
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
pub trait Tables: Send + Sync {
    /// Opens a match, in the transaction that accepts the invite: both or neither. A refusal, such
    /// as that one of the two has just begun another match, leaves the invite as it was.
    ///
    /// # Errors
    /// It cannot be opened.
    fn open_match(&self, tx: &mut Tx<'_>, opening: &Opening<'_>) -> Result<MatchId, Fault>;
}
