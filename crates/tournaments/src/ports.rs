//! What this crate needs of other domains. Reads take the connection at hand, so that a decision is made in
//! the transaction that acts on it.

use std::collections::{HashMap, HashSet};

use contract::accounts::Audience;
use contract::invites::MatchId;
use contract::matches::GameMatch;
use contract::users::UserSummary;
use db::{AnyConn, Tx};
use kernel::{AppError, Relation, UserId};
use serde_json::{Map, Value};

/// A user whose account is neither deleted nor suspended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TournamentUser {
    /// Id and names.
    pub summary: UserSummary,
    /// Who may invite the user.
    pub game_invites: Audience,
    /// Who may see what the user has played.
    pub match_history: Audience,
}

/// Looks users up.
pub trait TournamentUsers: Send + Sync {
    /// Finds active users by name, in any case.
    ///
    /// # Errors
    /// Only if the database fails.
    fn find_by_usernames(
        &self,
        conn: &mut AnyConn,
        usernames: &[String],
    ) -> Result<Vec<TournamentUser>, AppError>;

    /// The names of users, also of those whose accounts are deleted.
    ///
    /// # Errors
    /// Only if the database fails.
    fn summaries(
        &self,
        conn: &mut AnyConn,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, UserSummary>, AppError>;
}

/// Knows the relations of users.
pub trait TournamentRelations: Send + Sync {
    /// The relations of pairs of users, in the order of the pairs.
    ///
    /// # Errors
    /// Only if the database fails.
    fn relations(
        &self,
        conn: &mut AnyConn,
        pairs: &[(UserId, UserId)],
    ) -> Result<Vec<Relation>, AppError>;

    /// The pairs among these users of whom one has blocked the other.
    ///
    /// # Errors
    /// Only if the database fails.
    fn blocks_among(
        &self,
        conn: &mut AnyConn,
        users: &[UserId],
    ) -> Result<Vec<(UserId, UserId)>, AppError>;

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

/// The rating of a user in a game.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntrantRating {
    /// The points.
    pub points: i32,
    /// Whether few matches support it.
    pub is_provisional: bool,
}

/// A player of a match that a tournament calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalledPlayer {
    /// The user who plays, or at whose keyboard a local player does.
    pub user: UserId,
    /// The alias of a local player.
    pub local_name: Option<String>,
}

/// A match that a tournament calls.
#[derive(Debug, Clone, PartialEq)]
pub struct CalledMatch<'a> {
    /// The game.
    pub game: &'a str,
    /// All options of the game, checked.
    pub options: &'a Value,
    /// Who plays.
    pub players: [CalledPlayer; 2],
}

/// How a match of a tournament ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalledMatchEnd {
    /// With a result. Positions are those of the match's players.
    Finished {
        /// The position of the winner; nothing in a draw.
        winner: Option<usize>,
        /// The points.
        score: [u32; 2],
        /// Whether a player gave up, or was away for too long.
        is_forfeit: bool,
    },
    /// It did not come about, or was not played on, since these players were not there.
    Absent([bool; 2]),
    /// Through nobody's fault.
    Void,
}

/// A match of a tournament that has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CalledMatchEnded {
    /// The match.
    pub id: MatchId,
    /// The users in its seats; nothing for a local player beside their host.
    pub users: [Option<UserId>; 2],
    /// How it ended.
    pub end: CalledMatchEnd,
}

/// The score of a match that is played, as it was saved last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SavedScore {
    /// The match.
    pub id: MatchId,
    /// The users in its seats; nothing for a local player beside their host.
    pub users: [Option<UserId>; 2],
    /// The points by seat.
    pub score: [u32; 2],
}

/// Knows the games, and runs the matches of tournaments.
pub trait TournamentGames: Send + Sync {
    /// Checks game and options, and returns all options of a match.
    ///
    /// # Errors
    /// `tournaments.unknown_game`, `tournaments.options_invalid`.
    fn check(&self, game: &str, options: &Map<String, Value>) -> Result<Value, AppError>;

    /// The ratings of those users who have one in this game.
    ///
    /// # Errors
    /// Only if the database fails.
    fn ratings(
        &self,
        conn: &mut AnyConn,
        game: &str,
        users: &[UserId],
    ) -> Result<HashMap<UserId, EntrantRating>, AppError>;

    /// Those of these users who are in a match against another one.
    ///
    /// # Errors
    /// Only if the database fails.
    fn engaged(&self, conn: &mut AnyConn, users: &[UserId]) -> Result<Vec<UserId>, AppError>;

    /// Opens a match and engages its users.
    ///
    /// # Errors
    /// A user is engaged already, or the database fails.
    fn open(&self, tx: &mut Tx<'_>, called: &CalledMatch<'_>) -> Result<MatchId, AppError>;

    /// Ends a match without a result.
    ///
    /// # Errors
    /// Only if the database fails.
    fn cancel(&self, tx: &mut Tx<'_>, id: MatchId) -> Result<(), AppError>;

    /// The scores of those of these matches that are played.
    ///
    /// # Errors
    /// Only if the database fails.
    fn live_scores(&self, conn: &mut AnyConn, ids: &[MatchId])
    -> Result<Vec<SavedScore>, AppError>;

    /// Matches with their timelines, in no order.
    ///
    /// # Errors
    /// Only if the database fails.
    fn matches(&self, conn: &mut AnyConn, ids: &[MatchId]) -> Result<Vec<GameMatch>, AppError>;

    /// Counts a tournament that has ended for its users, and for the winner as won.
    ///
    /// # Errors
    /// Only if the database fails.
    fn count_tournament(
        &self,
        tx: &mut Tx<'_>,
        game: &str,
        users: &[UserId],
        winner: Option<UserId>,
    ) -> Result<(), AppError>;
}
