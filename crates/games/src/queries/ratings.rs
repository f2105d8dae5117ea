//! SQL on ratings and how they changed.

use contract::invites::MatchId;
use db::{AnyConn, BulkStatement, DbTime, DbUuid, EqAnyPadded};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Double, Integer, Text};
use kernel::{Timestamp, UserId};

use super::matches::{seat_from_number, seat_number};
use crate::Seat;
use crate::match_store::RatingChange;
use crate::rules::Rating;
use crate::schema::{rating_changes, rating_days, ratings};

/// Seconds of a day.
const DAY_SECONDS: i64 = 86_400;

/// The rating of a user in a game and season.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = ratings)]
pub(crate) struct RatingRow {
    pub(crate) user_id: UserId,
    pub(crate) game: String,
    pub(crate) season: String,
    pub(crate) rating: f64,
    pub(crate) deviation: f64,
    pub(crate) volatility: f64,
    pub(crate) points: i32,
    pub(crate) games: i32,
    pub(crate) rankable: bool,
    pub(crate) peak: i32,
    pub(crate) last_at: Timestamp,
}

impl RatingRow {
    pub(crate) const fn rating(&self) -> Rating {
        Rating {
            rating: self.rating,
            deviation: self.deviation,
            volatility: self.volatility,
        }
    }

    /// The points with which the user stands on the board.
    pub(crate) const fn board_points(&self) -> Option<i32> {
        if self.rankable {
            Some(self.points)
        } else {
            None
        }
    }
}

/// All ratings of two users in a game, the latest season first.
pub(crate) fn of_users(
    conn: &mut AnyConn,
    users: &[UserId],
    game: &str,
) -> QueryResult<Vec<RatingRow>> {
    ratings::table
        .filter(ratings::user_id.eq_any_padded(users.to_vec()))
        .filter(ratings::game.eq(game.to_owned()))
        .order(ratings::season.desc())
        .select(RatingRow::as_select())
        .load(conn)
}

/// The ratings of a user in a season, by game.
pub(crate) fn of_season(
    conn: &mut AnyConn,
    user: UserId,
    season: &str,
) -> QueryResult<Vec<RatingRow>> {
    ratings::table
        .filter(ratings::user_id.eq(user))
        .filter(ratings::season.eq(season.to_owned()))
        .order(ratings::game)
        .select(RatingRow::as_select())
        .load(conn)
}

/// Stores ratings.
pub(crate) fn save(conn: &mut AnyConn, rows: &[&RatingRow]) -> QueryResult<()> {
    let texts = |of: fn(&RatingRow) -> &str| rows.iter().map(|row| of(row)).collect::<Vec<&str>>();
    let floats = |of: fn(&RatingRow) -> f64| rows.iter().map(|row| of(row)).collect::<Vec<f64>>();
    let numbers = |of: fn(&RatingRow) -> i32| rows.iter().map(|row| of(row)).collect::<Vec<i32>>();
    BulkStatement::<()>::new(
        "INSERT INTO ratings (user_id, game, season, rating, deviation, volatility, points, games, \
         rankable, peak, last_at) SELECT v.column1, v.column2, v.column3, v.column4, v.column5, \
         v.column6, v.column7, v.column8, v.column9, v.column10, v.column11 FROM ",
        " WHERE true ON CONFLICT (user_id, game, season) DO UPDATE SET rating = excluded.rating, \
         deviation = excluded.deviation, volatility = excluded.volatility, points = excluded.points, \
         games = excluded.games, rankable = excluded.rankable, peak = excluded.peak, \
         last_at = excluded.last_at",
    )
    .column::<DbUuid, _>(rows.iter().map(|row| row.user_id).collect())
    .column::<Text, _>(texts(|row| &row.game))
    .column::<Text, _>(texts(|row| &row.season))
    .column::<Double, _>(floats(|row| row.rating))
    .column::<Double, _>(floats(|row| row.deviation))
    .column::<Double, _>(floats(|row| row.volatility))
    .column::<Integer, _>(numbers(|row| row.points))
    .column::<Integer, _>(numbers(|row| row.games))
    .column::<Bool, _>(rows.iter().map(|row| row.rankable).collect())
    .column::<Integer, _>(numbers(|row| row.peak))
    .column::<DbTime, _>(rows.iter().map(|row| row.last_at).collect())
    .execute(conn)?;
    Ok(())
}

/// A rating that a match has changed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct RatingChangeRow {
    pub(crate) match_id: MatchId,
    pub(crate) seat: Seat,
    pub(crate) user_id: UserId,
    pub(crate) before: f64,
    pub(crate) rating: Rating,
    pub(crate) at: Timestamp,
}

impl RatingChangeRow {
    /// The change in points.
    pub(crate) fn rounded(&self) -> RatingChange {
        let before = Rating {
            rating: self.before,
            ..self.rating
        };
        RatingChange {
            before: before.points(),
            after: self.rating.points(),
        }
    }
}

/// Stores what a match has changed. The key of a row lets a match change a rating once.
pub(crate) fn insert_changes(
    conn: &mut AnyConn,
    game: &str,
    season: &str,
    rows: &[&RatingChangeRow],
) -> QueryResult<()> {
    let floats =
        |of: fn(&RatingChangeRow) -> f64| rows.iter().map(|row| of(row)).collect::<Vec<f64>>();
    BulkStatement::<()>::new(
        "INSERT INTO rating_changes (match_id, seat, user_id, game, season, before, rating, deviation, \
         volatility, at) SELECT v.column1, v.column2, v.column3, v.column4, v.column5, v.column6, \
         v.column7, v.column8, v.column9, v.column10 FROM ",
        "",
    )
    .column::<DbUuid, _>(rows.iter().map(|row| row.match_id).collect())
    .column::<Integer, _>(rows.iter().map(|row| seat_number(row.seat)).collect())
    .column::<DbUuid, _>(rows.iter().map(|row| row.user_id).collect())
    .column::<Text, _>(vec![game; rows.len()])
    .column::<Text, _>(vec![season; rows.len()])
    .column::<Double, _>(floats(|row| row.before))
    .column::<Double, _>(floats(|row| row.rating.rating))
    .column::<Double, _>(floats(|row| row.rating.deviation))
    .column::<Double, _>(floats(|row| row.rating.volatility))
    .column::<DbTime, _>(rows.iter().map(|row| row.at).collect())
    .execute(conn)?;
    Ok(())
}

/// Rating, deviation and volatility, as a row holds them.
type StoredRating = (f64, f64, f64);

/// What matches have changed.
pub(crate) fn changes_of(conn: &mut AnyConn, ids: &[MatchId]) -> QueryResult<Vec<RatingChangeRow>> {
    let rows: Vec<(MatchId, i32, UserId, f64, StoredRating, Timestamp)> = rating_changes::table
        .filter(rating_changes::match_id.eq_any_padded(ids.to_vec()))
        .select((
            rating_changes::match_id,
            rating_changes::seat,
            rating_changes::user_id,
            rating_changes::before,
            (
                rating_changes::rating,
                rating_changes::deviation,
                rating_changes::volatility,
            ),
            rating_changes::at,
        ))
        .load(conn)?;
    let into_row =
        |(match_id, seat, user_id, before, (rating, deviation, volatility), at)| RatingChangeRow {
            match_id,
            seat: seat_from_number(seat),
            user_id,
            before,
            rating: Rating {
                rating,
                deviation,
                volatility,
            },
            at,
        };
    Ok(rows.into_iter().map(into_row).collect())
}

/// The day of a time, counted since 1970.
pub(crate) fn day_of(at: Timestamp) -> i32 {
    i32::try_from(at.seconds().div_euclid(DAY_SECONDS)).unwrap_or(i32::MAX)
}

/// Notes ratings as the last ones of their day.
pub(crate) fn note_days(conn: &mut AnyConn, rows: &[&RatingRow]) -> QueryResult<()> {
    BulkStatement::<()>::new(
        "INSERT INTO rating_days (user_id, game, season, day, close, low, high) SELECT v.column1, \
         v.column2, v.column3, v.column4, v.column5, v.column5, v.column5 FROM ",
        " WHERE true ON CONFLICT (user_id, game, season, day) DO UPDATE SET close = excluded.close, \
         low = CASE WHEN excluded.low < rating_days.low THEN excluded.low ELSE rating_days.low END, \
         high = CASE WHEN excluded.high > rating_days.high THEN excluded.high ELSE rating_days.high END",
    )
    .column::<DbUuid, _>(rows.iter().map(|row| row.user_id).collect())
    .column::<Text, _>(rows.iter().map(|row| row.game.as_str()).collect())
    .column::<Text, _>(rows.iter().map(|row| row.season.as_str()).collect())
    .column::<Integer, _>(rows.iter().map(|row| day_of(row.last_at)).collect())
    .column::<Integer, _>(rows.iter().map(|row| row.points).collect())
    .execute(conn)?;
    Ok(())
}

/// Day, last, lowest and highest points.
pub(crate) type DayRow = (i32, i32, i32, i32);

/// The days on which a user was rated in a game, the earliest first.
pub(crate) fn days(
    conn: &mut AnyConn,
    user: UserId,
    game: &str,
    since_day: i32,
) -> QueryResult<Vec<DayRow>> {
    rating_days::table
        .filter(rating_days::user_id.eq(user))
        .filter(rating_days::game.eq(game.to_owned()))
        .filter(rating_days::day.ge(since_day))
        .order(rating_days::day)
        .select((
            rating_days::day,
            rating_days::close,
            rating_days::low,
            rating_days::high,
        ))
        .load(conn)
}

/// All ratings of a user.
pub(crate) fn all_of(conn: &mut AnyConn, user: UserId) -> QueryResult<Vec<RatingRow>> {
    ratings::table
        .filter(ratings::user_id.eq(user))
        .order((ratings::game, ratings::season))
        .select(RatingRow::as_select())
        .load(conn)
}

/// Deletes how the ratings of a user changed.
pub(crate) fn delete_details_of(conn: &mut AnyConn, user: UserId) -> QueryResult<()> {
    diesel::delete(rating_changes::table.filter(rating_changes::user_id.eq(user))).execute(conn)?;
    diesel::delete(rating_days::table.filter(rating_days::user_id.eq(user))).execute(conn)?;
    Ok(())
}
