//! SQL on the statistics of users.

use db::{AnyConn, BulkStatement, DbTime, DbUuid};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Text};
use kernel::{Timestamp, UserId};

use super::results::SeatResult;
use crate::EndReason;
use crate::schema::{player_stats, rivals};
use crate::stored_match::MatchResult;

/// What a finished match adds to the statistics of one of its users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StatisticsChange {
    pub(crate) user: UserId,
    pub(crate) opponent: UserId,
    pub(crate) game: String,
    pub(crate) won: i64,
    pub(crate) lost: i64,
    pub(crate) drawn: i64,
    /// Whether it ended by forfeit or resignation.
    pub(crate) early: bool,
    pub(crate) seat: SeatResult,
}

impl StatisticsChange {
    pub(crate) fn new(user: UserId, opponent: UserId, game: &str, seat: &SeatResult) -> Self {
        let is = |result| i64::from(seat.result == Some(result));
        let early = [EndReason::Forfeit, EndReason::Resignation].map(EndReason::as_text);
        Self {
            user,
            opponent,
            game: game.to_owned(),
            won: is(MatchResult::Won),
            lost: is(MatchResult::Lost),
            drawn: is(MatchResult::Drawn),
            early: early.contains(&seat.reason),
            seat: *seat,
        }
    }
}

/// Adds a match to the statistics of its users.
pub(crate) fn add(conn: &mut AnyConn, changes: &[StatisticsChange]) -> QueryResult<()> {
    let numbers = |of: fn(&StatisticsChange) -> i64| changes.iter().map(of).collect::<Vec<i64>>();
    BulkStatement::<()>::new(
        "INSERT INTO player_stats (user_id, game, won, lost, drawn, won_early, lost_early, streak, \
         best_streak, points_for, points_against, duration_ms, longest_rally, last_at) \
         SELECT v.column1, v.column2, v.column3, v.column4, v.column5, v.column6, v.column7, \
         v.column3 - v.column4, v.column3, v.column8, v.column9, v.column10, v.column11, v.column12 FROM ",
        " WHERE true ON CONFLICT (user_id, game) DO UPDATE SET \
         won = player_stats.won + excluded.won, \
         lost = player_stats.lost + excluded.lost, \
         drawn = player_stats.drawn + excluded.drawn, \
         won_early = player_stats.won_early + excluded.won_early, \
         lost_early = player_stats.lost_early + excluded.lost_early, \
         streak = CASE \
           WHEN excluded.won > 0 AND player_stats.streak > 0 THEN player_stats.streak + 1 \
           WHEN excluded.lost > 0 AND player_stats.streak < 0 THEN player_stats.streak - 1 \
           ELSE excluded.streak END, \
         best_streak = CASE \
           WHEN excluded.won > 0 AND player_stats.streak >= player_stats.best_streak \
             THEN player_stats.streak + 1 \
           WHEN excluded.won > player_stats.best_streak THEN excluded.won \
           ELSE player_stats.best_streak END, \
         points_for = player_stats.points_for + excluded.points_for, \
         points_against = player_stats.points_against + excluded.points_against, \
         duration_ms = player_stats.duration_ms + excluded.duration_ms, \
         longest_rally = CASE WHEN excluded.longest_rally > player_stats.longest_rally \
           THEN excluded.longest_rally ELSE player_stats.longest_rally END, \
         last_at = excluded.last_at",
    )
    .column::<DbUuid, _>(changes.iter().map(|change| change.user).collect())
    .column::<Text, _>(changes.iter().map(|change| change.game.as_str()).collect())
    .column::<BigInt, _>(numbers(|change| change.won))
    .column::<BigInt, _>(numbers(|change| change.lost))
    .column::<BigInt, _>(numbers(|change| change.drawn))
    .column::<BigInt, _>(numbers(|change| i64::from(change.early) * change.won))
    .column::<BigInt, _>(numbers(|change| i64::from(change.early) * change.lost))
    .column::<BigInt, _>(numbers(|change| i64::from(change.seat.score)))
    .column::<BigInt, _>(numbers(|change| i64::from(change.seat.opponent_score)))
    .column::<BigInt, _>(numbers(|change| change.seat.duration_ms))
    .column::<Integer, _>(changes.iter().map(|change| change.seat.longest_rally).collect())
    .column::<DbTime, _>(changes.iter().map(|change| change.seat.ended_at).collect())
    .execute(conn)?;
    Ok(())
}

/// Adds a match to what its users have won against each other.
pub(crate) fn add_rivals(conn: &mut AnyConn, changes: &[StatisticsChange]) -> QueryResult<()> {
    let numbers = |of: fn(&StatisticsChange) -> i64| changes.iter().map(of).collect::<Vec<i64>>();
    BulkStatement::<()>::new(
        "INSERT INTO rivals (user_id, opponent_id, game, won, lost, drawn, margin, last_at) \
         SELECT v.column1, v.column2, v.column3, v.column4, v.column5, v.column6, \
         v.column4 - v.column5, v.column7 FROM ",
        " WHERE true ON CONFLICT (user_id, opponent_id, game) DO UPDATE SET \
         won = rivals.won + excluded.won, lost = rivals.lost + excluded.lost, \
         drawn = rivals.drawn + excluded.drawn, margin = rivals.margin + excluded.margin, \
         last_at = excluded.last_at",
    )
    .column::<DbUuid, _>(changes.iter().map(|change| change.user).collect())
    .column::<DbUuid, _>(changes.iter().map(|change| change.opponent).collect())
    .column::<Text, _>(changes.iter().map(|change| change.game.as_str()).collect())
    .column::<BigInt, _>(numbers(|change| change.won))
    .column::<BigInt, _>(numbers(|change| change.lost))
    .column::<BigInt, _>(numbers(|change| change.drawn))
    .column::<DbTime, _>(changes.iter().map(|change| change.seat.ended_at).collect())
    .execute(conn)?;
    Ok(())
}

/// The statistics of a user in a game.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = player_stats)]
pub(crate) struct StatisticsRow {
    pub(crate) game: String,
    pub(crate) won: i64,
    pub(crate) lost: i64,
    pub(crate) drawn: i64,
    pub(crate) won_early: i64,
    pub(crate) lost_early: i64,
    pub(crate) streak: i64,
    pub(crate) best_streak: i64,
    pub(crate) points_for: i64,
    pub(crate) points_against: i64,
    pub(crate) duration_ms: i64,
    pub(crate) longest_rally: i32,
    pub(crate) last_at: Timestamp,
    pub(crate) tournaments: i64,
    pub(crate) tournament_wins: i64,
}

/// The statistics of a user in all games, by game.
pub(crate) fn of_user(conn: &mut AnyConn, user: UserId) -> QueryResult<Vec<StatisticsRow>> {
    player_stats::table
        .filter(player_stats::user_id.eq(user))
        .order(player_stats::game)
        .select(StatisticsRow::as_select())
        .load(conn)
}

/// Counts a tournament for those of these users who have played a match of its game.
pub(crate) fn add_tournament(
    conn: &mut AnyConn,
    game: &str,
    users: &[UserId],
    winner: Option<UserId>,
) -> QueryResult<()> {
    let won = |user: &UserId| i64::from(winner == Some(*user));
    BulkStatement::<()>::new(
        "UPDATE player_stats SET tournaments = player_stats.tournaments + 1, \
         tournament_wins = player_stats.tournament_wins + v.column3 FROM ",
        " WHERE player_stats.user_id = v.column1 AND player_stats.game = v.column2",
    )
    .column::<DbUuid, _>(users.to_vec())
    .column::<Text, _>(vec![game.to_owned(); users.len()])
    .column::<BigInt, _>(users.iter().map(won).collect())
    .execute(conn)?;
    Ok(())
}

/// What a user has won and lost against another.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = rivals)]
pub(crate) struct RivalRow {
    pub(crate) opponent_id: UserId,
    pub(crate) game: String,
    pub(crate) won: i64,
    pub(crate) lost: i64,
    pub(crate) drawn: i64,
}

/// All users against whom a user has finished a match.
pub(crate) fn opponents(conn: &mut AnyConn, user: UserId) -> QueryResult<Vec<UserId>> {
    rivals::table
        .filter(rivals::user_id.eq(user))
        .select(rivals::opponent_id)
        .distinct()
        .load(conn)
}

/// A user against another, by game.
pub(crate) fn head_to_head(
    conn: &mut AnyConn,
    user: UserId,
    opponent: UserId,
) -> QueryResult<Vec<RivalRow>> {
    rivals::table
        .filter(rivals::user_id.eq(user))
        .filter(rivals::opponent_id.eq(opponent))
        .order(rivals::game)
        .select(RivalRow::as_select())
        .load(conn)
}

/// The fewest matches against an opponent who counts as the best or worst one.
const MIN_MEETINGS: i64 = 3;

/// The opponent against whom a user does best or worst in a game.
pub(crate) fn extreme_rival(
    conn: &mut AnyConn,
    user: UserId,
    game: &str,
    best: bool,
) -> QueryResult<Option<RivalRow>> {
    let known = rivals::table
        .filter(rivals::user_id.eq(user))
        .filter(rivals::game.eq(game.to_owned()))
        .filter((rivals::won + rivals::lost + rivals::drawn).ge(MIN_MEETINGS))
        .select(RivalRow::as_select())
        .limit(1);
    let found = if best {
        let wins = known.filter(rivals::margin.gt(0));
        wins.order((rivals::margin.desc(), rivals::opponent_id))
            .first(conn)
    } else {
        let losses = known.filter(rivals::margin.lt(0));
        losses
            .order((rivals::margin, rivals::opponent_id))
            .first(conn)
    };
    found.optional()
}
