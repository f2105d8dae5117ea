//! Background jobs of many messages.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use e2e::{App, until};
use serde_json::json;

const CHATS: usize = 20;
const MESSAGES: usize = 400;

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    count: i64,
}

/// The number of queued jobs of messages in the table.
pub(crate) fn queued(app: &App) -> i64 {
    let count = diesel::sql_query(
        "SELECT count(*) AS count FROM jobs \
         WHERE kind IN ('chat.call', 'notify', 'notify.settle')",
    );
    let url = app.database_url();
    let found: Count = match url.strip_prefix("sqlite:") {
        Some(file) => {
            let mut connection = diesel::SqliteConnection::establish(file).unwrap();
            connection
                .batch_execute("PRAGMA busy_timeout = 10000")
                .unwrap();
            count.get_result(&mut connection).unwrap()
        }
        None => {
            let mut connection = diesel::PgConnection::establish(url).unwrap();
            count.get_result(&mut connection).unwrap()
        }
    };
    found.count
}

/// The waiting jobs in the metrics of all nodes.
async fn waiting_jobs(app: &App) -> f64 {
    let mut most = 0.0_f64;
    for node in &app.nodes {
        let request = e2e::client().get(format!("{}/metrics", node.url()));
        let text = request.send().await.unwrap().text().await.unwrap();
        let mut lines = text.lines();
        let line = lines.find_map(|line| line.strip_prefix("courtside_jobs_waiting "));
        most = most.max(line.map_or(f64::INFINITY, |count| count.parse().unwrap()));
    }
    most
}

#[tokio::test]
async fn send_many_messages_creates_one_notification_per_chat() {
    for app in App::with().flag("--rate-limits", "off").deployments().await {
        let ada = app.user("ada").await;
        let mut friends = vec![];
        for number in 0..CHATS {
            let friend = app.user(&format!("friend{number}")).await;
            ada.befriend(&friend).await;
            friends.push((ada.chat_with(&friend).await, friend));
        }
        let sends = (0..MESSAGES).map(|number| {
            let chat = &friends[number % CHATS].0;
            let path = format!("/api/v1/chats/rooms/{chat}/messages/");
            let (ada, words) = (&ada, json!({"content": format!("message {number}")}));
            async move { ada.post(&path, words).await.expect(201) }
        });
        futures_util::future::join_all(sends).await;
        for (_, friend) in &friends {
            let is_notified = || async {
                let path = "/api/v1/notifications/?unread=true&action=new_message";
                friend.get(path).await.json()["meta"]["total"] == 1
            };
            until("each is notified once", is_notified).await;
        }
        until("the queue is empty", async || queued(&app) == 0).await;
        until("the metrics say so", async || {
            waiting_jobs(&app).await == 0.0
        })
        .await;
        for (_, friend) in &friends {
            let counts = friend.get("/api/v1/chats/unread/").await.data();
            assert_eq!(counts["total"], MESSAGES / CHATS, "{counts}");
        }
    }
}
