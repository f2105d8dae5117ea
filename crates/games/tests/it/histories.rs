use contract::accounts::Audience;
use contract::games::StartPractice;
use contract::matches::{MatchOrigin, PlayerResult};
use games::{HistoryQuery, MatchMode, MatchStore};
use kernel::{PageRequest, Relation};
use testkit::Database;

use crate::fixture::{Fixture, PAGE, code};

testkit::database_tests!(
    history_lists_finished_matches_by_filters,
    history_of_others_follows_their_settings,
    history_shows_what_may_be_opened,
    history_hides_matches_alone_and_across_blocks_from_others,
    match_is_visible_by_mode_and_relation,
    live_lists_what_may_be_watched,
    replay_is_there_once_the_match_has_ended,
    personal_data_has_all_matches_and_ratings,
    forget_deletes_matches_alone,
);

async fn history_lists_finished_matches_by_filters(database: Database) {
    let fixture = Fixture::new(database).await;
    let [ada, bob, cat] = ["ada", "bob", "cat"].map(|name| fixture.user(name));
    let won = fixture.play(MatchMode::Ranked, &ada, &bob, false).await;
    fixture.advance(std::time::Duration::from_secs(1));
    let drawn = fixture.play(MatchMode::Casual, &ada, &bob, true).await;
    fixture.advance(std::time::Duration::from_secs(1));
    let lost = fixture.play(MatchMode::Invite, &cat, &ada, false).await;
    fixture.start(MatchMode::Invite, &ada, &cat).await;
    let list = |query: HistoryQuery, page| {
        let games = fixture.games.clone();
        async move {
            let listed = games.history(&ada, query, page).await.unwrap();
            let ids: Vec<_> = listed.items.iter().map(|found| found.id).collect();
            (ids, listed.total)
        }
    };
    let query = HistoryQuery::default;
    assert_eq!(
        list(query(), PAGE).await,
        (vec![lost.id, drawn.id, won.id], 3)
    );
    let second = PageRequest {
        limit: 1,
        offset: 1,
    };
    assert_eq!(list(query(), second).await, (vec![drawn.id], 3));
    for (wanted, expected) in [
        (
            HistoryQuery {
                result: Some(PlayerResult::Won),
                ..query()
            },
            won.id,
        ),
        (
            HistoryQuery {
                result: Some(PlayerResult::Lost),
                ..query()
            },
            lost.id,
        ),
        (
            HistoryQuery {
                mode: Some(MatchOrigin::Casual),
                ..query()
            },
            drawn.id,
        ),
        (
            HistoryQuery {
                opponent: Some("cat".to_owned()),
                ..query()
            },
            lost.id,
        ),
    ] {
        assert_eq!(
            list(wanted.clone(), PAGE).await,
            (vec![expected], 1),
            "{wanted:?}"
        );
    }
    let other_game = HistoryQuery {
        game: Some("tictactoe".to_owned()),
        ..query()
    };
    assert_eq!(list(other_game, PAGE).await, (vec![], 0));
    let nobody = HistoryQuery {
        opponent: Some("nobody".to_owned()),
        ..query()
    };
    assert_eq!(
        code(fixture.games.history(&ada, nobody, PAGE).await),
        "users.not_found"
    );
}

fn of(name: &str) -> HistoryQuery {
    HistoryQuery {
        player: Some(name.to_owned()),
        ..HistoryQuery::default()
    }
}

async fn history_of_others_follows_their_settings(database: Database) {
    let fixture = Fixture::new(database).await;
    let [ada, bob, cat] = ["ada", "bob", "cat"].map(|name| fixture.user(name));
    fixture.play(MatchMode::Ranked, &ada, &bob, false).await;
    let list = || fixture.games.history(&cat, of("ada"), PAGE);
    assert_eq!(list().await.unwrap().total, 1);
    fixture.show_history_to(&ada, Audience::Friends);
    assert_eq!(code(list().await), "games.history_private");
    let statistics = fixture.games.statistics(&cat, Some("ada".to_owned())).await;
    assert_eq!(code(statistics), "games.history_private");
    fixture.relate(&ada, &cat, Relation::Friend);
    assert_eq!(list().await.unwrap().total, 1);
    fixture.show_history_to(&ada, Audience::Nobody);
    assert_eq!(code(list().await), "games.history_private");
    fixture.relate(&ada, &cat, Relation::Blocked);
    assert_eq!(code(list().await), "users.not_found");
    assert_eq!(
        code(fixture.games.head_to_head(&cat, "ada").await),
        "users.not_found"
    );
    let own = fixture.games.history(&ada, of("ada"), PAGE).await;
    assert_eq!(own.unwrap().total, 1, "one's own is always shown");
}

async fn history_shows_what_may_be_opened(database: Database) {
    let fixture = Fixture::new(database).await;
    let [ada, bob, cat, dan, eve] =
        ["ada", "bob", "cat", "dan", "eve"].map(|name| fixture.user(name));
    let mut all = vec![];
    for other in [&bob, &cat, &dan] {
        for _ in 0..3 {
            all.push(fixture.play(MatchMode::Casual, &ada, other, false).await.id);
        }
    }
    fixture.play(MatchMode::Casual, &ada, &bob, false).await;
    fixture.show_history_to(&bob, Audience::Nobody);
    fixture.show_history_to(&cat, Audience::Friends);
    let check = async |viewer: &kernel::Actor, shown: usize| {
        let listed = fixture
            .games
            .history(viewer, of("ada"), PAGE)
            .await
            .unwrap();
        assert_eq!((listed.items.len(), listed.total), (shown, shown as i64));
        for id in &all {
            let is_listed = listed.items.iter().any(|item| item.id == *id);
            match fixture.games.get(viewer, *id).await {
                Ok(_) => assert!(is_listed),
                Err(error) => assert!(!is_listed && error.code().name == "games.match_private"),
            }
        }
    };
    let best = async |viewer: &kernel::Actor| {
        let read = fixture.games.statistics(viewer, Some("ada".to_owned()));
        let best = read.await.unwrap().games.remove(0).best_opponent;
        best.map(|best| best.opponent.username)
    };
    check(&eve, 3).await;
    assert_eq!(best(&eve).await, None, "against bob, who shows nothing");
    fixture.relate(&eve, &cat, Relation::Friend);
    check(&eve, 6).await;
    check(&bob, 7).await;
    assert_eq!(best(&bob).await.as_deref(), Some("bob"), "oneself");
    check(&ada, 10).await;
    assert_eq!(
        best(&ada).await.as_deref(),
        Some("bob"),
        "one's own are always shown"
    );
    let against_bob = HistoryQuery {
        opponent: Some("bob".to_owned()),
        ..of("ada")
    };
    let listed = fixture.games.history(&eve, against_bob, PAGE).await;
    assert_eq!(listed.unwrap().total, 0);
}

async fn history_hides_matches_alone_and_across_blocks_from_others(database: Database) {
    let fixture = Fixture::new(database).await;
    let [ada, bob, cat] = ["ada", "bob", "cat"].map(|name| fixture.user(name));
    fixture.play(MatchMode::Ranked, &ada, &bob, false).await;
    let practice = fixture
        .games
        .practice(&ada, "pong", StartPractice::default());
    let practice = practice.await.unwrap();
    let claimed = fixture.matches.claim(practice.id).await.unwrap().unwrap();
    let ended = crate::fixture::finished(&claimed, Some(games::Seat::First), [5, 0]);
    fixture.matches.end(ended).await.unwrap().unwrap();
    let total = async |viewer| {
        let listed = fixture.games.history(viewer, of("ada"), PAGE);
        listed.await.unwrap().total
    };
    assert_eq!(total(&ada).await, 2);
    assert_eq!(total(&cat).await, 1);
    fixture.relate(&cat, &bob, Relation::Blocked);
    assert_eq!(total(&cat).await, 0);
}

async fn match_is_visible_by_mode_and_relation(database: Database) {
    let fixture = Fixture::new(database).await;
    let [ada, bob, cat] = ["ada", "bob", "cat"].map(|name| fixture.user(name));
    let private = fixture.start(MatchMode::Invite, &ada, &bob).await.id;
    let watch = |id| fixture.games.watchable(&cat, id);
    assert_eq!(code(watch(private).await), "games.match_private");
    fixture.relate(&cat, &ada, Relation::Friend);
    assert_eq!(code(watch(private).await), "games.match_private", "of both");
    fixture.relate(&cat, &bob, Relation::Friend);
    assert!(watch(private).await.is_ok());
    fixture.relate(&cat, &bob, Relation::Blocked);
    assert_eq!(code(watch(private).await), "games.match_not_found");
    assert!(fixture.games.watchable(&ada, private).await.is_ok());
    let unknown = fixture.store.env().id();
    assert_eq!(code(watch(unknown).await), "games.match_not_found");
}

async fn live_lists_what_may_be_watched(database: Database) {
    let fixture = Fixture::new(database).await;
    let users: Vec<_> = (0..6).map(|n| fixture.user(&format!("user{n}"))).collect();
    let viewer = fixture.user("viewer");
    let mut ids = vec![];
    for (mode, pair) in [MatchMode::Ranked, MatchMode::Casual, MatchMode::Invite]
        .into_iter()
        .zip(users.chunks(2))
    {
        let claimed = fixture.start(mode, &pair[0], &pair[1]).await;
        let now = fixture.store.env().now();
        let list = fixture.games.live(&viewer, None, PAGE).await.unwrap();
        assert!(
            list.items.iter().all(|found| found.id != claimed.id),
            "not begun"
        );
        let started = fixture.matches.note_start(claimed.id, claimed.epoch, now);
        assert!(started.await.unwrap());
        ids.push(claimed.id);
    }
    let list = async || {
        let listed = fixture.games.live(&viewer, None, PAGE).await.unwrap();
        listed
            .items
            .iter()
            .map(|found| found.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(list().await, [ids[1], ids[0]]);
    for friend in &users[4..] {
        fixture.relate(&viewer, friend, Relation::Friend);
    }
    assert_eq!(list().await, [ids[2], ids[1], ids[0]]);
    fixture.relate(&viewer, &users[0], Relation::Blocked);
    assert_eq!(list().await, [ids[2], ids[1]]);
    let other = fixture
        .games
        .live(&viewer, Some("tictactoe".to_owned()), PAGE);
    assert_eq!(other.await.unwrap().total, 0);
}

async fn replay_is_there_once_the_match_has_ended(database: Database) {
    let fixture = Fixture::new(database).await;
    let [ada, bob] = ["ada", "bob"].map(|name| fixture.user(name));
    let claimed = fixture.start(MatchMode::Ranked, &ada, &bob).await;
    let early = fixture.games.replay(&ada, claimed.id).await;
    assert_eq!(code(early), "games.match_live");
    let ended = crate::fixture::finished(&claimed, None, [2, 2]);
    fixture.matches.end(ended).await.unwrap().unwrap();
    let replay = fixture.games.replay(&bob, claimed.id).await.unwrap();
    assert_eq!(replay, b"record");
    let damaged = fixture.games.verify_replay(&bob, claimed.id).await;
    assert_eq!(code(damaged), "games.record_damaged");
    let canceled = fixture.start(MatchMode::Ranked, &ada, &bob).await;
    let ending = games::MatchEnding::Canceled {
        reason: games::MatchCancelReason::Void,
        at_fault: [false, false],
    };
    let ended = crate::fixture::ended(&canceled, ending);
    fixture.matches.end(ended).await.unwrap().unwrap();
    let none = fixture.games.replay(&ada, canceled.id).await;
    assert_eq!(code(none), "games.no_replay");
}

async fn personal_data_has_all_matches_and_ratings(database: Database) {
    let fixture = Fixture::new(database).await;
    let [ada, bob] = ["ada", "bob"].map(|name| fixture.user(name));
    fixture.play(MatchMode::Ranked, &ada, &bob, false).await;
    fixture.play(MatchMode::Casual, &ada, &bob, false).await;
    let exported = fixture.games.personal_data(ada.user).read().await.unwrap();
    assert_eq!(exported["matches"].as_array().unwrap().len(), 2);
    assert_eq!(exported["ratings"][0]["game"], "pong");
}

async fn forget_deletes_matches_alone(database: Database) {
    let fixture = Fixture::new(database).await;
    let [ada, bob] = ["ada", "bob"].map(|name| fixture.user(name));
    let against_bob = fixture.play(MatchMode::Ranked, &ada, &bob, false).await;
    let practice = fixture
        .games
        .practice(&ada, "pong", StartPractice::default());
    let practice = practice.await.unwrap();
    fixture.games.forget(ada.user).await.unwrap();
    assert_eq!(
        code(fixture.games.get(&ada, practice.id).await),
        "games.match_not_found"
    );
    assert!(fixture.games.get(&bob, against_bob.id).await.is_ok());
}
