//! Whoever waits or plays is engaged in one thing, whatever is asked at once and of whichever node.

use std::collections::BTreeSet;

use e2e::{App, TestUser};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{invite_and_accept, pair};

const QUEUE: &str = "/api/v1/games/pong/queue/";
const AT_ONCE: usize = 20;

async fn deployments_without_limits() -> Vec<App> {
    App::with().flag("--rate-limits", "off").deployments().await
}

/// The same request many times at once, to all nodes in turn. Returns statuses and bodies.
async fn post_at_once(person: &TestUser, path: &str, body: &Value) -> Vec<(u16, Value)> {
    let copies = (0..AT_ONCE).map(|_| async {
        let response = person.post(path, body.clone()).await;
        (response.status, response.json())
    });
    join_all(copies).await
}

/// The match in which a person is engaged.
async fn engaged_in(person: &TestUser) -> Value {
    let home = person.get("/api/v1/home/").await.expect(200).data();
    home["engagement"]["match_id"].clone()
}

#[tokio::test]
async fn invite_that_is_accepted_many_times_at_once_makes_one_match() {
    for app in deployments_without_limits().await {
        let [ada, bob] = pair(&app).await;
        let invite = json!({"username": "bob", "game": "pong", "options": {}});
        let sent = ada
            .post("/api/v1/invites/", invite)
            .await
            .expect(201)
            .data();
        let accept = format!("/api/v1/invites/{}/accept/", sent["id"].as_str().unwrap());
        let answers = post_at_once(&bob, &accept, &json!({})).await;
        let answers = answers.iter().map(|(status, answer)| {
            assert_eq!(*status, 200, "{}: {answer}", app.name);
            answer["data"]["match_id"].as_str().unwrap()
        });
        let ids: BTreeSet<&str> = answers.collect();
        assert_eq!(ids.len(), 1, "{ids:?}");
        for player in [&ada, &bob] {
            assert_eq!(engaged_in(player).await, *ids.first().unwrap());
        }
    }
}

#[tokio::test]
async fn queue_takes_a_player_once() {
    for app in deployments_without_limits().await {
        let ada = app.user("ada").await;
        let answers = post_at_once(&ada, QUEUE, &json!({})).await;
        let entered = answers.iter().filter(|(status, _)| *status == 200);
        assert_eq!(entered.count(), 1, "{}: {answers:?}", app.name);
        for (status, answer) in answers.iter().filter(|(status, _)| *status != 200) {
            let code = answer["error"]["code"].as_str();
            assert!(
                matches!(code, Some("games.queued" | "games.engaged")),
                "{status}: {answer}"
            );
            assert_eq!(*status, 409);
        }
        let again = ada.post(QUEUE, json!({})).await;
        again.expect_error(409, "games.queued");
        assert_eq!(again.json()["error"]["ticket"]["game"], "pong");
    }
}

#[tokio::test]
async fn queue_refuses_who_is_in_a_match_and_names_it() {
    for app in deployments_without_limits().await {
        let [ada, bob] = pair(&app).await;
        let id = invite_and_accept(&ada, &bob, "pong", json!({})).await;
        for person in [&ada, &bob] {
            for (status, answer) in post_at_once(person, QUEUE, &json!({})).await {
                let error = &answer["error"];
                assert_eq!(
                    (status, &error["code"]),
                    (409, &json!("games.engaged")),
                    "{answer}"
                );
                assert_eq!(error["match_id"], id.as_str());
            }
        }
        let path = "/ws/matchmaking/?game=pong";
        let closed = app
            .connect_socket(&ada, 1, path)
            .await
            .wait_for_close()
            .await;
        assert!(closed.0 >= 4400, "{closed:?}");
    }
}

#[tokio::test]
async fn accepted_invite_ends_the_wait_in_the_queue() {
    for app in deployments_without_limits().await {
        let [ada, bob] = pair(&app).await;
        for person in [&ada, &bob] {
            // They would never meet: their options differ.
            let speed = if person.name == "ada" { "slow" } else { "fast" };
            let wanted = json!({"options": {"game_speed": speed}});
            person.post(QUEUE, wanted).await.expect(200);
        }
        let id = invite_and_accept(&ada, &bob, "pong", json!({})).await;
        for person in [&ada, &bob] {
            assert_eq!(engaged_in(person).await, id.as_str());
            let refused = person.post(QUEUE, json!({})).await;
            refused.expect_error(409, "games.engaged");
        }
    }
}
