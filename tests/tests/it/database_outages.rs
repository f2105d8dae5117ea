//! Outages of PostgreSQL on two nodes: requests are refused in time, and the nodes recover.

use std::time::Duration;

use e2e::{App, PASSWORD, Response, Socket, TestUser, name, until};
use serde_json::{Value, json};
use testkit::PrivatePostgres;
use tokio::task::JoinHandle;

const EVENTS: &str = "/ws/events/";
const PROFILE: &str = "/api/v1/users/profile/";
/// A response takes at most four seconds, and longer on a busy machine; without a deadline it would take
/// eighteen seconds or never arrive.
const RESPONSE_LIMIT: Duration = Duration::from_secs(12);

struct AdaAndBob {
    app: App,
    ada: TestUser,
    bob: TestUser,
    /// The id of a friend request to Ada.
    request: String,
    ada_socket: Socket,
    bob_socket: Socket,
    chat: String,
}

async fn ada_and_bob(server: &PrivatePostgres) -> Option<AdaAndBob> {
    let app = App::with().cluster_on(server)?;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    ada.befriend(&bob).await;
    let chat = ada.chat_with(&bob).await;
    let request = request_of(&app, &ada).await;
    let mut ada_socket = app.open_socket(&ada, 0, EVENTS).await.0;
    let mut bob_socket = app.open_socket(&bob, 1, EVENTS).await.0;
    ada_socket.sync().await;
    bob_socket.sync().await;
    Some(AdaAndBob {
        app,
        ada,
        bob,
        request,
        ada_socket,
        bob_socket,
        chat,
    })
}

async fn request_of(app: &App, friend: &TestUser) -> String {
    let carl = app.user("carl").await;
    let to = json!({"username": friend.name});
    let sent = carl.post("/api/v1/friends/requests/", to).await.expect(201);
    let id = sent.data()["request"]["id"].clone();
    id.as_str().unwrap().to_owned()
}

async fn in_time<T>(response: impl Future<Output = T>) -> T {
    let responded = tokio::time::timeout(RESPONSE_LIMIT, response).await;
    responded.expect("no answer in time")
}

impl AdaAndBob {
    async fn send_message(&mut self, text: &str) {
        let payload = json!({"chat_id": self.chat, "content": text});
        self.ada_socket.expect_ack("new_message", payload).await;
        let received = self.bob_socket.next_event("new_message").await;
        assert_eq!(received["data"]["content"], text);
    }

    /// Everything that needs the database is refused in time.
    async fn assert_all_refused(&mut self) {
        let reads = (0..50).map(|n| {
            let who = [&self.ada, &self.bob][n % 2].duplicate();
            tokio::spawn(async move { in_time(who.get(PROFILE)).await })
        });
        let asked: Vec<_> = reads.chain(self.calls()).collect();
        self.assert_actions_refused().await;
        for one in asked {
            let response = one.await.unwrap();
            response.expect_error(503, "unavailable");
            assert!(!response.header("retry-after").is_empty());
        }
        let opened = async {
            let mut new = self.app.connect_socket(&self.bob, 1, EVENTS).await;
            new.first().await
        };
        assert_eq!(in_time(opened).await, Err(1013));
        let ready = self.app.anonymous().get("/readyz").await;
        ready.expect_error(503, "not_ready");
        self.assert_refusals_logged_sometimes();
    }

    /// There is one log line in thirty seconds, however many requests were refused.
    fn assert_refusals_logged_sometimes(&self) {
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

    /// Requests with several database calls.
    fn calls(&self) -> impl Iterator<Item = JoinHandle<Response>> {
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
            let ada = self.ada.duplicate();
            tokio::spawn(async move { in_time(ada.post(&path, body)).await })
        };
        calls.map(spawn).into_iter()
    }

    /// Ten actions that are sent at once are refused in time and in order. A ping after five of them waits
    /// only for those.
    async fn assert_actions_refused(&mut self) {
        let payload = json!({"chat_id": self.chat, "content": "lost"});
        let mut cids = vec![];
        for n in 0..10 {
            cids.push(
                self.ada_socket
                    .send_action("new_message", payload.clone())
                    .await,
            );
            if n == 4 {
                self.ada_socket.send_action("ping", json!({})).await;
            }
        }
        let mut received = vec![];
        let all_answered = async {
            while received.len() < 11 {
                let frame = self.ada_socket.next().await;
                if matches!(name(&frame), "pong" | "error") {
                    received.push(frame);
                }
            }
        };
        in_time(all_answered).await;
        let pong = received.iter().position(|frame| name(frame) == "pong");
        assert!(pong.is_some_and(|at| at <= 5), "{received:#?}");
        received.retain(|frame| name(frame) == "error");
        for (frame, mark) in received.iter().zip(cids) {
            assert_eq!(frame["data"]["cid"], mark.as_str());
            assert_eq!(frame["data"]["code"], "unavailable", "{frame}");
            assert!(frame["data"]["retry_after"].is_u64(), "{frame}");
        }
    }

    /// Everything works again, and refused requests have had no effect.
    async fn wait_for_recovery(&mut self) {
        for user in [&self.ada, &self.bob] {
            until("requests are answered again", || async {
                user.get(PROFILE).await.status == 200
            })
            .await;
        }
        let payload = json!({"chat_id": self.chat, "content": "again", "client_id": "after"});
        while name(&self.ada_socket.act("new_message", payload.clone()).await) != "ack" {
            // Retrying without delay would exceed the limit of frames.
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        let received = self.bob_socket.next_event("new_message").await;
        assert_eq!(received["data"]["content"], "again");
        let (_, hello) = self.app.open_socket(&self.bob, 0, EVENTS).await;
        assert!(hello.is_object());
    }
}

#[tokio::test]
async fn freeze_postgres_refuses_in_time_and_recovers() {
    let Some(server) = testkit::private_postgres() else {
        return;
    };
    let Some(mut pair) = ada_and_bob(&server).await else {
        return;
    };
    pair.send_message("before").await;
    server.freeze();
    pair.assert_all_refused().await;
    server.thaw();
    pair.wait_for_recovery().await;
    pair.send_message("after").await;
}

#[tokio::test]
async fn stop_postgres_refuses_in_time_and_recovers() {
    let Some(server) = testkit::private_postgres() else {
        return;
    };
    let Some(mut pair) = ada_and_bob(&server).await else {
        return;
    };
    pair.send_message("before").await;
    server.stop();
    pair.assert_all_refused().await;
    server.restart();
    pair.wait_for_recovery().await;
    pair.send_message("after").await;
}
