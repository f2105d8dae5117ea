//! The socket action for tournaments.

use kernel::{UserId, id_type};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

id_type!(TournamentId, TournamentKind, "tournament");

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
