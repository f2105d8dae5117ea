//! Downloads of all one's data.

use std::collections::BTreeSet;

use e2e::{App, Person, until};
use futures_util::future::join_all;
use serde_json::{Value, json};

const MESSAGES: usize = 2_600;

/// Writes so many messages into the world chat.
async fn talk(person: &Person) {
    let entered = person.put("/api/v1/chats/lobbies/world/", json!({})).await;
    let chat = entered.data()["chat_id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/chats/rooms/{chat}/messages/");
    let numbers: Vec<usize> = (0..MESSAGES).collect();
    for some in numbers.chunks(100) {
        let posts = some.iter().map(|number| {
            let said = json!({"content": format!("number {number} of \"many\"")});
            person.post(&path, said)
        });
        for answer in join_all(posts).await {
            answer.expect(201);
        }
    }
}

/// The file of an export.
async fn exported(person: &Person) -> Value {
    const EXPORTS: &str = "/api/v1/users/profile/export/";
    let asked = person.post(EXPORTS, json!({})).await.expect(201).data();
    let path = format!("{EXPORTS}{}/", asked["id"].as_str().unwrap());
    until("the export is ready", || async {
        person.get(&path).await.data()["state"] == "ready"
    })
    .await;
    let file = person.get(&format!("{path}download/")).await.expect(200);
    serde_json::from_str(&file.text()).expect("the file is JSON")
}

#[tokio::test]
async fn export_of_thousands_of_messages_is_whole() {
    for app in App::with().flag("--rate-limits", "off").each().await {
        let ada = app.person("ada").await;
        talk(&ada).await;
        let told = exported(&ada).await;
        let messages = told["chats"]["messages"].as_array().unwrap();
        let contents: BTreeSet<&str> = messages
            .iter()
            .map(|message| message["content"].as_str().unwrap())
            .collect();
        assert_eq!((messages.len(), contents.len()), (MESSAGES, MESSAGES));
        assert!(contents.contains("number 2599 of \"many\""));
        for part in ["account", "chats", "friends", "invites", "notifications"] {
            assert!(!told[part].is_null(), "{part} on {}", app.name);
        }
        assert_eq!(told["account"]["username"], "ada");
    }
}
