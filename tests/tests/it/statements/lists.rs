//! Lists take as many statements for many rows as for one.

use e2e::{TestUser, until};
use futures_util::future::join_all;
use serde_json::json;

use super::invites::invited;
use super::meter::{Meter, operation_of};
use super::{Engine, id_in, write};

const MANY: usize = 25;
/// The most statements of the home page.
const MAX_OF_HOME: u64 = 10;

pub(super) async fn compare(engine: Engine) {
    let Some(app) = super::app(engine) else {
        return;
    };
    let meter = Meter::new(&app);
    let others = join_all((0..MANY).map(async |n| app.user(&format!("other{n}")).await));
    let (one, many, others) = tokio::join!(app.user("one"), app.user("many"), others);
    let few = Lists::of(&meter, one, &others[..1]);
    Box::pin(few.measure()).await;
    let many = Lists::of(&meter, many, &others);
    Box::pin(many.measure()).await;
    let measured = meter.into_measured();
    let case = format!("({MANY} rows)");
    let mut worse = vec![];
    for (label, cost) in measured.iter().filter(|(label, _)| label.ends_with(&case)) {
        let operation = operation_of(label);
        let for_one = measured[&format!("{operation} (1 rows)")];
        if *cost != for_one {
            worse.push(format!(
                "{operation}: {for_one:?}, for {MANY} rows {cost:?}"
            ));
        }
    }
    assert!(worse.is_empty(), "{}:\n{}", app.name, worse.join("\n"));
    let home = measured[&format!("GET /api/v1/home/ {case}")];
    assert!(home.statements <= MAX_OF_HOME, "{}: {home:?}", app.name);
}

/// A user whose lists have a row for each of the others.
struct Lists<'a> {
    meter: &'a Meter<'a>,
    owner: TestUser,
    others: &'a [TestUser],
}

impl<'a> Lists<'a> {
    fn of(meter: &'a Meter<'a>, owner: TestUser, others: &'a [TestUser]) -> Self {
        Self {
            meter,
            owner,
            others,
        }
    }

    /// Measures a list, which must contain all rows.
    async fn list(&self, path: &str, values: &[&str]) {
        let rows = self.others.len();
        let sign = if path.contains('?') { '&' } else { '?' };
        let label = format!("GET {path}{sign}limit=50 ({rows} rows)");
        let listed = self.meter.read(&self.owner, &label, values).await.json();
        assert_eq!(listed["meta"]["total"], rows, "{path}");
        assert_eq!(listed["data"].as_array().unwrap().len(), rows, "{path}");
    }

    async fn measure(mut self) {
        self.requests().await;
        let room = self.conversations().await;
        self.sessions().await;
        join_all(self.others.iter().map(|other| invited(other, &self.owner))).await;
        until("all were notified", async || {
            let path = "/api/v1/notifications/?unread=true&action=new_message";
            self.owner.get(path).await.json()["meta"]["total"] == self.others.len()
        })
        .await;
        for path in [
            "/api/v1/chats/",
            "/api/v1/chats/rooms/",
            "/api/v1/friends/",
            "/api/v1/invites/",
            "/api/v1/invites/inbox/",
            "/api/v1/auth/sessions/",
            "/api/v1/notifications/?action=new_message",
        ] {
            self.list(path, &[]).await;
        }
        let first = self.others[0].name.as_str();
        self.list("/api/v1/chats/{username}/messages/", &[first])
            .await;
        for path in ["messages/", "members/"] {
            let path = format!("/api/v1/chats/rooms/{{id}}/{path}");
            self.list(&path, &[&room]).await;
        }
        let home = format!("GET /api/v1/home/ ({} rows)", self.others.len());
        self.meter.read(&self.owner, &home, &[]).await;
        self.blocks().await;
    }

    /// Friend requests of the others, which are accepted.
    async fn requests(&self) {
        let named = json!({"username": self.owner.name});
        let ask = async |other: &TestUser| {
            let asked = other.post("/api/v1/friends/requests/", named.clone()).await;
            id_in(&asked.expect(201).data()["request"])
        };
        let requests = join_all(self.others.iter().map(ask)).await;
        self.list("/api/v1/friends/requests/", &[]).await;
        let accept = async |id: String| {
            let path = format!("/api/v1/friends/requests/{id}/accept/");
            self.owner.post(&path, json!({})).await.expect(200);
        };
        join_all(requests.into_iter().map(accept)).await;
    }

    /// A conversation with each, one with many messages, and as many lobbies, one with many members, whose
    /// id is returned.
    async fn conversations(&self) -> String {
        let (owner, name) = (&self.owner, &self.owner.name);
        let first = self.others[0].chat_with(owner).await;
        let lobby = format!("{name}-0");
        let rooms = self.others.iter().enumerate().map(async |(number, other)| {
            let chat = other.chat_with(owner).await;
            let text = format!("message {number}");
            if number > 0 {
                write(owner, &first, &text).await;
                write(other, &chat, &text).await;
            }
            let path = format!("/api/v1/chats/lobbies/{name}-{number}/join/");
            let room = owner.post(&path, json!({})).await.expect(200).data();
            room["chat_id"].as_str().unwrap().to_owned()
        });
        let room = join_all(rooms).await.swap_remove(0);
        let members = self.others.iter().skip(1).map(async |other| {
            let path = format!("/api/v1/chats/lobbies/{lobby}/join/");
            other.post(&path, json!({})).await.expect(200);
        });
        join_all(members).await;
        let texts = self.others.iter().map(|other| write(other, &room, "hello"));
        join_all(texts).await;
        // A message of the owner marks earlier ones as read.
        write(&self.others[0], &first, "unread").await;
        room
    }

    async fn sessions(&mut self) {
        for _ in self.others.iter().skip(1) {
            self.owner.log_in().await;
        }
    }

    async fn blocks(&self) {
        let block = async |other: &TestUser| {
            let body = json!({"username": other.name});
            self.owner.post("/api/v1/blocks/", body).await.expect(201);
        };
        join_all(self.others.iter().map(block)).await;
        self.list("/api/v1/blocks/", &[]).await;
    }
}
