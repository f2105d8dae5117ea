//! The bodies of requests about tournaments.

use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa::openapi::schema::{Array, ArrayBuilder, ObjectBuilder, Type};
use validator::Validate;

use super::{TournamentFormat, TournamentSeeding, TournamentVisibility};
use crate::fields::{not_null, nullable};

const fn one() -> u8 {
    1
}

/// Creates a tournament.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "Spring Cup", "game": "pong", "format": "single_elimination", "capacity": 16,
    "visibility": "public", "third_place": true
}))]
pub struct CreateTournament {
    /// The name.
    #[schema(min_length = 3, max_length = 60)]
    pub name: String,
    /// The description.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub description: String,
    /// The game.
    #[validate(length(min = 1, max = 40, message = "1 to 40 characters"))]
    #[schema(min_length = 1, max_length = 40)]
    pub game: String,
    /// The options of its matches. Options that are left out get their defaults.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub options: Map<String, Value>,
    /// How it is played.
    pub format: TournamentFormat,
    /// Who sees it; `private` if left out.
    #[serde(default)]
    pub visibility: TournamentVisibility,
    /// The maximum number of entrants: up to 32 in round robin, up to 1,024 otherwise.
    #[schema(minimum = 2, maximum = 1024)]
    pub capacity: i32,
    /// When it starts by itself. Without it, an organizer starts it.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub starts_at: Option<Timestamp>,
    /// For how many minutes before `starts_at` entrants check in; 0 for no check-in. The default is 15.
    #[serde(default)]
    #[schema(maximum = 120)]
    pub check_in_minutes: Option<i32>,
    /// Whether it starts when the last place is taken.
    #[serde(default)]
    pub start_when_full: bool,
    /// How entrants get their seeds; `rating` if left out.
    #[serde(default)]
    pub seeding: TournamentSeeding,
    /// Single elimination: whether the losers of the semi-finals play for the third place.
    #[serde(default)]
    pub third_place: bool,
    /// Round robin: how often each two entrants meet, once or twice.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 2)]
    pub legs: u8,
    /// Round robin: whether those who share the first place play it off.
    #[serde(default)]
    pub play_off: bool,
    /// Swiss: the number of rounds, 3 to 15. The default depends on the number of entrants.
    #[serde(default)]
    #[schema(minimum = 3, maximum = 15)]
    pub rounds: Option<u32>,
    /// Whether only its organizers see it until they open it.
    #[serde(default)]
    pub draft: bool,
}

/// Changes a tournament. Fields that are left out stay unchanged. Only name and description can be changed
/// once it has started.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Summer Cup", "capacity": 32}))]
pub struct ChangeTournament {
    /// The name.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(min_length = 3, max_length = 60)]
    pub name: Option<String>,
    /// The description.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(max_length = 2000)]
    pub description: Option<String>,
    /// The options of its matches.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = Option<Object>)]
    pub options: Option<Map<String, Value>>,
    /// Who sees it.
    #[serde(default, deserialize_with = "not_null")]
    pub visibility: Option<TournamentVisibility>,
    /// The maximum number of entrants, not below those who are registered.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(minimum = 2, maximum = 1024)]
    pub capacity: Option<i32>,
    /// When it starts by itself; null if an organizer starts it.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub starts_at: Option<Option<Timestamp>>,
    /// For how many minutes before `starts_at` entrants check in; 0 for no check-in.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(maximum = 120)]
    pub check_in_minutes: Option<i32>,
    /// Whether it starts when the last place is taken.
    #[serde(default, deserialize_with = "not_null")]
    pub start_when_full: Option<bool>,
    /// How entrants get their seeds.
    #[serde(default, deserialize_with = "not_null")]
    pub seeding: Option<TournamentSeeding>,
}

/// Registers the current user, or a local player of theirs.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"alias": "The Hammer"}))]
pub struct EnterTournament {
    /// The name in the tournament, unique regardless of case.
    #[schema(min_length = 1, max_length = 24)]
    pub alias: String,
    /// Whether it is a player without an account, who plays at the current user's keyboard.
    #[serde(default)]
    pub local: bool,
}

/// Asks for a bye in Swiss.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"round": 3}))]
pub struct RequestBye {
    /// The round in which the entrant does not play, for half a point; null takes the request back.
    #[schema(required, minimum = 1, maximum = 15)]
    pub round: Option<u16>,
}

/// Invites users to a tournament.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"usernames": ["grace", "alan"]}))]
pub struct InviteToTournament {
    /// Their usernames.
    #[validate(length(min = 1, max = 50, message = "1 to 50 usernames"))]
    #[schema(schema_with = invited_usernames)]
    pub usernames: Vec<String>,
}

/// The maximum length of a username in a request.
const MAX_NAME_LEN: usize = 60;

fn invited_usernames() -> Array {
    let username = ObjectBuilder::new()
        .schema_type(Type::String)
        .max_length(Some(MAX_NAME_LEN));
    ArrayBuilder::new()
        .description(Some("Their usernames."))
        .items(username)
        .min_items(Some(1))
        .max_items(Some(50))
        .build()
}

/// Names a co-organizer.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"username": "grace"}))]
pub struct CoOrganizer {
    /// Their username.
    #[validate(length(min = 1, max = 60, message = "1 to 60 characters"))]
    #[schema(min_length = 1, max_length = 60)]
    pub username: String,
}

/// Sets the seeds by hand.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"order": [3, 1, 2]}))]
pub struct OrderSeeds {
    /// The numbers of all entrants, the best seed first.
    #[validate(length(min = 1, max = 1024, message = "1 to 1,024 numbers"))]
    #[schema(min_items = 1, max_items = 1024)]
    pub order: Vec<i32>,
}

/// Disputes a result.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"slot": "upper-2-1", "reason": "The wrong person played."}))]
pub struct DisputeSlot {
    /// The name of the slot.
    #[validate(length(min = 1, max = 40, message = "1 to 40 characters"))]
    #[schema(min_length = 1, max_length = 40)]
    pub slot: String,
    /// The reason.
    #[validate(length(min = 1, max = 500, message = "1 to 500 characters"))]
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

/// What an organizer decides about a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SlotDecision {
    /// The result stands.
    Uphold,
    /// The match is played again.
    Replay,
    /// `winner` wins.
    Award,
}

/// Decides about a slot.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"decision": "award", "winner": 4, "reason": "The wrong person played."}))]
pub struct DecideSlot {
    /// What is decided.
    pub decision: SlotDecision,
    /// The number of the entrant who wins, for `award`.
    #[serde(default, deserialize_with = "not_null")]
    pub winner: Option<i32>,
    /// The reason.
    #[validate(length(min = 1, max = 500, message = "1 to 500 characters"))]
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

/// Disqualifies an entrant.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Cheating."}))]
pub struct Disqualify {
    /// The reason.
    #[validate(length(min = 1, max = 500, message = "1 to 500 characters"))]
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}
