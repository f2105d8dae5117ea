//! Users on two nodes: friends, messages, invites, lost connections.

use e2e::{App, Socket, TestUser, deployments};
use serde_json::{Value, json};

async fn open(app: &App, node: usize, user: &TestUser) -> (Socket, Value) {
    let bearer = ("authorization", format!("Bearer {}", user.access));
    let node = app.nodes[node % app.nodes.len()].url();
    let mut socket = Socket::open(node, "/ws/events/", &[bearer]).await;
    let hello = socket.next_event("hello").await;
    (socket, hello)
}

async fn befriend(one: &TestUser, other: &TestUser) {
    let asked = one
        .post("/api/v1/friends/requests/", json!({"username": other.name}))
        .await
        .expect(201)
        .data();
    let waiting = other
        .get("/api/v1/friends/requests/?direction=incoming")
        .await
        .expect(200)
        .json();
    assert_eq!(waiting["meta"]["total"], 1, "{asked}");
    let id = waiting["data"][0]["id"].as_str().unwrap().to_owned();
    other
        .post(&format!("/api/v1/friends/requests/{id}/accept/"), json!({}))
        .await
        .expect(200);
}

async fn chat_of(one: &TestUser, other: &TestUser) -> String {
    let opened = one.authenticated_request(
        reqwest::Method::PUT,
        &format!("/api/v1/chats/{}/", other.name),
    );
    one.send(opened).await.data()["chat_id"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn users_on_two_nodes_befriend_write_like_and_read() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        let (mut ada_socket, _) = open(&app, 0, &ada).await;
        let (mut bob_socket, _) = open(&app, 1, &bob).await;
        let refused = ada
            .send(ada.authenticated_request(reqwest::Method::PUT, "/api/v1/chats/bob/"))
            .await;
        refused.expect_error(403, "chat.not_friends");
        befriend(&ada, &bob).await;
        assert_eq!(
            bob_socket.next_event("friend_request").await["data"]["user"]["username"],
            "ada"
        );
        ada_socket.next_event("new_friend").await;
        let chat = chat_of(&ada, &bob).await;
        let sent = json!({"chat_id": chat, "content": "Ready when you are", "timestamp": 7, "client_id": "a-1"});
        assert_eq!(
            ada_socket.act("new_message", sent.clone()).await["action"],
            "ack"
        );
        let received = bob_socket.next_event("new_message").await;
        assert_eq!(
            (
                received["data"]["content"].as_str(),
                received["data"]["timestamp"].as_i64()
            ),
            (Some("Ready when you are"), Some(7))
        );
        let id = received["data"]["id"].as_str().unwrap().to_owned();
        for _ in 0..3 {
            assert_eq!(
                ada_socket.act("new_message", sent.clone()).await["action"],
                "ack",
                "a retry is the same message"
            );
        }
        let listed = bob
            .get("/api/v1/chats/ada/messages/")
            .await
            .expect(200)
            .json();
        assert_eq!(listed["meta"]["total"], 1);
        let conversation = || async { bob.get("/api/v1/chats/").await.json()["data"][0].clone() };
        e2e::until("ada is seen online", || async {
            conversation().await["is_online"] == true
        })
        .await;
        let conversation = conversation().await;
        assert_eq!(
            (
                conversation["username"].as_str(),
                conversation["unread_count"].as_i64()
            ),
            (Some("ada"), Some(1))
        );
        let own = ada_socket
            .act("like_message", json!({"id": id, "chat_id": chat}))
            .await;
        assert_eq!(
            (own["action"].as_str(), own["data"]["code"].as_str()),
            (Some("error"), Some("chat.own_message"))
        );
        bob_socket
            .act("like_message", json!({"id": id, "chat_id": chat}))
            .await;
        assert_eq!(
            ada_socket.next_event("chat_like_update").await["data"]["like_count"],
            1
        );
        bob_socket.act("read_message", json!({"id": id})).await;
        assert_eq!(
            ada_socket.next_event("message_read").await["data"]["id"],
            id.as_str()
        );
        assert_eq!(bob.get("/api/v1/chats/unread/").await.data()["total"], 0);
        bob_socket
            .act("typing", json!({"chat_id": chat, "is_typing": true}))
            .await;
        assert_eq!(
            ada_socket.next_event("typing").await["data"]["username"],
            "bob"
        );
        ada_socket
            .act("edit_message", json!({"id": id, "content": "Ready now"}))
            .await;
        assert_eq!(
            bob_socket.next_event("message_edited").await["data"]["content"],
            "Ready now"
        );
        ada_socket.act("delete_message", json!({"id": id})).await;
        bob_socket.next_event("message_deleted").await;
    }
}

#[tokio::test]
async fn resume_returns_missed_events_after_new_ones() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        befriend(&ada, &bob).await;
        let chat = chat_of(&ada, &bob).await;
        let (mut ada_socket, _) = open(&app, 0, &ada).await;
        let (bob_socket, hello) = open(&app, 1, &bob).await;
        drop(bob_socket);
        let say = |text: &str| json!({"chat_id": chat, "content": text, "client_id": text});
        ada_socket.expect_ack("new_message", say("missed")).await;
        let (mut bob_socket, _) = open(&app, 0, &bob).await;
        ada_socket.expect_ack("new_message", say("live")).await;
        let live = bob_socket.next_event("new_message").await;
        assert_eq!(live["data"]["content"], "live", "{}", app.name);
        let resume = json!({"streams": hello["data"]["streams"]});
        for _ in 0..2 {
            let cid = bob_socket.send_action("resume", resume.clone()).await;
            let (passed, missed) = bob_socket.skip_to("new_message").await;
            assert!(!passed.contains(&"resync".to_owned()), "{passed:?}");
            assert_eq!(missed["data"]["content"], "missed", "{}", app.name);
            let (passed, ack) = bob_socket.skip_to("ack").await;
            assert_eq!(ack["data"]["cid"], cid.as_str());
            assert!(!passed.contains(&"new_message".to_owned()), "{passed:?}");
        }
    }
}

#[tokio::test]
async fn announced_resume_returns_missed_events_first() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        befriend(&ada, &bob).await;
        let chat = chat_of(&ada, &bob).await;
        let (mut ada_socket, _) = open(&app, 0, &ada).await;
        let (bob_socket, hello) = open(&app, 1, &bob).await;
        drop(bob_socket);
        let say = |text: &str| json!({"chat_id": chat, "content": text, "client_id": text});
        ada_socket.expect_ack("new_message", say("missed")).await;
        let (mut bob_socket, _) = app.open_socket(&bob, 0, "/ws/events/?resume=true").await;
        ada_socket.expect_ack("new_message", say("live")).await;
        bob_socket.expect_ack("ping", json!({})).await;
        let resume = json!({"streams": hello["data"]["streams"]});
        bob_socket.send_action("resume", resume).await;
        for expected in ["missed", "live"] {
            let received = bob_socket.next_event("new_message").await;
            assert_eq!(received["data"]["content"], expected, "{}", app.name);
        }
    }
}

#[tokio::test]
async fn resume_returns_missed_events_in_order() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        befriend(&ada, &bob).await;
        let chat = chat_of(&ada, &bob).await;
        let (mut ada_socket, _) = open(&app, 0, &ada).await;
        let (bob_socket, hello) = open(&app, 1, &bob).await;
        drop(bob_socket);
        for n in 0..20 {
            let message = json!({"chat_id": chat, "content": format!("message {n}"), "client_id": format!("c-{n}")});
            assert_eq!(
                ada_socket.act("new_message", message).await["action"],
                "ack"
            );
        }
        // On another node, if there is one.
        let (mut bob_socket, _) = open(&app, 0, &bob).await;
        bob_socket.send(json!({"action": "resume", "data": {"streams": hello["data"]["streams"]}, "cid": "r"})).await;
        for n in 0..20 {
            let received = bob_socket.next_event("new_message").await;
            assert_eq!(
                received["data"]["content"],
                format!("message {n}"),
                "{}",
                app.name
            );
        }
        ada_socket
            .act(
                "new_message",
                json!({"chat_id": chat, "content": "live", "client_id": "live"}),
            )
            .await;
        assert_eq!(
            bob_socket.next_event("new_message").await["data"]["content"],
            "live"
        );
    }
}

#[tokio::test]
async fn send_message_with_one_client_id_is_stored_once() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        befriend(&ada, &bob).await;
        let chat = chat_of(&ada, &bob).await;
        let path = format!("/api/v1/chats/rooms/{chat}/messages/");
        let tasks: Vec<_> = (0..20)
            .map(|_| {
                let (ada, path) = (ada.duplicate(), path.clone());
                tokio::spawn(async move {
                    let response = ada
                        .post(&path, json!({"content": "once", "client_id": "the-one"}))
                        .await;
                    response.expect(201).data()["id"]
                        .as_str()
                        .unwrap()
                        .to_owned()
                })
            })
            .collect();
        let mut ids = std::collections::BTreeSet::new();
        for task in tasks {
            ids.insert(task.await.unwrap());
        }
        assert_eq!(ids.len(), 1, "{}", app.name);
        assert_eq!(
            bob.get("/api/v1/chats/ada/messages/").await.json()["meta"]["total"],
            1
        );
    }
}

#[tokio::test]
async fn accept_invite_leads_both_to_one_match() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        let (mut ada_socket, _) = open(&app, 0, &ada).await;
        let (mut bob_socket, _) = open(&app, 1, &bob).await;
        let wanted = json!({"username": "bob", "game": "pong", "client_id": "i-1", "options": {"score_to_win": 5}});
        assert_eq!(
            ada_socket.act("game_invite", wanted.clone()).await["action"],
            "ack"
        );
        let invited = bob_socket.next_event("game_invite").await;
        assert_eq!(invited["data"]["username"], "ada");
        assert_eq!(
            ada_socket.act("game_invite", wanted.clone()).await["action"],
            "ack",
            "a retry is the same invite"
        );
        let mut second = wanted;
        second["client_id"] = json!("i-2");
        let again = ada_socket.act("game_invite", second).await;
        assert_eq!(again["data"]["code"], "invites.already_pending");
        assert_eq!(
            bob_socket
                .act(
                    "reply_game_invite",
                    json!({"username": "ada", "accept": true})
                )
                .await["action"],
            "ack"
        );
        let one_socket = ada_socket.next_event("game_found").await["data"]["match_id"].clone();
        let id = invited["data"]["id"].as_str().unwrap();
        let accepted = bob
            .post(&format!("/api/v1/invites/{id}/accept/"), json!({}))
            .await
            .expect(200);
        assert_eq!(
            accepted.data()["match_id"],
            one_socket,
            "accepting twice gives the same answer"
        );
        ada.post(
            "/api/v1/invites/",
            json!({"username": "ada", "game": "pong", "options": {}}),
        )
        .await
        .expect_error(422, "users.oneself");
    }
}

#[tokio::test]
async fn block_hides_users_from_each_other() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        befriend(&ada, &bob).await;
        let chat = chat_of(&ada, &bob).await;
        ada.post("/api/v1/blocks/", json!({"username": "bob"}))
            .await
            .expect(201);
        let into = format!("/api/v1/chats/rooms/{chat}/messages/");
        bob.post(&into, json!({"content": "hello?"}))
            .await
            .expect_error(404, "chat.not_a_member");
        bob.get("/api/v1/users/ada/")
            .await
            .expect_error(404, "users.not_found");
        assert_eq!(
            bob.get("/api/v1/users/?search=ada").await.json()["meta"]["total"],
            0
        );
        bob.post("/api/v1/friends/requests/", json!({"username": "ada"}))
            .await
            .expect_error(404, "users.not_found");
        assert_eq!(ada.get("/api/v1/friends/").await.json()["meta"]["total"], 0);
        ada.delete("/api/v1/blocks/bob/").await.expect(200);
        bob.get("/api/v1/users/ada/").await.expect(200);
    }
}

#[tokio::test]
async fn connect_and_log_out_change_presence_for_friends() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        befriend(&ada, &bob).await;
        let (mut ada_socket, _) = open(&app, 0, &ada).await;
        let snapshot = ada_socket.next_event("friends_status").await;
        assert_eq!(snapshot["data"]["friends"][0]["status"], "offline");
        let (_at_bob, _) = open(&app, 1, &bob).await;
        ada_socket.next_event("user_online").await;
        bob.post("/api/v1/auth/logout/", json!({}))
            .await
            .expect(200);
        ada_socket.next_event("user_offline").await;
    }
}
