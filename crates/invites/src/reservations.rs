//! Reserves the matches of accepted invites, until a crate runs them.

use std::time::Duration;

use contract::invites::MatchId;
use db::{AnyConn, EqAnyPadded, Tx, map_unique_violation};
use diesel::prelude::*;
use kernel::{AppError, Timestamp, UserId};

use crate::Error;
use crate::ports::{FinishedMatch, MatchDirectory, MatchFactory, NewMatch};
use crate::schema::match_reservations;

/// How long the players of a reserved match are busy: the longest duration of a match, as its end is
/// not known yet.
pub const RESERVATION_TTL: Duration = Duration::from_secs(10 * 60);

/// Reserves matches. The players of a reserved match are busy.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReservedMatches;

impl MatchFactory for ReservedMatches {
    fn create_match(&self, tx: &mut Tx<'_>, new_match: &NewMatch<'_>) -> Result<MatchId, AppError> {
        let (id, now): (MatchId, _) = (tx.env().id(), tx.env().now());
        let players = &new_match.players;
        let expired = match_reservations::table
            .filter(match_reservations::user_id.eq_any_padded(players))
            .filter(match_reservations::ends_at.le(now));
        diesel::delete(expired).execute(tx.conn)?;
        for player in players {
            let row = (
                match_reservations::user_id.eq(player),
                match_reservations::match_id.eq(id),
                match_reservations::ends_at.eq(now + RESERVATION_TTL),
            );
            let insert = diesel::insert_into(match_reservations::table).values(row);
            map_unique_violation(insert.execute(tx.conn), || Error::OpponentPlaying)?;
        }
        Ok(id)
    }
}

impl MatchDirectory for ReservedMatches {
    fn playing(
        &self,
        conn: &mut AnyConn,
        users: &[UserId],
        now: Timestamp,
    ) -> Result<Vec<UserId>, AppError> {
        Ok(match_reservations::table
            .filter(match_reservations::user_id.eq_any_padded(users))
            .filter(match_reservations::ends_at.gt(now))
            .select(match_reservations::user_id)
            .load(conn)?)
    }

    /// Matches are not run yet, so none is finished.
    fn finished(
        &self,
        _conn: &mut AnyConn,
        _player: UserId,
        _id: MatchId,
    ) -> Result<Option<FinishedMatch>, AppError> {
        Ok(None)
    }
}
