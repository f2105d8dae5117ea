//! Events and reads hide blocked users.

use e2e::{App, Socket, TestUser, deployments, name};
use serde_json::{Value, json};

const EVENTS: &str = "/ws/events/";

/// A lobby with Ada and Bob, one of whom has blocked the other, and Cid.
struct LobbyWithBlock {
    ada: TestUser,
    bob: TestUser,
    cid: TestUser,
    bob_id: String,
    /// The path of the lobby's messages.
    path: String,
    /// Bob's message before the block.
    payload: String,
}

impl LobbyWithBlock {
    async fn of(app: &App) -> Self {
        let [ada, bob, cid] = ["ada", "bob", "cid"].map(|name| app.user(name));
        let (ada, bob, cid) = (ada.await, bob.await, cid.await);
        let mut chat = Value::Null;
        for user in [&ada, &bob, &cid] {
            let path = "/api/v1/chats/lobbies/hall/join/";
            chat = user.post(path, json!({})).await.expect(200).data()["chat_id"].clone();
        }
        let path = format!("/api/v1/chats/rooms/{}/messages/", chat.as_str().unwrap());
        let payload = bob.post(&path, json!({"content": "I was here"})).await;
        let payload = payload.expect(201).data();
        let block = json!({"username": "ada"});
        bob.post("/api/v1/blocks/", block).await.expect(201);
        Self {
            bob_id: payload["sender"]["id"].as_str().unwrap().to_owned(),
            payload: payload["id"].as_str().unwrap().to_owned(),
            ada,
            bob,
            cid,
            path,
        }
    }

    /// Cid replies to Bob, mentions him and likes his message; Bob edits and deletes it.
    async fn cause_events(&self) {
        let response = json!({"content": "hello @bob", "reply_to": self.payload});
        let response = self.cid.post(&self.path, response).await.expect(201).data();
        assert_eq!(response["mentions"][0]["username"], "bob");
        let message = format!("/api/v1/messages/{}/", response["id"].as_str().unwrap());
        let edit = json!({"content": "hello again @bob"});
        self.cid.patch(&message, edit).await.expect(200);
        let message = format!("/api/v1/messages/{}/", self.payload);
        let like = format!("{message}like/");
        self.cid.post(&like, json!({})).await.expect(200);
        let edit = json!({"content": "I was there"});
        self.bob.patch(&message, edit).await.expect(200);
        self.bob.delete(&message).await.expect(200);
        let end = json!({"content": "the end"});
        self.cid.post(&self.path, end).await.expect(201);
    }

    fn mentions_bob(&self, body: &Value) -> bool {
        let text = body.to_string();
        text.contains(&self.bob_id) || text.contains(&self.payload)
    }

    /// The events of a socket up to the last message.
    async fn receive(&self, socket: &mut Socket) -> Vec<Value> {
        let mut received = vec![];
        loop {
            let frame = socket.next().await;
            let is_end = frame["data"]["content"] == "the end";
            received.push(frame);
            if is_end {
                return received;
            }
        }
    }

    /// Checks the events that Ada receives: those of Cid's messages, and none that mention Bob.
    fn check(&self, received: &[Value]) {
        let names: Vec<&str> = received.iter().map(name).collect();
        let expected = ["new_message", "message_edited", "new_message"];
        let of_chat = received.iter().filter(|frame| frame["stream"].is_string());
        assert_eq!(of_chat.map(name).collect::<Vec<_>>(), expected, "{names:?}");
        for frame in received {
            assert!(!self.mentions_bob(frame), "{frame}");
        }
    }
}

#[tokio::test]
async fn events_hide_blocked_users() {
    for app in deployments().await {
        let lobby_fixture = LobbyWithBlock::of(&app).await;
        let last = app.nodes.len() - 1;
        let (mut ada_socket, hello) = app.open_socket(&lobby_fixture.ada, last, EVENTS).await;
        let (mut in_lobby, _) = app
            .open_socket(&lobby_fixture.ada, 0, "/ws/chat/lobby/hall/")
            .await;
        let (mut bob_socket, _) = app.open_socket(&lobby_fixture.bob, 0, EVENTS).await;
        lobby_fixture.cause_events().await;
        let received = lobby_fixture.receive(&mut bob_socket).await;
        assert!(
            lobby_fixture.mentions_bob(&Value::from(received)),
            "Bob receives them himself"
        );
        let received = lobby_fixture.receive(&mut ada_socket).await;
        lobby_fixture.check(&received);
        let received = lobby_fixture.receive(&mut in_lobby).await;
        lobby_fixture.check(&received);

        let (mut again, _) = app
            .open_socket(&lobby_fixture.ada, 0, "/ws/events/?resume=true")
            .await;
        let resume = json!({"streams": hello["streams"]});
        let (missed, _) = again.act_collecting("resume", resume).await;
        lobby_fixture.check(&missed);
    }
}

#[tokio::test]
async fn reads_hide_blocked_users() {
    for app in deployments().await {
        let lobby_fixture = LobbyWithBlock::of(&app).await;
        let response = json!({"content": "hello @bob", "reply_to": lobby_fixture.payload});
        lobby_fixture
            .cid
            .post(&lobby_fixture.path, response)
            .await
            .expect(201);
        for path in [lobby_fixture.path.as_str(), "/api/v1/chats/rooms/"] {
            let body = lobby_fixture.ada.get(path).await.expect(200).json();
            assert!(body.to_string().contains("hello @bob"), "{path}: {body}");
            assert!(!lobby_fixture.mentions_bob(&body), "{path}: {body}");
            let seen = lobby_fixture.cid.get(path).await.expect(200).json();
            assert!(lobby_fixture.mentions_bob(&seen), "{path}: {seen}");
        }
    }
}
