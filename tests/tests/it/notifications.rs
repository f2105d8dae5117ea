//! Notifications: on two sockets and two nodes, resolved by actions, and sent by email to absent users.

use std::process::Command;

use e2e::{App, Socket, TestUser, courtside, deployments, until};
use serde_json::{Value, json};

const LIST: &str = "/api/v1/notifications/";

async fn open(app: &App, node: usize, user: &TestUser) -> (Socket, Value) {
    let bearer = ("authorization", format!("Bearer {}", user.access));
    let node = app.nodes[node % app.nodes.len()].url();
    let mut socket = Socket::open(node, "/ws/events/", &[bearer]).await;
    let hello = socket.next_event("hello").await;
    socket.sync().await;
    (socket, hello["data"]["unread"]["notifications"].clone())
}

async fn send_friend_request(from: &TestUser, to: &TestUser) -> String {
    let asked = from.post("/api/v1/friends/requests/", json!({"username": to.name}));
    let asked = asked.await.expect(201).data();
    asked["request"]["id"].as_str().unwrap().to_owned()
}

async fn befriend(one: &TestUser, other: &TestUser) {
    let id = send_friend_request(one, other).await;
    let path = format!("/api/v1/friends/requests/{id}/accept/");
    other.post(&path, json!({})).await.expect(200);
}

/// The notifications of a user, newest first.
async fn list_notifications(user: &TestUser, query: &str) -> Vec<Value> {
    let listed = user.get(&format!("{LIST}{query}")).await.expect(200);
    listed.json()["data"].as_array().unwrap().clone()
}

async fn wait_for_unread(user: &TestUser, count: usize) {
    let what = format!("{count} wait for {}", user.name);
    until(&what, || async {
        list_notifications(user, "?unread=true").await.len() == count
    })
    .await;
}

async fn wait_for_notification(user: &TestUser, action: &str) -> Value {
    let query = format!("?action={action}");
    until(action, || async {
        !list_notifications(user, &query).await.is_empty()
    })
    .await;
    list_notifications(user, &query).await[0].clone()
}

#[tokio::test]
async fn unread_counts_agree_on_all_nodes() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        let (mut one, waiting) = open(&app, 0, &bob).await;
        let (mut other, _) = open(&app, 1, &bob).await;
        assert_eq!(waiting, json!({"total": 0, "by_action": {}}));
        send_friend_request(&ada, &bob).await;
        let news = one.next_event("notification").await;
        assert_eq!(news["data"]["action"], "friend_request");
        assert_eq!(news["data"]["data"]["user"]["username"], "ada");
        let unread = json!({"total": 1, "by_action": {"friend_request": 1}});
        assert_eq!(news["data"]["unread"], unread);
        assert_eq!(news["data"], other.next_event("notification").await["data"]);
        let (mut third, waiting) = open(&app, 1, &bob).await;
        assert_eq!(waiting, unread, "who comes later is greeted with it");

        let id = news["data"]["id"].as_str().unwrap();
        let stored = list_notifications(&bob, "?unread=true").await;
        assert_eq!((stored.len(), &stored[0]["id"]), (1, &json!(id)));
        let read = bob.post(&format!("{LIST}{id}/read/"), json!({})).await;
        assert_eq!(read.expect(200).data()["is_read"], true);
        for tab in [&mut one, &mut other, &mut third] {
            let update = tab.next_event("badge_update").await["data"].clone();
            assert_eq!(
                (&update["change"], &update["ids"]),
                (&json!("read"), &json!([id]))
            );
            assert_eq!(update["unread"]["total"], 0);
        }
        let deleted = bob.delete(&format!("{LIST}{id}/")).await;
        deleted.expect(200);
        for tab in [&mut one, &mut other, &mut third] {
            let update = tab.next_event("badge_update").await["data"].clone();
            assert_eq!(update["change"], "deleted");
        }
        assert!(list_notifications(&bob, "").await.is_empty());
    }
}

#[tokio::test]
async fn read_notification_marks_one_and_refuses_unknown_ones() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        let (mut one, _) = open(&app, 0, &bob).await;
        let (mut other, _) = open(&app, 1, &bob).await;
        send_friend_request(&ada, &bob).await;
        let id = one.next_event("notification").await["data"]["id"].clone();
        one.expect_ack("read_notification", json!({"id": id})).await;
        let update = other.next_event("badge_update").await;
        assert_eq!(update["data"]["unread"]["total"], 0);
        let (mut ada_socket, _) = open(&app, 0, &ada).await;
        let hers = json!({"id": id});
        ada_socket
            .expect_error("read_notification", hers, "notify.not_found")
            .await;
        one.send(json!({"action": "read_notification", "data": {"id": "7"}}))
            .await;
        let (code, reason) = one.wait_for_close().await;
        assert_eq!(code, 4400);
        assert!(reason.contains("data.id"), "{reason}");
    }
}

#[tokio::test]
async fn answer_request_or_invite_resolves_its_notification() {
    for app in deployments().await {
        let (ada, bob, cat) = (
            app.user("ada").await,
            app.user("bob").await,
            app.user("cat").await,
        );
        let request = send_friend_request(&ada, &bob).await;
        wait_for_unread(&bob, 1).await;
        let path = format!("/api/v1/friends/requests/{request}/decline/");
        bob.post(&path, json!({})).await.expect(200);
        wait_for_unread(&bob, 0).await;
        let request = send_friend_request(&cat, &bob).await;
        wait_for_unread(&bob, 1).await;
        cat.delete(&format!("/api/v1/friends/requests/{request}/"))
            .await
            .expect(200);
        wait_for_unread(&bob, 0).await;
        befriend(&cat, &bob).await;
        let friend = wait_for_notification(&cat, "new_friend").await;
        assert_eq!(friend["data"]["user"]["username"], "bob");
        wait_for_unread(&bob, 0).await;

        let invite = json!({"username": "bob", "game": "pong", "options": {}});
        let sent = cat
            .post("/api/v1/invites/", invite)
            .await
            .expect(201)
            .data();
        wait_for_unread(&bob, 1).await;
        assert_eq!(
            wait_for_notification(&bob, "game_invite").await["data"]["id"],
            sent["id"]
        );
        let path = format!("/api/v1/invites/{}/decline/", sent["id"].as_str().unwrap());
        bob.post(&path, json!({})).await.expect(200);
        wait_for_unread(&bob, 0).await;
    }
}

#[tokio::test]
async fn read_or_answer_message_resolves_its_notification() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        befriend(&ada, &bob).await;
        let opened = ada.put("/api/v1/chats/bob/", json!({})).await.data();
        let chat = opened["chat_id"].as_str().unwrap();
        let into = format!("/api/v1/chats/rooms/{chat}/messages/");
        let written = ada.post(&into, json!({"content": "Are you there?"})).await;
        let message = written.expect(201).data();
        let news = wait_for_notification(&bob, "new_message").await;
        assert_eq!(news["data"]["message_id"], message["id"]);
        assert!(
            news["data"]["content"].is_null(),
            "what was said stays in the chat"
        );
        let path = format!("/api/v1/messages/{}/read/", message["id"].as_str().unwrap());
        bob.post(&path, json!({})).await.expect(200);
        wait_for_unread(&bob, 0).await;

        ada.post(&into, json!({"content": "Shall we play?"}))
            .await
            .expect(201);
        wait_for_unread(&bob, 1).await;
        bob.post(&into, json!({"content": "At six."}))
            .await
            .expect(201);
        wait_for_unread(&bob, 0).await;

        let written = ada.post(&into, json!({"content": "Oops."})).await;
        let message = written.expect(201).data();
        wait_for_unread(&bob, 1).await;
        let path = format!("/api/v1/messages/{}/", message["id"].as_str().unwrap());
        ada.delete(&path).await.expect(200);
        wait_for_unread(&bob, 0).await;

        ada.post(&into, json!({"content": "Good."}))
            .await
            .expect(201);
        wait_for_unread(&bob, 1).await;
        bob.delete("/api/v1/chats/ada/").await.expect(200);
        wait_for_unread(&bob, 0).await;

        ada.post(&into, json!({"content": "Hello?"}))
            .await
            .expect(201);
        wait_for_unread(&bob, 1).await;
        let block = json!({"username": "ada"});
        bob.post("/api/v1/blocks/", block).await.expect(201);
        wait_for_unread(&bob, 0).await;
    }
}

#[tokio::test]
async fn digest_is_sent_to_absent_users_only() {
    for app in App::with().flag("--digest-after", "0").deployments().await {
        let (ada, bob, cat) = (
            app.user("ada").await,
            app.user("bob").await,
            app.user("cat").await,
        );
        let mut dan = app.anonymous();
        dan.register("dan").await;
        let (mut cat_socket, _) = open(&app, 0, &cat).await;
        for to in [&cat, &dan, &bob] {
            send_friend_request(&ada, to).await;
        }
        cat_socket.next_event("notification").await;
        let news = |mails: Vec<Value>| {
            let about = |mail: &Value| mail["subject"] == "You have unread notifications";
            mails.into_iter().filter(about).collect::<Vec<_>>()
        };
        until("the mail", || async { !news(bob.mails().await).is_empty() }).await;
        let mails = news(bob.mails().await);
        assert_eq!(mails.len(), 1);
        let text = mails[0]["text"].as_str().unwrap();
        assert!(text.contains("• ada sent you a friend request."), "{text}");
        assert!(text.contains("http://localhost:8080/notifications/preferences"));
        until("the record", || async {
            let nodes = app
                .nodes
                .iter()
                .map(|node| format!("{}/metrics", node.url()));
            let mut text = String::new();
            for url in nodes {
                let response = e2e::client().get(url).send().await.unwrap();
                text += &response.text().await.unwrap();
            }
            ["sent", "unreachable"].iter().all(|outcome| {
                text.contains(&format!(
                    "courtside_notification_mails_total{{outcome=\"{outcome}\"}} 1"
                ))
            })
        })
        .await;
        assert!(
            news(dan.mails().await).is_empty(),
            "the address is not proven"
        );
        assert!(
            news(cat.mails().await).is_empty(),
            "the badge was updated already"
        );
        assert_eq!(news(bob.mails().await).len(), 1);
    }
}

#[tokio::test]
async fn notification_preferences_select_kinds_and_channels() {
    for app in App::with().flag("--digest-after", "0").deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        let path = "/api/v1/notifications/preferences/";
        let usual = bob.get(path).await.expect(200).data();
        assert_eq!(usual["digest"], "soon");
        assert_eq!(
            usual["kinds"]["friend_request"],
            json!({"in_app": true, "email": true})
        );
        assert_eq!(
            usual["kinds"]["game_invite"],
            json!({"in_app": true, "email": false})
        );
        let wishes = json!({"kinds": {"friend_request": {"in_app": false, "email": false}}, "digest": "daily"});
        let changed = bob.put(path, wishes).await.expect(200).data();
        assert_eq!(changed["digest"], "daily");
        assert_eq!(
            changed["kinds"]["new_message"],
            usual["kinds"]["new_message"]
        );
        assert_eq!(bob.get(path).await.data(), changed);
        for (wrong, field) in [
            (json!({"push": true}), "push"),
            (
                json!({"kinds": {"gossip": {"in_app": true, "email": true}}}),
                "kinds.gossip",
            ),
            (
                json!({"kinds": {"group": {"in_app": 1, "email": true}}}),
                "kinds.group.in_app",
            ),
            (json!({"digest": "weekly"}), "digest"),
        ] {
            let refused = bob.put(path, wrong).await;
            refused.expect_field_error(422, "invalid_fields", field);
        }
        assert_eq!(bob.get(path).await.data(), changed);
        send_friend_request(&ada, &bob).await;
        let invite = json!({"username": "bob", "game": "pong", "options": {}});
        ada.post("/api/v1/invites/", invite).await.expect(201);
        wait_for_notification(&bob, "game_invite").await;
        assert_eq!(
            list_notifications(&bob, "").await.len(),
            1,
            "requests are not wanted"
        );
    }
}

#[tokio::test]
async fn list_notifications_pages_filters_reads_and_clears() {
    for app in deployments().await {
        let bob = app.user("bob").await;
        for name in ["ada", "cat", "dan"] {
            send_friend_request(&app.user(name).await, &bob).await;
        }
        wait_for_unread(&bob, 3).await;
        let all = list_notifications(&bob, "").await;
        let first = bob.get(&format!("{LIST}?unread=1&limit=2")).await.json();
        assert_eq!(first["meta"]["total"], 3);
        assert_eq!(first["data"], json!(all[..2]));
        let next = first["meta"]["next"].as_str().unwrap();
        let next = next.strip_prefix("http://localhost:8080").unwrap();
        let rest = bob.get(next).await.expect(200).json();
        assert_eq!(
            (&rest["data"], &rest["meta"]["next"]),
            (&json!(all[2..]), &Value::Null)
        );
        let after = format!("?after={}", all[2]["id"].as_str().unwrap());
        assert_eq!(
            list_notifications(&bob, &after).await,
            [all[1].clone(), all[0].clone()]
        );
        assert_eq!(list_notifications(&bob, "?offset=2").await, all[2..]);
        assert!(
            list_notifications(&bob, "?action=system&unread=")
                .await
                .is_empty()
        );
        for (query, field) in [
            ("unread=maybe", "unread"),
            ("action=gossip", "action"),
            ("before=7", "before"),
        ] {
            let refused = bob.get(&format!("{LIST}?{query}")).await;
            refused.expect_field_error(422, "invalid_fields", field);
        }
        let read = bob
            .post(&format!("{LIST}mark_all_as_read/"), json!({}))
            .await;
        assert_eq!(
            read.expect(200).data(),
            json!({"total": 0, "by_action": {}})
        );
        assert_eq!(list_notifications(&bob, "?unread=false").await.len(), 3);
        let eve = app.user("eve").await;
        let id = all[0]["id"].as_str().unwrap();
        let read = eve.post(&format!("{LIST}{id}/read/"), json!({})).await;
        read.expect_error(404, "notify.not_found");
        let deleted = eve.delete(&format!("{LIST}{id}/")).await;
        deleted.expect_error(404, "notify.not_found");
        bob.post(&format!("{LIST}clear/"), json!({}))
            .await
            .expect(200);
        assert!(list_notifications(&bob, "").await.is_empty());
    }
}

/// Makes a user an administrator at the command line.
pub(crate) fn grant(app: &App, name: &str) {
    let mut command = Command::new(courtside());
    command
        .args(["admin", "grant", name])
        .args(app.node_arguments());
    assert!(command.output().unwrap().status.success());
}

/// Sessions of sockets are checked every 30 seconds, so this test takes as long.
#[tokio::test]
async fn grant_updates_the_role_of_open_sockets() {
    for app in deployments().await {
        let ada = app.user("ada").await;
        let (mut ada_socket, _) = open(&app, 1, &ada).await;
        let word = json!({"message": "We are away on Sunday.", "type": "maintenance"});
        ada_socket
            .expect_error("notification", word.clone(), "auth.role_needed")
            .await;
        grant(&app, "ada");
        let mut response = json!(null);
        for _ in 0..100 {
            response = ada_socket.act("notification", word.clone()).await;
            if e2e::name(&response) == "ack" {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        }
        assert_eq!(e2e::name(&response), "ack", "{}: {response}", app.name);
    }
}

#[tokio::test]
async fn announce_reaches_all_users_and_requires_an_admin() {
    for app in deployments().await {
        let (mut ada, bob) = (app.user("ada").await, app.user("bob").await);
        grant(&app, "ada");
        ada.log_in().await;
        let (mut ada_socket, _) = open(&app, 0, &ada).await;
        let (mut bob_socket, _) = open(&app, 1, &bob).await;
        let word = json!({"message": "We are away on Sunday.", "type": "maintenance"});
        bob_socket
            .expect_error("notification", word.clone(), "auth.role_needed")
            .await;
        let silent = json!({"message": " \u{7} ", "type": "info"});
        let refused = ada_socket
            .expect_error("notification", silent, "notify.message_invalid")
            .await;
        assert!(refused["fields"]["message"][0].is_string());
        ada_socket.expect_ack("notification", word.clone()).await;
        let news = bob_socket.next_event("notification").await["data"].clone();
        assert_eq!((&news["action"], &news["data"]), (&json!("system"), &word));
        wait_for_notification(&ada, "system").await;
        ada_socket
            .send(json!({"action": "notification", "data": {"message": "x", "type": "gossip"}}))
            .await;
        assert_eq!(ada_socket.wait_for_close().await.0, 4400);
        assert_eq!(list_notifications(&bob, "").await.len(), 1);
    }
}

#[tokio::test]
async fn export_contains_notifications() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        send_friend_request(&ada, &bob).await;
        wait_for_unread(&bob, 1).await;
        let export = bob.post("/api/v1/users/profile/export/", json!({})).await;
        let id = export.expect(201).data()["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/users/profile/export/{id}/");
        until("the export", || async {
            bob.get(&path).await.data()["state"] == "ready"
        })
        .await;
        let download = bob.get(&path).await.data()["download"]
            .as_str()
            .unwrap()
            .to_owned();
        let file = bob.get(&download).await.expect(200).text();
        assert!(file.contains("\"notifications\"") && file.contains("\"friend_request\""));
    }
}
