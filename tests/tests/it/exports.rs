//! Data exports.

use std::collections::BTreeSet;

use e2e::{App, TestUser, until};
use futures_util::future::join_all;
use serde_json::{Value, json};

const MESSAGES: usize = 2_600;

/// Sends the messages to the world chat.
async fn talk(user: &TestUser) {
    let entered = user.put("/api/v1/chats/lobbies/world/", json!({})).await;
    let chat = entered.data()["chat_id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/chats/rooms/{chat}/messages/");
    let numbers: Vec<usize> = (0..MESSAGES).collect();
    for some in numbers.chunks(100) {
        let posts = some.iter().map(|number| {
            let payload = json!({"content": format!("number {number} of \"many\"")});
            user.post(&path, payload)
        });
        for response in join_all(posts).await {
            response.expect(201);
        }
    }
}

/// Requests an export and downloads its file.
async fn exported(user: &TestUser) -> Value {
    const EXPORTS: &str = "/api/v1/users/profile/export/";
    let asked = user.post(EXPORTS, json!({})).await.expect(201).data();
    let path = format!("{EXPORTS}{}/", asked["id"].as_str().unwrap());
    until("the export is ready", || async {
        user.get(&path).await.data()["state"] == "ready"
    })
    .await;
    let file = user.get(&format!("{path}download/")).await.expect(200);
    serde_json::from_str(&file.text()).expect("the file is JSON")
}

#[tokio::test]
async fn export_contains_thousands_of_messages() {
    for app in App::with().flag("--rate-limits", "off").deployments().await {
        let ada = app.user("ada").await;
        talk(&ada).await;
        let export = exported(&ada).await;
        let messages = export["chats"]["messages"].as_array().unwrap();
        let contents: BTreeSet<&str> = messages
            .iter()
            .map(|message| message["content"].as_str().unwrap())
            .collect();
        assert_eq!((messages.len(), contents.len()), (MESSAGES, MESSAGES));
        assert!(contents.contains("number 2599 of \"many\""));
        for part in ["account", "chats", "friends", "invites", "notifications"] {
            assert!(!export[part].is_null(), "{part} on {}", app.name);
        }
        assert_eq!(export["account"]["username"], "ada");
    }
}
