//! Messages between two users.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use e2e::usage::cpu_time_of;
use e2e::{App, RawSocket};
use serde_json::json;

use crate::latencies::{Latencies, listen, micros};
use crate::{EVENTS, user_with_future_friends};

/// Messages of each sender, fewer than the rate limit.
const OF_EACH: usize = 50;

/// Messages between two users: three hundred pairs, first waiting for each response, then not.
pub(crate) async fn direct(app: &App) {
    const PAIRS: usize = 300;
    let all = user_with_future_friends(app, PAIRS * 2).await;
    let mut runs = vec![];
    for pair in all.chunks(2) {
        pair[0].befriend(&pair[1]).await;
        let chat = pair[0].chat_with(&pair[1]).await;
        let last = app.nodes.len() - 1;
        let from = RawSocket::open(app.url(), EVENTS, &pair[0].access, None).await;
        let to = RawSocket::open(app.nodes[last].url(), EVENTS, &pair[1].access, None).await;
        runs.push((from, to, chat));
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    let latencies = Arc::new(Latencies::default());
    let start = Instant::now();
    let mut senders = vec![];
    for (from, to, chat) in runs {
        listen(to, &latencies, start);
        senders.push((from, chat));
    }
    let senders = exchange(app, "one by one", senders, 1, &latencies, start).await;
    // Until the rate limits are refilled.
    tokio::time::sleep(Duration::from_secs(6)).await;
    exchange(app, "all at once", senders, OF_EACH, &latencies, start).await;
}

/// Each sender sends all messages, `at_once` of them before waiting for the responses.
async fn exchange(
    app: &App,
    how: &str,
    senders: Vec<(RawSocket, String)>,
    at_once: usize,
    latencies: &Arc<Latencies>,
    start: Instant,
) -> Vec<(RawSocket, String)> {
    let count = senders.len() * OF_EACH;
    let now = latencies.messages.load(Ordering::Relaxed);
    latencies.delays.lock().unwrap().clear();
    let talks = senders
        .into_iter()
        .map(|(from, chat)| tokio::spawn(talk(from, chat, at_once, start)));
    let exchanged = async {
        let began = Instant::now();
        let talked = futures_util::future::join_all(talks).await;
        latencies.wait_for(now + count).await;
        (talked, began.elapsed())
    };
    let (spent, (talked, took)) = cpu_time_of(app, exchanged).await;
    println!(
        "{:<9} direct messages, {how}   {} per message, {:.0} per second beside the clients, delay p50 {:.1?} p99 {:.1?}",
        app.name,
        spent.per_operation(count),
        count as f64 / took.as_secs_f64(),
        latencies.percentile(50),
        latencies.percentile(99),
    );
    talked.into_iter().map(Result::unwrap).collect()
}

async fn talk(
    mut from: RawSocket,
    chat: String,
    at_once: usize,
    start: Instant,
) -> (RawSocket, String) {
    for _ in 0..OF_EACH / at_once {
        for _ in 0..at_once {
            let content = format!("Good evening; sent at {}", micros(start));
            let payload = json!({"chat_id": chat, "content": content});
            assert!(from.send("new_message", &payload, "cid").await);
        }
        let mut responded = 0;
        while responded < at_once {
            let frame = from.next_message().await.expect("an answer").payload;
            assert!(!frame.starts_with(br#"{"action":"error""#), "refused");
            responded += usize::from(frame.starts_with(br#"{"action":"ack""#));
        }
    }
    (from, chat)
}
