//! Lobbies over HTTP, and message reports.

use e2e::{PASSWORD, deployments};
use reqwest::Method;
use serde_json::{Value, json};

const MESSAGES: &str = "/api/v1/messages";

#[tokio::test]
async fn join_write_and_leave_lobby() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        let opened = ada.put("/api/v1/chats/lobbies/Chess/", json!({})).await;
        let lobby = opened.expect(200).data();
        assert_eq!(
            (&lobby["name"], &lobby["is_member"]),
            (&json!("chess"), &json!(false))
        );
        let id = lobby["chat_id"].as_str().unwrap();
        let room = format!("/api/v1/chats/rooms/{id}/");

        let joined = bob
            .post("/api/v1/chats/lobbies/chess/join/", json!({}))
            .await;
        assert_eq!(joined.expect(200).data()["is_member"], true);
        let written = json!({"content": "anybody?", "client_id": "one"});
        let path = format!("{room}messages/");
        ada.post(&path, written).await.expect(201);
        let mine = bob.get("/api/v1/chats/rooms/").await.expect(200);
        let line = &mine.data()[0];
        assert_eq!(
            (&line["chat_id"], &line["unread_count"]),
            (&json!(id), &json!(1))
        );
        assert_eq!(line["last_message"]["content"], "anybody?");
        let members = bob.get(&format!("{room}members/")).await.expect(200);
        assert_eq!(members.json()["meta"]["total"], 1);
        assert_eq!(members.data()[0]["username"], "bob");

        bob.post(&format!("{room}leave/"), json!({}))
            .await
            .expect(200);
        assert_eq!(
            bob.get("/api/v1/chats/rooms/").await.json()["meta"]["total"],
            0
        );
        let looked = bob.get(&room).await.expect(200).data();
        assert_eq!(looked["messages"][0]["content"], "anybody?");
    }
}

#[tokio::test]
async fn get_lobby_does_not_create_it() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        let path = "/api/v1/chats/lobbies/Chess/";
        let missing = ada.get(path).await;
        missing.expect_error(404, "chat.lobby_not_found");
        ada.get(path)
            .await
            .expect_error(404, "chat.lobby_not_found");
        let created = ada.put(path, json!({})).await.expect(200).data();
        let found = bob.get(path).await.expect(200).data();
        assert_eq!(found["chat_id"], created["chat_id"]);
        bob.get("/api/v1/chats/lobbies/world/").await.expect(200);
        let refused = bob.get("/api/v1/chats/lobbies/no%20spaces/").await;
        refused.expect_field_error(422, "chat.lobby_name_invalid", "name");
    }
}

#[tokio::test]
async fn open_lobby_refuses_invalid_names() {
    for app in deployments().await {
        let ada = app.user("ada").await;
        let random_frame = ada
            .put("/api/v1/chats/lobbies/no%20spaces/", json!({}))
            .await;
        random_frame.expect_field_error(422, "chat.lobby_name_invalid", "name");
        let nowhere = "/api/v1/chats/rooms/01890a5d-ac96-774b-bcce-b302099a8062/";
        ada.get(nowhere)
            .await
            .expect_error(404, "chat.not_a_member");
        let leave = ada.post(&format!("{nowhere}leave/"), json!({})).await;
        leave.expect_error(404, "chat.not_a_member");
        ada.get("/api/v1/chats/rooms/7/")
            .await
            .expect_error(400, "malformed_id");

        let mut new = app.anonymous();
        new.register("new").await;
        new.log_in().await;
        let world = new.put("/api/v1/chats/lobbies/world/", json!({})).await;
        world.expect(200);
        let own = new.put("/api/v1/chats/lobbies/mine/", json!({})).await;
        own.expect_error(404, "chat.lobby_not_found");
    }
}

#[tokio::test]
async fn report_message_once_and_never_the_own() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        let world = ada
            .put("/api/v1/chats/lobbies/world/", json!({}))
            .await
            .data();
        let path = format!(
            "/api/v1/chats/rooms/{}/messages/",
            world["chat_id"].as_str().unwrap()
        );
        let sent = ada
            .post(&path, json!({"content": "buy this"}))
            .await
            .expect(201)
            .data();
        let report = format!("{MESSAGES}/{}/report/", sent["id"].as_str().unwrap());
        let spam = json!({"reason": "spam", "details": "in every lobby"});

        let vague = bob.post(&report, json!({"reason": "other"})).await;
        vague.expect_field_error(422, "chat.report_needs_details", "details");
        let random_frame = bob.post(&report, json!({"reason": "dull"})).await;
        random_frame.expect_field_error(422, "invalid_fields", "reason");
        let long = json!({"reason": "spam", "details": "x".repeat(1001)});
        let long = bob.post(&report, long).await;
        long.expect_field_error(422, "invalid_fields", "details");
        let own = ada.post(&report, spam.clone()).await;
        own.expect_error(403, "chat.report_own_message");
        let taken = bob.post(&report, spam.clone()).await.expect(201).data();
        assert_eq!(
            (&taken["message_id"], &taken["reason"]),
            (&sent["id"], &json!("spam"))
        );
        let twice = bob.post(&report, spam.clone()).await;
        twice.expect_error(409, "chat.already_reported");

        ada.delete(&format!("{MESSAGES}/{}/", sent["id"].as_str().unwrap()))
            .await
            .expect(200);
        let cid = app.user("cid").await;
        let late = cid.post(&report, spam).await;
        late.expect_error(410, "chat.message_deleted");
    }
}

#[tokio::test]
async fn delete_unverified_account_removes_the_name_from_events() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        let mut new = app.anonymous();
        new.register("newcomer").await;
        new.log_in().await;
        let mut chat = Value::Null;
        for user in [&ada, &bob] {
            let path = "/api/v1/chats/lobbies/hall/join/";
            chat = user.post(path, json!({})).await.expect(200).data()["chat_id"].clone();
        }
        let (_, hello) = app.open_socket(&bob, 0, "/ws/events/").await;
        let path = format!("/api/v1/chats/rooms/{}/messages/", chat.as_str().unwrap());
        let payload = ada
            .post(&path, json!({"content": "welcome, @newcomer"}))
            .await;
        let payload = payload.expect(201).data();
        assert_eq!(payload["mentions"][0]["username"], "newcomer");
        let delete = new.authenticated_request(Method::DELETE, "/api/v1/users/profile/");
        let delete = delete.json(&json!({ "password": PASSWORD }));
        new.send(delete).await.expect(200);
        let (mut again, _) = app.open_socket(&bob, 0, "/ws/events/?resume=true").await;
        let resume = json!({"streams": hello["streams"]});
        let (missed, _) = again.act_collecting("resume", resume).await;
        let mut missed = missed.iter();
        let message = missed.find(|frame| frame["data"]["id"] == payload["id"]);
        let called = &message.unwrap()["data"]["mentions"][0]["username"];
        assert!(called.as_str().unwrap().starts_with("deleted-"), "{called}");
    }
}
