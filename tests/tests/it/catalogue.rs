//! The examples of the AsyncAPI document are valid for the real server. Received frames are validated
//! against the document on every socket of every test.

use e2e::{App, SocketEvent, TestUser, catalogue, deployments, name};
use serde_json::Value;

/// Sends every example of a path, and returns those that were rejected.
async fn rejected_examples(app: &App, ada: &TestUser, id: &str, address: &str) -> Vec<String> {
    let channel = &catalogue()["channels"][id];
    let mut socket = app.connect_socket(ada, 0, address).await;
    let mut wrong = vec![];
    for (key, message) in channel["messages"].as_object().unwrap() {
        let Some(action) = key.strip_prefix("client.") else {
            continue;
        };
        socket.send(message["examples"][0]["payload"].clone()).await;
        loop {
            match socket.receive().await {
                SocketEvent::Frame(frame) if responses(&frame) => break,
                SocketEvent::Frame(_) => {}
                SocketEvent::Closed(code, reason) => {
                    wrong.push(format!("{action}: {code} {reason}"));
                    socket = app.connect_socket(ada, 0, address).await;
                    break;
                }
                SocketEvent::Cut => panic!("{action}: the connection was cut"),
            }
        }
    }
    wrong
}

fn responses(frame: &Value) -> bool {
    matches!(name(frame), "ack" | "error") && frame["data"]["cid"] == "c1"
}

#[tokio::test]
async fn catalogue_examples_are_accepted() {
    for app in deployments().await {
        let ada = app.user("ada").await;
        for (id, address) in [
            ("events", "/ws/events/"),
            ("lobby", "/ws/chat/lobby/world/"),
        ] {
            let wrong = rejected_examples(&app, &ada, id, address).await;
            assert!(wrong.is_empty(), "{wrong:#?}");
        }
    }
}

#[tokio::test]
async fn catalogue_is_served_as_json_and_html() {
    let app = App::with().embedded();
    let anonymous = app.anonymous();
    let served = anonymous.get("/asyncapi.json").await.expect(200).json();
    assert_eq!(&served, catalogue());
    let page = anonymous.get("/docs/ws/").await.expect(200);
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.text().contains("chat_like_update"));
    let codes = anonymous.get("/docs/error-codes.md").await.expect(200);
    assert!(codes.text().contains("`chat.not_a_member`"));
}
