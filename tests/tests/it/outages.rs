//! PostgreSQL goes away under two nodes: everybody is answered in time, and then all is as before.

use std::time::Duration;

use e2e::{Answer, App, PASSWORD, Person, Socket, name, until};
use serde_json::{Value, json};
use testkit::PrivatePostgres;
use tokio::task::JoinHandle;

const EVENTS: &str = "/ws/events/";
const PROFILE: &str = "/api/v1/users/profile/";
/// An answer takes four seconds at most, and more on a busy machine; without a deadline it takes
/// eighteen seconds or never comes.
const ANSWERED_WITHIN: Duration = Duration::from_secs(12);

struct Two {
    app: App,
    ada: Person,
    bob: Person,
    /// The request of somebody who wants to be a friend of ada's.
    request: String,
    at_ada: Socket,
    at_bob: Socket,
    chat: String,
}

async fn two(server: &PrivatePostgres) -> Option<Two> {
    let app = App::with().cluster_on(server)?;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    ada.befriend(&bob).await;
    let chat = ada.chat_with(&bob).await;
    let request = request_of(&app, &ada).await;
    let mut at_ada = app.greeted(&ada, 0, EVENTS).await.0;
    let mut at_bob = app.greeted(&bob, 1, EVENTS).await.0;
    at_ada.settled().await;
    at_bob.settled().await;
    Some(Two {
        app,
        ada,
        bob,
        request,
        at_ada,
        at_bob,
        chat,
    })
}

async fn request_of(app: &App, friend: &Person) -> String {
    let carl = app.person("carl").await;
    let to = json!({"username": friend.name});
    let sent = carl.post("/api/v1/friends/requests/", to).await.expect(201);
    let id = sent.data()["request"]["id"].clone();
    id.as_str().unwrap().to_owned()
}

async fn in_time<T>(answer: impl Future<Output = T>) -> T {
    let answered = tokio::time::timeout(ANSWERED_WITHIN, answer).await;
    answered.expect("no answer in time")
}

impl Two {
    async fn say(&mut self, text: &str) {
        let said = json!({"chat_id": self.chat, "content": text});
        self.at_ada.done("new_message", said).await;
        let heard = self.at_bob.next_named("new_message").await;
        assert_eq!(heard["data"]["content"], text);
    }

    /// Whatever needs the database is refused in time.
    async fn all_are_refused(&mut self) {
        let reads = (0..50).map(|n| {
            let who = [&self.ada, &self.bob][n % 2].again();
            tokio::spawn(async move { in_time(who.get(PROFILE)).await })
        });
        let asked: Vec<_> = reads.chain(self.calls()).collect();
        self.actions_are_refused().await;
        for one in asked {
            let answer = one.await.unwrap();
            answer.refused(503, "unavailable");
            assert!(!answer.header("retry-after").is_empty());
        }
        let opened = async {
            let mut new = self.app.socket(&self.bob, 1, EVENTS).await;
            new.first().await
        };
        assert_eq!(in_time(opened).await, Err(1013));
        let ready = self.app.visitor().get("/readyz").await;
        ready.refused(503, "not_ready");
        self.refusals_are_logged_now_and_then();
    }

    /// One line in thirty seconds, however many were refused.
    fn refusals_are_logged_now_and_then(&self) {
        for node in &self.app.nodes {
            let log = node.log();
            let of_refusal = |line: &&str| {
                [
                    "request refused",
                    "action refused",
                    "socket closed",
                    "not signed in",
                ]
                .iter()
                .any(|what| line.contains(what))
            };
            let lines: Vec<_> = log.lines().filter(of_refusal).collect();
            assert!((1..=4).contains(&lines.len()), "{lines:#?}");
        }
    }

    /// Calls that ask the database several times.
    fn calls(&self) -> impl Iterator<Item = JoinHandle<Answer>> {
        let (chat, request) = (&self.chat, &self.request);
        let calls = [
            (
                format!("/api/v1/chats/rooms/{chat}/messages/"),
                json!({"content": "lost"}),
            ),
            (
                format!("/api/v1/friends/requests/{request}/accept/"),
                json!({}),
            ),
            (
                "/api/v1/invites/".to_owned(),
                json!({"username": "bob", "game": "pong"}),
            ),
            (
                "/api/v1/token/".to_owned(),
                json!({"username": "ada", "password": PASSWORD}),
            ),
        ];
        let spawn = |(path, body): (String, Value)| {
            let ada = self.ada.again();
            tokio::spawn(async move { in_time(ada.post(&path, body)).await })
        };
        calls.map(spawn).into_iter()
    }

    /// Of ten actions that are sent at once each is answered in time and in order. A ping after
    /// five of them waits for no more than those.
    async fn actions_are_refused(&mut self) {
        let said = json!({"chat_id": self.chat, "content": "lost"});
        let mut marks = vec![];
        for n in 0..10 {
            marks.push(self.at_ada.mark("new_message", said.clone()).await);
            if n == 4 {
                self.at_ada.mark("ping", json!({})).await;
            }
        }
        let mut heard = vec![];
        let all_answered = async {
            while heard.len() < 11 {
                let frame = self.at_ada.next().await;
                if matches!(name(&frame), "pong" | "error") {
                    heard.push(frame);
                }
            }
        };
        in_time(all_answered).await;
        let pong = heard.iter().position(|frame| name(frame) == "pong");
        assert!(pong.is_some_and(|at| at <= 5), "{heard:#?}");
        heard.retain(|frame| name(frame) == "error");
        for (frame, mark) in heard.iter().zip(marks) {
            assert_eq!(frame["data"]["cid"], mark.as_str());
            assert_eq!(frame["data"]["code"], "unavailable", "{frame}");
            assert!(frame["data"]["retry_after"].is_u64(), "{frame}");
        }
    }

    /// All works again, and nothing of what was refused turns up.
    async fn heals(&mut self) {
        for person in [&self.ada, &self.bob] {
            until("requests are answered again", || async {
                person.get(PROFILE).await.status == 200
            })
            .await;
        }
        let said = json!({"chat_id": self.chat, "content": "again", "client_id": "after"});
        while name(&self.at_ada.ask("new_message", said.clone()).await) != "ack" {
            // Who asks again at once, and again, is taken for a flood.
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        let heard = self.at_bob.next_named("new_message").await;
        assert_eq!(heard["data"]["content"], "again");
        let (_, hello) = self.app.greeted(&self.bob, 0, EVENTS).await;
        assert!(hello.is_object());
    }
}

#[tokio::test]
async fn frozen_postgres_is_answered_in_time_and_heals() {
    let Some(server) = testkit::private_postgres() else {
        return;
    };
    let Some(mut two) = two(&server).await else {
        return;
    };
    two.say("before").await;
    server.freeze();
    two.all_are_refused().await;
    server.thaw();
    two.heals().await;
    two.say("after").await;
}

#[tokio::test]
async fn stopped_postgres_is_answered_in_time_and_heals() {
    let Some(server) = testkit::private_postgres() else {
        return;
    };
    let Some(mut two) = two(&server).await else {
        return;
    };
    two.say("before").await;
    server.stop();
    two.all_are_refused().await;
    server.restart();
    two.heals().await;
    two.say("after").await;
}
