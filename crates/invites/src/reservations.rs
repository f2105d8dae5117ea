//! Places kept for the matches of accepted invites, for as long as no crate runs matches.

use std::time::Duration;

use contract::invites::MatchId;
use db::{AnyConn, EqAnyPadded, Tx, map_unique_violation};
use diesel::prelude::*;
use kernel::{AppError, Timestamp, UserId};

use crate::Error;
use crate::ports::{FinishedMatch, MatchFactory, Matches, NewMatch};
use crate::schema::match_reservations;

/// How long a reserved match makes its players busy: as long as the longest match may take, since
/// nothing says yet when it ended.
pub const RESERVED_FOR: Duration = Duration::from_secs(10 * 60);

/// Reserves matches: whoever has one is busy.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReservedMatches;

impl MatchFactory for ReservedMatches {
    fn open_match(&self, tx: &mut Tx<'_>, opening: &NewMatch<'_>) -> Result<MatchId, AppError> {
        let (id, now): (MatchId, _) = (tx.env().id(), tx.env().now());
        let players = &opening.players;
        let over = match_reservations::table
            .filter(match_reservations::user_id.eq_any_padded(players))
            .filter(match_reservations::ends_at.le(now));
        diesel::delete(over).execute(tx.conn)?;
        for player in players {
            let row = (
                match_reservations::user_id.eq(player),
                match_reservations::match_id.eq(id),
                match_reservations::ends_at.eq(now + RESERVED_FOR),
            );
            let insert = diesel::insert_into(match_reservations::table).values(row);
            map_unique_violation(insert.execute(tx.conn), || Error::TheyArePlaying)?;
        }
        Ok(id)
    }
}

impl Matches for ReservedMatches {
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

    /// No match was played yet.
    fn finished(
        &self,
        _conn: &mut AnyConn,
        _player: UserId,
        _id: MatchId,
    ) -> Result<Option<FinishedMatch>, AppError> {
        Ok(None)
    }
}
