//! Friends, blocks and who is around.

use kernel::{Id, Timestamp, UserId, id_type};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::users::UserSummary;

id_type!(FriendRequestId, FriendRequestKind, "friend request");

/// How long a typed username may be at the most, with room for names that are too long anyway.
const NAME_MAX: u64 = 60;

/// Asks somebody to be friends.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"username": "grace"}))]
pub struct SendFriendRequest {
    /// Whom to ask.
    #[validate(length(min = 1, max = NAME_MAX, message = "1 to 60 characters"))]
    #[schema(min_length = 1, max_length = 60)]
    pub username: String,
}

/// Blocks somebody.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"username": "mallory"}))]
pub struct BlockUser {
    /// Whom to block.
    #[validate(length(min = 1, max = NAME_MAX, message = "1 to 60 characters"))]
    #[schema(min_length = 1, max_length = 60)]
    pub username: String,
}

/// Which way a request goes, seen from me.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Somebody asks me.
    Incoming,
    /// I ask somebody.
    Outgoing,
}

/// A request that waits for its answer; also the data of the event `friend_request`.
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
    /// Names it.
    #[schema(value_type = String, format = Uuid)]
    pub id: Id<FriendRequestKind>,
    /// Whether I am asked or ask.
    pub direction: Direction,
    /// The other one.
    pub user: UserSummary,
    /// Who asks.
    #[schema(value_type = String, format = Uuid)]
    pub sender_id: UserId,
    /// Who is asked.
    #[schema(value_type = String, format = Uuid)]
    pub receiver_id: UserId,
    /// When it was sent.
    pub created_at: Timestamp,
}

/// What came of asking.
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
pub enum Asked {
    /// The request waits for its answer.
    Requested {
        /// The request, new or from before.
        request: FriendRequest,
    },
    /// They had asked me already: we are friends now.
    Friends {
        /// The new friend.
        friend: Friend,
    },
}

/// How somebody can be found at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Here and active.
    Online,
    /// Playing a match.
    InMatch,
    /// Here, but not active for a while, or wanting to be left alone.
    Away,
    /// Not here, or not to be seen.
    Offline,
}

impl Presence {
    /// Whether they are here at all.
    #[must_use]
    pub const fn is_online(self) -> bool {
        !matches!(self, Self::Offline)
    }
}

/// How I want to be seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChosenStatus {
    /// As I am.
    #[default]
    Online,
    /// Away whenever I am here.
    Away,
    /// Never here.
    Invisible,
}

/// Changes how I want to be seen.
#[derive(Debug, Clone, Copy, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"status": "invisible"}))]
pub struct SetStatus {
    /// How I want to be seen.
    pub status: ChosenStatus,
}

/// How I want to be seen and am seen; also the data of the event `own_status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"status": "invisible", "presence": "offline", "connections": 2}))]
pub struct OwnStatus {
    /// How I want to be seen.
    pub status: ChosenStatus,
    /// What friends see at this moment.
    pub presence: Presence,
    /// How many tabs and devices of mine are connected.
    pub connections: usize,
}

/// A friend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01890a5d-ac96-774b-bcce-b302099a8058", "username": "grace",
    "display_name": "Grace H.", "avatar": "/api/v1/users/grace/avatar/",
    "is_online": true, "status": "in_match", "since": "2026-01-31T12:00:00.000000Z"
}))]
pub struct Friend {
    /// Never changes.
    #[schema(value_type = String, format = Uuid)]
    pub id: UserId,
    /// The name to be found with.
    pub username: String,
    /// The name to read.
    pub display_name: String,
    /// Where the picture is.
    pub avatar: String,
    /// Whether they are here.
    pub is_online: bool,
    /// How they can be found.
    pub status: Presence,
    /// Since when we are friends.
    pub since: Timestamp,
}

/// Somebody I may know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "user": {
        "id": "01890a5d-ac96-774b-bcce-b302099a8058", "username": "grace",
        "display_name": "Grace H.", "avatar": "/api/v1/users/grace/avatar/", "is_deleted": false
    },
    "mutual_friends": 3
}))]
pub struct Suggestion {
    /// Who it is.
    pub user: UserSummary,
    /// How many friends of mine are theirs too.
    pub mutual_friends: i64,
}

/// Somebody I have blocked; also the data of the event `user_blocked`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "user": {
        "id": "01890a5d-ac96-774b-bcce-b302099a8058", "username": "mallory",
        "display_name": "Mallory", "avatar": "/api/v1/users/mallory/avatar/", "is_deleted": false
    },
    "created_at": "2026-01-31T12:00:00.000000Z"
}))]
pub struct Block {
    /// Who it is.
    pub user: UserSummary,
    /// Since when.
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
    /// Who asks: oneself.
    #[schema(value_type = String, format = Uuid)]
    pub sender_id: UserId,
    /// Who is asked.
    #[schema(value_type = String, format = Uuid)]
    pub receiver_id: UserId,
}

/// The data of the actions `user_online` and `user_offline`.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"username": "ada"}))]
pub struct AnnouncePresence {
    /// Who it is: oneself.
    #[validate(length(min = 1, max = NAME_MAX, message = "1 to 60 characters"))]
    #[schema(min_length = 1, max_length = 60)]
    pub username: String,
}

/// The data of the event `new_friend`, which both get, each about the other.
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
    /// Who had asked first.
    #[schema(value_type = String, format = Uuid)]
    pub sender_id: UserId,
    /// Who has agreed.
    #[schema(value_type = String, format = Uuid)]
    pub receiver_id: UserId,
    /// From now on.
    pub since: Timestamp,
}

/// The data of the event `friend_removed`, which both get, each about the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"user_id": "01890a5d-ac96-774b-bcce-b302099a8058"}))]
pub struct FriendRemoved {
    /// Who is a friend no longer.
    #[schema(value_type = String, format = Uuid)]
    pub user_id: UserId,
}

/// The data of the event `friend_request_removed`: it was declined, canceled, or cut off by a
/// block, and does not say which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "id": "01890a5d-ac96-774b-bcce-b302099a8057",
    "sender_id": "01890a5d-ac96-774b-bcce-b302099a8058",
    "receiver_id": "01890a5d-ac96-774b-bcce-b302099a8059"
}))]
pub struct FriendRequestRemoved {
    /// Which request.
    #[schema(value_type = String, format = Uuid)]
    pub id: Id<FriendRequestKind>,
    /// Who had asked.
    #[schema(value_type = String, format = Uuid)]
    pub sender_id: UserId,
    /// Who was asked.
    #[schema(value_type = String, format = Uuid)]
    pub receiver_id: UserId,
}

/// The data of the event `user_unblocked`, for one's own other tabs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"user_id": "01890a5d-ac96-774b-bcce-b302099a8058"}))]
pub struct UserUnblocked {
    /// Who is no longer blocked.
    #[schema(value_type = String, format = Uuid)]
    pub user_id: UserId,
}

/// The data of the event `blocks_changed`: who is hidden from this person has changed. It is for
/// the server's own sockets and is not passed on to clients, which must not learn who blocks them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlocksChanged {}

/// How one friend can be found: the data of the events `user_online`, `user_offline` and
/// `user_status`, and a line of the snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "user_id": "01890a5d-ac96-774b-bcce-b302099a8058", "username": "grace", "status": "in_match"
}))]
pub struct FriendPresence {
    /// Which friend.
    #[schema(value_type = String, format = Uuid)]
    pub user_id: UserId,
    /// Their name.
    pub username: String,
    /// How they can be found.
    pub status: Presence,
}

/// The data of the event `friends_status`, the first on `/ws/friends/status/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"friends": [{
    "user_id": "01890a5d-ac96-774b-bcce-b302099a8058", "username": "grace", "status": "online"
}]}))]
pub struct FriendsStatus {
    /// Every friend, also those who are offline.
    pub friends: Vec<FriendPresence>,
}
