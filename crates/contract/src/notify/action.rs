//! The kinds of notifications.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a notification is about.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// An invite to a game.
    GameInvite,
    /// An invite to a tournament.
    NewTournament,
    /// An accepted friend request.
    NewFriend,
    /// A friend request.
    FriendRequest,
    /// A message.
    NewMessage,
    /// A match that is ready to start.
    MatchReady,
    /// An event in which the user takes part.
    Event,
    /// A group of which the user is a member.
    Group,
    /// An announcement of an administrator.
    System,
}
