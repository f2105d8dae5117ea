//! A thousand steps of several people at once: send, like, edit, delete, read, lose the connection
//! at any moment, come back on another node and catch up. Afterwards what each has gathered from
//! events alone is what the database says.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use e2e::{App, Draw, Person, Socket, name, run_together};
use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::sync::{Barrier, BarrierWaitResult};

const PEOPLE: [&str; 10] = [
    "ada", "bob", "cid", "eve", "fay", "gus", "ida", "joe", "kim", "leo",
];
const STEPS_OF_EACH: usize = 100;
const EVENTS: &str = "/ws/events/";

/// A message as events tell of it.
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

/// One person with one socket, and what they have gathered.
struct Client {
    app: Arc<App>,
    person: Person,
    id: String,
    draw: Draw,
    socket: Option<Socket>,
    chats: Vec<String>,
    positions: BTreeMap<String, (i64, i64)>,
    view: BTreeMap<String, BTreeMap<String, Seen>>,
    /// Marks of messages that were acknowledged.
    accepted: BTreeSet<String>,
    sent: usize,
}

impl Client {
    async fn new(app: &Arc<App>, person: &Person, chats: Vec<String>, seed: u64) -> Self {
        let profile = person.get("/api/v1/users/profile/").await.data();
        let mut client = Self {
            app: Arc::clone(app),
            person: person.again(),
            id: profile["id"].as_str().unwrap().to_owned(),
            draw: Draw::new(seed),
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

    /// Comes to any node; with what it knows already it catches up.
    async fn connect(&mut self) {
        let node = self.draw.below(self.app.nodes.len());
        let path = if self.positions.is_empty() {
            EVENTS
        } else {
            "/ws/events/?resume=true"
        };
        let (socket, hello) = self.app.greeted(&self.person, node, path).await;
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
            let answer = self.ask("resume", json!({"streams": streams})).await;
            assert_eq!(name(&answer), "ack", "{answer}");
        }
    }

    /// Does something; again where the server says that it has to wait: doing it twice changes
    /// nothing.
    async fn ask(&mut self, action: &str, data: Value) -> Value {
        loop {
            let answer = self.ask_once(action, data.clone()).await;
            let Some(wait) = answer["data"]["retry_after"].as_u64() else {
                return answer;
            };
            tokio::time::sleep(Duration::from_secs(wait)).await;
        }
    }

    async fn ask_once(&mut self, action: &str, data: Value) -> Value {
        let cid = self.mark(action, data).await;
        loop {
            let frame = self.socket.as_mut().unwrap().next().await;
            if frame["data"]["cid"] == cid.as_str() {
                return frame;
            }
            self.take(&frame);
        }
    }

    async fn mark(&mut self, action: &str, data: Value) -> String {
        self.socket.as_mut().unwrap().mark(action, data).await
    }

    /// Takes a frame into the view. Each durable one must be the very next of its stream.
    fn take(&mut self, frame: &Value) {
        assert_ne!(name(frame), "resync", "{}: {frame}", self.person.name);
        if let Some(stream) = frame["stream"].as_str() {
            let (seq, epoch) = self.positions.get_mut(stream).expect("a known stream");
            assert_eq!(
                (frame["seq"].as_i64(), frame["epoch"].as_i64()),
                (Some(*seq + 1), Some(*epoch)),
                "{} missed something or heard it twice: {frame}",
                self.person.name
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
                // What it said is gone, and whoever liked that.
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
        match self.draw.below(20) {
            0..8 => self.send().await,
            8..14 => self.like().await,
            14 | 15 => self.edit().await,
            16 => self.delete().await,
            17 => self.read().await,
            _ => {
                self.lose().await;
                self.connect().await;
            }
        }
    }

    /// The connection breaks, or the client says good-bye.
    async fn lose(&mut self) {
        let socket = self.socket.take().unwrap();
        if self.draw.once_in(2) {
            socket.leave().await;
        }
    }

    /// Sends a message. One time in five the connection breaks before the answer; then the same
    /// message is sent again until it is acknowledged.
    async fn send(&mut self) {
        self.sent += 1;
        let client_id = format!("{}-{}", self.person.name, self.sent);
        let chat = self.draw.one_of(&self.chats).clone();
        let content = format!("{client_id} says {}", self.draw.below(1_000));
        let said = json!({"chat_id": chat, "content": content, "client_id": client_id});
        if self.draw.once_in(5) {
            self.mark("new_message", said.clone()).await;
            self.lose().await;
            self.connect().await;
        }
        let answer = self.ask("new_message", said).await;
        assert_eq!(name(&answer), "ack", "{answer}");
        self.accepted.insert(client_id);
    }

    /// Some message of the view.
    fn some_message(&mut self, wanted: impl Fn(&Self, &Seen) -> bool) -> Option<(String, String)> {
        let chat = self.draw.one_of(&self.chats).clone();
        let fits = self.view[&chat]
            .iter()
            .filter(|(_, seen)| wanted(self, seen));
        let ids: Vec<String> = fits.map(|(id, _)| id.clone()).collect();
        if ids.is_empty() {
            return None;
        }
        Some((chat, self.draw.one_of(&ids).clone()))
    }

    async fn like(&mut self) {
        if let Some((chat, id)) = self.some_message(|me, seen| seen.sender != me.id) {
            let action = *self
                .draw
                .one_of(&["like_message", "like_message", "unlike_message"]);
            let answer = self.ask(action, json!({"id": id, "chat_id": chat})).await;
            may_be_deleted(&answer);
        }
    }

    async fn edit(&mut self) {
        if let Some((_, id)) = self.some_message(|me, seen| seen.sender == me.id) {
            let content = format!("edited {}", self.draw.below(1_000));
            let edit = json!({"id": id, "content": content});
            let answer = self.ask("edit_message", edit).await;
            may_be_deleted(&answer);
        }
    }

    async fn delete(&mut self) {
        if let Some((_, id)) = self.some_message(|me, seen| seen.sender == me.id) {
            let answer = self.ask("delete_message", json!({"id": id})).await;
            assert_eq!(name(&answer), "ack", "{answer}");
        }
    }

    async fn read(&mut self) {
        if let Some((_, id)) = self.some_message(|_, _| true) {
            let answer = self.ask("read_message", json!({"id": id})).await;
            assert_eq!(name(&answer), "ack", "{answer}");
        }
    }

    /// Hears everything that comes until then.
    async fn hear_until(&mut self, end: impl Future<Output = BarrierWaitResult>) {
        let mut end = std::pin::pin!(end);
        loop {
            let frame = tokio::select! {
                _ = &mut end => return,
                frame = self.socket.as_mut().unwrap().next() => frame,
            };
            self.take(&frame);
        }
    }

    /// Hears everything up to the last words of everybody in each chat.
    async fn hear_the_end(&mut self, last: &BTreeMap<String, BTreeSet<String>>) {
        loop {
            let missing = last.iter().any(|(chat, marks)| {
                let Some(view) = self.view.get(chat) else {
                    return false;
                };
                let heard = |mark: &String| view.values().any(|seen| seen.client_id == *mark);
                !marks.iter().all(heard)
            });
            if !missing {
                return;
            }
            let frame = self.socket.as_mut().unwrap().next().await;
            self.take(&frame);
        }
    }

    /// A chat as the database has it.
    async fn stored(&self, chat: &str) -> BTreeMap<String, Seen> {
        let mut all = BTreeMap::new();
        let mut path = format!("/api/v1/chats/rooms/{chat}/messages/?limit=100");
        loop {
            let page = self.person.get(&path).await.expect(200).json();
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

fn may_be_deleted(answer: &Value) {
    let deleted = answer["data"]["code"] == "chat.message_deleted";
    assert!(deleted || name(answer) == "ack", "{answer}");
}

/// Everybody is a friend of the next one, and all keep one lobby.
async fn people(app: &App) -> (Vec<Person>, Vec<Vec<String>>) {
    let people = join_all(PEOPLE.map(|name| app.person(name))).await;
    let mut chats = vec![vec![]; people.len()];
    for (one, person) in people.iter().enumerate() {
        let other = (one + 1) % people.len();
        let friend = &people[other];
        person.befriend(friend).await;
        let chat = person.chat_with(friend).await;
        chats[one].push(chat.clone());
        chats[other].push(chat);
        let joined = person
            .post("/api/v1/chats/lobbies/hall/join/", json!({}))
            .await;
        let lobby = joined.expect(200).data()["chat_id"].clone();
        chats[one].push(lobby.as_str().unwrap().to_owned());
    }
    (people, chats)
}

#[tokio::test]
async fn after_a_thousand_steps_every_view_equals_the_database() {
    // Nobody waits here until they may tell others more.
    for app in App::with().flag("--rate-limits", "off").each().await {
        let (people, chats) = people(&app).await;
        let app = Arc::new(app);
        let mut clients = vec![];
        for (seed, (person, chats)) in people.iter().zip(chats).enumerate() {
            clients.push(Client::new(&app, person, chats, seed as u64 + 11).await);
        }
        let all_done = Arc::new(Barrier::new(clients.len()));
        let walks = clients.into_iter().map(|mut client| {
            let all_done = all_done.clone();
            async move {
                for _ in 0..STEPS_OF_EACH {
                    client.step().await;
                }
                // Who stopped reading would be let go.
                client.hear_until(all_done.wait()).await;
                client
            }
        });
        let mut clients = run_together(walks).await;
        let last = last_words(&mut clients).await;
        for client in &mut clients {
            client.hear_the_end(&last).await;
        }
        compare(&app, &clients).await;
    }
}

/// Everybody says one more thing in each of their chats, which comes after all that was done.
async fn last_words(clients: &mut [Client]) -> BTreeMap<String, BTreeSet<String>> {
    let mut last: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for client in clients {
        for chat in client.chats.clone() {
            let mark = format!("last-{}-{chat}", client.person.name);
            let into = format!("/api/v1/chats/rooms/{chat}/messages/");
            let said = json!({"content": "that was all", "client_id": mark});
            client.person.post(&into, said).await.expect(201);
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
                client.person.name,
                app.name
            );
            for (id, seen) in view {
                assert_eq!(
                    Some(seen),
                    stored.get(id),
                    "{} in {}",
                    client.person.name,
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
    let marks: BTreeSet<&String> = stored_marks.values().collect();
    assert_eq!(
        (stored_marks.len(), marks.len()),
        (accepted, accepted),
        "each acknowledged message is stored once, in {}",
        app.name
    );
}
