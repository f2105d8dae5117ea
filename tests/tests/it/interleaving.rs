//! A thousand random steps of concurrent clients: send, like, edit, delete, read, lose the connection at
//! any time, reconnect to another node and resume. Afterwards the state that each has collected from
//! events equals the database.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use e2e::{App, SeededRandom, Socket, TestUser, name, run_together};
use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::sync::{Barrier, BarrierWaitResult};

const USERS: [&str; 10] = [
    "ada", "bob", "cid", "eve", "fay", "gus", "ida", "joe", "kim", "leo",
];
const STEPS_OF_EACH: usize = 100;
const EVENTS: &str = "/ws/events/";

/// The state of a message as collected from events.
#[derive(Debug, Clone, PartialEq, Default)]
struct Seen {
    seq: i64,
    sender: String,
    client_id: String,
    content: String,
    edited: bool,
    deleted: bool,
    likes: i64,
    liked: bool,
}

/// A user with a socket and the collected state.
struct Client {
    app: Arc<App>,
    user: TestUser,
    id: String,
    random: SeededRandom,
    socket: Option<Socket>,
    chats: Vec<String>,
    positions: BTreeMap<String, (i64, i64)>,
    view: BTreeMap<String, BTreeMap<String, Seen>>,
    /// The `client_id` of acknowledged messages.
    accepted: BTreeSet<String>,
    sent: usize,
}

impl Client {
    async fn new(app: &Arc<App>, user: &TestUser, chats: Vec<String>, seed: u64) -> Self {
        let profile = user.get("/api/v1/users/profile/").await.data();
        let mut client = Self {
            app: Arc::clone(app),
            user: user.duplicate(),
            id: profile["id"].as_str().unwrap().to_owned(),
            random: SeededRandom::new(seed),
            socket: None,
            view: chats
                .iter()
                .map(|chat| (chat.clone(), BTreeMap::new()))
                .collect(),
            chats,
            positions: BTreeMap::new(),
            accepted: BTreeSet::new(),
            sent: 0,
        };
        client.connect().await;
        client
    }

    /// Connects to a random node and resumes from the known positions.
    async fn connect(&mut self) {
        let node = self.random.below(self.app.nodes.len());
        let path = if self.positions.is_empty() {
            EVENTS
        } else {
            "/ws/events/?resume=true"
        };
        let (socket, hello) = self.app.open_socket(&self.user, node, path).await;
        self.socket = Some(socket);
        if self.positions.is_empty() {
            for (stream, at) in hello["streams"].as_object().unwrap() {
                let at = (at["seq"].as_i64().unwrap(), at["epoch"].as_i64().unwrap());
                self.positions.insert(stream.clone(), at);
            }
        } else {
            let known = self.positions.iter().map(|(stream, (seq, epoch))| {
                (stream.clone(), json!({"seq": seq, "epoch": epoch}))
            });
            let streams: serde_json::Map<String, Value> = known.collect();
            let response = self.act("resume", json!({"streams": streams})).await;
            assert_eq!(name(&response), "ack", "{response}");
        }
    }

    /// Executes an action, which is idempotent. It is retried if the server asks for a delay.
    async fn act(&mut self, action: &str, data: Value) -> Value {
        loop {
            let response = self.act_once(action, data.clone()).await;
            let Some(wait) = response["data"]["retry_after"].as_u64() else {
                return response;
            };
            tokio::time::sleep(Duration::from_secs(wait)).await;
        }
    }

    async fn act_once(&mut self, action: &str, data: Value) -> Value {
        let cid = self.send_action(action, data).await;
        loop {
            let frame = self.socket.as_mut().unwrap().next().await;
            if frame["data"]["cid"] == cid.as_str() {
                return frame;
            }
            self.take(&frame);
        }
    }

    async fn send_action(&mut self, action: &str, data: Value) -> String {
        self.socket
            .as_mut()
            .unwrap()
            .send_action(action, data)
            .await
    }

    /// Applies a frame to the state. Each durable one must be the next of its stream.
    fn take(&mut self, frame: &Value) {
        assert_ne!(name(frame), "resync", "{}: {frame}", self.user.name);
        if let Some(stream) = frame["stream"].as_str() {
            let (seq, epoch) = self.positions.get_mut(stream).expect("a known stream");
            assert_eq!(
                (frame["seq"].as_i64(), frame["epoch"].as_i64()),
                (Some(*seq + 1), Some(*epoch)),
                "{} missed an event or received it twice: {frame}",
                self.user.name
            );
            *seq += 1;
        }
        let data = &frame["data"];
        let Some(chat) = data["chat_id"]
            .as_str()
            .and_then(|chat| self.view.get_mut(chat))
        else {
            return;
        };
        let text = |key: &str| data[key].as_str().unwrap_or_default().to_owned();
        if name(frame) == "new_message" {
            let seen = Seen {
                seq: data["seq"].as_i64().unwrap(),
                sender: data["sender"]["id"].as_str().unwrap().to_owned(),
                client_id: text("client_id"),
                content: text("content"),
                ..Seen::default()
            };
            assert!(chat.insert(text("id"), seen).is_none(), "twice: {frame}");
            return;
        }
        let Some(seen) = chat.get_mut(&text("id")) else {
            return;
        };
        match name(frame) {
            "message_edited" => {
                seen.content = text("content");
                seen.edited = true;
            }
            "message_deleted" => {
                // Its content and likes are removed.
                seen.content = String::new();
                (seen.likes, seen.liked, seen.deleted) = (0, false, true);
            }
            "chat_like_update" => {
                seen.likes = data["like_count"].as_i64().unwrap();
                if data["user_id"] == self.id.as_str() {
                    seen.liked = data["is_liked"].as_bool().unwrap();
                }
            }
            _ => {}
        }
    }

    async fn step(&mut self) {
        match self.random.below(20) {
            0..8 => self.send().await,
            8..14 => self.like().await,
            14 | 15 => self.edit().await,
            16 => self.delete().await,
            17 => self.read().await,
            _ => {
                self.disconnect().await;
                self.connect().await;
            }
        }
    }

    /// Ends the connection with or without a close frame.
    async fn disconnect(&mut self) {
        let socket = self.socket.take().unwrap();
        if self.random.once_in(2) {
            socket.close().await;
        }
    }

    /// Sends a message. One time in five the connection is lost before the response; then the same message
    /// is sent again until it is acknowledged.
    async fn send(&mut self) {
        self.sent += 1;
        let client_id = format!("{}-{}", self.user.name, self.sent);
        let chat = self.random.one_of(&self.chats).clone();
        let content = format!("{client_id} says {}", self.random.below(1_000));
        let payload = json!({"chat_id": chat, "content": content, "client_id": client_id});
        if self.random.once_in(5) {
            self.send_action("new_message", payload.clone()).await;
            self.disconnect().await;
            self.connect().await;
        }
        let response = self.act("new_message", payload).await;
        assert_eq!(name(&response), "ack", "{response}");
        self.accepted.insert(client_id);
    }

    /// A random message of the state.
    fn pick_message(&mut self, wanted: impl Fn(&Self, &Seen) -> bool) -> Option<(String, String)> {
        let chat = self.random.one_of(&self.chats).clone();
        let fits = self.view[&chat]
            .iter()
            .filter(|(_, seen)| wanted(self, seen));
        let ids: Vec<String> = fits.map(|(id, _)| id.clone()).collect();
        if ids.is_empty() {
            return None;
        }
        Some((chat, self.random.one_of(&ids).clone()))
    }

    async fn like(&mut self) {
        if let Some((chat, id)) = self.pick_message(|me, seen| seen.sender != me.id) {
            let action = *self
                .random
                .one_of(&["like_message", "like_message", "unlike_message"]);
            let response = self.act(action, json!({"id": id, "chat_id": chat})).await;
            may_be_deleted(&response);
        }
    }

    async fn edit(&mut self) {
        if let Some((_, id)) = self.pick_message(|me, seen| seen.sender == me.id) {
            let content = format!("edited {}", self.random.below(1_000));
            let edit = json!({"id": id, "content": content});
            let response = self.act("edit_message", edit).await;
            may_be_deleted(&response);
        }
    }

    async fn delete(&mut self) {
        if let Some((_, id)) = self.pick_message(|me, seen| seen.sender == me.id) {
            let response = self.act("delete_message", json!({"id": id})).await;
            assert_eq!(name(&response), "ack", "{response}");
        }
    }

    async fn read(&mut self) {
        if let Some((_, id)) = self.pick_message(|_, _| true) {
            let response = self.act("read_message", json!({"id": id})).await;
            assert_eq!(name(&response), "ack", "{response}");
        }
    }

    /// Receives frames until the future completes.
    async fn receive_until(&mut self, end: impl Future<Output = BarrierWaitResult>) {
        let mut end = std::pin::pin!(end);
        loop {
            let frame = tokio::select! {
                _ = &mut end => return,
                frame = self.socket.as_mut().unwrap().next() => frame,
            };
            self.take(&frame);
        }
    }

    /// Receives frames up to the last message of each client in each chat.
    async fn receive_last_messages(&mut self, last: &BTreeMap<String, BTreeSet<String>>) {
        loop {
            let missing = last.iter().any(|(chat, cids)| {
                let Some(view) = self.view.get(chat) else {
                    return false;
                };
                let received = |mark: &String| view.values().any(|seen| seen.client_id == *mark);
                !cids.iter().all(received)
            });
            if !missing {
                return;
            }
            let frame = self.socket.as_mut().unwrap().next().await;
            self.take(&frame);
        }
    }

    /// The messages of a chat in the database.
    async fn stored(&self, chat: &str) -> BTreeMap<String, Seen> {
        let mut all = BTreeMap::new();
        let mut path = format!("/api/v1/chats/rooms/{chat}/messages/?limit=100");
        loop {
            let page = self.user.get(&path).await.expect(200).json();
            for message in page["data"].as_array().unwrap() {
                let text = |key: &str| message[key].as_str().unwrap_or_default().to_owned();
                let seen = Seen {
                    seq: message["seq"].as_i64().unwrap(),
                    sender: message["sender"]["id"].as_str().unwrap().to_owned(),
                    client_id: text("client_id"),
                    content: text("content"),
                    edited: !message["edited_at"].is_null(),
                    deleted: message["is_deleted"].as_bool().unwrap(),
                    likes: message["like_count"].as_i64().unwrap(),
                    liked: message["is_liked"].as_bool().unwrap(),
                };
                all.insert(text("id"), seen);
            }
            let Some(last) = page["data"].as_array().unwrap().last() else {
                return all;
            };
            let before = last["id"].as_str().unwrap();
            path = format!("/api/v1/chats/rooms/{chat}/messages/?limit=100&before={before}");
        }
    }
}

fn may_be_deleted(response: &Value) {
    let deleted = response["data"]["code"] == "chat.message_deleted";
    assert!(deleted || name(response) == "ack", "{response}");
}

/// Users, each a friend of the next one, and all members of one lobby.
async fn create_users(app: &App) -> (Vec<TestUser>, Vec<Vec<String>>) {
    let users = join_all(USERS.map(|name| app.user(name))).await;
    let mut chats = vec![vec![]; users.len()];
    for (one, user) in users.iter().enumerate() {
        let other = (one + 1) % users.len();
        let friend = &users[other];
        user.befriend(friend).await;
        let chat = user.chat_with(friend).await;
        chats[one].push(chat.clone());
        chats[other].push(chat);
        let joined = user
            .post("/api/v1/chats/lobbies/hall/join/", json!({}))
            .await;
        let lobby = joined.expect(200).data()["chat_id"].clone();
        chats[one].push(lobby.as_str().unwrap().to_owned());
    }
    (users, chats)
}

#[tokio::test]
async fn random_steps_of_concurrent_clients_converge_with_the_database() {
    // Rate limits are off, so that no client waits.
    for app in App::with().flag("--rate-limits", "off").deployments().await {
        let (users, chats) = create_users(&app).await;
        let app = Arc::new(app);
        let mut clients = vec![];
        for (seed, (user, chats)) in users.iter().zip(chats).enumerate() {
            clients.push(Client::new(&app, user, chats, seed as u64 + 11).await);
        }
        let all_done = Arc::new(Barrier::new(clients.len()));
        let walks = clients.into_iter().map(|mut client| {
            let all_done = all_done.clone();
            async move {
                for _ in 0..STEPS_OF_EACH {
                    client.step().await;
                }
                // The socket of a client that stops reading would be closed.
                client.receive_until(all_done.wait()).await;
                client
            }
        });
        let mut clients = run_together(walks).await;
        let last = send_last_messages(&mut clients).await;
        for client in &mut clients {
            client.receive_last_messages(&last).await;
        }
        compare(&app, &clients).await;
    }
}

/// Each client sends a last message to each of its chats, after all other events.
async fn send_last_messages(clients: &mut [Client]) -> BTreeMap<String, BTreeSet<String>> {
    let mut last: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for client in clients {
        for chat in client.chats.clone() {
            let mark = format!("last-{}-{chat}", client.user.name);
            let into = format!("/api/v1/chats/rooms/{chat}/messages/");
            let payload = json!({"content": "that was all", "client_id": mark});
            client.user.post(&into, payload).await.expect(201);
            client.accepted.insert(mark.clone());
            last.entry(chat).or_default().insert(mark);
        }
    }
    last
}

async fn compare(app: &App, clients: &[Client]) {
    let mut stored_marks = BTreeMap::new();
    for client in clients {
        for chat in &client.chats {
            let stored = client.stored(chat).await;
            let view = &client.view[chat];
            assert_eq!(
                view.len(),
                stored.len(),
                "{} in {}",
                client.user.name,
                app.name
            );
            for (id, seen) in view {
                assert_eq!(
                    Some(seen),
                    stored.get(id),
                    "{} in {}",
                    client.user.name,
                    app.name
                );
            }
            let mut places: Vec<i64> = stored.values().map(|seen| seen.seq).collect();
            places.sort_unstable();
            assert!(
                places.iter().copied().eq(1..=places.len() as i64),
                "one order without gaps"
            );
            stored_marks.extend(stored.into_iter().map(|(id, seen)| (id, seen.client_id)));
        }
    }
    let accepted: usize = clients.iter().map(|client| client.accepted.len()).sum();
    let cids: BTreeSet<&String> = stored_marks.values().collect();
    assert_eq!(
        (stored_marks.len(), cids.len()),
        (accepted, accepted),
        "each acknowledged message is stored once, in {}",
        app.name
    );
}
