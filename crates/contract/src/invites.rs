//! Invites to games.

use kernel::{Id, Timestamp, id_type};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder};
use utoipa::openapi::{Ref, Schema, Type};
use validator::Validate;

use crate::schema_names::partial;
use crate::users::UserSummary;

id_type!(InviteId, InviteKind, "invite");
id_type!(MatchId, MatchKind, "match");

/// The default game.
pub const DEFAULT_GAME: &str = "pong";

fn default_game() -> String {
    DEFAULT_GAME.to_owned()
}

/// The body that sends an invite.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "username": "grace", "game": "pong",
    "options": {"game_speed": "medium", "ranked": true, "score_to_win": 5}
}))]
pub struct CreateInvite {
    /// The receiver's username.
    #[validate(length(min = 1, max = 60, message = "1 to 60 characters"))]
    #[schema(min_length = 1, max_length = 60)]
    pub username: String,
    /// The game. The default is `pong`.
    #[serde(default = "default_game")]
    #[validate(length(min = 1, max = 40, message = "1 to 40 characters"))]
    #[schema(min_length = 1, max_length = 40, default = "pong")]
    pub game: String,
    /// The options of the game. Options that are left out get their defaults.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub options: Map<String, Value>,
    /// An id chosen by the client, which is returned with everything about this invite.
    #[serde(default)]
    #[validate(length(min = 1, max = 64, message = "1 to 64 characters"))]
    #[schema(min_length = 1, max_length = 64)]
    pub client_id: Option<String>,
}

/// The body that invites the opponent of a match to another match.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"options": {"game_speed": "fast"}}))]
pub struct PlayAgain {
    /// The options of the game. Without them, those of the match; with some, the others get their defaults.
    #[serde(default)]
    #[schema(schema_with = options_of_any_game)]
    pub options: Option<Map<String, Value>>,
    /// An id chosen by the client, which is returned with everything about this invite.
    #[serde(default)]
    #[validate(length(min = 1, max = 64, message = "1 to 64 characters"))]
    #[schema(min_length = 1, max_length = 64)]
    pub client_id: Option<String>,
}

/// The schema of options of any game. The game follows from the match.
fn options_of_any_game() -> Schema {
    let games = [PongOptions::name(), TicTacToeOptions::name()];
    let games = games.map(|name| Ref::from_schema_name(partial(&name)));
    let null = ObjectBuilder::new().schema_type(Type::Null);
    let options = games
        .into_iter()
        .fold(AnyOfBuilder::new(), AnyOfBuilder::item)
        .item(null)
        .description(Some(
            "The options of the game. Without them, those of the match; with some, the others get their defaults.",
        ))
        .build();
    Schema::AnyOf(options)
}

/// The status of an invite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InviteStatus {
    /// Not answered yet.
    Pending,
    /// Accepted by the receiver; a match was created.
    Accepted,
    /// Declined by the receiver.
    Declined,
    /// Canceled by the sender, or by a block or the deletion of an account.
    Canceled,
    /// Not answered in time.
    Expired,
}

/// The origin of an invite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InviteOrigin {
    /// Sent to a chosen user.
    Direct,
    /// A rematch, right after a match.
    Rematch,
    /// A challenge from the match history.
    Challenge,
}

/// The role of the current user in invites.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InviteRole {
    /// Received invites.
    To,
    /// Sent invites.
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
        "game_speed": "medium", "ranked": true, "cool_mode": false, "score_to_win": 5,
        "time_limit": 5
    },
    "client_id": "tab-1:42", "status": "pending", "origin": "direct", "origin_match_id": null,
    "match_id": null, "created_at": "2026-01-31T12:00:00.000000Z",
    "expires_at": "2026-01-31T12:10:00.000000Z", "answered_at": null
}))]
pub struct Invite {
    /// The id of the invite.
    #[schema(value_type = String, format = Uuid)]
    pub id: Id<InviteKind>,
    /// The sender.
    pub sender: UserSummary,
    /// The receiver.
    pub receiver: UserSummary,
    /// The sender's username.
    pub username: String,
    /// The game.
    pub game: String,
    /// All options of the game.
    #[schema(value_type = Object)]
    pub options: Value,
    /// The id chosen by the sender's client.
    #[schema(required)]
    pub client_id: Option<String>,
    /// The status.
    pub status: InviteStatus,
    /// The origin.
    pub origin: InviteOrigin,
    /// The match to which a rematch or challenge refers.
    #[schema(value_type = Option<String>, format = Uuid, required)]
    pub origin_match_id: Option<MatchId>,
    /// The match that was created when it was accepted.
    #[schema(value_type = Option<String>, format = Uuid, required)]
    pub match_id: Option<MatchId>,
    /// When it was sent.
    pub created_at: Timestamp,
    /// When it expires.
    pub expires_at: Timestamp,
    /// When it was answered, canceled or expired.
    #[schema(required)]
    pub answered_at: Option<Timestamp>,
}

/// The data of the action `reply_game_invite`, which names the invite by its id or by its sender.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"username": "ada", "accept": true}))]
pub struct ReplyGameInvite {
    /// The sender's username.
    #[serde(default)]
    #[validate(length(min = 1, max = 60, message = "1 to 60 characters"))]
    #[schema(min_length = 1, max_length = 60)]
    pub username: Option<String>,
    /// The id of the invite.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub id: Option<InviteId>,
    /// Whether to accept it.
    pub accept: bool,
}

/// The data of the actions `game_accepted`, `game_declined` and `cancel_game_invite`.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"username": "ada"}))]
pub struct NamedPlayer {
    /// The username of the other player.
    #[validate(length(min = 1, max = 60, message = "1 to 60 characters"))]
    #[schema(min_length = 1, max_length = 60)]
    pub username: String,
}

/// The data of the events `game_accepted` and `game_declined`, for both players.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "id": "01890a5d-ac96-774b-bcce-b302099a8057", "username": "grace", "game": "pong",
    "client_id": "tab-1:42", "match_id": "01890a5d-ac96-774b-bcce-b302099a8060"
}))]
pub struct InviteAnswered {
    /// The id of the invite.
    #[schema(value_type = String, format = Uuid)]
    pub id: Id<InviteKind>,
    /// The username of the other player.
    pub username: String,
    /// The game.
    pub game: String,
    /// The id chosen by the sender's client.
    #[schema(required)]
    pub client_id: Option<String>,
    /// The match that was created, if the invite was accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub match_id: Option<MatchId>,
}

/// The data of the event `game_found`, for both players.
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
    /// The game.
    pub game: String,
    /// The other player.
    pub opponent: UserSummary,
}

/// Why an invite ended without an answer, or was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CancelReason {
    /// Canceled by the sender, or by a block or the deletion of an account.
    Canceled,
    /// Not answered in time.
    Expired,
    /// It could not be sent. The code says why.
    Refused,
}

/// The data of the event `game_invite_canceled`, for both players.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01890a5d-ac96-774b-bcce-b302099a8057", "client_id": "tab-1:42", "username": "ada",
    "reason": "expired"
}))]
pub struct GameInviteCanceled {
    /// The id of the invite; null if it could not be sent.
    #[schema(value_type = Option<String>, format = Uuid, required)]
    pub id: Option<InviteId>,
    /// The id chosen by the sender's client.
    #[schema(required)]
    pub client_id: Option<String>,
    /// The username of the other player.
    pub username: String,
    /// The reason.
    pub reason: CancelReason,
    /// The error code, if the invite could not be sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
}

/// The speed of the ball.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GameSpeed {
    /// Slow.
    Slow,
    /// The default.
    #[default]
    Medium,
    /// Fast.
    Fast,
}

/// The options of Pong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({
    "game_speed": "medium", "ranked": false, "cool_mode": false, "score_to_win": 5,
    "time_limit": 5
}))]
pub struct PongOptions {
    /// The speed of the ball.
    #[schema(required)]
    pub game_speed: GameSpeed,
    /// Whether the match counts for the rating.
    #[schema(required)]
    pub ranked: bool,
    /// Whether cool mode, with coins and effects, is on.
    #[schema(required)]
    pub cool_mode: bool,
    /// The points needed to win, 3 to 20.
    #[schema(minimum = 3, maximum = 20, required)]
    pub score_to_win: u8,
    /// The time limit in minutes, 1 to 5.
    #[schema(minimum = 1, maximum = 5, required)]
    pub time_limit: u8,
}

impl Default for PongOptions {
    fn default() -> Self {
        Self {
            game_speed: GameSpeed::Medium,
            ranked: false,
            cool_mode: false,
            score_to_win: 5,
            time_limit: 5,
        }
    }
}

/// The options of tic-tac-toe.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({"ranked": false}))]
pub struct TicTacToeOptions {
    /// Whether the match counts for the rating.
    #[schema(required)]
    pub ranked: bool,
}
