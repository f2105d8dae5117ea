//! Two people on two nodes: friends, messages, invites, a lost connection.

use e2e::{App, Person, Socket, each};
use serde_json::{Value, json};

async fn open(app: &App, node: usize, person: &Person) -> (Socket, Value) {
    let bearer = ("authorization", format!("Bearer {}", person.access));
    let node = app.nodes[node % app.nodes.len()].url();
    let mut socket = Socket::open(node, "/ws/events/", &[bearer]).await;
    let hello = socket.next_named("hello").await;
    (socket, hello)
}

async fn befriend(one: &Person, other: &Person) {
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

async fn chat_of(one: &Person, other: &Person) -> String {
    let opened = one.signed(
        reqwest::Method::PUT,
        &format!("/api/v1/chats/{}/", other.name),
    );
    one.send(opened).await.data()["chat_id"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn two_people_on_two_nodes_befriend_talk_like_and_read() {
    for app in each().await {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        let (mut at_ada, _) = open(&app, 0, &ada).await;
        let (mut at_bob, _) = open(&app, 1, &bob).await;
        let refused = ada
            .send(ada.signed(reqwest::Method::PUT, "/api/v1/chats/bob/"))
            .await;
        refused.refused(403, "chat.not_friends");
        befriend(&ada, &bob).await;
        assert_eq!(
            at_bob.next_named("friend_request").await["data"]["user"]["username"],
            "ada"
        );
        at_ada.next_named("new_friend").await;
        let chat = chat_of(&ada, &bob).await;
        let sent = json!({"chat_id": chat, "content": "Ready when you are", "timestamp": 7, "client_id": "a-1"});
        assert_eq!(
            at_ada.ask("new_message", sent.clone()).await["action"],
            "ack"
        );
        let heard = at_bob.next_named("new_message").await;
        assert_eq!(
            (
                heard["data"]["content"].as_str(),
                heard["data"]["timestamp"].as_i64()
            ),
            (Some("Ready when you are"), Some(7))
        );
        let id = heard["data"]["id"].as_str().unwrap().to_owned();
        for _ in 0..3 {
            assert_eq!(
                at_ada.ask("new_message", sent.clone()).await["action"],
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
        let own = at_ada
            .ask("like_message", json!({"id": id, "chat_id": chat}))
            .await;
        assert_eq!(
            (own["action"].as_str(), own["data"]["code"].as_str()),
            (Some("error"), Some("chat.own_message"))
        );
        at_bob
            .ask("like_message", json!({"id": id, "chat_id": chat}))
            .await;
        assert_eq!(
            at_ada.next_named("chat_like_update").await["data"]["like_count"],
            1
        );
        at_bob.ask("read_message", json!({"id": id})).await;
        assert_eq!(
            at_ada.next_named("message_read").await["data"]["id"],
            id.as_str()
        );
        assert_eq!(bob.get("/api/v1/chats/unread/").await.data()["total"], 0);
        at_bob
            .ask("typing", json!({"chat_id": chat, "is_typing": true}))
            .await;
        assert_eq!(at_ada.next_named("typing").await["data"]["username"], "bob");
        at_ada
            .ask("edit_message", json!({"id": id, "content": "Ready now"}))
            .await;
        assert_eq!(
            at_bob.next_named("message_edited").await["data"]["content"],
            "Ready now"
        );
        at_ada.ask("delete_message", json!({"id": id})).await;
        at_bob.next_named("message_deleted").await;
    }
}

#[tokio::test]
async fn resume_tells_what_was_missed_also_after_what_is_new() {
    for app in each().await {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        befriend(&ada, &bob).await;
        let chat = chat_of(&ada, &bob).await;
        let (mut at_ada, _) = open(&app, 0, &ada).await;
        let (at_bob, hello) = open(&app, 1, &bob).await;
        drop(at_bob);
        let say = |text: &str| json!({"chat_id": chat, "content": text, "client_id": text});
        at_ada.done("new_message", say("missed")).await;
        let (mut at_bob, _) = open(&app, 0, &bob).await;
        at_ada.done("new_message", say("live")).await;
        let live = at_bob.next_named("new_message").await;
        assert_eq!(live["data"]["content"], "live", "{}", app.name);
        let resume = json!({"streams": hello["data"]["streams"]});
        for _ in 0..2 {
            let cid = at_bob.mark("resume", resume.clone()).await;
            let (passed, missed) = at_bob.passing_over("new_message").await;
            assert!(!passed.contains(&"resync".to_owned()), "{passed:?}");
            assert_eq!(missed["data"]["content"], "missed", "{}", app.name);
            let (passed, ack) = at_bob.passing_over("ack").await;
            assert_eq!(ack["data"]["cid"], cid.as_str());
            assert!(!passed.contains(&"new_message".to_owned()), "{passed:?}");
        }
    }
}

#[tokio::test]
async fn a_socket_that_announces_a_resume_hears_what_was_missed_first() {
    for app in each().await {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        befriend(&ada, &bob).await;
        let chat = chat_of(&ada, &bob).await;
        let (mut at_ada, _) = open(&app, 0, &ada).await;
        let (at_bob, hello) = open(&app, 1, &bob).await;
        drop(at_bob);
        let say = |text: &str| json!({"chat_id": chat, "content": text, "client_id": text});
        at_ada.done("new_message", say("missed")).await;
        let (mut at_bob, _) = app.greeted(&bob, 0, "/ws/events/?resume=true").await;
        at_ada.done("new_message", say("live")).await;
        at_bob.done("ping", json!({})).await;
        let resume = json!({"streams": hello["data"]["streams"]});
        at_bob.mark("resume", resume).await;
        for expected in ["missed", "live"] {
            let heard = at_bob.next_named("new_message").await;
            assert_eq!(heard["data"]["content"], expected, "{}", app.name);
        }
    }
}

#[tokio::test]
async fn who_was_away_gets_exactly_what_was_missed_in_order() {
    for app in each().await {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        befriend(&ada, &bob).await;
        let chat = chat_of(&ada, &bob).await;
        let (mut at_ada, _) = open(&app, 0, &ada).await;
        let (at_bob, hello) = open(&app, 1, &bob).await;
        drop(at_bob);
        for n in 0..20 {
            let message = json!({"chat_id": chat, "content": format!("message {n}"), "client_id": format!("c-{n}")});
            assert_eq!(at_ada.ask("new_message", message).await["action"], "ack");
        }
        // On another node than before, if there is one.
        let (mut at_bob, _) = open(&app, 0, &bob).await;
        at_bob.send(json!({"action": "resume", "data": {"streams": hello["data"]["streams"]}, "cid": "r"})).await;
        for n in 0..20 {
            let heard = at_bob.next_named("new_message").await;
            assert_eq!(
                heard["data"]["content"],
                format!("message {n}"),
                "{}",
                app.name
            );
        }
        at_ada
            .ask(
                "new_message",
                json!({"chat_id": chat, "content": "live", "client_id": "live"}),
            )
            .await;
        assert_eq!(
            at_bob.next_named("new_message").await["data"]["content"],
            "live"
        );
    }
}

#[tokio::test]
async fn the_same_message_sent_from_all_sides_is_one() {
    for app in each().await {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        befriend(&ada, &bob).await;
        let chat = chat_of(&ada, &bob).await;
        let path = format!("/api/v1/chats/rooms/{chat}/messages/");
        let tasks: Vec<_> = (0..20)
            .map(|_| {
                let (ada, path) = (ada.again(), path.clone());
                tokio::spawn(async move {
                    let answer = ada
                        .post(&path, json!({"content": "once", "client_id": "the-one"}))
                        .await;
                    answer.expect(201).data()["id"].as_str().unwrap().to_owned()
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
async fn an_invite_reaches_the_other_side_and_leads_both_to_one_match() {
    for app in each().await {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        let (mut at_ada, _) = open(&app, 0, &ada).await;
        let (mut at_bob, _) = open(&app, 1, &bob).await;
        let wanted = json!({"username": "bob", "game": "pong", "client_id": "i-1", "options": {"score_to_win": 5}});
        assert_eq!(
            at_ada.ask("game_invite", wanted.clone()).await["action"],
            "ack"
        );
        let invited = at_bob.next_named("game_invite").await;
        assert_eq!(invited["data"]["username"], "ada");
        assert_eq!(
            at_ada.ask("game_invite", wanted.clone()).await["action"],
            "ack",
            "a retry is the same invite"
        );
        let mut second = wanted;
        second["client_id"] = json!("i-2");
        let again = at_ada.ask("game_invite", second).await;
        assert_eq!(again["data"]["code"], "invites.already_pending");
        assert_eq!(
            at_bob
                .ask(
                    "reply_game_invite",
                    json!({"username": "ada", "accept": true})
                )
                .await["action"],
            "ack"
        );
        let at_one = at_ada.next_named("game_found").await["data"]["match_id"].clone();
        let id = invited["data"]["id"].as_str().unwrap();
        let accepted = bob
            .post(&format!("/api/v1/invites/{id}/accept/"), json!({}))
            .await
            .expect(200);
        assert_eq!(
            accepted.data()["match_id"],
            at_one,
            "accepting twice gives the same answer"
        );
        ada.post(
            "/api/v1/invites/",
            json!({"username": "ada", "game": "pong", "options": {}}),
        )
        .await
        .refused(422, "users.oneself");
    }
}

#[tokio::test]
async fn a_block_hides_both_from_each_other() {
    for app in each().await {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        befriend(&ada, &bob).await;
        let chat = chat_of(&ada, &bob).await;
        ada.post("/api/v1/blocks/", json!({"username": "bob"}))
            .await
            .expect(201);
        let into = format!("/api/v1/chats/rooms/{chat}/messages/");
        bob.post(&into, json!({"content": "hello?"}))
            .await
            .refused(404, "chat.not_a_member");
        bob.get("/api/v1/users/ada/")
            .await
            .refused(404, "users.not_found");
        assert_eq!(
            bob.get("/api/v1/users/?search=ada").await.json()["meta"]["total"],
            0
        );
        bob.post("/api/v1/friends/requests/", json!({"username": "ada"}))
            .await
            .refused(404, "users.not_found");
        assert_eq!(ada.get("/api/v1/friends/").await.json()["meta"]["total"], 0);
        ada.delete("/api/v1/blocks/bob/").await.expect(200);
        bob.get("/api/v1/users/ada/").await.expect(200);
    }
}

#[tokio::test]
async fn friends_see_who_comes_and_who_signs_out() {
    for app in each().await {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        befriend(&ada, &bob).await;
        let (mut at_ada, _) = open(&app, 0, &ada).await;
        let snapshot = at_ada.next_named("friends_status").await;
        assert_eq!(snapshot["data"]["friends"][0]["status"], "offline");
        let (_at_bob, _) = open(&app, 1, &bob).await;
        at_ada.next_named("user_online").await;
        bob.post("/api/v1/auth/logout/", json!({}))
            .await
            .expect(200);
        at_ada.next_named("user_offline").await;
    }
}
