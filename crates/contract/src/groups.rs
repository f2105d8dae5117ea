//! Groups of users.

use kernel::{Timestamp, UserId, id_type};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

id_type!(GroupId, GroupKind, "group");

/// The maximum length of a group's name, in characters.
pub const MAX_GROUP_NAME_LEN: u64 = 50;
/// The maximum length of a group's description, in characters.
pub const MAX_GROUP_DESCRIPTION_LEN: u64 = 2_000;

/// Who sees a group, and who may join it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GroupPrivacy {
    /// Listed; anybody may join.
    #[default]
    Public,
    /// Listed with its name and description; joining takes a request or an invitation.
    Private,
    /// Visible to its members only.
    InviteOnly,
}

/// A group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "id": "01890a5d-ac96-774b-bcce-b302099a8071", "name": "Sunday league",
    "description": "Pong every Sunday.", "privacy": "public",
    "owner_id": "01890a5d-ac96-774b-bcce-b302099a8057", "member_count": 1, "is_member": true,
    "created_at": "2026-01-31T12:00:00.000000Z"
}))]
pub struct Group {
    /// The id of the group.
    #[schema(value_type = String, format = Uuid)]
    pub id: GroupId,
    /// The name.
    pub name: String,
    /// The description; may be empty.
    pub description: String,
    /// Who sees the group, and who may join it.
    pub privacy: GroupPrivacy,
    /// The user who owns the group.
    #[schema(value_type = String, format = Uuid)]
    pub owner_id: UserId,
    /// The number of members.
    pub member_count: i64,
    /// Whether the current user is a member.
    pub is_member: bool,
    /// When the group was created.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// Creates a group.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Sunday league", "description": "Pong every Sunday."}))]
pub struct CreateGroup {
    /// The name. Names of listed groups are unique, regardless of case.
    #[schema(min_length = 3, max_length = 50)]
    pub name: String,
    /// The description.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub description: String,
    /// Who sees the group, and who may join it; `public` if left out.
    #[serde(default)]
    pub privacy: GroupPrivacy,
}
