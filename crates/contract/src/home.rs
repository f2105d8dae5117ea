//! The home page in one response.

use serde::Serialize;
use utoipa::ToSchema;

use crate::invites::{Invite, MatchId};
use crate::leaderboards::PlayerRating;
use crate::matches::GameMatch;
use crate::notify::{Badges, Notification};
use crate::social::{FriendPresence, FriendRequest};
use crate::users::{Profile, UserSummary};

/// What the current user is engaged in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EngagementType {
    /// Waiting in the queue.
    Queue,
    /// In a match against another user.
    Match,
    /// In a match against the computer or at one keyboard.
    Solo,
}

/// What the current user is engaged in: at most one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "kind": "match", "game": "pong", "match_id": "01890a5d-ac96-774b-bcce-b302099a8060",
    "opponent": {
        "id": "01890a5d-ac96-774b-bcce-b302099a8059", "username": "grace",
        "display_name": "Grace H.", "avatar": "/api/v1/users/grace/avatar/", "is_deleted": false
    }
}))]
pub struct CurrentEngagement {
    /// In what.
    pub kind: EngagementType,
    /// The game.
    pub game: String,
    /// The match to join; null in the queue.
    #[schema(value_type = Option<String>, format = Uuid, required)]
    pub match_id: Option<MatchId>,
    /// The opponent, if it is a user.
    #[schema(required)]
    pub opponent: Option<UserSummary>,
}

/// The rating of the current user in a game.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "game": "pong",
    "rating": {
        "season": "2026-Q1", "rating": 1718, "deviation": 62, "provisional": false, "peak": 1750,
        "matches": 42, "rank": 3
    }
}))]
pub struct GameRating {
    /// The game.
    pub game: String,
    /// The rating in the current season.
    pub rating: PlayerRating,
}

/// The games of the current user, for the home page.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HomeGames {
    /// What the user is engaged in.
    #[schema(required)]
    pub engagement: Option<CurrentEngagement>,
    /// The last five finished matches, the last ended first.
    pub recent_matches: Vec<GameMatch>,
    /// The user's ratings in the current season.
    pub ratings: Vec<GameRating>,
    /// How many matches can be watched now.
    pub live_matches: i64,
}

/// Everything that a home page shows.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HomePage {
    /// The current user.
    pub profile: Profile,
    /// The friends who are not offline, at most 50.
    pub friends_online: Vec<FriendPresence>,
    /// The newest pending friend requests to the user, at most ten.
    pub friend_requests: Vec<FriendRequest>,
    /// The newest pending game invites to the user, at most ten.
    pub invites: Vec<Invite>,
    /// The newest notifications, at most ten.
    pub notifications: Vec<Notification>,
    /// The numbers of unread notifications.
    pub unread: Badges,
    /// The number of unread messages in all chats.
    pub unread_messages: i64,
    /// Games: what the user plays, has played, and can watch.
    #[serde(flatten)]
    pub games: HomeGames,
}
