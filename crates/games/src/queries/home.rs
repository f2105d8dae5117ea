//! SQL on what the home page shows of games.

use contract::invites::MatchId;
use db::{AnyConn, BulkStatement, DbJson, DbTime, DbUuid, UserQuery};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Double, Integer, Nullable, Text};
use kernel::UserId;

use super::history::{ShownMatch, ShownMatchRow, ShownSeatRow};
use crate::match_store::RatingChange;
use crate::rules::Rating;

/// The seats of the five matches that a user finished last, split where the user's id is bound.
const RECENT: &[&str] = &[
    "SELECT m.id, m.game, m.mode, m.options, m.rated, m.status, m.reason, m.winner, m.created_at, \
     m.started_at, m.ended_at, m.duration_ms, \
     s.match_id, s.user_id, s.name, s.computer, s.result, s.score, c.before, c.rating, \
     EXISTS (SELECT 1 FROM replays AS r WHERE r.match_id = m.id) \
     FROM (SELECT match_id, ended_at FROM match_seats WHERE user_id = ",
    " AND result IS NOT NULL ORDER BY ended_at DESC, match_id DESC LIMIT 5) AS own \
     JOIN matches AS m ON m.id = own.match_id \
     JOIN match_seats AS s ON s.match_id = m.id \
     LEFT JOIN rating_changes AS c ON c.match_id = m.id AND c.seat = s.seat \
     ORDER BY own.ended_at DESC, m.id DESC, s.seat",
];
type MatchSql = (
    DbUuid,
    Text,
    Text,
    DbJson,
    Bool,
    Text,
    Nullable<Text>,
    Nullable<Integer>,
    DbTime,
    Nullable<DbTime>,
    Nullable<DbTime>,
    BigInt,
);
type SeatSql = (
    DbUuid,
    Nullable<DbUuid>,
    Nullable<Text>,
    Nullable<DbJson>,
    Nullable<Text>,
    Integer,
);
type ChangeSql = (Nullable<Double>, Nullable<Double>);
type RecentRow = (
    ShownMatchRow,
    ShownSeatRow,
    (Option<f64>, Option<f64>),
    bool,
);

/// The matches that a user finished last, in one statement.
pub(crate) fn recent(conn: &mut AnyConn, user: UserId) -> QueryResult<Vec<ShownMatch>> {
    let rows: Vec<RecentRow> =
        UserQuery::new(RECENT, user).load::<(MatchSql, SeatSql, ChangeSql, Bool), _>(conn)?;
    let mut found: Vec<ShownMatch> = vec![];
    for (row, seat, (before, after), has_replay) in rows {
        let seat = (seat, before.zip(after).map(rounded));
        match found.last_mut() {
            Some(last) if last.row.id == row.id => last.seats.push(seat),
            _ => found.push(ShownMatch {
                row,
                seats: vec![seat],
                has_replay,
            }),
        }
    }
    Ok(found)
}

fn rounded((before, after): (f64, f64)) -> RatingChange {
    let points = |rating| Rating {
        rating,
        ..Rating::INITIAL
    };
    RatingChange {
        before: points(before).points(),
        after: points(after).points(),
    }
}

/// What a user is engaged in, and a rating; a row for each rating, or one without.
#[derive(Debug, Clone)]
pub(crate) struct EngagedRatingRow {
    /// The kind, the game, the match, and the opponent.
    pub(crate) engagement: Option<(String, String, Option<MatchId>, Option<UserId>)>,
    pub(crate) rating: Option<HomeRatingRow>,
}

/// A rating of a season.
#[derive(Debug, Clone)]
pub(crate) struct HomeRatingRow {
    pub(crate) game: String,
    pub(crate) points: i32,
    pub(crate) deviation: f64,
    pub(crate) peak: i32,
    pub(crate) games: i32,
    /// Nothing for a user who is not on the board.
    pub(crate) rank: Option<i64>,
}

type HomeRatingSql = (
    Nullable<Text>,
    Nullable<Text>,
    Nullable<DbUuid>,
    Nullable<DbUuid>,
    Nullable<Text>,
    Nullable<Integer>,
    Nullable<Double>,
    Nullable<Integer>,
    Nullable<Integer>,
    Nullable<BigInt>,
);
type HomeRatingColumns = (
    Option<String>,
    Option<String>,
    Option<MatchId>,
    Option<UserId>,
    Option<String>,
    Option<i32>,
    Option<f64>,
    Option<i32>,
    Option<i32>,
    Option<i64>,
);

/// What a user is engaged in, and their ratings in a season with their ranks, in one statement. Ranks are
/// counted as by [`CountedBoard::rank`](super::boards::CountedBoard::rank); a span is rounded down.
pub(crate) fn engagement_and_ratings(
    conn: &mut AnyConn,
    user: UserId,
    season: &str,
) -> QueryResult<Vec<EngagedRatingRow>> {
    let rows: Vec<HomeRatingColumns> = BulkStatement::<'_, HomeRatingSql>::new(
        "SELECT e.kind, e.game, e.match_id, s.opponent_id, r.game, r.points, r.deviation, r.peak, r.games, \
         CASE WHEN r.rankable THEN 1 \
           + COALESCE((SELECT CAST(SUM(b.n) AS bigint) FROM rating_spans AS b \
               WHERE b.game = r.game AND b.season = r.season \
               AND b.span > (r.points + 64000) / 64 - 1000), 0) \
           + COALESCE((SELECT CAST(SUM(p.n) AS bigint) FROM rating_points AS p \
               WHERE p.game = r.game AND p.season = r.season AND p.points > r.points \
               AND p.points < ((r.points + 64000) / 64 - 999) * 64), 0) END FROM ",
        " LEFT JOIN engagements AS e ON e.user_id = v.column1 \
         LEFT JOIN match_seats AS s ON s.match_id = e.match_id AND s.user_id = e.user_id \
         LEFT JOIN ratings AS r ON r.user_id = v.column1 AND r.season = v.column2 ORDER BY r.game",
    )
    .column::<DbUuid, _>(vec![user])
    .column::<Text, _>(vec![season])
    .load(conn)?;
    Ok(rows.into_iter().map(engaged_rating).collect())
}

fn engaged_rating(row: HomeRatingColumns) -> EngagedRatingRow {
    let (kind, engaged_game, match_id, opponent, game, points, deviation, peak, games, rank) = row;
    let rating = || {
        Some(HomeRatingRow {
            game: game?,
            points: points?,
            deviation: deviation?,
            peak: peak?,
            games: games?,
            rank,
        })
    };
    EngagedRatingRow {
        engagement: kind
            .zip(engaged_game)
            .map(|(kind, game)| (kind, game, match_id, opponent)),
        rating: rating(),
    }
}
