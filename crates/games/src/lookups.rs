//! Reads for other domains, on a connection that they have.

use std::collections::HashMap;

use contract::invites::MatchId;
use contract::matches::GameMatch;
use db::{AnyConn, Tx};
use kernel::{AppError, Timestamp, UserId};
use serde_json::{Map, Value};

use crate::match_dto;
use crate::parts::GamesParts;
use crate::queries::engagements::{self, EngagementKind};
use crate::queries::{conduct, history, journal, matches, ratings, statistics};
use crate::seat::Seat;
use crate::stored_match::{MatchStatus, SeatedPlayer, StoredMatch};
use crate::tables::read_points;

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

/// The rating of a user in a game.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LatestRating {
    /// The points.
    pub points: i32,
    /// Whether few matches support it.
    pub is_provisional: bool,
}

/// The latest ratings of those of these users who have one in a game.
///
/// # Errors
/// Only if the database fails.
pub fn latest_ratings(
    conn: &mut AnyConn,
    users: &[UserId],
    game: &str,
) -> Result<HashMap<UserId, LatestRating>, AppError> {
    let mut latest = HashMap::new();
    // The latest season stands first.
    for row in ratings::of_users(conn, users, game)? {
        latest.entry(row.user_id).or_insert_with(|| LatestRating {
            points: row.points,
            is_provisional: row.rating().is_provisional(),
        });
    }
    Ok(latest)
}

/// Matches with their points, in the order of their ids.
///
/// # Errors
/// Only if the database fails.
pub fn with_timelines(
    conn: &mut AnyConn,
    parts: &GamesParts,
    ids: &[MatchId],
) -> Result<Vec<GameMatch>, AppError> {
    let mut found = match_dto::load(conn, parts, ids)?;
    let mut timelines = history::timelines(conn, ids)?;
    for shown in &mut found {
        let timeline = timelines.remove(&shown.id).flatten();
        shown.timeline = timeline
            .map(|json| serde_json::from_value(json.0))
            .transpose()?;
    }
    Ok(found)
}

/// A match that is played, as it was saved last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveScore {
    /// The match.
    pub id: MatchId,
    /// The users in its seats.
    pub users: [Option<UserId>; 2],
    /// The points by seat.
    pub score: [u32; 2],
}

/// The scores of live matches, as they were saved last.
///
/// # Errors
/// Only if the database fails.
pub fn live_scores(conn: &mut AnyConn, ids: &[MatchId]) -> Result<Vec<LiveScore>, AppError> {
    let points = journal::points(conn, ids)?;
    let found = matches::load_all(conn, ids)?.into_iter();
    let live = found.filter(|stored| stored.status == MatchStatus::Live);
    let score = |stored: StoredMatch| {
        let text = points.get(&stored.id).map_or("", String::as_str);
        let scored = read_points(text);
        let of = |seat: Seat| {
            scored
                .iter()
                .filter(|timed| timed.point.seat == seat)
                .count()
        };
        LiveScore {
            id: stored.id,
            users: stored.players.each_ref().map(SeatedPlayer::user),
            score: Seat::BOTH.map(|seat| u32::try_from(of(seat)).unwrap_or(u32::MAX)),
        }
    };
    Ok(live.map(score).collect())
}

/// Counts a tournament that has ended for those of these users who have played a match of its game.
///
/// # Errors
/// Only if the database fails.
pub fn count_tournament(
    tx: &mut Tx<'_>,
    game: &str,
    users: &[UserId],
    winner: Option<UserId>,
) -> Result<(), AppError> {
    Ok(statistics::add_tournament(tx.conn, game, users, winner)?)
}
