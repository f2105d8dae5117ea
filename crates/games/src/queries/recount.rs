//! SQL that reads what statistics and ratings follow from, to count them again.

use contract::invites::MatchId;
use db::{AnyConn, EqAnyPadded};
use diesel::dsl::{count_star, exists, sql, sum};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};
use kernel::{Timestamp, UserId};

use super::boards::Leaderboard;
use super::matches::seat_from_number;
use super::results::{SeatResult, stored_reason};
use super::statistics::{StatisticsChange, StatisticsRow};
use crate::MatchMode;
use crate::schema::{
    match_seats, matches, player_stats, rating_changes, rating_points, rating_spans, ratings,
    rivals, site_totals,
};
use crate::stored_match::{MatchResult, MatchStatus};

/// The modes whose matches count in statistics.
fn counted_modes() -> Vec<&'static str> {
    [
        MatchMode::Invite,
        MatchMode::Casual,
        MatchMode::Ranked,
        MatchMode::Tournament,
    ]
    .map(MatchMode::as_text)
    .to_vec()
}

/// The users who have finished matches, by id.
pub(crate) fn players_after(
    conn: &mut AnyConn,
    after: Option<UserId>,
    limit: i64,
) -> QueryResult<Vec<UserId>> {
    let mut query = match_seats::table
        .filter(match_seats::user_id.is_not_null())
        .filter(match_seats::opponent_id.is_not_null())
        .filter(match_seats::result.is_not_null())
        .order(match_seats::user_id)
        .select(match_seats::user_id.assume_not_null())
        .distinct()
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(match_seats::user_id.gt(after));
    }
    query.load(conn)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = match_seats)]
struct CountedSeatRow {
    seat: i32,
    opponent_id: Option<UserId>,
    game: String,
    result: Option<String>,
    reason: Option<String>,
    score: i32,
    opponent_score: i32,
    duration_ms: i64,
    longest_rally: i32,
    rated: bool,
    ended_at: Option<Timestamp>,
}

impl CountedSeatRow {
    fn into_change(self, user: UserId) -> Option<StatisticsChange> {
        let seat = SeatResult {
            seat: seat_from_number(self.seat),
            result: MatchResult::from_text(&self.result?).ok(),
            reason: stored_reason(&self.reason?)?,
            score: self.score,
            opponent_score: self.opponent_score,
            duration_ms: self.duration_ms,
            longest_rally: self.longest_rally,
            rated: self.rated,
            ended_at: self.ended_at?,
        };
        Some(StatisticsChange::new(
            user,
            self.opponent_id?,
            &self.game,
            &seat,
        ))
    }
}

/// What the finished matches of a user added to their statistics, in the order of their ends.
pub(crate) fn changes_of(conn: &mut AnyConn, user: UserId) -> QueryResult<Vec<StatisticsChange>> {
    let rows: Vec<CountedSeatRow> = match_seats::table
        .filter(match_seats::user_id.eq(user))
        .filter(match_seats::opponent_id.is_not_null())
        .filter(match_seats::result.is_not_null())
        .filter(match_seats::mode.eq_any_padded(counted_modes()))
        .order((match_seats::ended_at, match_seats::match_id))
        .select(CountedSeatRow::as_select())
        .load(conn)?;
    let into_change = |row: CountedSeatRow| row.into_change(user);
    Ok(rows.into_iter().filter_map(into_change).collect())
}

/// A rating as a match left it.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = rating_changes)]
pub(crate) struct LeftRating {
    pub(crate) match_id: MatchId,
    pub(crate) game: String,
    pub(crate) season: String,
    pub(crate) rating: f64,
    pub(crate) deviation: f64,
    pub(crate) volatility: f64,
    pub(crate) at: Timestamp,
}

/// The ratings that matches left a user with, in their order.
pub(crate) fn left_ratings(conn: &mut AnyConn, user: UserId) -> QueryResult<Vec<LeftRating>> {
    rating_changes::table
        .filter(rating_changes::user_id.eq(user))
        .order((rating_changes::at, rating_changes::match_id))
        .select(LeftRating::as_select())
        .load(conn)
}

/// Replaces the statistics of a user.
pub(crate) fn replace_statistics(
    conn: &mut AnyConn,
    user: UserId,
    rows: Vec<StatisticsRow>,
) -> QueryResult<()> {
    diesel::delete(player_stats::table.filter(player_stats::user_id.eq(user))).execute(conn)?;
    for row in rows {
        let values = (player_stats::user_id.eq(user), row);
        diesel::insert_into(player_stats::table)
            .values(values)
            .execute(conn)?;
    }
    Ok(())
}

/// A line of `rivals`, without the user.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = rivals)]
pub(crate) struct CountedRival {
    pub(crate) opponent_id: UserId,
    pub(crate) game: String,
    pub(crate) won: i64,
    pub(crate) lost: i64,
    pub(crate) drawn: i64,
    pub(crate) margin: i64,
    pub(crate) last_at: Timestamp,
}

/// What a user has won and lost, by opponent and game.
pub(crate) fn rivals_of(conn: &mut AnyConn, user: UserId) -> QueryResult<Vec<CountedRival>> {
    rivals::table
        .filter(rivals::user_id.eq(user))
        .order((rivals::opponent_id, rivals::game))
        .select(CountedRival::as_select())
        .load(conn)
}

/// Replaces what a user has won and lost.
pub(crate) fn replace_rivals(
    conn: &mut AnyConn,
    user: UserId,
    rows: Vec<CountedRival>,
) -> QueryResult<()> {
    diesel::delete(rivals::table.filter(rivals::user_id.eq(user))).execute(conn)?;
    for row in rows {
        let values = (rivals::user_id.eq(user), row);
        diesel::insert_into(rivals::table)
            .values(values)
            .execute(conn)?;
    }
    Ok(())
}

/// Deletes the ratings of a user, which are stored anew.
pub(crate) fn delete_ratings(conn: &mut AnyConn, user: UserId) -> QueryResult<()> {
    diesel::delete(ratings::table.filter(ratings::user_id.eq(user))).execute(conn)?;
    Ok(())
}

/// Keeps results from being counted on boards until the transaction ends, once those that are being counted have
/// been. They write ratings first, and then the counts of boards. SQLite has one writer anyway.
pub(crate) fn lock_boards(conn: &mut AnyConn) -> QueryResult<()> {
    lock_table(conn, "LOCK TABLE ratings IN SHARE ROW EXCLUSIVE MODE")
}

/// The same for the totals.
pub(crate) fn lock_totals(conn: &mut AnyConn) -> QueryResult<()> {
    lock_table(conn, "LOCK TABLE site_totals IN SHARE ROW EXCLUSIVE MODE")
}

fn lock_table(conn: &mut AnyConn, statement: &str) -> QueryResult<()> {
    if let AnyConn::Postgres(postgres) = conn {
        diesel::sql_query(statement).execute(postgres)?;
    }
    Ok(())
}

/// The boards of all games and seasons.
pub(crate) fn boards(conn: &mut AnyConn) -> QueryResult<Vec<Leaderboard>> {
    let rated = ratings::table
        .select((ratings::game, ratings::season))
        .distinct();
    let counted = rating_points::table
        .select((rating_points::game, rating_points::season))
        .distinct();
    let mut found: Vec<(String, String)> = rated.load(conn)?;
    found.extend(counted.load::<(String, String)>(conn)?);
    found.sort_unstable();
    found.dedup();
    let board = |(game, season)| Leaderboard { game, season };
    Ok(found.into_iter().map(board).collect())
}

/// How many users stand on a board with which points, from their ratings.
pub(crate) fn points_of_board(
    conn: &mut AnyConn,
    board: &Leaderboard,
) -> QueryResult<Vec<(i32, i64)>> {
    let rows: Vec<i32> = ratings::table
        .filter(ratings::game.eq(&board.game))
        .filter(ratings::season.eq(&board.season))
        .filter(ratings::rankable)
        .order(ratings::points)
        .select(ratings::points)
        .load(conn)?;
    let mut counted: Vec<(i32, i64)> = vec![];
    for points in rows {
        match counted.last_mut() {
            Some((last, n)) if *last == points => *n += 1,
            _ => counted.push((points, 1)),
        }
    }
    Ok(counted)
}

/// Points or spans of points, each with the number of users.
type PointCounts = Vec<(i32, i64)>;

/// How many users stand on a board with which points, as it is counted, and the same by spans.
pub(crate) fn counted_points(
    conn: &mut AnyConn,
    board: &Leaderboard,
) -> QueryResult<(PointCounts, PointCounts)> {
    let points = rating_points::table
        .filter(rating_points::game.eq(&board.game))
        .filter(rating_points::season.eq(&board.season))
        .filter(rating_points::n.ne(0))
        .order(rating_points::points)
        .select((rating_points::points, rating_points::n))
        .load(conn)?;
    let spans = rating_spans::table
        .filter(rating_spans::game.eq(&board.game))
        .filter(rating_spans::season.eq(&board.season))
        .filter(rating_spans::n.ne(0))
        .order(rating_spans::span)
        .select((rating_spans::span, rating_spans::n))
        .load(conn)?;
    Ok((points, spans))
}

/// Deletes what is counted of a board.
pub(crate) fn delete_counted_points(conn: &mut AnyConn, board: &Leaderboard) -> QueryResult<()> {
    let points = rating_points::table
        .filter(rating_points::game.eq(&board.game))
        .filter(rating_points::season.eq(&board.season));
    diesel::delete(points).execute(conn)?;
    let spans = rating_spans::table
        .filter(rating_spans::game.eq(&board.game))
        .filter(rating_spans::season.eq(&board.season));
    diesel::delete(spans).execute(conn)?;
    Ok(())
}

/// Matches, points and milliseconds, from the finished matches between users.
pub(crate) fn totals(conn: &mut AnyConn) -> QueryResult<(i64, i64, i64)> {
    let between_users = match_seats::table
        .filter(match_seats::match_id.eq(matches::id))
        .filter(match_seats::opponent_id.is_not_null());
    let finished = matches::table
        .filter(matches::status.eq(MatchStatus::Finished.as_text()))
        .filter(matches::mode.eq_any_padded(counted_modes()))
        .filter(exists(between_users));
    let sums = finished.select((
        count_star(),
        sum(matches::score_first),
        sum(matches::score_second),
        sql::<Nullable<BigInt>>("CAST(SUM(duration_ms) AS bigint)"),
    ));
    let (count, first, second, duration): (i64, Option<i64>, Option<i64>, Option<i64>) =
        sums.get_result(conn)?;
    let points = first.unwrap_or_default() + second.unwrap_or_default();
    Ok((count, points, duration.unwrap_or_default()))
}

/// Replaces the totals.
pub(crate) fn replace_totals(
    conn: &mut AnyConn,
    (count, points, duration_ms): (i64, i64, i64),
) -> QueryResult<()> {
    diesel::delete(site_totals::table).execute(conn)?;
    diesel::insert_into(site_totals::table)
        .values((
            site_totals::shard.eq(0),
            site_totals::matches.eq(count),
            site_totals::points.eq(points),
            site_totals::duration_ms.eq(duration_ms),
        ))
        .execute(conn)?;
    Ok(())
}
