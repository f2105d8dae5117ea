//! What is left of people who are gone, and of what they took back.

use e2e::{App, PASSWORD, Person, Socket, each, until};
use reqwest::Method;
use serde_json::{Value, json};

const LIST: &str = "/api/v1/notifications/";

async fn open(app: &App, person: &Person) -> (Socket, Value) {
    let (socket, hello) = app.greeted(person, 0, "/ws/events/").await;
    (socket, hello["streams"].clone())
}

/// Everything that somebody who was away is told when they resume from there.
async fn missed(app: &App, person: &Person, streams: &Value) -> String {
    let (mut socket, _) = open(app, person).await;
    let resume = json!({"streams": streams});
    let (mut heard, _) = socket.ask_hearing("resume", resume).await;
    heard.extend(socket.settled().await);
    assert!(heard.iter().all(|frame| frame["action"] != "resync"));
    heard.iter().map(Value::to_string).collect()
}

async fn told(person: &Person) -> Vec<Value> {
    let listed = person.get(LIST).await.expect(200).json();
    listed["data"].as_array().unwrap().clone()
}

async fn until_told(person: &Person, count: usize) {
    let what = format!("{} notifications of {}", count, person.name);
    until(&what, || async { told(person).await.len() == count }).await;
}

async fn delete_account(person: &Person) {
    let gone = person.signed(Method::DELETE, "/api/v1/users/profile/");
    let gone = gone.json(&json!({"password": PASSWORD}));
    person.send(gone).await.expect(200);
}

#[tokio::test]
async fn resume_tells_nothing_of_text_that_was_edited_or_deleted() {
    for app in each().await {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        ada.befriend(&bob).await;
        let chat = ada.chat_with(&bob).await;
        let (socket, streams) = open(&app, &bob).await;
        socket.leave().await;
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
        let heard = missed(&app, &bob, &streams).await;
        for gone in ["first words", "second words", "third words"] {
            assert!(!heard.contains(gone), "{gone} in {heard}");
        }
        assert!(heard.contains("last words") && heard.contains("message_deleted"));
    }
}

#[tokio::test]
async fn deleted_account_leaves_its_name_nowhere_and_its_conversations_readable() {
    for app in each().await {
        let (ada, bob) = (app.person("ada-lovelace").await, app.person("bob").await);
        let (socket, mut streams) = open(&app, &bob).await;
        socket.leave().await;
        ada.befriend(&bob).await;
        let chat = ada.chat_with(&bob).await;
        let (socket, later) = open(&app, &bob).await;
        socket.leave().await;
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
        until_told(&bob, 3).await;
        delete_account(&ada).await;
        let told = Value::from(told(&bob).await).to_string();
        assert!(!told.contains("ada-lovelace"), "{told}");
        let heard = missed(&app, &bob, &streams).await;
        assert!(heard.contains("farewell"), "{heard}");
        assert!(!heard.contains("ada-lovelace"), "{heard}");
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
        refused.refused(410, "chat.account_deleted");
        bob.delete(&path).await.expect(200);
        let listed = bob.get("/api/v1/chats/").await.expect(200).json();
        assert_eq!(listed["meta"]["total"], 0);
    }
}

#[tokio::test]
async fn lobby_does_not_name_a_deleted_account_after_the_answer() {
    for app in each().await {
        let (ada, bob) = (app.person("ada").await, app.person("bob-lovelace").await);
        let (path, last) = ("/ws/chat/lobby/world/", app.nodes.len() - 1);
        let (mut at_bob, hello) = app.greeted(&bob, 0, path).await;
        at_bob.next_named("members").await;
        let (mut at_ada, _) = app.greeted(&ada, last, path).await;
        let members = at_ada.next_named("members").await.to_string();
        assert!(members.contains("bob-lovelace"), "{members}");
        delete_account(&bob).await;
        let (mut late, _) = app.greeted(&ada, 0, path).await;
        let members = late.next_named("members").await.to_string();
        assert!(!members.contains("bob-lovelace"), "{members}");
        let left = at_ada.next_named("member_left").await["data"]["user"].clone();
        assert_eq!(left["id"], hello["user"]["id"]);
        assert_eq!(left["is_deleted"], true, "{left}");
        assert!(!left.to_string().contains("bob-lovelace"), "{left}");
    }
}

#[tokio::test]
async fn repeated_requests_name_nobody_who_is_gone() {
    for app in each().await {
        let bob = app.person("bob").await;
        let gone = ["ada-one", "ada-two", "ada-three"];
        let mut people = vec![];
        for name in gone {
            people.push(app.person(name).await);
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
                .signed(Method::POST, path)
                .header("idempotency-key", "k");
            bob.send(request.json(body)).await.expect(201).json()
        };
        let mut first = vec![];
        for (path, body) in &made {
            let answer = send(path, body).await;
            assert!(answer.to_string().contains("ada-"), "{answer}");
            first.push(answer);
        }
        for person in &people {
            delete_account(person).await;
        }
        for ((path, body), first) in made.iter().zip(first) {
            let answer = send(path, body).await;
            assert!(!answer.to_string().contains("ada-"), "{answer}");
            assert_eq!(answer["data"]["id"], first["data"]["id"]);
            assert_eq!(answer["data"]["created_at"], first["data"]["created_at"]);
        }
    }
}

#[tokio::test]
async fn requests_that_are_taken_back_and_people_who_are_blocked_leave_no_notification() {
    for app in each().await {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        for _ in 0..3 {
            let asked = ada.post("/api/v1/friends/requests/", json!({"username": "bob"}));
            let asked = asked.await.expect(201).data();
            let id = asked["request"]["id"].as_str().unwrap().to_owned();
            until_told(&bob, 1).await;
            ada.delete(&format!("/api/v1/friends/requests/{id}/"))
                .await
                .expect(200);
            until_told(&bob, 0).await;
        }
        ada.befriend(&bob).await;
        let chat = ada.chat_with(&bob).await;
        let room = format!("/api/v1/chats/rooms/{chat}/messages/");
        ada.post(&room, json!({"content": "hello"}))
            .await
            .expect(201);
        until_told(&bob, 2).await;
        bob.post("/api/v1/blocks/", json!({"username": "ada"}))
            .await
            .expect(201);
        until_told(&bob, 0).await;
        until_told(&ada, 0).await;
    }
}

#[tokio::test]
async fn message_after_dismissed_notification_is_notified_again() {
    for app in each().await {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        ada.befriend(&bob).await;
        let chat = ada.chat_with(&bob).await;
        let room = format!("/api/v1/chats/rooms/{chat}/messages/");
        bob.post(&format!("{LIST}clear/"), json!({}))
            .await
            .expect(200);
        let (mut at_bob, _) = open(&app, &bob).await;
        at_bob.settled().await;
        for (text, way) in [
            ("one", "mark_all_as_read"),
            ("two", "clear"),
            ("three", "clear"),
        ] {
            ada.post(&room, json!({"content": text})).await.expect(201);
            loop {
                let news = at_bob.next_named("notification").await;
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
async fn each_mail_names_what_came_since_the_last_until_they_are_ended_with_one_click() {
    for app in App::with().flag("--digest-after", "0").each().await {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
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
            .filter(|mail| mail["subject"] != "News waits for you");
        assert!(security.clone().count() > 0);
        assert!(
            security
                .into_iter()
                .all(|mail| mail["unsubscribe"].is_null())
        );
        let link = news().await[0]["unsubscribe"].as_str().unwrap().to_owned();
        let path = link.strip_prefix("http://localhost:8080").unwrap();
        let visitor = app.visitor();
        let page = visitor.get(path).await.expect(200);
        assert!(page.header("content-type").starts_with("text/html"));
        assert!(page.text().contains("<form method=\"post\">"));
        let preferences = "/api/v1/notifications/preferences/";
        assert_eq!(bob.get(preferences).await.data()["digest"], "soon");
        let click = visitor.request(Method::POST, path);
        let form = "application/x-www-form-urlencoded";
        let click = click.header("content-type", form);
        let click = click.body("List-Unsubscribe=One-Click");
        visitor.send(click).await.expect(200);
        assert_eq!(bob.get(preferences).await.data()["digest"], "off");
        for method in [Method::GET, Method::POST] {
            let wrong = visitor.request(method, &format!("{path}AAAA"));
            visitor
                .send(wrong)
                .await
                .refused(404, "notify.link_invalid");
        }
    }
}

#[tokio::test]
async fn acknowledgement_of_a_message_says_where_it_is_stored() {
    for app in each().await {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        ada.befriend(&bob).await;
        let chat = ada.chat_with(&bob).await;
        let (mut at_ada, _) = open(&app, &ada).await;
        let post = json!({"chat_id": chat, "content": "hello", "client_id": "one"});
        let first = at_ada.ask("new_message", post.clone()).await;
        let again = at_ada.ask("new_message", post).await;
        assert_eq!(first["data"]["seq"], 1, "{first}");
        assert_eq!(first["data"]["id"], again["data"]["id"]);
        assert_eq!(first["data"]["seq"], again["data"]["seq"]);
        let stored = bob
            .get(&format!("/api/v1/chats/rooms/{chat}/messages/"))
            .await;
        assert_eq!(stored.expect(200).data()[0]["id"], first["data"]["id"]);
        let (mut in_chat, _) = app.greeted(&bob, 0, "/ws/chat/ada/").await;
        let second = in_chat.ask("new_message", json!({"content": "hi"})).await;
        assert_eq!(second["data"]["seq"], 2, "{second}");
    }
}

#[tokio::test]
async fn invisible_people_come_into_a_lobby_unseen() {
    for app in each().await {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        let status = "/api/v1/users/profile/status/";
        bob.put(status, json!({"status": "invisible"}))
            .await
            .expect(200);
        let path = "/ws/chat/lobby/world/";
        let (mut at_bob, _) = app.greeted(&bob, 0, path).await;
        at_bob.next_named("members").await;
        let (mut at_ada, _) = app.greeted(&ada, 1, path).await;
        let members = at_ada.next_named("members").await["data"].clone();
        assert_eq!(
            (&members["total"], &members["members"][0]["username"]),
            (&json!(1), &json!("ada"))
        );
        bob.put(status, json!({"status": "online"}))
            .await
            .expect(200);
        let joined = at_ada.next_named("member_joined").await;
        assert_eq!(joined["data"]["user"]["username"], "bob");
        bob.put(status, json!({"status": "invisible"}))
            .await
            .expect(200);
        let left = at_ada.next_named("member_left").await;
        assert_eq!(left["data"]["user"]["username"], "bob");
    }
}
