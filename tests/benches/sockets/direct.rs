//! Messages of two.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use e2e::usage::spent_by;
use e2e::{App, RawSocket};
use serde_json::json;

use crate::heard::{Heard, listen, micros};
use crate::{EVENTS, friends_to_be};

/// Messages that each sends to one other: fewer than may be sent at once.
const OF_EACH: usize = 50;

/// Messages of two, stored before they are told: three hundred pairs, who wait for each answer,
/// and then do not.
pub(crate) async fn direct(app: &App) {
    const PAIRS: usize = 300;
    let all = friends_to_be(app, PAIRS * 2).await;
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
    let heard = Arc::new(Heard::default());
    let start = Instant::now();
    let mut senders = vec![];
    for (from, to, chat) in runs {
        listen(to, &heard, start);
        senders.push((from, chat));
    }
    let senders = exchange(app, "one by one", senders, 1, &heard, start).await;
    // Until everybody may say as much again.
    tokio::time::sleep(Duration::from_secs(6)).await;
    exchange(app, "all at once", senders, OF_EACH, &heard, start).await;
}

/// Each sender says all they have to say, so many before they wait for the answers.
async fn exchange(
    app: &App,
    how: &str,
    senders: Vec<(RawSocket, String)>,
    at_once: usize,
    heard: &Arc<Heard>,
    start: Instant,
) -> Vec<(RawSocket, String)> {
    let count = senders.len() * OF_EACH;
    let so_far = heard.messages.load(Ordering::Relaxed);
    heard.delays.lock().unwrap().clear();
    let talks = senders
        .into_iter()
        .map(|(from, chat)| tokio::spawn(talk(from, chat, at_once, start)));
    let exchanged = async {
        let began = Instant::now();
        let talked = futures_util::future::join_all(talks).await;
        heard.wait_for(so_far + count).await;
        (talked, began.elapsed())
    };
    let (spent, (talked, took)) = spent_by(app, exchanged).await;
    println!(
        "{:<9} direct messages, {how}   {} per message, {:.0} per second beside the clients, delay p50 {:.1?} p99 {:.1?}",
        app.name,
        spent.each(count),
        count as f64 / took.as_secs_f64(),
        heard.percentile(50),
        heard.percentile(99),
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
            let said = json!({"chat_id": chat, "content": content});
            assert!(from.send("new_message", &said, "cid").await);
        }
        let mut answered = 0;
        while answered < at_once {
            let frame = from.next_message().await.expect("an answer").payload;
            assert!(!frame.starts_with(br#"{"action":"error""#), "refused");
            answered += usize::from(frame.starts_with(br#"{"action":"ack""#));
        }
    }
    (from, chat)
}
