//! Leaderboards and statistics.

use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::users::UserSummary;

/// A line of a leaderboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "rank": 1, "rating": 1718, "peak": 1750, "matches": 42, "is_me": false,
    "user": {
        "id": "01890a5d-ac96-774b-bcce-b302099a8058", "username": "ada",
        "display_name": "Ada L.", "avatar": "/api/v1/users/ada/avatar/", "is_deleted": false
    }
}))]
pub struct LeaderboardEntry {
    /// The rank among all; users with the same rating share one.
    pub rank: i64,
    /// The user.
    pub user: UserSummary,
    /// The rating.
    pub rating: i32,
    /// The highest rating in the season.
    pub peak: i32,
    /// Rated matches in the season.
    pub matches: i32,
    /// Whether it is the current user.
    pub is_me: bool,
}

/// The current rating of a user in a game.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "season": "2026-Q1", "rating": 1718, "deviation": 62, "provisional": false, "peak": 1750,
    "matches": 42, "rank": 3
}))]
pub struct PlayerRating {
    /// The season.
    pub season: String,
    /// The rating.
    pub rating: i32,
    /// How far the real strength may be from it.
    pub deviation: i32,
    /// Whether too few recent matches were played for a reliable rating.
    pub provisional: bool,
    /// The highest rating in the season.
    pub peak: i32,
    /// Rated matches in the season.
    pub matches: i32,
    /// The rank on the leaderboard; null for those who are not on it yet.
    #[schema(required)]
    pub rank: Option<i64>,
}

/// A user against another, by game.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(transparent)]
pub struct HeadToHeads(pub Vec<HeadToHead>);

/// A user against another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "opponent": {
        "id": "01890a5d-ac96-774b-bcce-b302099a8058", "username": "ada",
        "display_name": "Ada L.", "avatar": "/api/v1/users/ada/avatar/", "is_deleted": false
    },
    "game": "pong", "wins": 3, "losses": 1, "draws": 0
}))]
pub struct HeadToHead {
    /// The other user.
    pub opponent: UserSummary,
    /// The game.
    pub game: String,
    /// Matches won against them.
    pub wins: i64,
    /// Matches lost against them.
    pub losses: i64,
    /// Draws.
    pub draws: i64,
}

/// The rating of a user on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"date": "2026-01-31", "rating": 1542, "lowest": 1490, "highest": 1560}))]
pub struct RatingDay {
    /// The day, in UTC.
    #[schema(format = Date)]
    pub date: String,
    /// At the end of it.
    pub rating: i32,
    /// The lowest of it.
    pub lowest: i32,
    /// The highest of it.
    pub highest: i32,
}

/// The statistics of a user in a game, against other users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "game": "pong", "matches": 4, "wins": 3, "losses": 1, "draws": 0, "early_wins": 1,
    "early_losses": 0, "streak": 2, "best_streak": 2, "points_for": 18, "points_against": 11,
    "duration_ms": 480000, "longest_rally": 23, "last_played_at": "2026-01-31T12:00:00.000000Z",
    "rating": null, "best_opponent": null, "worst_opponent": null, "rating_history": []
}))]
pub struct GameStatistics {
    /// The game.
    pub game: String,
    /// Finished matches.
    pub matches: i64,
    /// Matches won.
    pub wins: i64,
    /// Matches lost.
    pub losses: i64,
    /// Draws.
    pub draws: i64,
    /// Matches won by forfeit or resignation of the opponent.
    pub early_wins: i64,
    /// Matches lost by forfeit or resignation.
    pub early_losses: i64,
    /// Matches won in a row, or lost in a row as a negative number.
    pub streak: i64,
    /// The most matches won in a row.
    pub best_streak: i64,
    /// Points scored.
    pub points_for: i64,
    /// Points conceded.
    pub points_against: i64,
    /// How long was played.
    pub duration_ms: i64,
    /// The most hits of a rally.
    pub longest_rally: i32,
    /// When the last match ended.
    pub last_played_at: Timestamp,
    /// The rating; null without rated matches.
    #[schema(required)]
    pub rating: Option<PlayerRating>,
    /// Against whom the user does best, of those met three times or more.
    #[schema(required)]
    pub best_opponent: Option<HeadToHead>,
    /// Against whom the user does worst, of those met three times or more.
    #[schema(required)]
    pub worst_opponent: Option<HeadToHead>,
    /// The rating at the end of each day with rated matches, of the last 90 days.
    pub rating_history: Vec<RatingDay>,
}

/// All-time totals of the installation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "users": 120, "matches": 4310, "tournaments": 12, "points": 38112, "duration_ms": 902000000
}))]
pub struct SiteTotals {
    /// Registered users.
    pub users: i64,
    /// Finished matches between users.
    pub matches: i64,
    /// Finished tournaments.
    pub tournaments: i64,
    /// Points scored in those matches.
    pub points: i64,
    /// How long was played in those matches.
    pub duration_ms: i64,
}

/// Statistics of a user, and the totals of the installation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "totals": {
        "users": 120, "matches": 4310, "tournaments": 12, "points": 38112, "duration_ms": 902000000
    },
    "user": {
        "id": "01890a5d-ac96-774b-bcce-b302099a8058", "username": "ada",
        "display_name": "Ada L.", "avatar": "/api/v1/users/ada/avatar/", "is_deleted": false
    },
    "games": []
}))]
pub struct StatisticsOverview {
    /// All-time totals of the installation.
    pub totals: SiteTotals,
    /// The user.
    pub user: UserSummary,
    /// The user's statistics in each game that they have played.
    pub games: Vec<GameStatistics>,
}
