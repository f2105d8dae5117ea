//! Counts statistics, ratings, boards and totals again from the finished matches, and compares.

use std::collections::BTreeMap;
use std::fmt;

use db::{AnyConn, Store, Tx};
use kernel::{AppError, UserId};

use crate::queries::boards::{self, BoardMove, Leaderboard};
use crate::queries::ratings::{self, RatingRow};
use crate::queries::recount::{self as sources, CountedRival};
use crate::queries::statistics::{self, StatisticsChange, StatisticsRow};
use crate::queries::totals;
use crate::rules::Rating;

/// Users that are read at once.
const USERS_AT_ONCE: i64 = 500;

/// Something that differs from what the matches say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecountDifference {
    /// The statistics of a user.
    Statistics(UserId),
    /// What a user has won and lost against others.
    Rivals(UserId),
    /// The ratings of a user.
    Ratings(UserId),
    /// The counts of a leaderboard: game and season.
    Board(String, String),
    /// The all-time totals.
    Totals,
}

impl fmt::Display for RecountDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Statistics(user) => write!(f, "statistics of user {user}"),
            Self::Rivals(user) => write!(f, "results of user {user} against others"),
            Self::Ratings(user) => write!(f, "ratings of user {user}"),
            Self::Board(game, season) => write!(f, "leaderboard of {game} in {season}"),
            Self::Totals => f.write_str("all-time totals"),
        }
    }
}

/// Counts everything again. Returns what differs, and with `fix` stores what was counted. Results wait while what
/// they add to is counted: the figures of a user, a board, the totals.
///
/// # Errors
/// Only if the database fails.
pub async fn recount(store: &Store, fix: bool) -> Result<Vec<RecountDifference>, AppError> {
    let mut found = vec![];
    let mut after = None;
    loop {
        let users = store
            .read(move |conn| Ok(sources::players_after(conn, after, USERS_AT_ONCE)?))
            .await?;
        for user in &users {
            let user = *user;
            found.extend(store.write(move |tx| check_user(tx, user, fix)).await?);
        }
        match users.last() {
            Some(last) => after = Some(*last),
            None => break,
        }
    }
    let boards = store.read(|conn| Ok(sources::boards(conn)?)).await?;
    for board in boards {
        found.extend(store.write(move |tx| check_board(tx, board, fix)).await?);
    }
    found.extend(store.write(move |tx| check_totals(tx, fix)).await?);
    Ok(found)
}

fn check_user(
    tx: &mut Tx<'_>,
    user: UserId,
    fix: bool,
) -> Result<Vec<RecountDifference>, AppError> {
    db::lock(tx.conn, &format!("games:{user}"))?;
    let changes = sources::changes_of(tx.conn, user)?;
    let mut found = vec![];
    let stored = statistics::of_user(tx.conn, user)?;
    let mut counted = count_statistics(&changes);
    keep_tournaments(&mut counted, &stored);
    if counted != stored {
        found.push(RecountDifference::Statistics(user));
        if fix {
            sources::replace_statistics(tx.conn, user, counted)?;
        }
    }
    let counted = count_rivals(&changes);
    if counted != sources::rivals_of(tx.conn, user)? {
        found.push(RecountDifference::Rivals(user));
        if fix {
            sources::replace_rivals(tx.conn, user, counted)?;
        }
    }
    let counted = count_ratings(tx.conn, user)?;
    if counted != ratings::all_of(tx.conn, user)? {
        found.push(RecountDifference::Ratings(user));
        if fix {
            sources::delete_ratings(tx.conn, user)?;
            ratings::save(tx.conn, &counted.iter().collect::<Vec<_>>())?;
        }
    }
    Ok(found)
}

/// The statistics that follow from matches in their order, by game.
fn count_statistics(changes: &[StatisticsChange]) -> Vec<StatisticsRow> {
    let mut games = BTreeMap::<&str, StatisticsRow>::new();
    for change in changes {
        let row = games
            .entry(&change.game)
            .or_insert_with(|| empty_statistics(change));
        let seat = &change.seat;
        row.won += change.won;
        row.lost += change.lost;
        row.drawn += change.drawn;
        row.won_early += i64::from(change.early) * change.won;
        row.lost_early += i64::from(change.early) * change.lost;
        row.streak = match change.won - change.lost {
            0 => 0,
            step if step.signum() == row.streak.signum() => row.streak + step,
            step => step,
        };
        row.best_streak = row.best_streak.max(row.streak);
        row.points_for += i64::from(seat.score);
        row.points_against += i64::from(seat.opponent_score);
        row.duration_ms += seat.duration_ms;
        row.longest_rally = row.longest_rally.max(seat.longest_rally);
        row.last_at = seat.ended_at;
    }
    games.into_values().collect()
}

/// Tournaments do not follow from matches.
fn keep_tournaments(counted: &mut [StatisticsRow], stored: &[StatisticsRow]) {
    for row in counted {
        if let Some(own) = stored.iter().find(|own| own.game == row.game) {
            row.tournaments = own.tournaments;
            row.tournament_wins = own.tournament_wins;
        }
    }
}

fn empty_statistics(change: &StatisticsChange) -> StatisticsRow {
    StatisticsRow {
        game: change.game.clone(),
        won: 0,
        lost: 0,
        drawn: 0,
        won_early: 0,
        lost_early: 0,
        streak: 0,
        best_streak: 0,
        points_for: 0,
        points_against: 0,
        duration_ms: 0,
        longest_rally: 0,
        last_at: change.seat.ended_at,
        tournaments: 0,
        tournament_wins: 0,
    }
}

fn count_rivals(changes: &[StatisticsChange]) -> Vec<CountedRival> {
    let mut rivals = BTreeMap::<(UserId, &str), CountedRival>::new();
    for change in changes {
        let row = rivals
            .entry((change.opponent, &change.game))
            .or_insert_with(|| CountedRival {
                opponent_id: change.opponent,
                game: change.game.clone(),
                won: 0,
                lost: 0,
                drawn: 0,
                margin: 0,
                last_at: change.seat.ended_at,
            });
        row.won += change.won;
        row.lost += change.lost;
        row.drawn += change.drawn;
        row.margin += change.won - change.lost;
        row.last_at = change.seat.ended_at;
    }
    rivals.into_values().collect()
}

/// The ratings that matches left a user with, by game and season.
fn count_ratings(conn: &mut AnyConn, user: UserId) -> Result<Vec<RatingRow>, AppError> {
    let mut rows = BTreeMap::<(String, String), RatingRow>::new();
    for left in sources::left_ratings(conn, user)? {
        let rating = Rating {
            rating: left.rating,
            deviation: left.deviation,
            volatility: left.volatility,
        };
        let key = (left.game.clone(), left.season.clone());
        let before = rows.get(&key);
        let games = before.map_or(0, |row| row.games) + 1;
        let points = rating.points();
        let row = RatingRow {
            user_id: user,
            game: left.game,
            season: left.season,
            rating: left.rating,
            deviation: left.deviation,
            volatility: left.volatility,
            points,
            games,
            rankable: rating.is_rankable(games.unsigned_abs()),
            peak: before.map_or(points, |row| row.peak.max(points)),
            last_at: left.at,
        };
        rows.insert(key, row);
    }
    Ok(rows.into_values().collect())
}

fn check_board(
    tx: &mut Tx<'_>,
    board: Leaderboard,
    fix: bool,
) -> Result<Option<RecountDifference>, AppError> {
    sources::lock_boards(tx.conn)?;
    let points = sources::points_of_board(tx.conn, &board)?;
    let spans = boards::spans_of(&points);
    if (points.clone(), spans) == sources::counted_points(tx.conn, &board)? {
        return Ok(None);
    }
    if fix {
        recount_board(tx.conn, &board, &points)?;
    }
    let Leaderboard { game, season } = board;
    Ok(Some(RecountDifference::Board(game, season)))
}

fn recount_board(
    conn: &mut AnyConn,
    board: &Leaderboard,
    points: &[(i32, i64)],
) -> Result<(), AppError> {
    sources::delete_counted_points(conn, board)?;
    let moves: Vec<BoardMove> = points
        .iter()
        .flat_map(|(points, n)| {
            let arrival = BoardMove {
                from: None,
                to: Some(*points),
            };
            std::iter::repeat_n(arrival, usize::try_from(*n).unwrap_or_default())
        })
        .collect();
    Ok(boards::apply(conn, &board.game, &board.season, &moves)?)
}

fn check_totals(tx: &mut Tx<'_>, fix: bool) -> Result<Vec<RecountDifference>, AppError> {
    sources::lock_totals(tx.conn)?;
    let counted = sources::totals(tx.conn)?;
    if counted == totals::sum(tx.conn)? {
        return Ok(vec![]);
    }
    if fix {
        sources::replace_totals(tx.conn, counted)?;
    }
    Ok(vec![RecountDifference::Totals])
}
