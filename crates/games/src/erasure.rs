//! What is deleted with an account.

use db::{AnyConn, Tx};
use kernel::{AppError, UserId};

use crate::parts::GamesParts;
use crate::queries::{boards, conduct, levels, ratings};
use crate::stored_match::StoredMatch;

/// Deletes the ratings, statistics and conduct of a user.
pub(crate) fn delete_figures(conn: &mut AnyConn, user: UserId) -> Result<(), AppError> {
    boards::delete_of(conn, user)?;
    ratings::delete_details_of(conn, user)?;
    levels::delete_of(conn, user)?;
    conduct::delete_of(conn, user)?;
    Ok(())
}

/// Deletes what a match has counted for players whose accounts were deleted while they played.
pub(crate) fn delete_figures_of_deleted(
    tx: &mut Tx<'_>,
    parts: &GamesParts,
    stored: &StoredMatch,
) -> Result<(), AppError> {
    let users: Vec<UserId> = stored.users().collect();
    let known = parts.players.summaries(tx.conn, &users)?;
    for user in known.values().filter(|user| user.is_deleted) {
        delete_figures(tx.conn, user.id)?;
    }
    Ok(())
}
