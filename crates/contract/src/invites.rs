//! Invitations to play.

use kernel::{Id, Timestamp, id_type};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder};
use utoipa::openapi::{Ref, Schema, Type};
use validator::Validate;

use crate::unions::partial;
use crate::users::UserSummary;

id_type!(InviteId, InviteKind, "invite");
id_type!(MatchId, MatchKind, "match");

/// The game that is meant where none is named.
pub const DEFAULT_GAME: &str = "pong";

fn default_game() -> String {
    DEFAULT_GAME.to_owned()
}

/// Invites somebody to play.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "username": "grace", "game": "pong",
    "options": {"game_speed": "medium", "ranked": true, "score_to_win": 11}
}))]
pub struct CreateInvite {
    /// Whom to invite.
    #[validate(length(min = 1, max = 60, message = "1 to 60 characters"))]
    #[schema(min_length = 1, max_length = 60)]
    pub username: String,
    /// Which game of the catalogue; `pong` where it is left out.
    #[serde(default = "default_game")]
    #[validate(length(min = 1, max = 40, message = "1 to 40 characters"))]
    #[schema(min_length = 1, max_length = 40, default = "pong")]
    pub game: String,
    /// The options of that game; what is left out is as usual.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub options: Map<String, Value>,
    /// My own mark, given back with everything about this invite.
    #[serde(default)]
    #[validate(length(min = 1, max = 64, message = "1 to 64 characters"))]
    #[schema(min_length = 1, max_length = 64)]
    pub client_id: Option<String>,
}

/// Invites the opponent of a match to another one.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"options": {"game_speed": "fast"}}))]
pub struct PlayAgain {
    /// The options of its game; those of that match where left out.
    #[serde(default)]
    #[schema(schema_with = options_of_any_game)]
    pub options: Option<Map<String, Value>>,
    /// My own mark, given back with everything about this invite.
    #[serde(default)]
    #[validate(length(min = 1, max = 64, message = "1 to 64 characters"))]
    #[schema(min_length = 1, max_length = 64)]
    pub client_id: Option<String>,
}

/// Which game it is follows from the match.
fn options_of_any_game() -> Schema {
    let games = [PongOptions::name(), TicTacToeOptions::name()];
    let games = games.map(|name| Ref::from_schema_name(partial(&name)));
    let nothing = ObjectBuilder::new().schema_type(Type::Null);
    let options = games
        .into_iter()
        .fold(AnyOfBuilder::new(), AnyOfBuilder::item)
        .item(nothing)
        .description(Some(
            "The options of its game; those of that match where left out.",
        ))
        .build();
    Schema::AnyOf(options)
}

/// How far an invite is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InviteStatus {
    /// It waits for its answer.
    Pending,
    /// A match came of it.
    Accepted,
    /// The invited one said no.
    Declined,
    /// The sender took it back, or cannot play with the invited one any more.
    Canceled,
    /// Nobody answered in time.
    Expired,
}

/// Where an invite comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InviteOrigin {
    /// Somebody was picked.
    Direct,
    /// Right after a match.
    Rematch,
    /// From the history.
    Challenge,
}

/// Which side of my invites.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InviteRole {
    /// Invites to me.
    To,
    /// Invites from me.
    From,
}

/// An invite; also the data of the events `game_invite` and `game_invite_sent`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "id": "01890a5d-ac96-774b-bcce-b302099a8057",
    "sender": {
        "id": "01890a5d-ac96-774b-bcce-b302099a8058", "username": "ada",
        "display_name": "Ada L.", "avatar": "/api/v1/users/ada/avatar/", "is_deleted": false
    },
    "receiver": {
        "id": "01890a5d-ac96-774b-bcce-b302099a8059", "username": "grace",
        "display_name": "Grace H.", "avatar": "/api/v1/users/grace/avatar/", "is_deleted": false
    },
    "username": "ada", "game": "pong",
    "options": {
        "game_speed": "medium", "ranked": true, "cool_mode": false, "score_to_win": 11,
        "time_limit": 5
    },
    "client_id": "tab-1:42", "status": "pending", "origin": "direct", "origin_match_id": null,
    "match_id": null, "created_at": "2026-01-31T12:00:00.000000Z",
    "expires_at": "2026-01-31T12:10:00.000000Z", "answered_at": null
}))]
pub struct Invite {
    /// Names it.
    #[schema(value_type = String, format = Uuid)]
    pub id: Id<InviteKind>,
    /// Who invites.
    pub sender: UserSummary,
    /// Who is invited.
    pub receiver: UserSummary,
    /// The name of the sender: whom to answer.
    pub username: String,
    /// Which game of the catalogue.
    pub game: String,
    /// All options of that game.
    #[schema(value_type = Object)]
    pub options: Value,
    /// The sender's own mark.
    #[schema(required)]
    pub client_id: Option<String>,
    /// How far it is.
    pub status: InviteStatus,
    /// Where it comes from.
    pub origin: InviteOrigin,
    /// The match that it follows from.
    #[schema(value_type = Option<String>, format = Uuid, required)]
    pub origin_match_id: Option<MatchId>,
    /// The match that came of it.
    #[schema(value_type = Option<String>, format = Uuid, required)]
    pub match_id: Option<MatchId>,
    /// When it was sent.
    pub created_at: Timestamp,
    /// Until when it can be answered.
    pub expires_at: Timestamp,
    /// When it was answered or ended.
    #[schema(required)]
    pub answered_at: Option<Timestamp>,
}

/// The data of the action `reply_game_invite`: the invite by its id or by who sent it.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"username": "ada", "accept": true}))]
pub struct ReplyGameInvite {
    /// Who sent it.
    #[serde(default)]
    #[validate(length(min = 1, max = 60, message = "1 to 60 characters"))]
    #[schema(min_length = 1, max_length = 60)]
    pub username: Option<String>,
    /// Which invite.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub id: Option<InviteId>,
    /// Whether to play.
    pub accept: bool,
}

/// The data of the actions `game_accepted`, `game_declined` and `cancel_game_invite`.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"username": "ada"}))]
pub struct NamedPlayer {
    /// The other one.
    #[validate(length(min = 1, max = 60, message = "1 to 60 characters"))]
    #[schema(min_length = 1, max_length = 60)]
    pub username: String,
}

/// The data of the events `game_accepted` and `game_declined`, for both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "id": "01890a5d-ac96-774b-bcce-b302099a8057", "username": "grace", "game": "pong",
    "client_id": "tab-1:42", "match_id": "01890a5d-ac96-774b-bcce-b302099a8060"
}))]
pub struct InviteAnswered {
    /// Which invite.
    #[schema(value_type = String, format = Uuid)]
    pub id: Id<InviteKind>,
    /// The other one.
    pub username: String,
    /// Which game.
    pub game: String,
    /// The sender's own mark.
    #[schema(required)]
    pub client_id: Option<String>,
    /// The match that came of it, where it was accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub match_id: Option<MatchId>,
}

/// The data of the event `game_found`, for both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "match_id": "01890a5d-ac96-774b-bcce-b302099a8060", "game": "pong",
    "opponent": {
        "id": "01890a5d-ac96-774b-bcce-b302099a8058", "username": "ada",
        "display_name": "Ada L.", "avatar": "/api/v1/users/ada/avatar/", "is_deleted": false
    }
}))]
pub struct GameFound {
    /// The match to join.
    #[schema(value_type = String, format = Uuid)]
    pub match_id: Id<MatchKind>,
    /// Which game.
    pub game: String,
    /// The other player.
    pub opponent: UserSummary,
}

/// Why an invite is over without an answer, or never was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CancelReason {
    /// The sender took it back, or the two cannot play with each other any more.
    Canceled,
    /// Nobody answered in time.
    Expired,
    /// It could not be sent; the code of the refusal says why.
    Refused,
}

/// The data of the event `game_invite_canceled`, for both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01890a5d-ac96-774b-bcce-b302099a8057", "client_id": "tab-1:42", "username": "ada",
    "reason": "expired"
}))]
pub struct GameInviteCanceled {
    /// Which invite; null where none came to be.
    #[schema(value_type = Option<String>, format = Uuid, required)]
    pub id: Option<InviteId>,
    /// The sender's own mark.
    #[schema(required)]
    pub client_id: Option<String>,
    /// The other one.
    pub username: String,
    /// Why.
    pub reason: CancelReason,
    /// The code of the refusal, where it could not be sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
}

/// How fast the ball is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GameSpeed {
    /// For a quiet game.
    Slow,
    /// The usual.
    #[default]
    Medium,
    /// For quick eyes.
    Fast,
}

/// The options of Pong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({
    "game_speed": "medium", "ranked": false, "cool_mode": false, "score_to_win": 11,
    "time_limit": 5
}))]
pub struct PongOptions {
    /// How fast the ball is.
    #[schema(required)]
    pub game_speed: GameSpeed,
    /// Whether it counts for the rating.
    #[schema(required)]
    pub ranked: bool,
    /// The game with extras.
    #[schema(required)]
    pub cool_mode: bool,
    /// The points that win, 3 to 20.
    #[schema(minimum = 3, maximum = 20, required)]
    pub score_to_win: u8,
    /// The longest it takes in minutes, 1 to 5.
    #[schema(minimum = 1, maximum = 5, required)]
    pub time_limit: u8,
}

impl Default for PongOptions {
    fn default() -> Self {
        Self {
            game_speed: GameSpeed::Medium,
            ranked: false,
            cool_mode: false,
            score_to_win: 11,
            time_limit: 5,
        }
    }
}

/// The options of tic-tac-toe.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({"ranked": false}))]
pub struct TicTacToeOptions {
    /// Whether it counts for the rating.
    #[schema(required)]
    pub ranked: bool,
}
