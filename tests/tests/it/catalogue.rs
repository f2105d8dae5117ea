//! The catalogue of frames against the real server: what it shows as an example is understood.
//! That nothing is heard that does not stand there is checked on every socket of every test.

use e2e::{App, Heard, Person, catalogue, each, name};
use serde_json::Value;

/// Sends every example of a path, and gives those that were not understood.
async fn misunderstood(app: &App, ada: &Person, id: &str, address: &str) -> Vec<String> {
    let channel = &catalogue()["channels"][id];
    let mut socket = app.socket(ada, 0, address).await;
    let mut wrong = vec![];
    for (key, message) in channel["messages"].as_object().unwrap() {
        let Some(action) = key.strip_prefix("client.") else {
            continue;
        };
        socket.send(message["examples"][0]["payload"].clone()).await;
        loop {
            match socket.heard().await {
                Heard::Frame(frame) if answers(&frame) => break,
                Heard::Frame(_) => {}
                Heard::Closed(code, reason) => {
                    wrong.push(format!("{action}: {code} {reason}"));
                    socket = app.socket(ada, 0, address).await;
                    break;
                }
                Heard::Cut => panic!("{action}: the connection was cut"),
            }
        }
    }
    wrong
}

fn answers(frame: &Value) -> bool {
    matches!(name(frame), "ack" | "error") && frame["data"]["cid"] == "c1"
}

#[tokio::test]
async fn every_example_of_an_action_is_understood() {
    for app in each().await {
        let ada = app.person("ada").await;
        for (id, address) in [
            ("events", "/ws/events/"),
            ("lobby", "/ws/chat/lobby/world/"),
        ] {
            let wrong = misunderstood(&app, &ada, id, address).await;
            assert!(wrong.is_empty(), "{wrong:#?}");
        }
    }
}

#[tokio::test]
async fn the_catalogue_is_served_for_programs_and_for_people() {
    let app = App::with().embedded();
    let visitor = app.visitor();
    let served = visitor.get("/asyncapi.json").await.expect(200).json();
    assert_eq!(&served, catalogue());
    let page = visitor.get("/docs/ws/").await.expect(200);
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.text().contains("chat_like_update"));
    let codes = visitor.get("/docs/error-codes.md").await.expect(200);
    assert!(codes.text().contains("`chat.not_a_member`"));
}
