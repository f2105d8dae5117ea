//! What tournaments refuse.

use e2e::{App, deployments, until};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{TOURNAMENTS, bracket, create, cup, path_of, quick, register};

const UNKNOWN: &str = "01890a5d-ac96-774b-bcce-b302099a8063";

#[tokio::test]
async fn create_tournament_refuses_invalid_requests() {
    for app in App::with().flag("--rate-limits", "off").deployments().await {
        let ada = app.user("ada").await;
        let with = |field: &str, value: serde_json::Value| {
            let mut body = cup("single_elimination", 8);
            body[field] = value;
            body
        };
        for (body, code) in [
            (json!({}), "invalid_fields"),
            (with("name", json!(7)), "invalid_fields"),
            (with("name", json!("ab")), "tournaments.name_invalid"),
            (
                with("name", json!("a".repeat(61))),
                "tournaments.name_invalid",
            ),
            (
                with("description", json!("a".repeat(2_001))),
                "tournaments.description_invalid",
            ),
            (with("game", json!("chess")), "tournaments.unknown_game"),
            (with("format", json!("ladder")), "invalid_fields"),
            (with("capacity", json!(1)), "tournaments.settings_invalid"),
            (
                with("capacity", json!(1_025)),
                "tournaments.settings_invalid",
            ),
            (with("rounds", json!(5)), "tournaments.settings_invalid"),
            (with("legs", json!(2)), "tournaments.settings_invalid"),
            (
                with("starts_at", json!("2020-01-01T00:00:00Z")),
                "tournaments.settings_invalid",
            ),
            (with("starts_at", json!("tomorrow")), "invalid_fields"),
            (
                with("options", json!({"level": 3})),
                "tournaments.options_invalid",
            ),
            (with("visibility", json!("secret")), "invalid_fields"),
            (with("winner", json!(1)), "invalid_fields"),
        ] {
            ada.post(TOURNAMENTS, body).await.expect_error(422, code);
        }
        app.anonymous()
            .post(TOURNAMENTS, cup("single_elimination", 8))
            .await
            .expect_error(401, "auth.not_signed_in");
        assert_eq!(ada.get(TOURNAMENTS).await.data(), json!([]));
        ada.get(&format!("{TOURNAMENTS}nonsense/"))
            .await
            .expect_error(400, "malformed_id");
    }
}

#[tokio::test]
async fn tournaments_are_not_there_for_others() {
    for app in deployments().await {
        let (ada, eve) = (app.user("ada").await, app.user("eve").await);
        let mut body = cup("single_elimination", 8);
        body["visibility"] = json!("private");
        let path = path_of(&create(&ada, body).await);
        let unknown = format!("{TOURNAMENTS}{UNKNOWN}/");
        for path in [&path, &unknown] {
            for read in ["", "entrants/", "bracket/", "recap/", "audit/"] {
                let read = eve.get(&format!("{path}{read}")).await;
                read.expect_error(404, "tournaments.not_found");
            }
            for (act, body) in [
                ("register/", json!({"alias": "Eve"})),
                ("unregister/", json!({})),
                ("check-in/", json!({})),
                ("open/", json!({})),
                ("start/", json!({})),
                ("pause/", json!({})),
                ("resume/", json!({})),
                ("invite/", json!({"usernames": ["ada"]})),
                ("co-organizers/", json!({"username": "eve"})),
                ("dispute/", json!({"slot": "upper-1-1", "reason": "No."})),
                (
                    "slots/upper-1-1/decide/",
                    json!({"decision": "uphold", "reason": "No."}),
                ),
                ("entrants/1/disqualify/", json!({"reason": "No."})),
            ] {
                let acted = eve.post(&format!("{path}{act}"), body).await;
                acted.expect_error(404, "tournaments.not_found");
            }
            eve.patch(path, json!({"name": "Mine"}))
                .await
                .expect_error(404, "tournaments.not_found");
            eve.delete(path)
                .await
                .expect_error(404, "tournaments.not_found");
        }
        let mut socket = app
            .connect_socket(&eve, 0, &format!("/ws/tournament/{UNKNOWN}/"))
            .await;
        assert_eq!(socket.wait_for_close().await.0, 4404);
        let mut socket = app
            .connect_socket(&eve, 0, "/ws/tournament/nonsense/")
            .await;
        assert_eq!(socket.wait_for_close().await.0, 4400);
    }
}

#[tokio::test]
async fn matches_of_a_private_tournament_are_not_for_others() {
    for app in quick().deployments().await {
        let [ada, bob, eve] = ["ada", "bob", "eve"].map(|name| app.user(name));
        let (ada, bob, eve) = (ada.await, bob.await, eve.await);
        for (kind, is_shown) in [("public", true), ("private", false)] {
            let mut body = cup("single_elimination", 2);
            body["visibility"] = json!(kind);
            let path = path_of(&create(&ada, body).await);
            let invited = json!({"usernames": ["bob"]});
            ada.post(&format!("{path}invite/"), invited)
                .await
                .expect(200);
            register(&ada, &path, "Ada").await;
            register(&bob, &path, "Bob").await;
            let started = ada.post(&format!("{path}start/"), json!({})).await;
            started.expect(200);
            let called = async || bracket(&ada, &path).await["slots"][0]["match_id"].clone();
            until("the match is called", async || !called().await.is_null()).await;
            let id = called().await.as_str().unwrap().to_owned();
            let shown = eve.get(&format!("/api/v1/matches/{id}/")).await;
            let mut socket = app
                .connect_socket(&eve, 0, &format!("/ws/game/{id}/"))
                .await;
            if is_shown {
                shown.expect(200);
                socket.next_event("joined").await;
            } else {
                shown.expect_error(403, "games.match_private");
                assert_eq!(socket.wait_for_close().await.0, 4403);
            }
            ada.get(&format!("/api/v1/matches/{id}/")).await.expect(200);
            ada.delete(&path).await.expect(200);
        }
    }
}

#[tokio::test]
async fn organizers_alone_may_organize() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        let path = path_of(&create(&ada, cup("single_elimination", 8)).await);
        register(&bob, &path, "Bob").await;
        for (act, body) in [
            ("open/", json!({})),
            ("start/", json!({})),
            ("pause/", json!({})),
            ("resume/", json!({})),
            ("invite/", json!({"usernames": ["ada"]})),
            ("co-organizers/", json!({"username": "bob"})),
            (
                "slots/upper-1-1/decide/",
                json!({"decision": "uphold", "reason": "No."}),
            ),
            ("entrants/1/disqualify/", json!({"reason": "No."})),
        ] {
            let acted = bob.post(&format!("{path}{act}"), body).await;
            acted.expect_error(403, "tournaments.not_organizer");
        }
        bob.delete(&path)
            .await
            .expect_error(403, "tournaments.not_organizer");
        bob.put(&format!("{path}seeds/"), json!({"order": [1]}))
            .await
            .expect_error(403, "tournaments.not_organizer");
        ada.post(&format!("{path}start/"), json!({}))
            .await
            .expect_error(409, "tournaments.too_few_entrants");
        ada.post(&format!("{path}pause/"), json!({}))
            .await
            .expect_error(409, "tournaments.wrong_state");
        ada.post(
            &format!("{path}entrants/9/disqualify/"),
            json!({"reason": "No."}),
        )
        .await
        .expect_error(404, "tournaments.entrant_not_found");
        ada.post(&format!("{path}invite/"), json!({"usernames": ["nobody"]}))
            .await
            .expect_error(404, "users.not_found");
    }
}

#[tokio::test]
async fn registrations_for_the_last_place_meet() {
    for app in App::with().flag("--rate-limits", "off").deployments().await {
        let ada = app.user("ada").await;
        let path = path_of(&create(&ada, cup("single_elimination", 32)).await);
        for number in 1..=31 {
            let local = json!({"alias": format!("Local {number}"), "local": true});
            let registered = ada.post(&format!("{path}register/"), local).await;
            registered.expect(200);
        }
        let names: Vec<String> = (0..32).map(|n| format!("user{n}")).collect();
        let mut users = vec![];
        for some in names.chunks(8) {
            users.extend(join_all(some.iter().map(|name| app.user(name))).await);
        }
        let enter = users.iter().enumerate().map(|(n, user)| {
            let user = user.at_node(n % app.nodes.len());
            let body = json!({ "alias": user.name });
            let path = format!("{path}register/");
            async move { user.post(&path, body).await.expect(200).data() }
        });
        let entrants = join_all(enter).await;
        let is = |entrant: &&Value, wanted: &str| entrant["status"] == wanted;
        let waiting: Vec<&Value> = entrants.iter().filter(|one| is(one, "waiting")).collect();
        let inside: Vec<&Value> = entrants
            .iter()
            .filter(|one| is(one, "registered"))
            .collect();
        assert_eq!((inside.len(), waiting.len()), (1, 31), "{entrants:?}");
        assert_eq!(inside[0]["number"], 32, "the first one has the place");
        let leaving = users
            .iter()
            .find(|user| user.name == inside[0]["alias"])
            .unwrap();
        leaving
            .post(&format!("{path}unregister/"), json!({}))
            .await
            .expect(200);
        let shown = ada
            .get(&format!("{path}entrants/?limit=100"))
            .await
            .expect(200)
            .data();
        let moved = shown
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["number"] == 33)
            .unwrap();
        assert_eq!(
            moved["status"], "registered",
            "the first one on the waiting list moves up"
        );
        let shown = ada.get(&path).await.expect(200).data();
        assert_eq!(
            (&shown["entrants"], &shown["waiting"]),
            (&json!(32), &json!(30))
        );
    }
}

#[tokio::test]
async fn aliases_that_look_alike_are_refused() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        let path = path_of(&create(&ada, cup("single_elimination", 4)).await);
        register(&ada, &path, "Scope").await;
        // By case, by a Cyrillic letter, by a full-width letter.
        for alias in ["SCOPE", "S\u{441}ope", "\u{ff33}cope"] {
            bob.post(&format!("{path}register/"), json!({ "alias": alias }))
                .await
                .expect_error(409, "tournaments.alias_taken");
        }
        for alias in ["", " ", "\u{200b}", "!!!", "aaaaaaaaaaaaaaaaaaaaaaaaa"] {
            bob.post(&format!("{path}register/"), json!({ "alias": alias }))
                .await
                .expect_error(422, "tournaments.alias_invalid");
        }
    }
}

#[tokio::test]
async fn results_are_taken_from_no_request() {
    let app = App::with().embedded();
    let ada = app.user("ada").await;
    let path = path_of(&create(&ada, cup("single_elimination", 4)).await);
    for write in ["result/", "results/", "slots/upper-1-1/result/"] {
        let written = ada
            .post(&format!("{path}{write}"), json!({"winner": 1}))
            .await;
        assert!(
            [404, 405].contains(&written.status),
            "{write}: {}",
            written.status
        );
    }
    let read = ada.get(&format!("{path}bracket/")).await;
    let tag = read.header("etag").to_owned();
    let request = ada.authenticated_request(reqwest::Method::GET, &format!("{path}bracket/"));
    let again = ada.send(request.header("if-none-match", &tag)).await;
    assert_eq!(again.status, 304);
    register(&ada, &path, "Ada").await;
    let request = ada.authenticated_request(reqwest::Method::GET, &format!("{path}bracket/"));
    let changed = ada.send(request.header("if-none-match", &tag)).await;
    assert_eq!(changed.status, 200, "the revision has changed");
}
