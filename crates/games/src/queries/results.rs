//! SQL that stores how matches end.

use contract::invites::MatchId;
use db::types::Json;
use db::{AnyConn, BulkStatement, DbTime, DbUuid};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text};
use kernel::{AppError, Timestamp, UserId};
use outbox::NodeId;
use serde_json::json;

use super::matches::seat_number;
use crate::match_store::EndedMatch;
use crate::schema::{match_seats, matches, replays};
use crate::stored_match::{MatchResult, MatchStatus};
use crate::{EndReason, MatchEnding, Seat, TimedPoint};

/// The end of a match for one seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SeatResult {
    pub(crate) seat: Seat,
    /// Nothing if the match was canceled.
    pub(crate) result: Option<MatchResult>,
    pub(crate) reason: &'static str,
    pub(crate) score: i32,
    pub(crate) opponent_score: i32,
    pub(crate) duration_ms: i64,
    pub(crate) longest_rally: i32,
    pub(crate) rated: bool,
    pub(crate) ended_at: Timestamp,
}

impl SeatResult {
    pub(crate) fn new(ended: &EndedMatch, seat: Seat, rated: bool, ended_at: Timestamp) -> Self {
        let [own, other] = [seat, seat.other()].map(|seat| score_of(ended, seat));
        Self {
            seat,
            result: match ended.ending {
                MatchEnding::Finished(outcome) => Some(MatchResult::of(outcome.winner, seat)),
                MatchEnding::Canceled { .. } => None,
            },
            reason: reason(ended),
            score: own,
            opponent_score: other,
            duration_ms: duration_ms(ended),
            longest_rally: saturating_i32(ended.longest_rally),
            rated,
            ended_at,
        }
    }
}

fn score_of(ended: &EndedMatch, seat: Seat) -> i32 {
    let MatchEnding::Finished(outcome) = ended.ending else {
        return 0;
    };
    let [first, second] = outcome.score;
    saturating_i32(match seat {
        Seat::First => first,
        Seat::Second => second,
    })
}

fn saturating_i32(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn duration_ms(ended: &EndedMatch) -> i64 {
    i64::try_from(ended.played.as_millis()).unwrap_or(i64::MAX)
}

fn reason(ended: &EndedMatch) -> &'static str {
    match ended.ending {
        MatchEnding::Finished(outcome) => outcome.reason.as_text(),
        MatchEnding::Canceled { reason, .. } => reason.as_text(),
    }
}

/// The name of how a match with a result ended, from a row.
pub(crate) fn stored_reason(name: &str) -> Option<&'static str> {
    EndReason::from_text(name).ok().map(EndReason::as_text)
}

/// Ends a live match of this epoch. Returns whether it was one.
pub(crate) fn close(conn: &mut AnyConn, ended: &EndedMatch, at: Timestamp) -> QueryResult<bool> {
    let (status, winner) = match ended.ending {
        MatchEnding::Finished(outcome) => (MatchStatus::Finished, outcome.winner),
        MatchEnding::Canceled { .. } => (MatchStatus::Canceled, None),
    };
    let owned = matches::table
        .find(ended.id)
        .filter(matches::epoch.eq(ended.epoch))
        .filter(matches::status.eq(MatchStatus::Live.as_text()));
    let closed = diesel::update(owned).set((
        matches::status.eq(status.as_text()),
        matches::owner.eq(None::<NodeId>),
        matches::ended_at.eq(Some(at)),
        matches::reason.eq(Some(reason(ended))),
        matches::winner.eq(winner.map(seat_number)),
        matches::score_first.eq(score_of(ended, Seat::First)),
        matches::score_second.eq(score_of(ended, Seat::Second)),
        matches::ticks.eq(i64::from(ended.ticks)),
        matches::duration_ms.eq(duration_ms(ended)),
        matches::timeline.eq(Some(timeline(ended))),
    ));
    Ok(closed.execute(conn)? > 0)
}

fn timeline(ended: &EndedMatch) -> Json {
    let points = ended.points.iter().map(|TimedPoint { point, at }| {
        json!({
            "tick": point.tick, "at_ms": u64::try_from(at.as_millis()).unwrap_or(u64::MAX),
            "player": seat_number(point.seat), "rally": point.rally,
        })
    });
    Json(points.collect())
}

/// Stores the end of a match for its seats.
pub(crate) fn close_seats(
    conn: &mut AnyConn,
    id: MatchId,
    seats: &[SeatResult; 2],
) -> QueryResult<()> {
    BulkStatement::<()>::new(
        "UPDATE match_seats SET result = v.column3, reason = v.column4, score = v.column5, \
         opponent_score = v.column6, duration_ms = v.column7, longest_rally = v.column8, \
         rated = v.column9, ended_at = v.column10 FROM ",
        " WHERE match_seats.match_id = v.column1 AND match_seats.seat = v.column2",
    )
    .column::<DbUuid, _>(vec![id; 2])
    .column::<Integer, _>(seats.iter().map(|seat| seat_number(seat.seat)).collect())
    .column::<Nullable<Text>, _>(seats.iter().map(SeatResult::result_text).collect())
    .column::<Text, _>(seats.iter().map(|seat| seat.reason).collect())
    .column::<Integer, _>(seats.iter().map(|seat| seat.score).collect())
    .column::<Integer, _>(seats.iter().map(|seat| seat.opponent_score).collect())
    .column::<BigInt, _>(seats.iter().map(|seat| seat.duration_ms).collect())
    .column::<Integer, _>(seats.iter().map(|seat| seat.longest_rally).collect())
    .column::<Bool, _>(seats.iter().map(|seat| seat.rated).collect())
    .column::<DbTime, _>(seats.iter().map(|seat| seat.ended_at).collect())
    .execute(conn)?;
    Ok(())
}

impl SeatResult {
    fn result_text(&self) -> Option<&'static str> {
        self.result.map(MatchResult::as_text)
    }
}

/// Stores the record of a match as its replay.
pub(crate) fn insert_replay(conn: &mut AnyConn, id: MatchId, record: &[u8]) -> QueryResult<()> {
    diesel::insert_into(replays::table)
        .values((replays::match_id.eq(id), replays::record.eq(record)))
        .execute(conn)?;
    Ok(())
}

/// The record of a match.
pub(crate) fn replay(conn: &mut AnyConn, id: MatchId) -> QueryResult<Option<Vec<u8>>> {
    replays::table
        .find(id)
        .select(replays::record)
        .first(conn)
        .optional()
}

/// How many rated matches of a game these two users have finished against each other since then.
pub(crate) fn count_meetings(
    conn: &mut AnyConn,
    [one, other]: [UserId; 2],
    game: &str,
    since: Timestamp,
) -> Result<u32, AppError> {
    let meetings: i64 = match_seats::table
        .filter(match_seats::user_id.eq(one))
        .filter(match_seats::game.eq(game))
        .filter(match_seats::ended_at.gt(since))
        .filter(match_seats::opponent_id.eq(other))
        .filter(match_seats::rated.eq(true))
        .filter(match_seats::result.is_not_null())
        .count()
        .get_result(conn)?;
    Ok(u32::try_from(meetings).unwrap_or(u32::MAX))
}
