//! Settings of a user: privacy, preferences of clients, and the AI opponent.

use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use validator::{Validate, ValidationErrors};

use crate::accounts::{AiLevel, Audience};
use crate::fields::not_null;
use crate::requests::Request;

/// Privacy settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Privacy {
    /// Whether other users can find the user by search. The exact username can always be found.
    pub searchable: bool,
    /// Who can see the bio and the statistics.
    pub profile: Audience,
    /// Who can see the match history.
    pub match_history: Audience,
    /// Who can see whether the user is online.
    pub online_status: Audience,
    /// Who can send friend requests.
    pub friend_requests: Audience,
    /// Who can send game invites.
    pub game_invites: Audience,
    /// Whether senders can see that the user has read their messages.
    #[serde(default = "default_read_receipts")]
    #[schema(required)]
    pub read_receipts: bool,
}

/// The value for settings that were stored before the field existed.
fn default_read_receipts() -> bool {
    true
}

/// Changes to privacy settings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"searchable": true, "profile": "friends"}))]
pub struct PatchPrivacy {
    /// Whether other users can find the user by search.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = bool)]
    pub searchable: Option<bool>,
    /// Who can see the bio and the statistics.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = Audience)]
    pub profile: Option<Audience>,
    /// Who can see the match history.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = Audience)]
    pub match_history: Option<Audience>,
    /// Who can see whether the user is online. `everyone` has the effect of `friends`.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = Audience)]
    pub online_status: Option<Audience>,
    /// Who can send friend requests. `friends` has the effect of `nobody`.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = Audience)]
    pub friend_requests: Option<Audience>,
    /// Who can send game invites.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = Audience)]
    pub game_invites: Option<Audience>,
    /// Whether senders can see that the user has read their messages.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = bool)]
    pub read_receipts: Option<bool>,
}

/// Free-form preferences of clients: one JSON object of at most 16 KiB.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Preferences(pub serde_json::Map<String, serde_json::Value>);

// The derive macro omits the example of a newtype.
impl PartialSchema for Preferences {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .description(Some(
                "Free-form preferences of clients: one JSON object of at most 16 KiB.",
            ))
            .additional_properties(Some(AdditionalProperties::FreeForm(true)))
            .examples([serde_json::json!({
                "pong": {"paddle": "#33ff99", "background": "night", "sound": true}
            })])
            .into()
    }
}

impl ToSchema for Preferences {}

/// The size is checked by the accounts service.
impl Validate for Preferences {
    fn validate(&self) -> Result<(), validator::ValidationErrors> {
        Ok(())
    }
}

/// Settings of the AI opponent.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema,
)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "level": "medium", "reaction_ms": 200, "accuracy": 80, "adaptive": false
}))]
pub struct AiSettings {
    /// Strength.
    pub level: AiLevel,
    /// Reaction time in milliseconds; null for the default of the level.
    #[serde(default)]
    #[validate(range(max = 1000, message = "must be 0 to 1000"))]
    #[schema(maximum = 1000, required)]
    pub reaction_ms: Option<u16>,
    /// Accuracy in percent; null for the default of the level.
    #[serde(default)]
    #[validate(range(max = 100, message = "must be 0 to 100"))]
    #[schema(maximum = 100, required)]
    pub accuracy: Option<u8>,
    /// Whether the strength adapts to the user.
    #[serde(default)]
    #[schema(required)]
    pub adaptive: bool,
}

/// New settings of the AI opponent. Fields that are omitted are set to null or false.
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
            description: "Settings of the AI opponent. Fields that are omitted are set to null or false.",
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
