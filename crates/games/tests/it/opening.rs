use std::collections::HashSet;

use contract::accounts::AiLevel;
use contract::games::{StartLocal, StartPractice};
use contract::matches::{MatchReason, MatchState, PlayerType};
use contract::users::AiSettings;
use futures_util::future::join_all;
use games::{MatchMode, MatchStore, SeatedPlayer, lookups};
use kernel::AppError;
use serde_json::{Map, json};
use testkit::Database;

use crate::fixture::{Fixture, code};

testkit::database_tests!(
    open_match_engages_both_users_until_it_ends,
    open_match_seats_users_by_chance,
    open_match_concurrently_engages_each_user_once,
    practice_ends_the_practice_before_and_yields_to_a_match,
    practice_follows_level_or_settings,
    practice_refuses_unknown_games_levels_and_options,
    practice_with_a_key_is_created_once,
    local_match_has_two_names_and_one_user,
);

fn practice(level: &str) -> StartPractice {
    StartPractice {
        level: Some(level.to_owned()),
        options: Map::new(),
    }
}

async fn open_match_engages_both_users_until_it_ends(database: Database) {
    let fixture = Fixture::new(database).await;
    let [ada, bob, cat] = ["ada", "bob", "cat"].map(|name| fixture.user(name));
    let claimed = fixture.start(MatchMode::Invite, &ada, &bob).await;
    for (one, other, refusal) in [
        (&ada, &cat, "games.engaged"),
        (&cat, &bob, "games.opponent_engaged"),
    ] {
        let refused = fixture.try_open(MatchMode::Invite, one, other).await;
        let error = refused.unwrap_err();
        assert_eq!(error.code().name, refusal);
        assert_eq!(error.details(), [("match_id", json!(claimed.id))]);
    }
    let users = [ada.user, bob.user, cat.user];
    let playing = fixture
        .store
        .read(move |conn| lookups::playing(conn, &users));
    let playing: HashSet<_> = playing.await.unwrap().into_iter().collect();
    assert_eq!(playing, HashSet::from([ada.user, bob.user]));
    let ended = crate::fixture::finished(&claimed, None, [1, 1]);
    fixture.matches.end(ended).await.unwrap().unwrap();
    fixture
        .try_open(MatchMode::Invite, &ada, &cat)
        .await
        .unwrap();
}

async fn open_match_seats_users_by_chance(database: Database) {
    let fixture = Fixture::new(database).await;
    let mut first = HashSet::new();
    for round in 0..40 {
        let [ada, bob] = ["ada", "bob"].map(|name| fixture.user(&format!("{name}{round}")));
        let claimed = fixture.start(MatchMode::Casual, &ada, &bob).await;
        first.insert(crate::fixture::seat_of(&claimed, &ada));
    }
    assert_eq!(first.len(), 2, "both seats in 40 matches");
}

async fn open_match_concurrently_engages_each_user_once(database: Database) {
    let fixture = Fixture::new(database).await;
    let users: Vec<_> = (0..6).map(|n| fixture.user(&format!("user{n}"))).collect();
    let pairs = (0..6).flat_map(|one| (0..6).map(move |other| (one, other)));
    let pairs = pairs.filter(|(one, other)| one != other);
    let opened =
        pairs.map(|(one, other)| fixture.try_open(MatchMode::Invite, &users[one], &users[other]));
    let opened: Vec<Result<_, AppError>> = join_all(opened).await;
    let refused =
        |error: &AppError| ["games.engaged", "games.opponent_engaged"].contains(&error.code().name);
    assert!(
        opened
            .iter()
            .all(|one| one.as_ref().err().is_none_or(refused)),
        "{opened:?}"
    );
    let mut engaged = vec![];
    for id in opened.into_iter().filter_map(Result::ok) {
        let claimed = fixture.matches.claim(id).await.unwrap().unwrap();
        engaged.extend(claimed.players.map(|player| format!("{player:?}")));
    }
    let distinct: HashSet<_> = engaged.iter().collect();
    assert_eq!(distinct.len(), engaged.len());
    assert!(engaged.len() >= 4, "{engaged:?}");
}

async fn practice_ends_the_practice_before_and_yields_to_a_match(database: Database) {
    let fixture = Fixture::new(database).await;
    let [ada, bob] = ["ada", "bob"].map(|name| fixture.user(name));
    let start = || fixture.games.practice(&ada, "pong", practice("adaptive"));
    let first = start().await.unwrap();
    let claimed = fixture.matches.claim(first.id).await.unwrap().unwrap();
    let second = start().await.unwrap();
    let gone = fixture.games.get(&ada, first.id).await.unwrap();
    assert_eq!(gone.state, MatchState::Canceled);
    assert_eq!(gone.reason, Some(MatchReason::Declined));
    let late = crate::fixture::finished(&claimed, None, [1, 1]);
    assert_eq!(
        fixture.matches.end(late).await.unwrap(),
        None,
        "its owner lost it"
    );
    assert_eq!(fixture.matches.claim(first.id).await.unwrap(), None);

    fixture
        .try_open(MatchMode::Invite, &bob, &ada)
        .await
        .unwrap();
    let gone = fixture.games.get(&ada, second.id).await.unwrap();
    assert_eq!(gone.state, MatchState::Canceled);
    assert_eq!(code(start().await), "games.engaged");
}

async fn practice_follows_level_or_settings(database: Database) {
    let fixture = Fixture::new(database).await;
    let ada = fixture.user("ada");
    let pong = fixture
        .games
        .games()
        .into_iter()
        .find(|game| game.slug == "pong");
    let levels = pong.unwrap().levels;
    for level in &levels {
        let started = fixture.games.practice(&ada, "pong", practice(&level.name));
        let started = started.await.unwrap();
        assert_eq!(started.players[0].user.as_ref().unwrap().id, ada.user);
        assert_eq!(started.players[1].player_type, PlayerType::Computer);
        assert_eq!(started.players[1].skill, Some(level.skill));
        assert!(!started.rated);
    }
    *fixture.people.settings.lock().unwrap() = AiSettings {
        level: AiLevel::Beginner,
        reaction_ms: Some(350),
        accuracy: Some(40),
        adaptive: false,
    };
    let by_settings = fixture
        .games
        .practice(&ada, "pong", StartPractice::default());
    let by_settings = by_settings.await.unwrap();
    assert_eq!(by_settings.players[1].skill, Some(levels[0].skill));
    let claimed = fixture
        .matches
        .claim(by_settings.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        claimed.players[1],
        games::TablePlayer::Computer {
            skill: levels[0].skill,
            reaction_ms: Some(350),
            accuracy: Some(40),
        }
    );
}

async fn practice_refuses_unknown_games_levels_and_options(database: Database) {
    let fixture = Fixture::new(database).await;
    let ada = fixture.user("ada");
    let unknown = fixture
        .games
        .practice(&ada, "chess", practice("easy"))
        .await;
    assert_eq!(code(unknown), "games.game_not_found");
    let level = fixture
        .games
        .practice(&ada, "pong", practice("godlike"))
        .await;
    assert_eq!(code(level), "games.unknown_level");
    let mut wanted = practice("adaptive");
    wanted.options.insert("score_to_win".to_owned(), json!(21));
    let error = fixture
        .games
        .practice(&ada, "pong", wanted)
        .await
        .unwrap_err();
    assert_eq!(error.code().name, "games.options_invalid");
    assert_eq!(error.fields()[0].field, "options.score_to_win");
}

async fn practice_with_a_key_is_created_once(database: Database) {
    let fixture = Fixture::new(database).await;
    let ada = fixture.user("ada");
    let key = db::IdempotencyKey::new("ada".to_owned(), "one".to_owned(), vec![1; 32]);
    let start = || {
        let games = fixture.games.once(Some(key.clone()));
        async move { games.practice(&ada, "pong", practice("adaptive")).await }
    };
    let [first, second] = [start().await.unwrap(), start().await.unwrap()];
    assert_eq!(first.id, second.id);
    assert_eq!(
        fixture.games.get(&ada, first.id).await.unwrap().state,
        MatchState::Live
    );
}

async fn local_match_has_two_names_and_one_user(database: Database) {
    let fixture = Fixture::new(database).await;
    let [ada, bob] = ["ada", "bob"].map(|name| fixture.user(name));
    let wanted = |names: &[&str]| StartLocal {
        players: names.iter().map(|name| (*name).to_owned()).collect(),
        options: Map::new(),
    };
    let started = fixture.games.local(&ada, "pong", wanted(&["Mum", "Dad"]));
    let started = started.await.unwrap();
    let names: Vec<&str> = started.players.iter().map(|player| &*player.name).collect();
    assert_eq!(names, ["Mum", "Dad"]);
    assert_eq!(started.players[1].player_type, PlayerType::Local);
    let stored = fixture.games.watchable(&ada, started.id).await.unwrap();
    assert_eq!(
        stored.players,
        [SeatedPlayer::User(ada.user), SeatedPlayer::Local]
    );
    let stranger = fixture.games.watchable(&bob, started.id).await;
    assert_eq!(code(stranger), "games.match_not_found");
    for names in [
        &["Mum"][..],
        &["Mum", "mum"],
        &["Mum", ""],
        &["Mum", "\u{202e}muM"],
        &["a", "b", "c"],
    ] {
        let refused = fixture.games.local(&ada, "pong", wanted(names)).await;
        assert_eq!(code(refused), "games.names_invalid", "{names:?}");
    }
}
