//! Players who have played before, so that their next ranked match puts them on the leaderboard.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use e2e::{App, TestUser};

/// What the engines write differently.
struct Dialect {
    id: &'static str,
    at: &'static str,
    season: &'static str,
}

const SQLITE: Dialect = Dialect {
    id: "randomblob(16)",
    at: "(CAST(strftime('%s', 'now') AS INTEGER) - 86400 + k) * 1000000",
    season: "strftime('%Y', 'now') || '-Q' || ((CAST(strftime('%m', 'now') AS INTEGER) + 2) / 3)",
};

const POSTGRES: Dialect = Dialect {
    id: "gen_random_uuid()",
    at: "now() - interval '1 day' + k * interval '1 second'",
    season: "to_char(now() AT TIME ZONE 'UTC', 'YYYY-\"Q\"Q')",
};

impl Dialect {
    /// Nine rated matches of each user a day ago, after which all have a rating of 1,500 that is reliable.
    fn statements(&self, names: &str) -> String {
        let Self { id, at, season } = self;
        format!(
            "INSERT INTO rating_changes (match_id, seat, user_id, game, season, before, rating, deviation, \
             volatility, at) \
             WITH RECURSIVE numbers(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM numbers WHERE k < 9) \
             SELECT {id}, 0, users.id, 'pong', {season}, 1500, 1500, 60, 0.06, {at} \
             FROM users, numbers WHERE username IN ({names}); \
             INSERT INTO ratings (user_id, game, season, rating, deviation, volatility, points, games, \
             rankable, peak, last_at) \
             SELECT user_id, game, season, 1500, 60, 0.06, 1500, 9, false, 1500, max(at) \
             FROM rating_changes WHERE user_id IN (SELECT id FROM users WHERE username IN ({names})) \
             GROUP BY user_id, game, season;"
        )
    }
}

/// Lets each of these users have played nine ranked matches of Pong in this season.
pub(super) fn let_play_nine_matches(app: &App, users: [&TestUser; 2]) {
    let names = users.map(|user| format!("'{}'", user.name)).join(", ");
    let url = app.database_url();
    if let Some(file) = url.strip_prefix("sqlite:") {
        let mut connection = SqliteConnection::establish(file).unwrap();
        let busy = "PRAGMA busy_timeout = 10000;";
        connection.batch_execute(busy).unwrap();
        connection
            .batch_execute(&SQLITE.statements(&names))
            .unwrap();
    } else {
        let mut connection = PgConnection::establish(url).unwrap();
        connection
            .batch_execute(&POSTGRES.statements(&names))
            .unwrap();
    }
}
