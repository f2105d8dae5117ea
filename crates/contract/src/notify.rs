//! Notifications: what happened, for whom.

use kernel::UserId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a notification is about.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Somebody wants to play.
    GameInvite,
    /// A tournament one is invited to.
    NewTournament,
    /// A request was accepted.
    NewFriend,
    /// Somebody wants to be friends.
    FriendRequest,
    /// A message came.
    NewMessage,
    /// A match can begin.
    MatchReady,
    /// An event one takes part in.
    Event,
    /// A group one belongs to.
    Group,
    /// A word from those who run the place.
    System,
}

/// Something that a person should be told of: the payload of the job `notify`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Happened {
    /// Who should be told.
    pub user_id: UserId,
    /// What it is about.
    pub action: Action,
    /// More about it, typed by the action.
    pub data: serde_json::Value,
    /// One notification per user and key, however often the job runs.
    pub key: String,
}
