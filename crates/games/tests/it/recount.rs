use diesel::connection::SimpleConnection;
use games::{MatchMode, RecountDifference, recount};
use testkit::Database;

use crate::fixture::Fixture;

testkit::database_tests!(
    recount_agrees_after_matches_of_all_kinds,
    recount_finds_and_fixes_each_difference,
);

async fn play_all_kinds(fixture: &Fixture) -> Vec<kernel::Actor> {
    let users: Vec<_> = (0..3).map(|n| fixture.user(&format!("user{n}"))).collect();
    for round in 0..12 {
        let (one, other) = (&users[round % 3], &users[(round + 1 + round / 5) % 3]);
        if one.user == other.user {
            continue;
        }
        let mode = [MatchMode::Ranked, MatchMode::Casual, MatchMode::Invite][round % 3 % 2];
        fixture.play(mode, one, other, round % 4 == 3).await;
        fixture.advance(std::time::Duration::from_secs(3_600 * 5));
    }
    users
}

async fn recount_agrees_after_matches_of_all_kinds(database: Database) {
    let fixture = Fixture::new(database).await;
    let users = play_all_kinds(&fixture).await;
    assert_eq!(recount(&fixture.store, false).await.unwrap(), []);
    fixture.games.forget(users[0].user).await.unwrap();
    assert_eq!(recount(&fixture.store, false).await.unwrap(), []);
}

async fn recount_finds_and_fixes_each_difference(database: Database) {
    let fixture = Fixture::new(database).await;
    play_all_kinds(&fixture).await;
    for (sql, expected) in [
        ("UPDATE player_stats SET streak = streak + 1", 3),
        ("UPDATE player_stats SET best_streak = 99", 3),
        ("DELETE FROM rivals", 3),
        ("UPDATE ratings SET points = points + 1", 3),
        ("UPDATE site_totals SET points = points + 1", 1),
        (
            "INSERT INTO rating_points (game, season, points, n) VALUES ('pong', '2026-Q4', 7, 1)",
            1,
        ),
    ] {
        let break_it = move |tx: &mut db::Tx<'_>| Ok(tx.conn.batch_execute(sql)?);
        fixture.store.write(break_it).await.unwrap();
        let found = recount(&fixture.store, true).await.unwrap();
        assert_eq!(found.len(), expected, "{sql}: {found:?}");
        assert_eq!(recount(&fixture.store, false).await.unwrap(), [], "{sql}");
    }
    let totals = RecountDifference::Totals.to_string();
    assert_eq!(totals, "all-time totals");
}
