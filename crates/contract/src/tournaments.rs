//! Tournaments, as far as sockets announce them.

use kernel::{UserId, id_type};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

id_type!(TournamentId, TournamentKind, "tournament");

/// The data of the action `new_tournament`: its organiser tells those who are invited.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "tournament_id": "01890a5d-ac96-774b-bcce-b302099a8063", "tournament_name": "Spring Cup",
    "organizer_id": "01890a5d-ac96-774b-bcce-b302099a8058"
}))]
pub struct AnnounceTournament {
    /// Which tournament.
    #[schema(value_type = String, format = Uuid)]
    pub tournament_id: TournamentId,
    /// What it is called.
    #[validate(length(min = 1, max = 100, message = "1 to 100 characters"))]
    #[schema(min_length = 1, max_length = 100)]
    pub tournament_name: String,
    /// Who organises it: oneself.
    #[schema(value_type = String, format = Uuid)]
    pub organizer_id: UserId,
}
