//! What has been played before, written into the database of a server.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use e2e::App;

/// A season name and an instant as SQLite writes them.
const SEASON: &str =
    "strftime('%Y', 'now') || '-Q' || ((CAST(strftime('%m', 'now') AS INTEGER) + 2) / 3)";
const NOW: &str = "CAST(strftime('%s', 'now') AS INTEGER) * 1000000";

fn execute(app: &App, statements: &str) {
    let file = app.database_url().strip_prefix("sqlite:").unwrap();
    let mut connection = SqliteConnection::establish(file).unwrap();
    connection
        .batch_execute("PRAGMA busy_timeout = 10000;")
        .unwrap();
    connection.batch_execute(statements).unwrap();
}

/// Lets two users have finished so many matches, the first `count` numbers: each third is tic-tac-toe, each
/// second is ranked, and the first user has won the even ones.
pub(crate) fn finish_matches(app: &App, [own, other]: [&str; 2], count: usize) {
    let game = "CASE k % 3 WHEN 0 THEN 'tictactoe' ELSE 'pong' END";
    let mode = "CASE k % 2 WHEN 0 THEN 'ranked' ELSE 'invite' END";
    let options = r#"'{"game_speed": "medium", "score_to_win": 5, "time_limit": 5, "cool_mode": false, "ranked": false}'"#;
    let numbers = format!(
        "WITH RECURSIVE numbers(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM numbers WHERE k < {count})"
    );
    let id = "CAST(printf('%016d', k) AS BLOB)";
    let at = format!("{NOW} - k * 60000000");
    let score @ [first, second] = ["5 - 2 * (k % 2)", "3 + 2 * (k % 2)"];
    let matches = format!(
        "INSERT INTO matches {numbers} SELECT {id}, {game}, {mode}, {options}, 1, 0, 'finished', NULL, 1, NULL, \
         {at}, {at}, {at} + 1, 'score', k % 2, {first}, {second}, 600, 10000, NULL FROM numbers;"
    );
    let seat = |seat: usize, user: &str, opponent: &str| {
        let [own, other] = [score[seat], score[1 - seat]];
        format!(
            "INSERT INTO match_seats {numbers} SELECT {id}, {seat}, a.id, NULL, NULL, b.id, {game}, {mode}, 0, \
             CASE k % 2 WHEN {seat} THEN 'won' ELSE 'lost' END, 'score', {own}, {other}, 10000, 4, {at} + 1 \
             FROM numbers, users a, users b WHERE a.username = '{user}' AND b.username = '{opponent}';"
        )
    };
    let seats = [seat(0, own, other), seat(1, other, own)].concat();
    execute(app, &(matches + &seats));
}

/// Lets users have these ratings in Pong in this season, so that they are on the leaderboard.
pub(crate) fn rate(app: &App, users: &[(&str, i32)]) {
    let statements = users.iter().map(|(name, points)| {
        format!(
            "INSERT INTO ratings SELECT id, 'pong', {SEASON}, {points}, 60, 0.06, {points}, 12, 1, {points}, {NOW} \
             FROM users WHERE username = '{name}'; \
             INSERT INTO rating_points VALUES ('pong', {SEASON}, {points}, 1) ON CONFLICT DO UPDATE SET n = n + 1; \
             INSERT INTO rating_spans VALUES ('pong', {SEASON}, {points} / 64, 1) ON CONFLICT DO UPDATE SET n = n + 1;"
        )
    });
    execute(app, &statements.collect::<String>());
}

/// Lets a user have played Pong on the last days, after which these were their ratings, the last one today.
pub(crate) fn rate_by_day(app: &App, name: &str, ratings: &[i32]) {
    let days = ratings.iter().rev().enumerate().map(|(ago, rating)| {
        format!(
            "INSERT INTO rating_days SELECT id, 'pong', {SEASON}, {NOW} / 86400000000 - {ago}, {rating}, \
             {rating} - 5, {rating} + 5 FROM users WHERE username = '{name}';"
        )
    });
    let played = format!(
        "INSERT INTO player_stats (user_id, game, won, lost, drawn, won_early, lost_early, streak, best_streak, \
         points_for, points_against, duration_ms, longest_rally, last_at) SELECT id, 'pong', 4, 2, 0, 0, 0, 2, 3, 26, 17, 600000, 9, {NOW} \
         FROM users WHERE username = '{name}';"
    );
    execute(app, &(days.collect::<String>() + &played));
}
