//! Users: profiles, privacy, preferences, avatars and data exports.

mod settings;

use kernel::{Id, Role, Secret, Timestamp, UserId, id_type};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::accounts::{self, ExportState, SecondFactorState, Theme};
use crate::fields::{empty_where_null, not_null, some_empty_where_null};

pub use settings::{AiSettings, PatchPrivacy, Preferences, Privacy, PutAiSettings};

id_type!(ExportId, ExportKind, "export");

/// The current user's profile.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01890a5d-ac96-774b-bcce-b302099a8057", "username": "ada", "display_name": "Ada L.",
    "email": "ada@example.org", "email_verified": true, "pending_email": null,
    "bio": "First on the court.", "avatar": "/api/v1/users/ada/avatar/", "theme": "dark",
    "language": "en", "role": "member",
    "second_factor": {"email": false, "totp": true, "recovery_codes_left": 10},
    "privacy": {
        "searchable": true, "profile": "everyone", "match_history": "everyone",
        "online_status": "friends", "friend_requests": "everyone", "game_invites": "everyone",
        "read_receipts": true
    },
    "date_joined": "2026-01-31T12:00:00.000000Z"
}))]
pub struct Profile {
    /// User id.
    #[schema(value_type = String, format = Uuid)]
    pub id: UserId,
    /// Username, used to log in and to search.
    pub username: String,
    /// Display name; the username if none is set.
    pub display_name: String,
    /// Email address.
    pub email: String,
    /// Whether the email address is verified.
    pub email_verified: bool,
    /// New email address that is not verified yet.
    #[schema(required)]
    pub pending_email: Option<String>,
    /// Short self-description.
    pub bio: String,
    /// Address of the avatar.
    pub avatar: String,
    /// Theme of the web client.
    pub theme: Theme,
    /// Language as a BCP 47 tag.
    pub language: String,
    /// Role of the user.
    pub role: Role,
    /// State of two-factor authentication.
    pub second_factor: SecondFactorState,
    /// Privacy settings.
    pub privacy: Privacy,
    /// Time of registration.
    pub date_joined: Timestamp,
}

/// A user's profile, as far as visible to the current user.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01890a5d-ac96-774b-bcce-b302099a8057", "username": "ada", "display_name": "Ada L.",
    "avatar": "/api/v1/users/ada/avatar/", "bio": "First on the court.",
    "date_joined": "2026-01-31T12:00:00.000000Z", "restricted": false,
    "statistics": {
        "matches": 12, "wins": 8, "losses": 4, "draws": 0, "points": 120, "tournaments": 2,
        "tournament_wins": 1
    }
}))]
pub struct PublicProfile {
    /// User id.
    #[schema(value_type = String, format = Uuid)]
    pub id: UserId,
    /// Username.
    pub username: String,
    /// Display name.
    pub display_name: String,
    /// Address of the avatar.
    pub avatar: String,
    /// Short self-description; null if the profile is private.
    #[schema(required)]
    pub bio: Option<String>,
    /// Time of registration; null if the profile is private.
    #[schema(required)]
    pub date_joined: Option<Timestamp>,
    /// Whether fields are null because the profile is private.
    pub restricted: bool,
    /// Statistics; null if the profile is private.
    #[schema(required)]
    pub statistics: Option<Statistics>,
}

/// A user's statistics over all games.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Statistics {
    /// Number of finished matches.
    pub matches: i64,
    /// Number of matches won.
    pub wins: i64,
    /// Number of matches lost.
    pub losses: i64,
    /// Number of draws.
    pub draws: i64,
    /// Number of points scored.
    pub points: i64,
    /// Number of tournaments.
    pub tournaments: i64,
    /// Number of tournaments won.
    pub tournament_wins: i64,
}

/// A user in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "id": "01890a5d-ac96-774b-bcce-b302099a8057", "username": "ada", "display_name": "Ada L.",
    "avatar": "/api/v1/users/ada/avatar/", "is_deleted": false
}))]
pub struct UserSummary {
    /// User id.
    #[schema(value_type = String, format = Uuid)]
    pub id: UserId,
    /// Username.
    pub username: String,
    /// Display name.
    pub display_name: String,
    /// Address of the avatar.
    pub avatar: String,
    /// Whether the account was deleted. Deleted accounts cannot be found or sent messages.
    pub is_deleted: bool,
}

/// Changes to the profile. Fields that are omitted stay unchanged.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"display_name": "Ada L.", "bio": "First on the court.", "theme": "dark"}))]
pub struct PatchProfile {
    /// Display name, at most 50 characters. Empty or null to show the username.
    #[serde(default, deserialize_with = "some_empty_where_null")]
    #[validate(length(max = 50, message = "must be at most 50 characters long"))]
    #[schema(max_length = 50)]
    pub display_name: Option<String>,
    /// Short self-description, at most 500 characters. Null to clear it.
    #[serde(default, deserialize_with = "some_empty_where_null")]
    #[validate(length(max = 500, message = "must be at most 500 characters long"))]
    #[schema(max_length = 500)]
    pub bio: Option<String>,
    /// Theme of the web client.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = Theme)]
    pub theme: Option<Theme>,
    /// Language as a BCP 47 tag.
    #[serde(default, deserialize_with = "not_null")]
    #[validate(length(min = 2, max = 35, message = "must be 2 to 35 characters long"))]
    #[schema(value_type = String, min_length = 2, max_length = 35)]
    pub language: Option<String>,
    /// New email address, which takes effect when it is verified. The current address cancels a pending
    /// change.
    #[serde(default, deserialize_with = "not_null")]
    #[validate(length(min = 3, max = 254, message = "must be 3 to 254 characters long"))]
    #[schema(value_type = String, format = Email, min_length = 3, max_length = 254)]
    pub email: Option<String>,
    /// Privacy settings. Fields that are omitted stay unchanged.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = PatchPrivacy)]
    pub privacy: Option<PatchPrivacy>,
}

/// The new profile. Fields that are omitted are set to their defaults.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "display_name": "Ada L.", "bio": "First on the court.", "theme": "dark", "language": "en",
    "email": "ada@example.org", "privacy": {"searchable": true, "profile": "friends"}
}))]
pub struct PutProfile {
    /// Display name, at most 50 characters. Empty, null or omitted to show the username.
    #[serde(default, deserialize_with = "empty_where_null")]
    #[validate(length(max = 50, message = "must be at most 50 characters long"))]
    #[schema(value_type = Option<String>, max_length = 50)]
    pub display_name: String,
    /// Short self-description, at most 500 characters. Empty if null or omitted.
    #[serde(default, deserialize_with = "empty_where_null")]
    #[validate(length(max = 500, message = "must be at most 500 characters long"))]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub bio: String,
    /// Theme of the web client; `system` if omitted.
    #[serde(default)]
    pub theme: Theme,
    /// Language as a BCP 47 tag; `en` if omitted.
    #[serde(default = "default_language")]
    #[validate(length(min = 2, max = 35, message = "must be 2 to 35 characters long"))]
    #[schema(min_length = 2, max_length = 35)]
    pub language: String,
    /// The current email address, or a new one, which takes effect when it is verified. The current
    /// address cancels a pending change.
    #[validate(length(min = 3, max = 254, message = "must be 3 to 254 characters long"))]
    #[schema(format = Email, min_length = 3, max_length = 254)]
    pub email: String,
    /// Privacy settings. Fields that are omitted are set to their defaults.
    #[serde(default)]
    pub privacy: PatchPrivacy,
}

/// The default language of accounts.
pub const DEFAULT_LANGUAGE: &str = "en";

fn default_language() -> String {
    DEFAULT_LANGUAGE.to_owned()
}

/// An avatar.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({"avatar": "/api/v1/users/ada/avatar/?v=5c1f0a"}))]
pub struct Avatar {
    /// Address of the avatar.
    pub avatar: String,
}

/// An export of all data of the user.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "id": "01890a5d-ac96-774b-bcce-b302099a8057", "state": "ready",
    "created_at": "2026-01-31T12:00:00.000000Z", "ready_at": "2026-01-31T12:00:03.000000Z",
    "expires_at": "2026-02-07T12:00:03.000000Z", "size": 20480,
    "download": "/api/v1/users/profile/export/01890a5d-ac96-774b-bcce-b302099a8057/download/"
}))]
pub struct Export {
    /// Export id.
    #[schema(value_type = String, format = Uuid)]
    pub id: Id<ExportKind>,
    /// State of the export.
    pub state: ExportState,
    /// Time of the request.
    pub created_at: Timestamp,
    /// Time at which the export became ready.
    #[schema(required)]
    pub ready_at: Option<Timestamp>,
    /// Expiration of the download.
    #[schema(required)]
    pub expires_at: Option<Timestamp>,
    /// Size in bytes.
    #[schema(required)]
    pub size: Option<i64>,
    /// Address of the download, if the export is ready.
    #[schema(required)]
    pub download: Option<String>,
}

/// Deletes the current user's account.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"password": "violet-comet-harbour-19"}))]
pub struct DeleteAccount {
    /// Current password, as a confirmation.
    #[validate(custom(function = "accounts::password"))]
    #[schema(value_type = String, format = Password, max_length = 128)]
    pub password: Secret,
}
