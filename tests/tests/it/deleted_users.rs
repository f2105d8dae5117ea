//! Deleted accounts, deleted messages and canceled requests leave no traces.

use e2e::{App, PASSWORD, Socket, TestUser, deployments, until};
use reqwest::Method;
use serde_json::{Value, json};

const LIST: &str = "/api/v1/notifications/";

async fn open(app: &App, user: &TestUser) -> (Socket, Value) {
    let (socket, hello) = app.open_socket(user, 0, "/ws/events/").await;
    (socket, hello["streams"].clone())
}

/// The events that a resume from this position returns, as text.
async fn missed(app: &App, user: &TestUser, streams: &Value) -> String {
    let (mut socket, _) = open(app, user).await;
    let resume = json!({"streams": streams});
    let (mut received, _) = socket.act_collecting("resume", resume).await;
    received.extend(socket.sync().await);
    assert!(received.iter().all(|frame| frame["action"] != "resync"));
    received.iter().map(Value::to_string).collect()
}

async fn list_notifications(user: &TestUser) -> Vec<Value> {
    let listed = user.get(LIST).await.expect(200).json();
    listed["data"].as_array().unwrap().clone()
}

async fn wait_for_notification(user: &TestUser, count: usize) {
    let what = format!("{} notifications of {}", count, user.name);
    until(&what, || async {
        list_notifications(user).await.len() == count
    })
    .await;
}

async fn delete_account(user: &TestUser) {
    let gone = user.authenticated_request(Method::DELETE, "/api/v1/users/profile/");
    let gone = gone.json(&json!({"password": PASSWORD}));
    user.send(gone).await.expect(200);
}

#[tokio::test]
async fn resume_omits_edited_and_deleted_text() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        ada.befriend(&bob).await;
        let chat = ada.chat_with(&bob).await;
        let (socket, streams) = open(&app, &bob).await;
        socket.close().await;
        let room = format!("/api/v1/chats/rooms/{chat}/messages/");
        let say = async |text: &str| {
            let sent = ada.post(&room, json!({"content": text})).await.expect(201);
            sent.data()["id"].as_str().unwrap().to_owned()
        };
        let (edited, deleted) = (say("first words").await, say("second words").await);
        let path = format!("/api/v1/messages/{edited}/");
        ada.patch(&path, json!({"content": "third words"}))
            .await
            .expect(200);
        ada.patch(&path, json!({"content": "last words"}))
            .await
            .expect(200);
        ada.delete(&format!("/api/v1/messages/{deleted}/"))
            .await
            .expect(200);
        let received = missed(&app, &bob, &streams).await;
        for gone in ["first words", "second words", "third words"] {
            assert!(!received.contains(gone), "{gone} in {received}");
        }
        assert!(received.contains("last words") && received.contains("message_deleted"));
    }
}

#[tokio::test]
async fn delete_account_removes_the_name_and_keeps_conversations_readable() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada-lovelace").await, app.user("bob").await);
        let (socket, mut streams) = open(&app, &bob).await;
        socket.close().await;
        ada.befriend(&bob).await;
        let chat = ada.chat_with(&bob).await;
        let (socket, later) = open(&app, &bob).await;
        socket.close().await;
        let stream = format!("chat:{chat}");
        streams[&stream] = later[&stream].clone();
        let room = format!("/api/v1/chats/rooms/{chat}/messages/");
        ada.post(&room, json!({"content": "farewell"}))
            .await
            .expect(201);
        ada.post(
            "/api/v1/invites/",
            json!({"username": "bob", "game": "pong"}),
        )
        .await
        .expect(201);
        wait_for_notification(&bob, 3).await;
        delete_account(&ada).await;
        let notifications = Value::from(list_notifications(&bob).await).to_string();
        assert!(!notifications.contains("ada-lovelace"), "{notifications}");
        let received = missed(&app, &bob, &streams).await;
        assert!(received.contains("farewell"), "{received}");
        assert!(!received.contains("ada-lovelace"), "{received}");
        let listed = bob.get("/api/v1/chats/").await.expect(200).data();
        let line = &listed[0];
        assert_eq!(
            (&line["display_name"], &line["is_deleted"]),
            (&json!("Deleted user"), &json!(true))
        );
        let name = line["username"].as_str().unwrap();
        let path = format!("/api/v1/chats/{name}/");
        let opened = bob.put(&path, json!({})).await.expect(200).data();
        assert_eq!(
            (&opened["can_write"], &opened["is_deleted"]),
            (&json!(false), &json!(true))
        );
        let history = bob
            .get(&format!("{path}messages/"))
            .await
            .expect(200)
            .data();
        assert_eq!(history[0]["content"], "farewell");
        assert_eq!(history[0]["sender"]["is_deleted"], true);
        let refused = bob.post(&room, json!({"content": "come back"})).await;
        refused.expect_error(410, "chat.account_deleted");
        bob.delete(&path).await.expect(200);
        let listed = bob.get("/api/v1/chats/").await.expect(200).json();
        assert_eq!(listed["meta"]["total"], 0);
    }
}

#[tokio::test]
async fn delete_account_removes_the_name_from_lobby_rosters() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob-lovelace").await);
        let (path, last) = ("/ws/chat/lobby/world/", app.nodes.len() - 1);
        let (mut bob_socket, hello) = app.open_socket(&bob, 0, path).await;
        bob_socket.next_event("members").await;
        let (mut ada_socket, _) = app.open_socket(&ada, last, path).await;
        let mut members = ada_socket.next_event("members").await.to_string();
        if !members.contains("bob-lovelace") {
            // Her node had not received his name yet.
            members = ada_socket.next_event("member_joined").await.to_string();
        }
        assert!(members.contains("bob-lovelace"), "{members}");
        delete_account(&bob).await;
        let (mut late, _) = app.open_socket(&ada, 0, path).await;
        let members = late.next_event("members").await.to_string();
        assert!(!members.contains("bob-lovelace"), "{members}");
        let left = ada_socket.next_event("member_left").await["data"]["user"].clone();
        assert_eq!(left["id"], hello["user"]["id"]);
        assert_eq!(left["is_deleted"], true, "{left}");
        assert!(!left.to_string().contains("bob-lovelace"), "{left}");
    }
}

#[tokio::test]
async fn repeat_request_hides_the_name_of_a_deleted_account() {
    for app in deployments().await {
        let bob = app.user("bob").await;
        let gone = ["ada-one", "ada-two", "ada-three"];
        let mut users = vec![];
        for name in gone {
            users.push(app.user(name).await);
        }
        let made = [
            ("/api/v1/friends/requests/", json!({"username": gone[0]})),
            ("/api/v1/blocks/", json!({"username": gone[1]})),
            (
                "/api/v1/invites/",
                json!({"username": gone[2], "game": "pong"}),
            ),
        ];
        let send = async |path: &str, body: &Value| {
            let request = bob
                .authenticated_request(Method::POST, path)
                .header("idempotency-key", "k");
            bob.send(request.json(body)).await.expect(201).json()
        };
        let mut first = vec![];
        for (path, body) in &made {
            let response = send(path, body).await;
            assert!(response.to_string().contains("ada-"), "{response}");
            first.push(response);
        }
        for user in &users {
            delete_account(user).await;
        }
        for ((path, body), first) in made.iter().zip(first) {
            let response = send(path, body).await;
            assert!(!response.to_string().contains("ada-"), "{response}");
            assert_eq!(response["data"]["id"], first["data"]["id"]);
            assert_eq!(response["data"]["created_at"], first["data"]["created_at"]);
        }
    }
}

#[tokio::test]
async fn cancel_request_and_block_remove_notifications() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        for _ in 0..3 {
            let asked = ada.post("/api/v1/friends/requests/", json!({"username": "bob"}));
            let asked = asked.await.expect(201).data();
            let id = asked["request"]["id"].as_str().unwrap().to_owned();
            wait_for_notification(&bob, 1).await;
            ada.delete(&format!("/api/v1/friends/requests/{id}/"))
                .await
                .expect(200);
            wait_for_notification(&bob, 0).await;
        }
        ada.befriend(&bob).await;
        let chat = ada.chat_with(&bob).await;
        let room = format!("/api/v1/chats/rooms/{chat}/messages/");
        ada.post(&room, json!({"content": "hello"}))
            .await
            .expect(201);
        wait_for_notification(&bob, 2).await;
        bob.post("/api/v1/blocks/", json!({"username": "ada"}))
            .await
            .expect(201);
        wait_for_notification(&bob, 0).await;
        wait_for_notification(&ada, 0).await;
    }
}

#[tokio::test]
async fn delete_notification_allows_one_for_the_next_message() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        ada.befriend(&bob).await;
        let chat = ada.chat_with(&bob).await;
        let room = format!("/api/v1/chats/rooms/{chat}/messages/");
        bob.post(&format!("{LIST}clear/"), json!({}))
            .await
            .expect(200);
        let (mut bob_socket, _) = open(&app, &bob).await;
        bob_socket.sync().await;
        for (text, way) in [
            ("one", "mark_all_as_read"),
            ("two", "clear"),
            ("three", "clear"),
        ] {
            ada.post(&room, json!({"content": text})).await.expect(201);
            loop {
                let news = bob_socket.next_event("notification").await;
                if news["data"]["action"] == "new_message" {
                    break;
                }
            }
            bob.post(&format!("{LIST}{way}/"), json!({}))
                .await
                .expect(200);
        }
    }
}

#[tokio::test]
async fn digest_lists_new_notifications_until_unsubscribed() {
    for app in App::with().flag("--digest-after", "0").deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        ada.befriend(&bob).await;
        let chat = ada.chat_with(&bob).await;
        let room = format!("/api/v1/chats/rooms/{chat}/messages/");
        let news = async || {
            let mails = bob.mails().await.into_iter();
            let news = mails.filter(|mail| {
                let text = mail["text"].as_str().unwrap();
                text.contains("• ada sent you a message.")
            });
            news.collect::<Vec<_>>()
        };
        for count in 1..=2 {
            ada.post(&room, json!({"content": "hello"}))
                .await
                .expect(201);
            until("the next mail", || async { news().await.len() == count }).await;
        }
        let mails = bob.mails().await;
        let security = mails
            .iter()
            .filter(|mail| mail["subject"] != "You have unread notifications");
        assert!(security.clone().count() > 0);
        assert!(
            security
                .into_iter()
                .all(|mail| mail["unsubscribe"].is_null())
        );
        let link = news().await[0]["unsubscribe"].as_str().unwrap().to_owned();
        let path = link.strip_prefix("http://localhost:8080").unwrap();
        let anonymous = app.anonymous();
        let page = anonymous.get(path).await.expect(200);
        assert!(page.header("content-type").starts_with("text/html"));
        assert!(page.text().contains("<form method=\"post\">"));
        let preferences = "/api/v1/notifications/preferences/";
        assert_eq!(bob.get(preferences).await.data()["digest"], "soon");
        let click = anonymous.request(Method::POST, path);
        let form = "application/x-www-form-urlencoded";
        let click = click.header("content-type", form);
        let click = click.body("List-Unsubscribe=One-Click");
        anonymous.send(click).await.expect(200);
        assert_eq!(bob.get(preferences).await.data()["digest"], "off");
        for method in [Method::GET, Method::POST] {
            let wrong = anonymous.request(method, &format!("{path}AAAA"));
            anonymous
                .send(wrong)
                .await
                .expect_error(404, "notify.link_invalid");
        }
    }
}

#[tokio::test]
async fn send_message_is_acknowledged_with_id_and_seq() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        ada.befriend(&bob).await;
        let chat = ada.chat_with(&bob).await;
        let (mut ada_socket, _) = open(&app, &ada).await;
        let post = json!({"chat_id": chat, "content": "hello", "client_id": "one"});
        let first = ada_socket.act("new_message", post.clone()).await;
        let again = ada_socket.act("new_message", post).await;
        assert_eq!(first["data"]["seq"], 1, "{first}");
        assert_eq!(first["data"]["id"], again["data"]["id"]);
        assert_eq!(first["data"]["seq"], again["data"]["seq"]);
        let stored = bob
            .get(&format!("/api/v1/chats/rooms/{chat}/messages/"))
            .await;
        assert_eq!(stored.expect(200).data()[0]["id"], first["data"]["id"]);
        let (mut in_chat, _) = app.open_socket(&bob, 0, "/ws/chat/ada/").await;
        let second = in_chat.act("new_message", json!({"content": "hi"})).await;
        assert_eq!(second["data"]["seq"], 2, "{second}");
    }
}

#[tokio::test]
async fn enter_lobby_hides_invisible_users() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        let status = "/api/v1/users/profile/status/";
        bob.put(status, json!({"status": "invisible"}))
            .await
            .expect(200);
        let path = "/ws/chat/lobby/world/";
        let (mut bob_socket, _) = app.open_socket(&bob, 0, path).await;
        bob_socket.next_event("members").await;
        let (mut ada_socket, _) = app.open_socket(&ada, 1, path).await;
        let members = ada_socket.next_event("members").await["data"].clone();
        assert_eq!(
            (&members["total"], &members["members"][0]["username"]),
            (&json!(1), &json!("ada"))
        );
        bob.put(status, json!({"status": "online"}))
            .await
            .expect(200);
        let joined = ada_socket.next_event("member_joined").await;
        assert_eq!(joined["data"]["user"]["username"], "bob");
        bob.put(status, json!({"status": "invisible"}))
            .await
            .expect(200);
        let left = ada_socket.next_event("member_left").await;
        assert_eq!(left["data"]["user"]["username"], "bob");
    }
}
