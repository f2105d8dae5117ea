//! People: one's own profile and settings, and what others see.

use kernel::{Id, Role, Secret, Timestamp, UserId, id_type};
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use validator::{Validate, ValidationErrors};

use crate::accounts::{self, AiLevel, Audience, ExportState, Theme};
use crate::auth::SecondFactorState;
use crate::fields::{empty_where_null, not_null, some_empty_where_null};
use crate::requests::Request;

id_type!(ExportId, ExportKind, "export");

/// My own profile.
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
    /// Never changes.
    #[schema(value_type = String, format = Uuid)]
    pub id: UserId,
    /// The name to sign in and be found with.
    pub username: String,
    /// The name that others read; the username where none is set.
    pub display_name: String,
    /// The address on file.
    pub email: String,
    /// Whether the address is proven.
    pub email_verified: bool,
    /// A new address that waits for its proof.
    #[schema(required)]
    pub pending_email: Option<String>,
    /// A few words.
    pub bio: String,
    /// Where the picture is.
    pub avatar: String,
    /// Light or dark.
    pub theme: Theme,
    /// A BCP 47 language tag.
    pub language: String,
    /// What I may do.
    pub role: Role,
    /// Which second steps are on.
    pub second_factor: SecondFactorState,
    /// Who may see and do what.
    pub privacy: Privacy,
    /// When the account was made.
    pub date_joined: Timestamp,
}

/// Somebody's profile, as I may see it.
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
    /// Never changes.
    #[schema(value_type = String, format = Uuid)]
    pub id: UserId,
    /// The name to be found with.
    pub username: String,
    /// The name to read.
    pub display_name: String,
    /// Where the picture is.
    pub avatar: String,
    /// A few words; null where they keep their profile to themselves.
    #[schema(required)]
    pub bio: Option<String>,
    /// When the account was made; null where they keep their profile to themselves.
    #[schema(required)]
    pub date_joined: Option<Timestamp>,
    /// Whether parts are left out because they keep their profile to themselves.
    pub restricted: bool,
    /// Their record; null where they keep their profile to themselves.
    #[schema(required)]
    pub statistics: Option<Statistics>,
}

/// A player's record over all games.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Statistics {
    /// Matches played to the end.
    pub matches: i64,
    /// Of these, won.
    pub wins: i64,
    /// Of these, lost.
    pub losses: i64,
    /// Of these, neither.
    pub draws: i64,
    /// Points scored.
    pub points: i64,
    /// Tournaments played.
    pub tournaments: i64,
    /// Of these, won.
    pub tournament_wins: i64,
}

/// A line of a list of people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "id": "01890a5d-ac96-774b-bcce-b302099a8057", "username": "ada", "display_name": "Ada L.",
    "avatar": "/api/v1/users/ada/avatar/", "is_deleted": false
}))]
pub struct UserSummary {
    /// Never changes.
    #[schema(value_type = String, format = Uuid)]
    pub id: UserId,
    /// The name to be found with.
    pub username: String,
    /// The name to read.
    pub display_name: String,
    /// Where the picture is.
    pub avatar: String,
    /// Whether the account was deleted: the person cannot be found or written to any more.
    pub is_deleted: bool,
}

/// Changes to my profile; what is left out stays. Null empties what can be empty.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"display_name": "Ada L.", "bio": "First on the court.", "theme": "dark"}))]
pub struct PatchProfile {
    /// At most 50 characters; empty or null for the username.
    #[serde(default, deserialize_with = "some_empty_where_null")]
    #[validate(length(max = 50, message = "too long: 50 characters at most"))]
    #[schema(max_length = 50)]
    pub display_name: Option<String>,
    /// At most 500 characters; null empties it.
    #[serde(default, deserialize_with = "some_empty_where_null")]
    #[validate(length(max = 500, message = "too long: 500 characters at most"))]
    #[schema(max_length = 500)]
    pub bio: Option<String>,
    /// Light or dark.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = Theme)]
    pub theme: Option<Theme>,
    /// A BCP 47 language tag.
    #[serde(default, deserialize_with = "not_null")]
    #[validate(length(min = 2, max = 35, message = "2 to 35 characters"))]
    #[schema(value_type = String, min_length = 2, max_length = 35)]
    pub language: Option<String>,
    /// A new address; it counts when its link was followed. The address of now ends a change that
    /// waits for that.
    #[serde(default, deserialize_with = "not_null")]
    #[validate(length(min = 3, max = 254, message = "3 to 254 characters"))]
    #[schema(value_type = String, format = Email, min_length = 3, max_length = 254)]
    pub email: Option<String>,
    /// Who may see and do what; what is left out stays.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = PatchPrivacy)]
    pub privacy: Option<PatchPrivacy>,
}

/// My profile as it is to be: what is left out is empty, or as in a new account.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "display_name": "Ada L.", "bio": "First on the court.", "theme": "dark", "language": "en",
    "email": "ada@example.org", "privacy": {"searchable": true, "profile": "friends"}
}))]
pub struct PutProfile {
    /// At most 50 characters; empty, null or left out for the username.
    #[serde(default, deserialize_with = "empty_where_null")]
    #[validate(length(max = 50, message = "too long: 50 characters at most"))]
    #[schema(value_type = Option<String>, max_length = 50)]
    pub display_name: String,
    /// At most 500 characters; empty where null or left out.
    #[serde(default, deserialize_with = "empty_where_null")]
    #[validate(length(max = 500, message = "too long: 500 characters at most"))]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub bio: String,
    /// Light or dark; as the device is set where left out.
    #[serde(default)]
    pub theme: Theme,
    /// A BCP 47 language tag; `en` where it is left out.
    #[serde(default = "default_language")]
    #[validate(length(min = 2, max = 35, message = "2 to 35 characters"))]
    #[schema(min_length = 2, max_length = 35)]
    pub language: String,
    /// My address, or a new one; that counts when its link was followed. The address of now ends a
    /// change that waits for that.
    #[validate(length(min = 3, max = 254, message = "3 to 254 characters"))]
    #[schema(format = Email, min_length = 3, max_length = 254)]
    pub email: String,
    /// Who may see and do what; what is left out is as in a new account.
    #[serde(default)]
    pub privacy: PatchPrivacy,
}

/// The language of an account that has chosen none.
pub const DEFAULT_LANGUAGE: &str = "en";

fn default_language() -> String {
    DEFAULT_LANGUAGE.to_owned()
}

/// Who may see and do what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Privacy {
    /// Whether others find me by searching; my exact name always works.
    pub searchable: bool,
    /// Who sees my bio and statistics.
    pub profile: Audience,
    /// Who sees my matches.
    pub match_history: Audience,
    /// Who sees whether I am online.
    pub online_status: Audience,
    /// Who may ask to be my friend.
    pub friend_requests: Audience,
    /// Who may invite me to a game.
    pub game_invites: Audience,
    /// Whether others see that I have read what they wrote to me.
    #[serde(default = "gives_receipts")]
    #[schema(required)]
    pub read_receipts: bool,
}

/// Settings that were stored before there was the switch.
fn gives_receipts() -> bool {
    true
}

/// Who may see and do what, in part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"searchable": true, "profile": "friends"}))]
pub struct PatchPrivacy {
    /// Whether others find me by searching.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = bool)]
    pub searchable: Option<bool>,
    /// Who sees my bio and statistics.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = Audience)]
    pub profile: Option<Audience>,
    /// Who sees my matches.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = Audience)]
    pub match_history: Option<Audience>,
    /// Who sees whether I am online: `everyone` counts as `friends`.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = Audience)]
    pub online_status: Option<Audience>,
    /// Who may ask to be my friend: `friends` counts as `nobody`.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = Audience)]
    pub friend_requests: Option<Audience>,
    /// Who may invite me to a game.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = Audience)]
    pub game_invites: Option<Audience>,
    /// Whether others see that I have read what they wrote to me.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = bool)]
    pub read_receipts: Option<bool>,
}

/// Free-form preferences, such as how a game looks: one JSON object of at most 16 KiB.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Preferences(pub serde_json::Map<String, serde_json::Value>);

// The derive leaves the example of a wrapped object out.
impl PartialSchema for Preferences {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .description(Some(
                "Free-form preferences: one JSON object of at most 16 KiB.",
            ))
            .additional_properties(Some(AdditionalProperties::FreeForm(true)))
            .examples([serde_json::json!({
                "pong": {"paddle": "#33ff99", "background": "night", "sound": true}
            })])
            .into()
    }
}

impl ToSchema for Preferences {}

/// Their size is checked by accounts, as a whole.
impl Validate for Preferences {
    fn validate(&self) -> Result<(), validator::ValidationErrors> {
        Ok(())
    }
}

/// How the computer plays against me.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema,
)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "level": "medium", "reaction_ms": 200, "accuracy": 80, "adaptive": false
}))]
pub struct AiSettings {
    /// How strong it is.
    pub level: AiLevel,
    /// How late it sees the ball, in milliseconds; the level's own where it is null.
    #[serde(default)]
    #[validate(range(max = 1000, message = "0 to 1000"))]
    #[schema(maximum = 1000, required)]
    pub reaction_ms: Option<u16>,
    /// How well it aims, in percent; the level's own where it is null.
    #[serde(default)]
    #[validate(range(max = 100, message = "0 to 100"))]
    #[schema(maximum = 100, required)]
    pub accuracy: Option<u8>,
    /// Whether it plays down to a weaker and up to a stronger opponent.
    #[serde(default)]
    #[schema(required)]
    pub adaptive: bool,
}

/// The body that replaces how the computer plays against me. What is left out is null, or false.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct PutAiSettings(pub AiSettings);

impl Validate for PutAiSettings {
    fn validate(&self) -> Result<(), ValidationErrors> {
        self.0.validate()
    }
}

impl PartialSchema for PutAiSettings {
    fn schema() -> RefOr<Schema> {
        let request = Request {
            description: "How the computer plays against me. What is left out is null, or false.",
            example: None,
            optional: &["reaction_ms", "accuracy", "adaptive"],
            nested: &[],
        };
        request.schema::<AiSettings>()
    }
}

impl ToSchema for PutAiSettings {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        AiSettings::schemas(schemas);
    }
}

/// A new picture.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({"avatar": "/api/v1/users/ada/avatar/?v=5c1f0a"}))]
pub struct Avatar {
    /// Where the picture is.
    pub avatar: String,
}

/// A download of all my data.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "id": "01890a5d-ac96-774b-bcce-b302099a8057", "state": "ready",
    "created_at": "2026-01-31T12:00:00.000000Z", "ready_at": "2026-01-31T12:00:03.000000Z",
    "expires_at": "2026-02-07T12:00:03.000000Z", "size": 20480,
    "download": "/api/v1/users/profile/export/01890a5d-ac96-774b-bcce-b302099a8057/download/"
}))]
pub struct Export {
    /// Names it.
    #[schema(value_type = String, format = Uuid)]
    pub id: Id<ExportKind>,
    /// How far it is.
    pub state: ExportState,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it was ready.
    #[schema(required)]
    pub ready_at: Option<Timestamp>,
    /// When the download ends.
    #[schema(required)]
    pub expires_at: Option<Timestamp>,
    /// How many bytes it has.
    #[schema(required)]
    pub size: Option<i64>,
    /// Where to get it, once ready.
    #[schema(required)]
    pub download: Option<String>,
}

/// Deletes my account for good.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"password": "violet-comet-harbour-19"}))]
pub struct DeleteAccount {
    /// The password, so that nobody else does it and nobody by accident.
    #[validate(custom(function = "accounts::password"))]
    #[schema(value_type = String, format = Password, max_length = 128)]
    pub password: Secret,
}
