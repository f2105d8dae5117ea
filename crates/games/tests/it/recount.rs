use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use contract::invites::MatchId;
use db::Store;
use diesel::connection::SimpleConnection;
use games::ports::MatchListener;
use games::{
    EndedMatch, LeaderboardPart, MatchConclusion, MatchMode, MatchStore, RecountDifference,
    StoredMatch, StoredMatches, recount,
};
use kernel::{Actor, AppError, UserId};
use testkit::Database;

use crate::fixture::{Fixture, OwnScore, PAGE, finished, seat_of};
use crate::meetings::{count_waiting, until_one_waits};

testkit::database_tests!(
    recount_agrees_after_matches_of_all_kinds,
    recount_finds_and_fixes_each_difference,
);
testkit::postgres_tests!(recount_loses_no_result_that_meets_it);

/// Holds the transaction of a result until it may end.
struct Holding {
    begun: mpsc::Sender<()>,
    end: Mutex<mpsc::Receiver<()>>,
}

impl MatchListener for Holding {
    fn may_see(&self, _: &mut db::AnyConn, _: UserId, _: MatchId) -> Result<bool, AppError> {
        Ok(true)
    }

    fn lock(&self, _: &mut db::Tx<'_>, _: &StoredMatch) -> Result<(), AppError> {
        Ok(())
    }

    fn match_started(&self, _: &mut db::Tx<'_>, _: MatchId) -> Result<(), AppError> {
        Ok(())
    }

    fn match_ended(
        &self,
        _: &mut db::Tx<'_>,
        _: &StoredMatch,
        _: &EndedMatch,
    ) -> Result<(), AppError> {
        self.begun.send(()).unwrap();
        self.end.lock().unwrap().recv().unwrap();
        Ok(())
    }
}

/// A result whose transaction does not end before it may.
struct OpenResult {
    has_begun: mpsc::Receiver<()>,
    end: mpsc::Sender<()>,
    task: tokio::task::JoinHandle<Result<Option<MatchConclusion>, AppError>>,
}

impl OpenResult {
    /// The first one of two users wins a match.
    async fn start(fixture: &Fixture, one: &Actor, other: &Actor) -> Self {
        let claimed = fixture.start(MatchMode::Ranked, one, other).await;
        let (begun, has_begun) = mpsc::channel();
        let (end, may_end) = mpsc::channel();
        let holding = Holding {
            begun,
            end: Mutex::new(may_end),
        };
        let mut parts = fixture.parts.clone();
        parts.listeners = vec![Arc::new(holding)];
        let (node, _) = fixture.other_node();
        let matches = StoredMatches::new(parts, node, fixture.nodes.clone());
        let winner = seat_of(&claimed, one);
        let ended = finished(&claimed, Some(winner), winner.of_scores(5, 3));
        let task = tokio::spawn(async move { matches.end(ended).await });
        Self {
            has_begun,
            end,
            task,
        }
    }

    /// Waits until all is written, or until so many transactions wait for others. Returns whether all is written.
    async fn is_written(&self, store: &Store, waiting: i64) -> bool {
        let mut is_written = false;
        let settled = async {
            while !is_written && count_waiting(store).await < waiting {
                tokio::task::yield_now().await;
                is_written = self.has_begun.try_recv().is_ok();
            }
        };
        let settled = tokio::time::timeout(Duration::from_secs(20), settled).await;
        settled.expect("the result neither goes on nor waits");
        is_written
    }

    async fn commit(self) {
        self.end.send(()).unwrap();
        self.task.await.unwrap().unwrap().unwrap();
    }
}

async fn execute(fixture: &Fixture, sql: &str) {
    let sql = sql.to_owned();
    let run = move |tx: &mut db::Tx<'_>| Ok(tx.conn.batch_execute(&sql)?);
    fixture.store.write(run).await.unwrap();
}

/// Breaks a figure. While it is counted again, a result that changes it is being stored.
async fn meet_a_result(fixture: &Fixture, users: &[Actor; 4], sql: &str) {
    let [one, other, third, last] = users;
    execute(fixture, sql).await;
    let of_last_user = OpenResult::start(fixture, third, last).await;
    assert!(of_last_user.is_written(&fixture.store, 1).await);
    let store = fixture.store.clone();
    let recounting = tokio::spawn(async move { recount(&store, true).await });
    until_one_waits(&fixture.store).await;
    let met = OpenResult::start(fixture, one, other).await;
    // What it adds to may have been counted already: then it waits for the recount.
    let is_ahead = met.is_written(&fixture.store, 2).await;
    of_last_user.commit().await;
    if is_ahead {
        until_one_waits(&fixture.store).await;
    }
    met.commit().await;
    recounting.await.unwrap().unwrap();
    assert_eq!(recount(&fixture.store, false).await.unwrap(), [], "{sql}");
}

async fn recount_loses_no_result_that_meets_it(database: Database) {
    let fixture = Fixture::new(database).await;
    let users = ["ada", "bob", "cat", "dan"].map(|name| fixture.user(name));
    for round in 0..40 {
        let [one, other] = [round % 2, 1 - round % 2].map(|at| &users[at]);
        fixture.play(MatchMode::Ranked, one, other, false).await;
        fixture.advance(Duration::from_secs(3_600 * 5));
    }
    fixture
        .play(MatchMode::Ranked, &users[2], &users[3], false)
        .await;
    let board = fixture
        .games
        .leaderboard(&users[0], "pong", None, LeaderboardPart::All, PAGE);
    assert_eq!(board.await.unwrap().1.total, 2);
    for shard in 0..16 {
        let zeros = format!(
            "INSERT INTO site_totals (shard, matches, points, duration_ms) \
             VALUES ({shard}, 0, 0, 0) ON CONFLICT DO NOTHING"
        );
        execute(&fixture, &zeros).await;
    }
    assert_eq!(recount(&fixture.store, false).await.unwrap(), []);
    for sql in [
        "UPDATE site_totals SET points = points + 1",
        "UPDATE rating_points SET n = n + 1",
    ] {
        meet_a_result(&fixture, &users, sql).await;
    }
}

async fn play_all_kinds(fixture: &Fixture) -> Vec<Actor> {
    let users: Vec<_> = (0..3).map(|n| fixture.user(&format!("user{n}"))).collect();
    for round in 0..12 {
        let (one, other) = (&users[round % 3], &users[(round + 1 + round / 5) % 3]);
        if one.user == other.user {
            continue;
        }
        let mode = [MatchMode::Ranked, MatchMode::Casual, MatchMode::Invite][round % 3 % 2];
        fixture.play(mode, one, other, round % 4 == 3).await;
        fixture.advance(Duration::from_secs(3_600 * 5));
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
