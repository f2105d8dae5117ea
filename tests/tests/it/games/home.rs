//! The home page, and what friends see of who plays.

use e2e::{App, TestUser, deployments, until};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::player::{Player, Style};
use super::{invite_and_accept, pair};

async fn home(person: &TestUser) -> Value {
    person.get("/api/v1/home/").await.expect(200).data()
}

/// The status of a friend on the home page; null if they are not online.
async fn status_of(friend: &str, viewer: &TestUser) -> Value {
    let home = home(viewer).await;
    let friends = home["friends_online"].as_array().unwrap();
    let found = friends.iter().find(|one| one["username"] == friend);
    found.map_or(Value::Null, |one| one["status"].clone())
}

async fn play_watched_by_a_friend(app: &App) {
    let [ada, bob] = pair(app).await;
    let cat = app.user("cat").await;
    ada.befriend(&cat).await;
    let _tab = app.connect_socket(&ada, 0, "/ws/events/").await;
    let wait_for = async |status: &str| {
        let is_shown = async || status_of("ada", &cat).await == status;
        until(&format!("ada is {status}"), is_shown).await;
    };
    wait_for("online").await;
    let id = invite_and_accept(&ada, &bob, "tictactoe", json!({})).await;
    let last = app.nodes.len() - 1;
    let first = Player::join(app, &ada, &[0], &id, Style::FirstFree).await;
    wait_for("in_match").await;
    let engagement = home(&ada).await["engagement"].clone();
    assert_eq!(engagement["match_id"], id.as_str());
    assert_eq!(engagement["opponent"]["username"], "bob");
    let second = Player::join(app, &bob, &[last], &id, Style::FirstFree).await;
    tokio::join!(first.play(), second.play());
    wait_for("online").await;
    let home = home(&ada).await;
    assert_eq!(home["recent_matches"][0]["id"], id.as_str());
    assert_eq!(home["engagement"], Value::Null);
}

#[tokio::test]
async fn friends_see_who_is_in_a_match() {
    join_all(deployments().await.iter().map(play_watched_by_a_friend)).await;
}

#[tokio::test]
async fn home_shows_what_waits_for_the_user() {
    for app in deployments().await {
        let [ada, bob] = pair(&app).await;
        let (cat, dan) = (app.user("cat").await, app.user("dan").await);
        let empty = home(&cat).await;
        assert_eq!(empty["profile"]["username"], "cat");
        for list in [
            "friends_online",
            "friend_requests",
            "invites",
            "recent_matches",
            "ratings",
        ] {
            assert_eq!(empty[list], json!([]), "{list}");
        }
        for sender in [&cat, &dan] {
            let request = json!({"username": "ada"});
            sender
                .post("/api/v1/friends/requests/", request)
                .await
                .expect(201);
        }
        let invite = json!({"username": "ada", "game": "pong"});
        bob.post("/api/v1/invites/", invite).await.expect(201);
        until("ada was notified of all", async || {
            home(&ada).await["unread"]["total"].as_i64() >= Some(4)
        })
        .await;
        let shown = home(&ada).await;
        assert_eq!(shown["invites"][0]["sender"]["username"], "bob");
        let requests = shown["friend_requests"].as_array().unwrap();
        let names: Vec<&Value> = requests
            .iter()
            .map(|one| &one["user"]["username"])
            .collect();
        assert_eq!(names, ["dan", "cat"], "newest first");
        let listed = ada.get("/api/v1/notifications/?limit=10").await.expect(200);
        assert_eq!(shown["notifications"], listed.data());
        let listed = ada.get("/api/v1/friends/requests/").await.expect(200);
        assert_eq!(shown["friend_requests"], listed.data());
        let listed = ada.get("/api/v1/invites/inbox/").await.expect(200);
        assert_eq!(shown["invites"], listed.data());
        ada.post("/api/v1/blocks/", json!({"username": "bob"}))
            .await
            .expect(201);
        assert_eq!(home(&ada).await["invites"], json!([]));
    }
}
