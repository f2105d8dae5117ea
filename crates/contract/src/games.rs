//! The catalogue of games, and matches against the computer or at one keyboard.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa::openapi::schema::{Array, ArrayBuilder, ObjectBuilder, Type};
use validator::Validate;

use crate::matches::GameMatch;
use crate::tournaments::Tournament;

/// The maximum length of the name of a player without an account, in characters.
pub const MAX_LOCAL_NAME_LEN: usize = 24;

/// The maximum number of players at one keyboard.
pub const MAX_LOCAL_PLAYERS: usize = 31;

/// The games of the catalogue.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(transparent)]
pub struct GameListings(pub Vec<GameListing>);

/// A game of the catalogue.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(example = json!({
    "slug": "tictactoe", "title": "Tic-tac-toe", "description": "Three in a row win.",
    "has_draws": true,
    "options": {"type": "object", "properties": {"ranked": {"type": "boolean", "default": false}}},
    "levels": [{"name": "easy", "skill": 300}, {"name": "hard", "skill": 1000}]
}))]
pub struct GameListing {
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// A sentence about it.
    pub description: String,
    /// Whether matches can end in a draw.
    pub has_draws: bool,
    /// The JSON schema of its options.
    #[schema(value_type = Object)]
    pub options: Value,
    /// The levels of the computer, the weakest first.
    pub levels: Vec<GameLevel>,
}

/// A level of the computer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"name": "hard", "skill": 700}))]
pub struct GameLevel {
    /// Its name.
    pub name: String,
    /// Its skill, 0 to 1,000.
    #[schema(maximum = 1000)]
    pub skill: u16,
}

/// The body that starts a match against the computer.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"level": "medium", "options": {"score_to_win": 3}}))]
pub struct StartPractice {
    /// A level of the game, or `adaptive` for one that follows the results of the current user. The
    /// default are the user's AI settings.
    #[serde(default)]
    #[validate(length(min = 1, max = 40, message = "1 to 40 characters"))]
    #[schema(min_length = 1, max_length = 40)]
    pub level: Option<String>,
    /// The options of the game. Options that are left out get their defaults.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub options: Map<String, Value>,
}

/// What begins at one keyboard: a match of two players, or a tournament of more.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum LocalStart {
    /// The match of two players.
    Match(Box<GameMatch>),
    /// The tournament of more.
    Tournament(Box<Tournament>),
}

/// The body that starts a match of two players at one keyboard, or a tournament of more.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"players": ["Ada", "Grace"], "options": {"score_to_win": 3}}))]
pub struct StartLocal {
    /// The names of the players, 1 to 24 characters each. The current user's client plays all of them.
    #[schema(schema_with = local_names)]
    pub players: Vec<String>,
    /// The options of the game. Options that are left out get their defaults.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub options: Map<String, Value>,
}

fn local_names() -> Array {
    let name = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(MAX_LOCAL_NAME_LEN));
    ArrayBuilder::new()
        .description(Some(
            "The names of the players. The current user's client plays all of them.",
        ))
        .items(name)
        .min_items(Some(2))
        .max_items(Some(MAX_LOCAL_PLAYERS))
        .build()
}
