use std::time::Duration;

use db::{AnyConn, Tx};
use diesel::prelude::*;
use games::{LeaderboardPart, MatchMode, MatchStore, RecountDifference, WatchedContacts, recount};
use kernel::{Actor, PageRequest, Relation, UserId};
use testkit::Database;

use crate::fixture::{Fixture, PAGE, code};

testkit::database_tests!(
    leaderboard_lists_players_of_ten_matches_by_rating,
    leaderboard_pages_and_ranks_agree,
    leaderboard_refuses_unknown_games_seasons_and_unranked_users,
    leaderboard_of_friends_has_global_ranks,
    leaderboard_hides_users_across_blocks,
    forget_takes_a_user_off_the_board,
    season_turn_leaves_the_old_board_and_begins_an_empty_one,
);

diesel::table! {
    use db::{DbTime, DbUuid};
    use diesel::sql_types::{Bool, Double, Integer, Text};

    ratings (user_id) {
        user_id -> DbUuid,
        game -> Text,
        season -> Text,
        rating -> Double,
        deviation -> Double,
        volatility -> Double,
        points -> Integer,
        games -> Integer,
        rankable -> Bool,
        peak -> Integer,
        last_at -> DbTime,
    }
}

/// Stores ratings, and counts the board from them.
async fn seed(fixture: &Fixture, rows: Vec<(UserId, i32)>) {
    let insert = move |tx: &mut Tx<'_>| {
        for (user, points) in rows {
            let row = (
                ratings::user_id.eq(user),
                ratings::game.eq("pong"),
                ratings::season.eq("2026-Q4"),
                ratings::rating.eq(f64::from(points)),
                ratings::deviation.eq(60.0),
                ratings::volatility.eq(0.06),
                ratings::points.eq(points),
                ratings::games.eq(20),
                ratings::rankable.eq(true),
                ratings::peak.eq(points),
                ratings::last_at.eq(tx.env().now()),
            );
            diesel::insert_into(ratings::table)
                .values(row)
                .execute(tx.conn)?;
        }
        Ok(())
    };
    fixture.store.write(insert).await.unwrap();
    let board = RecountDifference::Board("pong".to_owned(), "2026-Q4".to_owned());
    assert_eq!(recount(&fixture.store, true).await.unwrap(), [board]);
    assert_eq!(recount(&fixture.store, false).await.unwrap(), []);
}

/// Plays until each of these users stands on the board: of three matches, the one who comes first in the
/// list wins two.
async fn rank_all(fixture: &Fixture, users: &[Actor]) {
    for round in 0..14 {
        for (n, one) in users.iter().enumerate() {
            for other in &users[n + 1..] {
                let [winner, loser] = match round % 3 {
                    2 => [other, one],
                    _ => [one, other],
                };
                fixture.play(MatchMode::Ranked, winner, loser, false).await;
            }
        }
        fixture.advance(Duration::from_secs(12 * 3_600));
    }
}

async fn leaderboard_lists_players_of_ten_matches_by_rating(database: Database) {
    let fixture = Fixture::new(database).await;
    let users: Vec<_> = (0..4).map(|n| fixture.user(&format!("user{n}"))).collect();
    let list = async || {
        let listed = fixture
            .games
            .leaderboard(&users[1], "pong", None, LeaderboardPart::All, PAGE);
        listed.await.unwrap().1
    };
    fixture
        .play(MatchMode::Ranked, &users[0], &users[1], false)
        .await;
    assert_eq!(list().await.total, 0, "one match is not enough");
    rank_all(&fixture, &users).await;
    let board = list().await;
    let names: Vec<&str> = board
        .items
        .iter()
        .map(|entry| &*entry.user.username)
        .collect();
    assert_eq!(names, ["user0", "user1", "user2", "user3"]);
    let ranks: Vec<i64> = board.items.iter().map(|entry| entry.rank).collect();
    assert_eq!(ranks, [1, 2, 3, 4]);
    assert!(board.items[1].is_me && !board.items[0].is_me);
    let statistics = fixture.games.statistics(&users[2], None).await.unwrap();
    let rating = statistics.games[0].rating.clone().unwrap();
    assert_eq!(
        (rating.rank, rating.rating),
        (Some(3), board.items[2].rating)
    );
    let (games, user) = (fixture.games.clone(), users[2].user);
    let read = move |conn: &mut AnyConn| games.read_home(conn, user, WatchedContacts::default());
    let names = board.items.iter().map(|entry| &entry.user);
    let names = names.map(|user| (user.id, user.clone())).collect();
    let home = fixture.store.read(read).await.unwrap();
    let home = home.into_dto(&names).unwrap();
    assert_eq!(home.ratings[0].rating, rating, "as in the statistics");
    let newest = PageRequest {
        limit: 5,
        offset: 0,
    };
    let history = fixture
        .games
        .history(&users[2], games::HistoryQuery::default(), newest);
    assert_eq!(home.recent_matches, history.await.unwrap().items);
    let season = Some("2026-Q3".to_owned());
    let earlier = fixture
        .games
        .leaderboard(&users[1], "pong", season, LeaderboardPart::All, PAGE);
    assert_eq!(earlier.await.unwrap().1.total, 0);
}

async fn leaderboard_pages_and_ranks_agree(database: Database) {
    let fixture = Fixture::new(database).await;
    let users: Vec<_> = (0..60).map(|n| fixture.user(&format!("user{n}"))).collect();
    // Many of them share a rating.
    let points: Vec<i32> = (0..60).map(|n| 1_400 + (n * 7) % 40 * 5).collect();
    let rows: Vec<_> = users
        .iter()
        .map(|user| user.user)
        .zip(points.clone())
        .collect();
    seed(&fixture, rows).await;
    let page = |offset, limit| {
        let page = PageRequest { limit, offset };
        let part = LeaderboardPart::All;
        let games = fixture.games.clone();
        let viewer = users[0];
        async move {
            let listed = games.leaderboard(&viewer, "pong", None, part, page);
            listed.await.unwrap().1
        }
    };
    let all = page(0, 100).await;
    assert_eq!(all.total, 60);
    let above = |rating: i32| points.iter().filter(|other| **other > rating).count();
    for entry in &all.items {
        assert_eq!(entry.rank, i64::try_from(above(entry.rating)).unwrap() + 1);
    }
    let mut listed = vec![];
    for offset in (0..60).step_by(7) {
        listed.extend(page(offset, 7).await.items);
    }
    assert_eq!(listed, all.items, "pages are parts of the whole");
    assert_eq!(page(60, 7).await.items, []);
    for (n, viewer) in users.iter().enumerate() {
        let around =
            fixture
                .games
                .leaderboard(viewer, "pong", None, LeaderboardPart::AroundMe, PAGE);
        let (listed_page, around) = around.await.unwrap();
        let position = all
            .items
            .iter()
            .position(|entry| entry.user.id == users[n].user);
        let position = position.unwrap();
        let first = position.saturating_sub(10);
        assert_eq!(listed_page.offset, i64::try_from(first).unwrap());
        let ids = |entries: &[contract::leaderboards::LeaderboardEntry]| {
            entries
                .iter()
                .map(|entry| (entry.rank, entry.user.id))
                .collect::<Vec<_>>()
        };
        let expected = &all.items[first..(position + 11).min(60)];
        assert_eq!(ids(&around.items), ids(expected));
    }
}

async fn leaderboard_refuses_unknown_games_seasons_and_unranked_users(database: Database) {
    let fixture = Fixture::new(database).await;
    let ada = fixture.user("ada");
    let list = |game: &'static str, season: Option<&str>, part| {
        let season = season.map(str::to_owned);
        let games = fixture.games.clone();
        async move { games.leaderboard(&ada, game, season, part, PAGE).await }
    };
    let all = LeaderboardPart::All;
    assert_eq!(code(list("chess", None, all).await), "games.game_not_found");
    for season in ["2026", "2026-Q5", "Q4-2026", ""] {
        let refused = list("pong", Some(season), all).await;
        assert_eq!(code(refused), "games.season_invalid", "{season}");
    }
    let around = list("pong", None, LeaderboardPart::AroundMe).await;
    assert_eq!(code(around), "games.not_ranked");
}

async fn leaderboard_of_friends_has_global_ranks(database: Database) {
    let fixture = Fixture::new(database).await;
    let users: Vec<_> = (0..4).map(|n| fixture.user(&format!("user{n}"))).collect();
    rank_all(&fixture, &users).await;
    fixture.relate(&users[3], &users[1], Relation::Friend);
    let listed = fixture
        .games
        .leaderboard(&users[3], "pong", None, LeaderboardPart::Friends, PAGE);
    let listed = listed.await.unwrap().1;
    let ranks: Vec<_> = listed
        .items
        .iter()
        .map(|entry| (entry.rank, &*entry.user.username))
        .collect();
    assert_eq!(ranks, [(2, "user1"), (4, "user3")]);
    assert_eq!(listed.total, 2);
}

async fn leaderboard_hides_users_across_blocks(database: Database) {
    let fixture = Fixture::new(database).await;
    let users: Vec<_> = (0..4).map(|n| fixture.user(&format!("user{n}"))).collect();
    rank_all(&fixture, &users).await;
    fixture.relate(&users[3], &users[0], Relation::Blocked);
    let listed = fixture
        .games
        .leaderboard(&users[3], "pong", None, LeaderboardPart::All, PAGE);
    let ranks: Vec<i64> = listed
        .await
        .unwrap()
        .1
        .items
        .iter()
        .map(|entry| entry.rank)
        .collect();
    assert_eq!(ranks, [2, 3, 4]);
}

async fn forget_takes_a_user_off_the_board(database: Database) {
    let fixture = Fixture::new(database).await;
    let users: Vec<_> = (0..4).map(|n| fixture.user(&format!("user{n}"))).collect();
    rank_all(&fixture, &users).await;
    let live = fixture.start(MatchMode::Ranked, &users[1], &users[2]).await;
    let against = fixture
        .games
        .head_to_head(&users[0], "user1")
        .await
        .unwrap();
    fixture.people.delete(users[1].user);
    fixture.games.forget(users[1].user).await.unwrap();
    fixture.games.forget(users[1].user).await.unwrap();
    // What they were playing ends, and puts them on no board.
    let end = crate::fixture::finished(&live, None, [2, 2]);
    fixture.matches.end(end).await.unwrap().unwrap();
    let kept = fixture.games.personal_data(users[1].user).read().await;
    assert_eq!(kept.unwrap()["ratings"], serde_json::json!([]));
    let listed = fixture
        .games
        .leaderboard(&users[3], "pong", None, LeaderboardPart::All, PAGE);
    let listed = listed.await.unwrap().1;
    let ranks: Vec<_> = listed
        .items
        .iter()
        .map(|entry| (entry.rank, &*entry.user.username))
        .collect();
    assert_eq!(ranks, [(1, "user0"), (2, "user2"), (3, "user3")]);
    let own = fixture
        .games
        .history(&users[0], games::HistoryQuery::default(), PAGE);
    let own = own.await.unwrap();
    assert_eq!(own.total, 42, "the history of others stays");
    let names: Vec<&str> = own
        .items
        .iter()
        .flat_map(|shown| &shown.players)
        .map(|player| &*player.name)
        .collect();
    assert!(!names.contains(&"USER1") && names.contains(&"Deleted user"));
    let of_deleted = own.items.iter().find(|shown| {
        let mut players = shown.players.iter();
        players.any(|player| player.user.as_ref().is_some_and(|user| user.is_deleted))
    });
    let id = of_deleted.unwrap().id;
    assert!(fixture.games.replay(&users[0], id).await.is_ok());
    assert_eq!(
        code(fixture.games.head_to_head(&users[0], "user1").await),
        "users.not_found"
    );
    assert_eq!(against[0].wins, 10);
    let statistics = fixture.games.statistics(&users[0], None).await.unwrap();
    assert_eq!(statistics.games[0].matches, 42);
}

/// Three months later.
async fn season_turn_leaves_the_old_board_and_begins_an_empty_one(database: Database) {
    let fixture = Fixture::new(database).await;
    let users: Vec<_> = (0..4).map(|n| fixture.user(&format!("user{n}"))).collect();
    rank_all(&fixture, &users).await;
    let list = async |season: Option<&str>| {
        let season = season.map(str::to_owned);
        let all = LeaderboardPart::All;
        let listed = fixture
            .games
            .leaderboard(&users[0], "pong", season, all, PAGE);
        listed.await.unwrap().1.items
    };
    let before = list(None).await;
    assert_eq!(before.len(), 4);
    let rating = async || {
        let statistics = fixture.games.statistics(&users[0], None).await.unwrap();
        statistics.games[0].rating.clone()
    };
    let earlier = rating().await.unwrap();
    fixture.advance(Duration::from_secs(60 * 24 * 3_600));
    assert_eq!(list(None).await, []);
    assert_eq!(list(Some("2026-Q4")).await, before);
    let played = fixture
        .play(MatchMode::Ranked, &users[0], &users[1], true)
        .await;
    let shown = fixture.games.get(&users[0], played.id).await.unwrap();
    let own = shown.players.iter().find(|player| {
        player
            .user
            .as_ref()
            .is_some_and(|user| user.id == users[0].user)
    });
    let drawn = 1_500 + (earlier.rating - 1_500) * 3 / 4;
    let change = own.unwrap().rating.unwrap();
    assert!(
        (change.before - drawn).abs() <= 1,
        "{change:?}, {earlier:?}"
    );
    let now = rating().await.unwrap();
    assert_eq!((&*now.season, now.matches), ("2027-Q1", 1));
    assert!(now.deviation > earlier.deviation, "less certain again");
    assert_eq!(list(None).await, [], "one match is not enough");
    assert_eq!(list(Some("2026-Q4")).await, before);
    assert_eq!(recount(&fixture.store, false).await.unwrap(), []);
}
