//! Opens the next match of the same players.

use contract::invites::MatchId;
use db::{AnyConn, Tx};
use kernel::error::Common;
use kernel::{AppError, Relation, UserId};

use crate::error::Error;
use crate::opening::{MatchDraft, Seating, open_match};
use crate::parts::GamesParts;
use crate::queries::matches;
use crate::stored_match::MatchStatus;
use crate::{MatchMode, events};

/// Opens a match like this finished one. Two users swap their seats.
///
/// # Errors
/// `games.match_not_found` if there is no such finished match, or it was one of a tournament;
/// `users.not_found` if one has blocked the other; those of [`open_match`].
pub(crate) fn open_rematch(
    tx: &mut Tx<'_>,
    parts: &GamesParts,
    id: MatchId,
) -> Result<MatchId, AppError> {
    let finished = matches::load(tx.conn, id)?
        .filter(|found| found.status == MatchStatus::Finished)
        .filter(|found| found.mode != MatchMode::Tournament)
        .ok_or(Error::MatchNotFound)?;
    let [first, second] = finished.players.clone();
    let are_users = match (first.user(), second.user()) {
        (Some(one), Some(other)) => {
            ensure_not_blocked(tx.conn, parts, one, other)?;
            true
        }
        _ => false,
    };
    let draft = MatchDraft {
        game: &finished.game,
        mode: finished.mode,
        options: &finished.options,
        players: if are_users {
            [second, first]
        } else {
            [first, second]
        },
        seating: Seating::InOrder,
        names: finished.names.clone(),
        invite: None,
    };
    let next = open_match(tx, &draft)?;
    events::game_found(tx, parts, next, &draft)?;
    Ok(next)
}

/// Checks that neither user has blocked the other.
pub(crate) fn ensure_not_blocked(
    conn: &mut AnyConn,
    parts: &GamesParts,
    one: UserId,
    other: UserId,
) -> Result<(), AppError> {
    let relations = parts.relations.relations(conn, &[(one, other)])?;
    match relations.first() {
        Some(Relation::Friend | Relation::Stranger) => Ok(()),
        Some(Relation::Blocked) | None => Err(Common::UserNotFound.into()),
    }
}
