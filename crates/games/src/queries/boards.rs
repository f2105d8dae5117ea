//! SQL on leaderboards. Ranks are exact at any size: how many stand above is the sum of few rows that count
//! users by points, and by spans of points.

use std::collections::BTreeMap;

use db::{AnyConn, BulkStatement, EqAnyPadded};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Text};
use kernel::UserId;

use super::ratings::RatingRow;
use crate::schema::{rating_points, rating_spans, ratings};

/// Points of a span.
const SPAN: i32 = 64;

/// A user who moves on a board: from points, to points, if they stood or stand on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BoardMove {
    pub(crate) from: Option<i32>,
    pub(crate) to: Option<i32>,
}

const fn span_of(points: i32) -> i32 {
    points.div_euclid(SPAN)
}

/// Counts moves. Rows are written in ascending order, so that transactions never wait crosswise.
pub(crate) fn apply(
    conn: &mut AnyConn,
    game: &str,
    season: &str,
    moves: &[BoardMove],
) -> QueryResult<()> {
    let mut points = BTreeMap::<i32, i64>::new();
    for moved in moves.iter().filter(|moved| moved.from != moved.to) {
        for (at, change) in [(moved.from, -1), (moved.to, 1)] {
            if let Some(at) = at {
                *points.entry(at).or_default() += change;
            }
        }
    }
    let numbers: Vec<(i32, i64)> = points.into_iter().filter(|(_, n)| *n != 0).collect();
    let spans = spans_of(&numbers);
    add(
        conn,
        "INSERT INTO rating_points (game, season, points, n) \
         SELECT v.column1, v.column2, v.column3, v.column4 FROM ",
        " WHERE true ON CONFLICT (game, season, points) DO UPDATE SET n = rating_points.n + excluded.n",
        (game, season),
        numbers,
    )?;
    add(
        conn,
        "INSERT INTO rating_spans (game, season, span, n) \
         SELECT v.column1, v.column2, v.column3, v.column4 FROM ",
        " WHERE true ON CONFLICT (game, season, span) DO UPDATE SET n = rating_spans.n + excluded.n",
        (game, season),
        spans,
    )
}

/// The numbers by spans of points, for numbers in ascending order of points.
pub(crate) fn spans_of(points: &[(i32, i64)]) -> Vec<(i32, i64)> {
    let mut spans = BTreeMap::<i32, i64>::new();
    for (at, n) in points {
        *spans.entry(span_of(*at)).or_default() += n;
    }
    spans.into_iter().filter(|(_, n)| *n != 0).collect()
}

fn add(
    conn: &mut AnyConn,
    before: &'static str,
    after: &'static str,
    (game, season): (&str, &str),
    changes: Vec<(i32, i64)>,
) -> QueryResult<()> {
    let (keys, numbers): (Vec<i32>, Vec<i64>) = changes.into_iter().unzip();
    BulkStatement::<()>::new(before, after)
        .column::<Text, _>(vec![game; keys.len()])
        .column::<Text, _>(vec![season; keys.len()])
        .column::<Integer, _>(keys)
        .column::<BigInt, _>(numbers)
        .execute(conn)?;
    Ok(())
}

/// A board: a game in a season.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leaderboard {
    pub(crate) game: String,
    pub(crate) season: String,
}

impl Leaderboard {
    /// The spans with users in them, the highest first.
    fn spans(&self, conn: &mut AnyConn) -> QueryResult<Vec<(i32, i64)>> {
        rating_spans::table
            .filter(rating_spans::game.eq(&self.game))
            .filter(rating_spans::season.eq(&self.season))
            .filter(rating_spans::n.gt(0))
            .order(rating_spans::span.desc())
            .select((rating_spans::span, rating_spans::n))
            .load(conn)
    }

    /// The points with users who have them within a span, the highest first.
    fn points_of_span(&self, conn: &mut AnyConn, span: i32) -> QueryResult<Vec<(i32, i64)>> {
        let first = span.saturating_mul(SPAN);
        rating_points::table
            .filter(rating_points::game.eq(&self.game))
            .filter(rating_points::season.eq(&self.season))
            .filter(rating_points::points.ge(first))
            .filter(rating_points::points.lt(first.saturating_add(SPAN)))
            .filter(rating_points::n.gt(0))
            .order(rating_points::points.desc())
            .select((rating_points::points, rating_points::n))
            .load(conn)
    }

    /// The board with what is counted of it, which is read once.
    pub(crate) fn counted(self, conn: &mut AnyConn) -> QueryResult<CountedBoard> {
        let spans = self.spans(conn)?;
        Ok(CountedBoard { board: self, spans })
    }

    fn query(&self) -> ratings::BoxedQuery<'_, db::MultiBackend> {
        ratings::table
            .filter(ratings::game.eq(&self.game))
            .filter(ratings::season.eq(&self.season))
            // As the condition of `ratings_board` is written: SQLite does not use the index for `rankable = ?`.
            .filter(ratings::rankable)
            .into_boxed()
    }

    /// The row of a user, if they stand on the board.
    pub(crate) fn row_of(
        &self,
        conn: &mut AnyConn,
        user: UserId,
    ) -> QueryResult<Option<RatingRow>> {
        self.query()
            .filter(ratings::user_id.eq(user))
            .select(RatingRow::as_select())
            .first(conn)
            .optional()
    }
}

/// A board with its counts.
#[derive(Debug, Clone)]
pub(crate) struct CountedBoard {
    board: Leaderboard,
    /// The spans with users in them, the highest first.
    spans: Vec<(i32, i64)>,
}

impl CountedBoard {
    /// How many stand on the board.
    pub(crate) fn len(&self) -> i64 {
        self.spans.iter().map(|(_, n)| n).sum()
    }

    /// The rank of these points: one more than how many users have more.
    pub(crate) fn rank(&self, conn: &mut AnyConn, points: i32) -> QueryResult<i64> {
        let span = span_of(points);
        let above = self.spans.iter().filter(|(other, _)| *other > span);
        let above: i64 = above.map(|(_, n)| n).sum();
        let within = self.board.points_of_span(conn, span)?;
        let within = within.iter().filter(|(other, _)| *other > points);
        let within: i64 = within.map(|(_, n)| n).sum();
        Ok(1 + above + within)
    }

    /// A page of the board, with ranks.
    pub(crate) fn page(
        &self,
        conn: &mut AnyConn,
        offset: i64,
        limit: i64,
    ) -> QueryResult<Vec<(i64, RatingRow)>> {
        let Some((start, skipped)) = self.start_of(conn, offset)? else {
            return Ok(vec![]);
        };
        let rows: Vec<RatingRow> = self
            .board
            .query()
            .filter(ratings::points.le(start))
            .order((ratings::points.desc(), ratings::user_id))
            .offset(offset - skipped)
            .limit(limit)
            .select(RatingRow::as_select())
            .load(conn)?;
        self.ranked(conn, rows)
    }

    /// The points of the user at this position, and how many stand before all users with these points.
    fn start_of(&self, conn: &mut AnyConn, offset: i64) -> QueryResult<Option<(i32, i64)>> {
        let mut before = 0;
        for (span, n) in &self.spans {
            if before + n > offset {
                for (points, n) in self.board.points_of_span(conn, *span)? {
                    if before + n > offset {
                        return Ok(Some((points, before)));
                    }
                    before += n;
                }
                return Ok(None);
            }
            before += n;
        }
        Ok(None)
    }

    /// Adds the ranks to rows in the order of the board. The first one is looked up, the others follow.
    fn ranked(
        &self,
        conn: &mut AnyConn,
        rows: Vec<RatingRow>,
    ) -> QueryResult<Vec<(i64, RatingRow)>> {
        let Some(first) = rows.first() else {
            return Ok(vec![]);
        };
        let mut rank = self.rank(conn, first.points)?;
        let first_position = rank + self.count_before(conn, first)?;
        let mut points = first.points;
        let mut ranked = Vec::with_capacity(rows.len());
        for (position, row) in (first_position..).zip(rows) {
            if row.points != points {
                (rank, points) = (position, row.points);
            }
            ranked.push((rank, row));
        }
        Ok(ranked)
    }

    /// How many stand before a row with the same points.
    fn count_before(&self, conn: &mut AnyConn, row: &RatingRow) -> QueryResult<i64> {
        self.board
            .query()
            .filter(ratings::points.eq(row.points))
            .filter(ratings::user_id.lt(row.user_id))
            .count()
            .get_result(conn)
    }

    /// The position of a row, counted from 0.
    pub(crate) fn offset_of(&self, conn: &mut AnyConn, row: &RatingRow) -> QueryResult<i64> {
        Ok(self.rank(conn, row.points)? - 1 + self.count_before(conn, row)?)
    }

    /// The rows of these users, in the order of the board, with their ranks among all.
    pub(crate) fn of_users(
        &self,
        conn: &mut AnyConn,
        users: Vec<UserId>,
    ) -> QueryResult<Vec<(i64, RatingRow)>> {
        let rows: Vec<RatingRow> = self
            .board
            .query()
            .filter(ratings::user_id.eq_any_padded(users))
            .order((ratings::points.desc(), ratings::user_id))
            .select(RatingRow::as_select())
            .load(conn)?;
        let mut ranked: Vec<(i64, RatingRow)> = Vec::with_capacity(rows.len());
        for row in rows {
            let rank = match ranked.last() {
                Some((rank, last)) if last.points == row.points => *rank,
                _ => self.rank(conn, row.points)?,
            };
            ranked.push((rank, row));
        }
        Ok(ranked)
    }
}

/// Takes a user off all boards and deletes their ratings.
pub(crate) fn delete_of(conn: &mut AnyConn, user: UserId) -> QueryResult<()> {
    let rows: Vec<RatingRow> = ratings::table
        .filter(ratings::user_id.eq(user))
        .order((ratings::game, ratings::season))
        .select(RatingRow::as_select())
        .load(conn)?;
    // Ratings are written before the counts of boards, here as well as by results.
    diesel::delete(ratings::table.filter(ratings::user_id.eq(user))).execute(conn)?;
    for row in rows {
        let gone = BoardMove {
            from: row.board_points(),
            to: None,
        };
        apply(conn, &row.game, &row.season, &[gone])?;
    }
    Ok(())
}
