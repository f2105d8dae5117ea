//! The enums of the API and what they stand for.

use contract::matches::{MatchOrigin, MatchReason, MatchState, PlayerResult};
use kernel::AppError;

use crate::stored_match::{MatchResult, MatchStatus};
use crate::{EndReason, MatchCancelReason, MatchMode};

/// Where a match comes from, as it is shown.
pub(crate) const fn match_origin(mode: MatchMode) -> MatchOrigin {
    match mode {
        MatchMode::Invite => MatchOrigin::Invite,
        MatchMode::Casual => MatchOrigin::Casual,
        MatchMode::Ranked => MatchOrigin::Ranked,
        MatchMode::Tournament => MatchOrigin::Tournament,
        MatchMode::Practice => MatchOrigin::Practice,
        MatchMode::Local => MatchOrigin::Local,
    }
}

/// Where a match comes from, as a filter names it.
pub(crate) const fn mode_of(origin: MatchOrigin) -> MatchMode {
    match origin {
        MatchOrigin::Invite => MatchMode::Invite,
        MatchOrigin::Casual => MatchMode::Casual,
        MatchOrigin::Ranked => MatchMode::Ranked,
        MatchOrigin::Tournament => MatchMode::Tournament,
        MatchOrigin::Practice => MatchMode::Practice,
        MatchOrigin::Local => MatchMode::Local,
    }
}

/// The state of a match, as it is shown.
pub(crate) const fn match_state(status: MatchStatus) -> MatchState {
    match status {
        MatchStatus::Live => MatchState::Live,
        MatchStatus::Finished => MatchState::Finished,
        MatchStatus::Canceled => MatchState::Canceled,
    }
}

/// The result of a player, as it is shown.
pub(crate) const fn player_result(result: MatchResult) -> PlayerResult {
    match result {
        MatchResult::Won => PlayerResult::Won,
        MatchResult::Lost => PlayerResult::Lost,
        MatchResult::Drawn => PlayerResult::Drawn,
    }
}

/// The result of a player, as a filter names it.
pub(crate) const fn result_of(result: PlayerResult) -> MatchResult {
    match result {
        PlayerResult::Won => MatchResult::Won,
        PlayerResult::Lost => MatchResult::Lost,
        PlayerResult::Drawn => MatchResult::Drawn,
    }
}

/// How a match ended, by the stored name.
pub(crate) fn match_reason(stored: &str) -> Result<MatchReason, AppError> {
    if let Ok(reason) = EndReason::from_text(stored) {
        return Ok(match reason {
            EndReason::Score => MatchReason::Score,
            EndReason::Time => MatchReason::Time,
            EndReason::SuddenDeath => MatchReason::SuddenDeath,
            EndReason::Board => MatchReason::Board,
            EndReason::Clock => MatchReason::Clock,
            EndReason::Resignation => MatchReason::Resignation,
            EndReason::Forfeit => MatchReason::Forfeit,
        });
    }
    Ok(match MatchCancelReason::from_text(stored)? {
        MatchCancelReason::NoShow => MatchReason::NoShow,
        MatchCancelReason::Declined => MatchReason::Declined,
        MatchCancelReason::Abort => MatchReason::Abort,
        MatchCancelReason::Void => MatchReason::Void,
        MatchCancelReason::Server => MatchReason::Server,
    })
}
