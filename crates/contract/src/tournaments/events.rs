//! Events of tournaments.

use kernel::UserId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{TournamentEntrant, TournamentId, TournamentSlot, TournamentStatus};
use crate::users::UserSummary;

/// The action `new_tournament`: notifies the invited users.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "tournament_id": "01890a5d-ac96-774b-bcce-b302099a8063", "tournament_name": "Spring Cup",
    "organizer_id": "01890a5d-ac96-774b-bcce-b302099a8058"
}))]
pub struct AnnounceTournament {
    /// Tournament id.
    #[schema(value_type = String, format = Uuid)]
    pub tournament_id: TournamentId,
    /// Name of the tournament.
    #[validate(length(min = 1, max = 100, message = "must be 1 to 100 characters long"))]
    #[schema(min_length = 1, max_length = 100)]
    pub tournament_name: String,
    /// Id of the organizer, who must be the current user.
    #[schema(value_type = String, format = Uuid)]
    pub organizer_id: UserId,
}

/// An invitation to a tournament.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "tournament_id": "01890a5d-ac96-774b-bcce-b302099a8063", "tournament_name": "Spring Cup",
    "organizer_id": "01890a5d-ac96-774b-bcce-b302099a8058", "game": "pong",
    "sender": {
        "id": "01890a5d-ac96-774b-bcce-b302099a8058", "username": "ada",
        "display_name": "Ada L.", "avatar": "/api/v1/users/ada/avatar/", "is_deleted": false
    }
}))]
pub struct TournamentInvite {
    /// Tournament id.
    #[schema(value_type = String, format = Uuid)]
    pub tournament_id: TournamentId,
    /// Name of the tournament.
    pub tournament_name: String,
    /// Id of the organizer.
    #[schema(value_type = String, format = Uuid)]
    pub organizer_id: UserId,
    /// The game.
    pub game: String,
    /// Who invited.
    pub sender: UserSummary,
}

/// A tournament changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "tournament_id": "01890a5d-ac96-774b-bcce-b302099a8063", "revision": 17, "status": "running",
    "round": 2
}))]
pub struct TournamentUpdate {
    /// Tournament id.
    #[schema(value_type = String, format = Uuid)]
    pub tournament_id: TournamentId,
    /// The revision after the change.
    pub revision: i64,
    /// The state.
    pub status: TournamentStatus,
    /// The current round.
    pub round: i32,
}

/// An entrant changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "tournament_id": "01890a5d-ac96-774b-bcce-b302099a8063", "revision": 5,
    "entrant": {
        "number": 3, "alias": "The Hammer", "user": null, "host": null, "status": "registered",
        "seed": null, "rating": null, "place": null, "registered_at": "2026-02-20T12:00:00.000000Z"
    }
}))]
pub struct EntrantUpdate {
    /// Tournament id.
    #[schema(value_type = String, format = Uuid)]
    pub tournament_id: TournamentId,
    /// The revision after the change.
    pub revision: i64,
    /// The entrant.
    pub entrant: TournamentEntrant,
}

/// Slots changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "tournament_id": "01890a5d-ac96-774b-bcce-b302099a8063", "revision": 18, "slots": [{
        "slot": "upper-2-1", "part": "upper", "round": 2, "position": 1, "entrants": [3, 4],
        "winner_to": "upper-3-1", "loser_to": null, "status": "done",
        "match_id": "01890a5d-ac96-774b-bcce-b302099a8060", "score": [5, 3], "winner": 3,
        "how": "played", "call_at": null, "deadline": null, "disputed": false
    }]
}))]
pub struct SlotsUpdate {
    /// Tournament id.
    #[schema(value_type = String, format = Uuid)]
    pub tournament_id: TournamentId,
    /// The revision after the change.
    pub revision: i64,
    /// The slots as they are now: the one that the event is about first.
    pub slots: Vec<TournamentSlot>,
}
