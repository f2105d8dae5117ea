//! A match as it is stored.

use contract::invites::MatchId;
use kernel::{Timestamp, UserId};
use outbox::NodeId;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{MatchMode, Seat};

/// The stored status of a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchStatus {
    /// It has not ended.
    Live,
    /// It has a result.
    Finished,
    /// It ended without a result.
    Canceled,
}

kernel::text_enum!(MatchStatus {
    Live = "live",
    Finished = "finished",
    Canceled = "canceled",
});

/// How a computer plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComputerSettings {
    /// Its skill, 0 to 1,000.
    pub skill: u16,
    /// Its reaction time in milliseconds, if it does not follow from the skill.
    pub reaction_ms: Option<u16>,
    /// Its accuracy in percent, if it does not follow from the skill.
    pub accuracy: Option<u8>,
}

/// Who plays a seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeatedPlayer {
    /// A user.
    User(UserId),
    /// A second player at the keyboard of the user in the other seat.
    Local,
    /// The computer.
    Computer(ComputerSettings),
}

impl SeatedPlayer {
    /// The user, if it is one.
    #[must_use]
    pub const fn user(&self) -> Option<UserId> {
        match self {
            Self::User(user) => Some(*user),
            Self::Local | Self::Computer(_) => None,
        }
    }
}

/// A match as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredMatch {
    /// Its id.
    pub id: MatchId,
    /// The game.
    pub game: String,
    /// Where it comes from.
    pub mode: MatchMode,
    /// All options of the game.
    pub options: Value,
    /// The seed of its chance. Secret until the match has ended.
    pub seed: u64,
    /// Whether it counts for ratings.
    pub rated: bool,
    /// Its status.
    pub status: MatchStatus,
    /// The node that runs it.
    pub owner: Option<NodeId>,
    /// Grows with each change of owner.
    pub epoch: i64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When the first tick was played.
    pub started_at: Option<Timestamp>,
    /// Who plays, by seat.
    pub players: [SeatedPlayer; 2],
    /// The names of players at one keyboard, by seat.
    pub names: [Option<String>; 2],
}

impl StoredMatch {
    /// The player of a seat.
    #[must_use]
    pub const fn player(&self, seat: Seat) -> &SeatedPlayer {
        let [first, second] = &self.players;
        match seat {
            Seat::First => first,
            Seat::Second => second,
        }
    }

    /// The name of a player at one keyboard.
    #[must_use]
    pub fn name(&self, seat: Seat) -> Option<&str> {
        let [first, second] = &self.names;
        match seat {
            Seat::First => first.as_deref(),
            Seat::Second => second.as_deref(),
        }
    }

    /// The users among its players.
    pub fn users(&self) -> impl Iterator<Item = UserId> {
        self.players.iter().filter_map(SeatedPlayer::user)
    }

    /// Whether somebody without an account plays: at the keyboard of the other seat's user, or in a seat of a user
    /// under a name of their own.
    #[must_use]
    pub fn has_local_player(&self) -> bool {
        self.names.iter().any(Option::is_some)
    }

    /// The seat of a user.
    #[must_use]
    pub fn seat_of(&self, user: UserId) -> Option<Seat> {
        let is_theirs = |seat: &Seat| self.player(*seat).user() == Some(user);
        Seat::BOTH.into_iter().find(is_theirs)
    }
}

/// The result of a match for one of its players.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchResult {
    /// Won.
    Won,
    /// Lost.
    Lost,
    /// Drawn.
    Drawn,
}

kernel::text_enum!(MatchResult {
    Won = "won",
    Lost = "lost",
    Drawn = "drawn",
});

impl MatchResult {
    /// The result for a seat.
    #[must_use]
    pub fn of(winner: Option<Seat>, seat: Seat) -> Self {
        match winner {
            Some(winner) if winner == seat => Self::Won,
            Some(_) => Self::Lost,
            None => Self::Drawn,
        }
    }
}
