//! Friends, friend requests, blocks and presence.

use kernel::{Id, Timestamp, UserId, id_type};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::users::UserSummary;

id_type!(FriendRequestId, FriendRequestKind, "friend request");

/// The maximum length of a username in a request. It is greater than that of usernames, so that a
/// name that is a little too long is reported as unknown.
const USERNAME_MAX_LEN: u64 = 60;

/// The body that sends a friend request.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"username": "grace"}))]
pub struct SendFriendRequest {
    /// The receiver's username.
    #[validate(length(min = 1, max = USERNAME_MAX_LEN, message = "1 to 60 characters"))]
    #[schema(min_length = 1, max_length = 60)]
    pub username: String,
}

/// The body that blocks a user.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"username": "mallory"}))]
pub struct BlockUser {
    /// The username of the user to block.
    #[validate(length(min = 1, max = USERNAME_MAX_LEN, message = "1 to 60 characters"))]
    #[schema(min_length = 1, max_length = 60)]
    pub username: String,
}

/// The direction of a friend request, seen by the current user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestDirection {
    /// To the current user.
    Incoming,
    /// From the current user.
    Outgoing,
}

/// A pending friend request; also the data of the event `friend_request`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "id": "01890a5d-ac96-774b-bcce-b302099a8057", "direction": "incoming",
    "user": {
        "id": "01890a5d-ac96-774b-bcce-b302099a8058", "username": "ada",
        "display_name": "Ada L.", "avatar": "/api/v1/users/ada/avatar/", "is_deleted": false
    },
    "sender_id": "01890a5d-ac96-774b-bcce-b302099a8058",
    "receiver_id": "01890a5d-ac96-774b-bcce-b302099a8059",
    "created_at": "2026-01-31T12:00:00.000000Z"
}))]
pub struct FriendRequest {
    /// The id of the request.
    #[schema(value_type = String, format = Uuid)]
    pub id: Id<FriendRequestKind>,
    /// Whether the current user received or sent it.
    pub direction: RequestDirection,
    /// The other user.
    pub user: UserSummary,
    /// The sender's id.
    #[schema(value_type = String, format = Uuid)]
    pub sender_id: UserId,
    /// The receiver's id.
    #[schema(value_type = String, format = Uuid)]
    pub receiver_id: UserId,
    /// When it was sent.
    pub created_at: Timestamp,
}

/// The result of sending a friend request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
#[schema(example = json!({
    "outcome": "requested",
    "request": {
        "id": "01890a5d-ac96-774b-bcce-b302099a8057", "direction": "outgoing",
        "user": {
            "id": "01890a5d-ac96-774b-bcce-b302099a8058", "username": "grace",
            "display_name": "Grace H.", "avatar": "/api/v1/users/grace/avatar/", "is_deleted": false
        },
        "sender_id": "01890a5d-ac96-774b-bcce-b302099a8059",
        "receiver_id": "01890a5d-ac96-774b-bcce-b302099a8058",
        "created_at": "2026-01-31T12:00:00.000000Z"
    }
}))]
pub enum FriendRequestResult {
    /// The request is pending.
    Requested {
        /// The new request, or the one that was pending already.
        request: FriendRequest,
    },
    /// The receiver had sent a request too, so both are friends now.
    Friends {
        /// The new friend.
        friend: Friend,
    },
}

/// The presence of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Connected and active.
    Online,
    /// In a match.
    InMatch,
    /// Connected, but inactive for a while, or set to away.
    Away,
    /// Not connected, or not visible.
    Offline,
}

impl Presence {
    /// Whether it is anything but offline.
    #[must_use]
    pub const fn is_online(self) -> bool {
        !matches!(self, Self::Offline)
    }
}

/// The status that a user has chosen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChosenStatus {
    /// Shows the actual presence.
    #[default]
    Online,
    /// Shows away while connected.
    Away,
    /// Always shows offline.
    Invisible,
}

/// The body that changes the status.
#[derive(Debug, Clone, Copy, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"status": "invisible"}))]
pub struct SetStatus {
    /// The chosen status.
    pub status: ChosenStatus,
}

/// The current user's status and presence; also the data of the event `own_status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"status": "invisible", "presence": "offline", "connections": 2}))]
pub struct OwnStatus {
    /// The chosen status.
    pub status: ChosenStatus,
    /// The presence that friends see now.
    pub presence: Presence,
    /// The number of connected tabs and devices.
    pub connections: usize,
}

/// How many users are online, without those who appear offline.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"online": 3, "playing": 2}))]
pub struct OnlineCounts {
    /// The number of users who are online, including those who play.
    pub online: usize,
    /// The number of users who are in a match.
    pub playing: usize,
}

/// A friend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01890a5d-ac96-774b-bcce-b302099a8058", "username": "grace",
    "display_name": "Grace H.", "avatar": "/api/v1/users/grace/avatar/",
    "is_online": true, "status": "in_match", "since": "2026-01-31T12:00:00.000000Z"
}))]
pub struct Friend {
    /// The friend's id. It never changes.
    #[schema(value_type = String, format = Uuid)]
    pub id: UserId,
    /// The username.
    pub username: String,
    /// The display name.
    pub display_name: String,
    /// The address of the avatar.
    pub avatar: String,
    /// Whether the friend is not offline.
    pub is_online: bool,
    /// The friend's presence.
    pub status: Presence,
    /// The time since when both are friends.
    pub since: Timestamp,
}

/// A user who may be a friend, as mutual friends suggest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "user": {
        "id": "01890a5d-ac96-774b-bcce-b302099a8058", "username": "grace",
        "display_name": "Grace H.", "avatar": "/api/v1/users/grace/avatar/", "is_deleted": false
    },
    "mutual_friends": 3
}))]
pub struct Suggestion {
    /// The suggested user.
    pub user: UserSummary,
    /// The number of mutual friends.
    pub mutual_friends: i64,
}

/// A user whom the current user has blocked; also the data of the event `user_blocked`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "user": {
        "id": "01890a5d-ac96-774b-bcce-b302099a8058", "username": "mallory",
        "display_name": "Mallory", "avatar": "/api/v1/users/mallory/avatar/", "is_deleted": false
    },
    "created_at": "2026-01-31T12:00:00.000000Z"
}))]
pub struct BlockedUser {
    /// The blocked user.
    pub user: UserSummary,
    /// When the user was blocked.
    pub created_at: Timestamp,
}

/// The data of the action `add_new_friend`.
#[derive(Debug, Clone, Copy, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "sender_id": "01890a5d-ac96-774b-bcce-b302099a8058",
    "receiver_id": "01890a5d-ac96-774b-bcce-b302099a8059"
}))]
pub struct AddNewFriend {
    /// The sender's id: that of the current user.
    #[schema(value_type = String, format = Uuid)]
    pub sender_id: UserId,
    /// The receiver's id.
    #[schema(value_type = String, format = Uuid)]
    pub receiver_id: UserId,
}

/// The data of the actions `user_online` and `user_offline`.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"username": "ada"}))]
pub struct AnnouncePresence {
    /// The username of the current user.
    #[validate(length(min = 1, max = USERNAME_MAX_LEN, message = "1 to 60 characters"))]
    #[schema(min_length = 1, max_length = 60)]
    pub username: String,
}

/// The data of the event `new_friend`, which each of the two users gets about the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "user": {
        "id": "01890a5d-ac96-774b-bcce-b302099a8058", "username": "grace",
        "display_name": "Grace H.", "avatar": "/api/v1/users/grace/avatar/", "is_deleted": false
    },
    "sender_id": "01890a5d-ac96-774b-bcce-b302099a8058",
    "receiver_id": "01890a5d-ac96-774b-bcce-b302099a8059",
    "since": "2026-01-31T12:00:00.000000Z"
}))]
pub struct NewFriend {
    /// The new friend.
    pub user: UserSummary,
    /// The id of the user who sent the request.
    #[schema(value_type = String, format = Uuid)]
    pub sender_id: UserId,
    /// The id of the user who accepted it.
    #[schema(value_type = String, format = Uuid)]
    pub receiver_id: UserId,
    /// The time since when both are friends.
    pub since: Timestamp,
}

/// The data of the event `friend_removed`, which each of the two users gets about the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"user_id": "01890a5d-ac96-774b-bcce-b302099a8058"}))]
pub struct FriendRemoved {
    /// The id of the former friend.
    #[schema(value_type = String, format = Uuid)]
    pub user_id: UserId,
}

/// The data of the event `friend_request_removed`. The request was declined, canceled, or ended by a
/// block; which of these is not disclosed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "id": "01890a5d-ac96-774b-bcce-b302099a8057",
    "sender_id": "01890a5d-ac96-774b-bcce-b302099a8058",
    "receiver_id": "01890a5d-ac96-774b-bcce-b302099a8059"
}))]
pub struct FriendRequestRemoved {
    /// The id of the request.
    #[schema(value_type = String, format = Uuid)]
    pub id: Id<FriendRequestKind>,
    /// The sender's id.
    #[schema(value_type = String, format = Uuid)]
    pub sender_id: UserId,
    /// The receiver's id.
    #[schema(value_type = String, format = Uuid)]
    pub receiver_id: UserId,
}

/// The data of the event `user_unblocked`, for the other tabs of the current user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"user_id": "01890a5d-ac96-774b-bcce-b302099a8058"}))]
pub struct UserUnblocked {
    /// The id of the user who is no longer blocked.
    #[schema(value_type = String, format = Uuid)]
    pub user_id: UserId,
}

/// The data of the event `blocks_changed`: the set of users hidden from this user has changed. The
/// event is for the server's sockets and not forwarded to clients, which must not learn who has
/// blocked them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlocksChanged {}

/// The presence of a friend: the data of the events `user_online`, `user_offline` and `user_status`,
/// and an item of the snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "user_id": "01890a5d-ac96-774b-bcce-b302099a8058", "username": "grace", "status": "in_match"
}))]
pub struct FriendPresence {
    /// The friend's id.
    #[schema(value_type = String, format = Uuid)]
    pub user_id: UserId,
    /// The friend's username.
    pub username: String,
    /// The friend's presence.
    pub status: Presence,
}

/// The data of the event `friends_status`, the first event on `/ws/friends/status/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"friends": [{
    "user_id": "01890a5d-ac96-774b-bcce-b302099a8058", "username": "grace", "status": "online"
}]}))]
pub struct FriendsPresence {
    /// All friends, including those who are offline.
    pub friends: Vec<FriendPresence>,
}
