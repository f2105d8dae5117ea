//! What is hidden from a reader is so in all that tells of it.

use e2e::{App, Person, Socket, each, name};
use serde_json::{Value, json};

const EVENTS: &str = "/ws/events/";

/// Ada and Bob, between whom there is a block, and Cid, all in one lobby.
struct Hall {
    ada: Person,
    bob: Person,
    cid: Person,
    bob_id: String,
    /// The lobby's messages.
    path: String,
    /// What Bob said before the block.
    said: String,
}

impl Hall {
    async fn of(app: &App) -> Self {
        let [ada, bob, cid] = ["ada", "bob", "cid"].map(|name| app.person(name));
        let (ada, bob, cid) = (ada.await, bob.await, cid.await);
        let mut chat = Value::Null;
        for person in [&ada, &bob, &cid] {
            let path = "/api/v1/chats/lobbies/hall/join/";
            chat = person.post(path, json!({})).await.expect(200).data()["chat_id"].clone();
        }
        let path = format!("/api/v1/chats/rooms/{}/messages/", chat.as_str().unwrap());
        let said = bob.post(&path, json!({"content": "I was here"})).await;
        let said = said.expect(201).data();
        let block = json!({"username": "ada"});
        bob.post("/api/v1/blocks/", block).await.expect(201);
        Self {
            bob_id: said["sender"]["id"].as_str().unwrap().to_owned(),
            said: said["id"].as_str().unwrap().to_owned(),
            ada,
            bob,
            cid,
            path,
        }
    }

    /// Cid answers Bob and names him, likes what he said, and Bob changes and deletes it.
    async fn happen(&self) {
        let answer = json!({"content": "hello @bob", "reply_to": self.said});
        let answer = self.cid.post(&self.path, answer).await.expect(201).data();
        assert_eq!(answer["mentions"][0]["username"], "bob");
        let message = format!("/api/v1/messages/{}/", answer["id"].as_str().unwrap());
        let edit = json!({"content": "hello again @bob"});
        self.cid.patch(&message, edit).await.expect(200);
        let message = format!("/api/v1/messages/{}/", self.said);
        let like = format!("{message}like/");
        self.cid.post(&like, json!({})).await.expect(200);
        let edit = json!({"content": "I was there"});
        self.bob.patch(&message, edit).await.expect(200);
        self.bob.delete(&message).await.expect(200);
        let end = json!({"content": "the end"});
        self.cid.post(&self.path, end).await.expect(201);
    }

    fn tells_of_bob(&self, told: &Value) -> bool {
        let text = told.to_string();
        text.contains(&self.bob_id) || text.contains(&self.said)
    }

    /// What a socket is told up to the last message.
    async fn heard(&self, socket: &mut Socket) -> Vec<Value> {
        let mut heard = vec![];
        loop {
            let frame = socket.next().await;
            let is_end = frame["data"]["content"] == "the end";
            heard.push(frame);
            if is_end {
                return heard;
            }
        }
    }

    /// What Ada is told: that Cid wrote and edited, and nothing of Bob.
    fn check(&self, heard: &[Value]) {
        let names: Vec<&str> = heard.iter().map(name).collect();
        let expected = ["new_message", "message_edited", "new_message"];
        let of_chat = heard.iter().filter(|frame| frame["stream"].is_string());
        assert_eq!(of_chat.map(name).collect::<Vec<_>>(), expected, "{names:?}");
        for frame in heard {
            assert!(!self.tells_of_bob(frame), "{frame}");
        }
    }
}

#[tokio::test]
async fn events_tell_nothing_of_people_across_a_block() {
    for app in each().await {
        let hall = Hall::of(&app).await;
        let last = app.nodes.len() - 1;
        let (mut at_ada, hello) = app.greeted(&hall.ada, last, EVENTS).await;
        let (mut in_lobby, _) = app.greeted(&hall.ada, 0, "/ws/chat/lobby/hall/").await;
        let (mut at_bob, _) = app.greeted(&hall.bob, 0, EVENTS).await;
        hall.happen().await;
        let heard = hall.heard(&mut at_bob).await;
        assert!(hall.tells_of_bob(&Value::from(heard)), "he himself is told");
        let heard = hall.heard(&mut at_ada).await;
        hall.check(&heard);
        let heard = hall.heard(&mut in_lobby).await;
        hall.check(&heard);

        let (mut again, _) = app.greeted(&hall.ada, 0, "/ws/events/?resume=true").await;
        let resume = json!({"streams": hello["streams"]});
        let (missed, _) = again.ask_hearing("resume", resume).await;
        hall.check(&missed);
    }
}

#[tokio::test]
async fn reads_tell_nothing_of_people_across_a_block() {
    for app in each().await {
        let hall = Hall::of(&app).await;
        let answer = json!({"content": "hello @bob", "reply_to": hall.said});
        hall.cid.post(&hall.path, answer).await.expect(201);
        for path in [hall.path.as_str(), "/api/v1/chats/rooms/"] {
            let told = hall.ada.get(path).await.expect(200).json();
            assert!(told.to_string().contains("hello @bob"), "{path}: {told}");
            assert!(!hall.tells_of_bob(&told), "{path}: {told}");
            let seen = hall.cid.get(path).await.expect(200).json();
            assert!(hall.tells_of_bob(&seen), "{path}: {seen}");
        }
    }
}
