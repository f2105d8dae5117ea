//! Tournaments: their settings, entrants, brackets and events.

mod bracket;
mod events;
mod requests;

use kernel::{Timestamp, id_type};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::users::UserSummary;

pub use bracket::{
    BracketEntrant, BracketPart, SlotHow, SlotState, TieBreakValue, TournamentBracket,
    TournamentRecapMatch, TournamentSlot, TournamentTableRow,
};
pub use events::{
    AnnounceTournament, EntrantUpdate, SlotsUpdate, TournamentInvite, TournamentUpdate,
};
pub use requests::{
    ChangeTournament, CoOrganizer, CreateTournament, DecideSlot, DisputeSlot, Disqualify,
    EnterTournament, InviteToTournament, OrderSeeds, RequestBye, SlotDecision,
};

id_type!(TournamentId, TournamentKind, "tournament");

/// The bounds of a tournament's name, in characters.
pub const TOURNAMENT_NAME_LEN: std::ops::RangeInclusive<u64> = 3..=60;
/// The maximum length of a tournament's description, in characters.
pub const MAX_TOURNAMENT_DESCRIPTION_LEN: u64 = 2_000;
/// The maximum length of an alias, in characters.
pub const MAX_ALIAS_LEN: u64 = 24;
/// The maximum length of a reason, in characters.
pub const MAX_TOURNAMENT_REASON_LEN: u64 = 500;

/// How a tournament is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TournamentFormat {
    /// Who loses is out.
    SingleElimination,
    /// Who loses twice is out.
    DoubleElimination,
    /// Everybody meets everybody.
    RoundRobin,
    /// A number of rounds, in each of which entrants with similar points meet.
    Swiss,
}

/// Who sees a tournament, and who may enter it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TournamentVisibility {
    /// Those who are invited.
    #[default]
    Private,
    /// Also the friends of the organizer.
    Friends,
    /// Everybody.
    Public,
}

/// The state of a tournament.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TournamentStatus {
    /// Only its organizers see it.
    Draft,
    /// Entrants register.
    Registration,
    /// Those who are registered check in.
    CheckIn,
    /// It is played.
    Running,
    /// No matches are called.
    Paused,
    /// It has a result.
    Finished,
    /// It was given up.
    Canceled,
}

/// How entrants get their seeds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TournamentSeeding {
    /// By their ratings.
    #[default]
    Rating,
    /// By a draw, which anybody can check with the published `draw_seed`.
    Random,
    /// By the organizers.
    Manual,
}

/// The state of an entrant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntrantState {
    /// On the waiting list.
    Waiting,
    /// Registered.
    Registered,
    /// Checked in.
    CheckedIn,
    /// Did not check in.
    Missed,
    /// Plays.
    Playing,
    /// Is out.
    Out,
    /// Has left.
    Withdrawn,
    /// Was disqualified.
    Disqualified,
}

/// A tournament.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "id": "01890a5d-ac96-774b-bcce-b302099a8063", "name": "Spring Cup", "description": "",
    "game": "pong", "options": {"score_to_win": 5}, "format": "single_elimination",
    "visibility": "public", "status": "registration", "capacity": 16, "entrants": 3, "waiting": 0,
    "organizer": {
        "id": "01890a5d-ac96-774b-bcce-b302099a8058", "username": "ada",
        "display_name": "Ada L.", "avatar": "/api/v1/users/ada/avatar/", "is_deleted": false
    },
    "co_organizers": [], "is_organizer": false, "starts_at": "2026-03-01T18:00:00.000000Z",
    "check_in_at": "2026-03-01T17:45:00.000000Z", "start_when_full": false, "seeding": "rating",
    "third_place": true, "legs": 1, "play_off": false, "rounds": null, "round": 0, "revision": 4, "draw_seed": null,
    "winner": null, "own_entries": [], "created_at": "2026-02-20T12:00:00.000000Z",
    "started_at": null, "ended_at": null
}))]
pub struct Tournament {
    /// The id of the tournament.
    #[schema(value_type = String, format = Uuid)]
    pub id: TournamentId,
    /// The name.
    pub name: String,
    /// The description; may be empty.
    pub description: String,
    /// The game.
    pub game: String,
    /// The options of its matches.
    #[schema(value_type = Object)]
    pub options: Value,
    /// How it is played.
    pub format: TournamentFormat,
    /// Who sees it.
    pub visibility: TournamentVisibility,
    /// The state.
    pub status: TournamentStatus,
    /// The maximum number of entrants.
    pub capacity: i32,
    /// The number of entrants.
    pub entrants: i32,
    /// The length of the waiting list.
    pub waiting: i32,
    /// Who organizes it.
    pub organizer: UserSummary,
    /// Who helps to organize it.
    pub co_organizers: Vec<UserSummary>,
    /// Whether the current user is an organizer.
    pub is_organizer: bool,
    /// When it starts by itself.
    #[schema(required)]
    pub starts_at: Option<Timestamp>,
    /// When check-in begins.
    #[schema(required)]
    pub check_in_at: Option<Timestamp>,
    /// Whether it starts when the last place is taken.
    pub start_when_full: bool,
    /// How entrants get their seeds.
    pub seeding: TournamentSeeding,
    /// Single elimination: whether the losers of the semi-finals play for the third place.
    pub third_place: bool,
    /// Round robin: how often each two entrants meet.
    pub legs: u8,
    /// Round robin: whether those who share the first place play it off.
    pub play_off: bool,
    /// Swiss: the number of rounds.
    #[schema(required)]
    pub rounds: Option<u32>,
    /// The current round; 0 before the start.
    pub round: i32,
    /// Grows with each change.
    pub revision: i64,
    /// What a random draw was made from, in hexadecimal digits; null before the start.
    #[schema(required)]
    pub draw_seed: Option<String>,
    /// The number of the winner among the entrants.
    #[schema(required)]
    pub winner: Option<i32>,
    /// The entries of the current user and of their local players.
    pub own_entries: Vec<OwnTournamentEntry>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it started.
    #[schema(required)]
    pub started_at: Option<Timestamp>,
    /// When it ended.
    #[schema(required)]
    pub ended_at: Option<Timestamp>,
}

/// An entry of the current user, or of a local player of theirs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "number": 3, "alias": "The Hammer", "is_local": false, "status": "registered", "place": null
}))]
pub struct OwnTournamentEntry {
    /// The number of the entrant.
    pub number: i32,
    /// The name in the tournament.
    pub alias: String,
    /// Whether it is a local player.
    pub is_local: bool,
    /// The state.
    pub status: EntrantState,
    /// The place, once it is known.
    #[schema(required)]
    pub place: Option<i32>,
}

/// An entrant of a tournament.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "number": 3, "alias": "The Hammer", "user": null, "host": {
        "id": "01890a5d-ac96-774b-bcce-b302099a8058", "username": "ada",
        "display_name": "Ada L.", "avatar": "/api/v1/users/ada/avatar/", "is_deleted": false
    }, "status": "playing", "seed": 2, "rating": null, "place": null,
    "registered_at": "2026-02-20T12:00:00.000000Z"
}))]
pub struct TournamentEntrant {
    /// The number in the order of registration.
    pub number: i32,
    /// The name in the tournament.
    pub alias: String,
    /// The user; null for a local player.
    #[schema(required)]
    pub user: Option<UserSummary>,
    /// The user at whose keyboard a local player plays.
    #[schema(required)]
    pub host: Option<UserSummary>,
    /// The state.
    pub status: EntrantState,
    /// The seed, once it is known.
    #[schema(required)]
    pub seed: Option<i32>,
    /// The rating at the start.
    #[schema(required)]
    pub rating: Option<i32>,
    /// The place, once it is known.
    #[schema(required)]
    pub place: Option<i32>,
    /// When they registered.
    pub registered_at: Timestamp,
}

/// A tournament that a user took part in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "id": "01890a5d-ac96-774b-bcce-b302099a8063", "name": "Spring Cup", "game": "pong",
    "format": "single_elimination", "status": "finished", "entrants": 16, "alias": "The Hammer",
    "place": 2, "started_at": "2026-03-01T18:00:00.000000Z",
    "ended_at": "2026-03-01T20:00:00.000000Z"
}))]
pub struct PlayedTournament {
    /// The id of the tournament.
    #[schema(value_type = String, format = Uuid)]
    pub id: TournamentId,
    /// The name.
    pub name: String,
    /// The game.
    pub game: String,
    /// How it was played.
    pub format: TournamentFormat,
    /// The state.
    pub status: TournamentStatus,
    /// The number of entrants.
    pub entrants: i32,
    /// The user's name in the tournament.
    pub alias: String,
    /// The user's place, once it is known.
    #[schema(required)]
    pub place: Option<i32>,
    /// When it started.
    #[schema(required)]
    pub started_at: Option<Timestamp>,
    /// When it ended.
    #[schema(required)]
    pub ended_at: Option<Timestamp>,
}

/// What an organizer or entrant did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "n": 12, "at": "2026-03-01T18:40:00.000000Z", "actor": null, "act": "award", "slot": "upper-2-1",
    "before": {"winner": 3}, "after": {"winner": 4}, "reason": "The wrong person played."
}))]
pub struct TournamentAuditEntry {
    /// The number of the entry.
    pub n: i32,
    /// When.
    pub at: Timestamp,
    /// Who; null if it happened by itself.
    #[schema(required)]
    pub actor: Option<UserSummary>,
    /// What.
    pub act: String,
    /// The slot that it concerns.
    #[schema(required)]
    pub slot: Option<String>,
    /// The state before.
    #[schema(value_type = Object, required)]
    pub before: Option<Value>,
    /// The state after.
    #[schema(value_type = Object, required)]
    pub after: Option<Value>,
    /// The given reason; may be empty.
    pub reason: String,
}
