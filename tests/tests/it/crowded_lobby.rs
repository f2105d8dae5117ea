//! A lobby with more messages than can be stored: senders are slowed down, and no socket is closed.

use std::collections::BTreeSet;
use std::time::Duration;

use e2e::{App, Socket, TestUser, run_together};
use futures_util::future::join_all;
use serde_json::{Value, json};

const USERS: usize = 10;
const SOCKETS_EACH: usize = 10;
/// Messages of each sender: together they send 1,600 a second for three seconds.
const MESSAGES_EACH: usize = 480;
const PAUSE: Duration = Duration::from_micros(6_250);

/// The results of a sender's messages.
#[derive(Default)]
struct Sent {
    stored: Vec<String>,
    refused: Vec<Value>,
}

impl Sent {
    fn responded(&self) -> usize {
        self.stored.len() + self.refused.len()
    }

    /// Records a response; other frames are skipped.
    fn receive(&mut self, text: &str) {
        let is_answer = text.contains(r#""type":"ack""#) || text.contains(r#""type":"error""#);
        if !is_answer {
            return;
        }
        let frame: Value = serde_json::from_str(text).unwrap();
        match frame["data"]["id"].as_str() {
            Some(id) => self.stored.push(id.to_owned()),
            None => self.refused.push(frame["data"].clone()),
        }
    }
}

/// Sends messages without waiting for responses, and then waits for all of them.
async fn talk(mut socket: Socket) -> (Socket, Sent) {
    let mut sent = Sent::default();
    let mut ticks = tokio::time::interval(PAUSE);
    let mut offered = 0;
    while sent.responded() < MESSAGES_EACH {
        tokio::select! {
            _ = ticks.tick(), if offered < MESSAGES_EACH => {
                socket.send_action("new_message", json!({"content": "hello there"})).await;
                offered += 1;
            }
            text = socket.next_text() => sent.receive(&text),
        }
    }
    (socket, sent)
}

/// Reads until the response to a ping; a closed socket fails the test.
async fn read_on(mut socket: Socket) {
    socket.send(json!({"type": "ping"})).await;
    while !socket.next_text().await.contains(r#""type":"pong""#) {}
}

/// The ids of all messages of a lobby.
async fn history(user: &TestUser, room: &str) -> BTreeSet<String> {
    let mut path = format!("/api/v1/chats/rooms/{room}/messages/?limit=100");
    let mut ids = BTreeSet::new();
    loop {
        let page = user.get(&path).await.expect(200).json();
        let rows = page["data"].as_array().unwrap().iter();
        ids.extend(rows.map(|row| row["id"].as_str().unwrap().to_owned()));
        let Some(next) = page["meta"]["next"].as_str() else {
            return ids;
        };
        path = next.replace("http://localhost:8080", "");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn send_message_in_a_crowded_lobby_slows_senders_and_closes_no_socket() {
    for app in App::with().flag("--rate-limits", "off").deployments().await {
        let users = (0..USERS).map(async |n| app.user(&format!("person{n}")).await);
        let users = join_all(users).await;
        let room = users[0]
            .put("/api/v1/chats/lobbies/crowd/", json!({}))
            .await;
        let room = room.expect(200).data()["chat_id"]
            .as_str()
            .unwrap()
            .to_owned();
        let (mut senders, mut readers) = (vec![], vec![]);
        for user in &users {
            for number in 0..SOCKETS_EACH {
                let socket = app
                    .open_socket(user, number, "/ws/chat/lobby/crowd/")
                    .await
                    .0;
                let group = if number == 0 {
                    &mut senders
                } else {
                    &mut readers
                };
                group.push(socket);
            }
        }
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let reading = readers.into_iter().map(move |mut socket| {
            let mut stopped = stopped.clone();
            async move {
                loop {
                    tokio::select! {
                        _ = stopped.changed() => return read_on(socket).await,
                        _ = socket.next_text() => {}
                    }
                }
            }
        });
        let reading = tokio::spawn(run_together(reading));
        let talked = run_together(senders.into_iter().map(talk)).await;
        stop.send(true).unwrap();
        reading.await.unwrap();
        let stored = history(&users[0], &room).await;
        let mut count = 0;
        for (socket, sent) in talked {
            read_on(socket).await;
            count += sent.stored.len();
            let lost: Vec<_> = sent
                .stored
                .iter()
                .filter(|id| !stored.contains(*id))
                .collect();
            assert!(
                lost.is_empty(),
                "{}: not in the history: {lost:?}",
                app.name
            );
            for refused in sent.refused {
                let code = refused["code"].as_str().unwrap();
                // `unavailable`: on a busy machine it waited longer than its deadline.
                let slows_down = [
                    "chat.busy",
                    "too_many_requests",
                    "overloaded",
                    "unavailable",
                ];
                assert!(slows_down.contains(&code), "{refused}");
                assert!(
                    refused["retry_after"]
                        .as_i64()
                        .is_some_and(|wait| wait >= 1)
                );
            }
        }
        assert!(count > 0, "{}: nothing was stored", app.name);
    }
}
