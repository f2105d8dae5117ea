//! Reads for other domains, on a connection that they have.

use contract::invites::MatchId;
use db::AnyConn;
use kernel::{AppError, Timestamp, UserId};
use serde_json::{Map, Value};

use crate::queries::conduct;
use crate::queries::engagements::{self, EngagementKind};
use crate::queries::matches;
use crate::stored_match::MatchStatus;

pub use crate::player_statistics::profile_statistics;

/// Those of these users who are in a match against another user.
///
/// # Errors
/// Only if the database fails.
pub fn playing(conn: &mut AnyConn, users: &[UserId]) -> Result<Vec<UserId>, AppError> {
    let engaged = engagements::of_users(conn, users)?;
    let playing = engaged
        .into_iter()
        .filter(|row| row.kind == EngagementKind::Match.as_text());
    Ok(playing.map(|row| row.user_id).collect())
}

/// A finished match against another user.
#[derive(Debug, Clone, PartialEq)]
pub struct PlayedMatch {
    /// The other user.
    pub opponent: UserId,
    /// The game.
    pub game: String,
    /// The options of the match.
    pub options: Map<String, Value>,
}

/// A finished match of this user against another one.
///
/// # Errors
/// Only if the database fails.
pub fn finished(
    conn: &mut AnyConn,
    user: UserId,
    id: MatchId,
) -> Result<Option<PlayedMatch>, AppError> {
    let Some(stored) = matches::load(conn, id)? else {
        return Ok(None);
    };
    let seat = stored.seat_of(user);
    let opponent = seat.and_then(|seat| stored.player(seat.other()).user());
    let (Some(opponent), MatchStatus::Finished) = (opponent, stored.status) else {
        return Ok(None);
    };
    let options = match stored.options {
        Value::Object(options) => options,
        _ => Map::new(),
    };
    Ok(Some(PlayedMatch {
        opponent,
        game: stored.game,
        options,
    }))
}

/// Until when a user is kept out of the queue, if they are now.
///
/// # Errors
/// Only if the database fails.
pub fn barred_until(
    conn: &mut AnyConn,
    user: UserId,
    now: Timestamp,
) -> Result<Option<Timestamp>, AppError> {
    Ok(conduct::barred_until(conn, user, now)?)
}
