//! Matches as the API shows them.

use std::collections::HashMap;

use contract::invites::MatchId;
use contract::matches::{GameMatch, MatchPlayer, PlayerType};
use contract::users::UserSummary;
use db::AnyConn;
use kernel::{AppError, UserId};

use crate::MatchMode;
use crate::events::rating_delta;
use crate::match_store::RatingChange;
use crate::names::{match_origin, match_reason, match_state, player_result};
use crate::parts::GamesParts;
use crate::queries::history::{self, ShownMatch, ShownSeatRow};
use crate::stored_match::{ComputerSettings, MatchResult, MatchStatus};

/// The shown name of the computer.
const COMPUTER_NAME: &str = "Computer";

/// Loads matches in the order of these ids, without their points.
pub(crate) fn load(
    conn: &mut AnyConn,
    parts: &GamesParts,
    ids: &[MatchId],
) -> Result<Vec<GameMatch>, AppError> {
    let shown = history::shown(conn, ids)?;
    let users: Vec<UserId> = shown.iter().flat_map(ShownMatch::users).collect();
    let summaries = parts.players.summaries(conn, &users)?;
    shown
        .iter()
        .map(|shown| to_dto(shown, &summaries))
        .collect()
}

/// The match as it is shown.
pub(crate) fn to_dto(
    shown: &ShownMatch,
    summaries: &HashMap<UserId, UserSummary>,
) -> Result<GameMatch, AppError> {
    let row = &shown.row;
    let players: Result<Vec<MatchPlayer>, AppError> = shown
        .seats
        .iter()
        .map(|(seat, change)| player(seat, *change, summaries))
        .collect();
    Ok(GameMatch {
        id: row.id,
        game: row.game.clone(),
        mode: match_origin(MatchMode::from_text(&row.mode)?),
        rated: row.rated,
        state: match_state(MatchStatus::from_text(&row.status)?),
        reason: row.reason.as_deref().map(match_reason).transpose()?,
        winner: row.winner.and_then(|seat| u8::try_from(seat).ok()),
        options: row.options.0.clone(),
        players: players?,
        created_at: row.created_at,
        started_at: row.started_at,
        ended_at: row.ended_at,
        duration_ms: row.duration_ms,
        has_replay: shown.has_replay,
        timeline: None,
    })
}

fn player(
    seat: &ShownSeatRow,
    change: Option<RatingChange>,
    summaries: &HashMap<UserId, UserSummary>,
) -> Result<MatchPlayer, AppError> {
    let user = seat.user_id.and_then(|id| summaries.get(&id).cloned());
    let computer = seat.computer.clone().map(|json| json.0);
    let computer: Option<ComputerSettings> = computer.map(serde_json::from_value).transpose()?;
    let player_type = match (seat.user_id, computer) {
        (Some(_), _) => PlayerType::User,
        (None, Some(_)) => PlayerType::Computer,
        (None, None) => PlayerType::Local,
    };
    let display_name = || user.as_ref().map(|user| user.display_name.clone());
    let name = seat.name.clone().or_else(display_name);
    let result = seat.result.as_deref().map(MatchResult::from_text);
    Ok(MatchPlayer {
        player_type,
        name: name.unwrap_or_else(|| COMPUTER_NAME.to_owned()),
        skill: computer.map(|settings| settings.skill),
        score: seat.score,
        result: result.transpose()?.map(player_result),
        rating: change.map(rating_delta),
        user,
    })
}
