//! Interactions of friends, blocks and invites: effects and invisibility of blocks, idempotent actions.

use std::time::Duration;

use e2e::{App, Socket, TestUser, deployments, name};
use serde_json::{Value, json};

use crate::actions::ada_and_bob;

const EVENTS: &str = "/ws/events/";
const INVITES: &str = "/api/v1/invites/";
const UNKNOWN_ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

async fn open(app: &App, user: &TestUser, node: usize) -> Socket {
    let mut socket = app.open_socket(user, node, EVENTS).await.0;
    socket.sync().await;
    socket
}

async fn invite(from: &TestUser, to: &TestUser) -> String {
    let sent = from.post(INVITES, json!({"username": to.name}));
    sent.await.expect(201).data()["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

async fn block(one: &TestUser, other: &TestUser) {
    let blocked = one.post("/api/v1/blocks/", json!({"username": other.name}));
    blocked.await.expect(201);
}

#[tokio::test]
async fn block_cancels_invites_and_requests_of_both() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        let (mut ada_socket, mut bob_socket) =
            (open(&app, &ada, 0).await, open(&app, &bob, 1).await);
        let id = invite(&bob, &ada).await;
        let wanted = json!({"username": "ada"});
        bob.post("/api/v1/friends/requests/", wanted)
            .await
            .expect(201);
        block(&ada, &bob).await;
        for (socket, other) in [(&mut ada_socket, "bob"), (&mut bob_socket, "ada")] {
            let canceled = socket.next_event("game_invite_canceled").await;
            assert_eq!(canceled["data"]["id"], id.as_str(), "{}", app.name);
            assert_eq!(canceled["data"]["username"], other);
            assert_eq!(canceled["data"]["reason"], "canceled");
            socket.next_event("friend_request_removed").await;
        }
        ada.post(&format!("{INVITES}{id}/accept/"), json!({}))
            .await
            .expect_error(404, "invites.not_found");
        ada.delete("/api/v1/blocks/bob/").await.expect(200);
        ada.post(&format!("{INVITES}{id}/accept/"), json!({}))
            .await
            .expect_error(409, "invites.canceled");
    }
}

/// The responses of routes and actions that name this user.
async fn responses(who: &TestUser, socket: &mut Socket, name: &str, id: &str) -> Vec<Value> {
    let named = json!({"username": name});
    let mut responses = vec![];
    for response in [
        who.get(&format!("/api/v1/users/{name}/")).await,
        who.post("/api/v1/friends/requests/", named.clone()).await,
        who.delete(&format!("/api/v1/friends/{name}/")).await,
        who.delete(&format!("/api/v1/blocks/{name}/")).await,
        who.post(INVITES, named.clone()).await,
    ] {
        responses.push(json!([response.status, response.json()["error"]["code"]]));
    }
    let me = who.get("/api/v1/users/profile/").await.data()["id"].clone();
    for (action, data) in [
        ("game_invite", named.clone()),
        (
            "reply_game_invite",
            json!({"username": name, "accept": true}),
        ),
        ("game_accepted", named.clone()),
        ("game_declined", named.clone()),
        ("cancel_game_invite", named.clone()),
        (
            "add_new_friend",
            json!({"sender_id": me, "receiver_id": id}),
        ),
        ("user_online", named.clone()),
        ("user_offline", named),
    ] {
        let response = socket.act(action, data).await;
        responses.push(json!([
            action,
            response["action"],
            response["data"]["code"]
        ]));
    }
    responses
}

#[tokio::test]
async fn blocked_and_unknown_users_get_the_same_responses() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        // A former friendship must not be visible either.
        ada.befriend(&bob).await;
        invite(&bob, &ada).await;
        block(&ada, &bob).await;
        let id = ada.get("/api/v1/users/profile/").await.data()["id"].clone();
        let mut bob_socket = open(&app, &bob, 1).await;
        let unknown = responses(&bob, &mut bob_socket, "nobody", UNKNOWN_ID).await;
        let blocked = responses(&bob, &mut bob_socket, "ada", id.as_str().unwrap()).await;
        assert_eq!(blocked, unknown, "{}", app.name);
        let codes = unknown.iter().filter_map(|response| response[1].as_str());
        assert!(codes.clone().count() > 0 && !codes.clone().any(str::is_empty));
    }
}

#[tokio::test]
async fn repeat_answer_returns_the_same_result() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        let ask = || ada.post("/api/v1/friends/requests/", json!({"username": "bob"}));
        let id = |asked: e2e::Response| asked.expect(201).data()["request"]["id"].clone();
        let canceled = id(ask().await);
        let path = |id: &Value| format!("/api/v1/friends/requests/{}/", id.as_str().unwrap());
        for _ in 0..2 {
            ada.delete(&path(&canceled)).await.expect(200);
        }
        let accepted = id(ask().await);
        let accept = format!("{}accept/", path(&accepted));
        let first = bob.post(&accept, json!({})).await.expect(200).data();
        assert_eq!(first["username"], "ada");
        assert_eq!(bob.post(&accept, json!({})).await.expect(200).data(), first);
        ada.delete("/api/v1/friends/bob/").await.expect(200);
        bob.post(&accept, json!({}))
            .await
            .expect_error(404, "friends.request_not_found");
        let declined = id(ask().await);
        for _ in 0..2 {
            let decline = format!("{}decline/", path(&declined));
            bob.post(&decline, json!({})).await.expect(200);
        }
        ask().await.expect_error(409, "friends.declined_recently");
        let sent = invite(&ada, &bob).await;
        for (who, act) in [(&bob, "decline"), (&bob, "decline")] {
            let act = format!("{INVITES}{sent}/{act}/");
            let response = who.post(&act, json!({})).await.expect(200).data();
            assert_eq!(response["status"], "declined");
        }
    }
}

#[tokio::test]
async fn crossed_invites_make_one_match_and_its_players_are_busy() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        let cat = app.user("cat").await;
        let (mut ada_socket, mut bob_socket) =
            (open(&app, &ada, 0).await, open(&app, &bob, 1).await);
        let id = invite(&ada, &bob).await;
        let other = json!({"username": "ada", "options": {"game_speed": "fast"}});
        bob.post(INVITES, other)
            .await
            .expect_error(409, "invites.crossed");
        let met = bob.post(INVITES, json!({"username": "ada"})).await;
        let met = met.expect(201).data();
        assert_eq!(
            (&met["id"], &met["status"]),
            (&json!(id), &json!("accepted"))
        );
        for socket in [&mut ada_socket, &mut bob_socket] {
            socket.next_event("game_accepted").await;
            let found = socket.next_event("game_found").await;
            assert_eq!(found["data"]["match_id"], met["match_id"]);
        }
        for name in ["ada", "bob"] {
            cat.post(INVITES, json!({"username": name}))
                .await
                .expect_error(409, "invites.opponent_busy");
        }
        ada.post(INVITES, json!({"username": "cat"}))
            .await
            .expect_error(409, "invites.you_are_playing");
    }
}

#[tokio::test]
async fn close_socket_shows_offline_before_the_grace_period() {
    for app in deployments().await {
        let (ada, bob, cat) = (
            app.user("ada").await,
            app.user("bob").await,
            app.user("cat").await,
        );
        ada.befriend(&bob).await;
        ada.befriend(&cat).await;
        let mut ada_socket = open(&app, &ada, 0).await;
        let lost = open(&app, &cat, 1).await;
        let first = open(&app, &bob, 1).await;
        let second = open(&app, &bob, 0).await;
        ada_socket.next_event("user_online").await;
        ada_socket.next_event("user_online").await;
        // Without a close frame, and before the others: 15 s until offline instead of 3.
        drop(lost);
        first.close().await;
        second.close().await;
        let gone = ada_socket.next_event("user_offline").await;
        assert_eq!(gone["data"]["username"], "bob", "{}", app.name);
    }
}

#[tokio::test]
async fn user_offline_shows_offline_at_once() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        ada.befriend(&bob).await;
        let mut ada_socket = open(&app, &ada, 0).await;
        let first = open(&app, &bob, 1).await;
        let mut second = open(&app, &bob, 1).await;
        ada_socket.next_event("user_online").await;
        first.close().await;
        second
            .expect_ack("user_offline", json!({"username": "bob"}))
            .await;
        let gone = ada_socket.next_event("user_offline").await;
        assert_eq!(gone["data"]["status"], "offline");
    }
}

#[tokio::test]
async fn accept_decline_and_cancel_invite() {
    for app in deployments().await {
        let mut pair = ada_and_bob(&app).await;
        let invite = |mark: &str| json!({"username": "bob", "client_id": mark, "options": {"game_speed": "fast"}});
        pair.ada_socket
            .expect_ack("game_invite", invite("i-1"))
            .await;
        let invited = pair.bob_socket.next_event("game_invite").await;
        assert_eq!(invited["data"]["options"]["game_speed"], "fast");
        pair.ada_socket
            .expect_error("game_invite", invite("i-2"), "invites.already_pending")
            .await;
        pair.bob_socket
            .expect_ack("game_declined", json!({"username": "ada"}))
            .await;
        let declined = pair.ada_socket.next_event("game_declined").await;
        assert_eq!(declined["data"]["client_id"], "i-1");
        pair.ada_socket
            .expect_ack("game_invite", invite("i-3"))
            .await;
        pair.bob_socket.next_event("game_invite").await;
        let bob = json!({"username": "bob"});
        let event = "game_invite_canceled";
        let own = pair
            .ada_socket
            .expect_ack_and_event("cancel_game_invite", bob, event)
            .await;
        for canceled in [own, pair.bob_socket.next_event(event).await] {
            assert_eq!(
                (&canceled["data"]["client_id"], &canceled["data"]["reason"]),
                (&json!("i-3"), &json!("canceled"))
            );
        }
        pair.ada_socket
            .expect_ack("game_invite", invite("i-4"))
            .await;
        let invited = pair.bob_socket.next_event("game_invite").await;
        let decline = json!({"id": invited["data"]["id"], "accept": false});
        pair.bob_socket
            .expect_ack("reply_game_invite", decline)
            .await;
        pair.ada_socket.next_event("game_declined").await;
        pair.ada_socket
            .expect_ack("game_invite", invite("i-5"))
            .await;
        pair.bob_socket.next_event("game_invite").await;
        let ada = json!({"username": "ada"});
        let bob_socket = pair
            .bob_socket
            .expect_ack_and_event("game_accepted", ada, "game_found")
            .await;
        pair.ada_socket.next_event("game_accepted").await;
        let ada_socket = pair.ada_socket.next_event("game_found").await;
        assert_eq!(bob_socket["data"]["opponent"]["username"], "ada");
        assert_eq!(ada_socket["data"]["opponent"]["username"], "bob");
        assert_eq!(
            ada_socket["data"]["match_id"],
            bob_socket["data"]["match_id"]
        );
    }
}

#[tokio::test]
async fn refused_invite_is_canceled_with_its_reason() {
    for app in deployments().await {
        let mut pair = ada_and_bob(&app).await;
        let cases = [
            (json!({"username": "ada"}), "users.oneself"),
            (json!({"username": "nobody"}), "users.not_found"),
            (
                json!({"username": "bob", "game": "chess"}),
                "invites.unknown_game",
            ),
            (
                json!({"username": "bob", "options": {"score_to_win": 99}}),
                "invites.options_invalid",
            ),
        ];
        for (mut data, code) in cases {
            data["client_id"] = json!(code);
            let cid = pair.ada_socket.send_action("game_invite", data).await;
            let canceled = pair.ada_socket.next_event("game_invite_canceled").await;
            assert_eq!(
                (&canceled["data"]["client_id"], &canceled["data"]["code"]),
                (&json!(code), &json!(code))
            );
            let error = pair.ada_socket.next_event("error").await;
            assert_eq!(
                (&error["data"]["cid"], &error["data"]["code"]),
                (&json!(cid), &json!(code))
            );
        }
        for action in ["game_accepted", "game_declined", "cancel_game_invite"] {
            let whose = json!({"username": "bob"});
            pair.ada_socket
                .expect_error(action, whose, "invites.not_found")
                .await;
        }
        let unknown = json!({"id": UNKNOWN_ID, "accept": true});
        pair.ada_socket
            .expect_error("reply_game_invite", unknown, "invites.not_found")
            .await;
        let mut new = app.anonymous();
        new.register("new").await;
        new.log_in().await;
        let mut new_socket = app.open_socket(&new, 0, EVENTS).await.0;
        let invite = json!({"username": "ada", "client_id": "n"});
        new_socket
            .expect_error("game_invite", invite.clone(), "auth.email_not_verified")
            .await;
        new.verify_email().await;
        e2e::until("the socket knows that the address is proven", || async {
            new.get("/api/v1/users/profile/").await.data()["email_verified"] == true
        })
        .await;
        // A node caches sessions for at most a second.
        loop {
            let response = new_socket.act("game_invite", invite.clone()).await;
            if name(&response) == "ack" {
                break;
            }
            assert_eq!(response["data"]["code"], "auth.email_not_verified");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        pair.ada_socket.next_event("game_invite").await;
    }
}
