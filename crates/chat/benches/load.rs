//! Throughput, latency and CPU time of direct messages: `cargo bench -p chat --bench load`. Optional
//! arguments are the seconds of each run and the numbers of callers (`-- 5 64 512`). CPU time is read
//! from `/proc`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    missing_docs,
    unused_crate_dependencies
)]

mod fixture;

use std::time::Duration;

use fixture::{ChatFixture, DATABASES, message, open};

fn main() {
    let arguments: Vec<u64> = std::env::args()
        .filter_map(|argument| argument.parse().ok())
        .collect();
    let seconds = arguments.first().copied().unwrap_or(5);
    let callers = match arguments.get(1..) {
        Some(given) if !given.is_empty() => given.to_vec(),
        _ => vec![1, 64, 512],
    };
    for kind in DATABASES {
        for callers in &callers {
            if let Some(fixture) = open(kind) {
                run(kind, &fixture, usize::try_from(*callers).unwrap(), seconds);
            }
        }
    }
}

fn run(kind: &str, fixture: &ChatFixture, callers: usize, seconds: u64) {
    let conversations = fixture.conversations(callers);
    // The first second warms caches and query plans up.
    measure(fixture, &conversations, Duration::from_secs(1));
    let before = cpu_seconds();
    let begin = fixture.env.monotonic();
    let mut delays = measure(fixture, &conversations, Duration::from_secs(seconds));
    let wall = (fixture.env.monotonic() - begin).as_secs_f64();
    let cpu = cpu_seconds() - before;
    delays.sort_unstable();
    let count = delays.len() as f64;
    let at = |share: f64| delays[((count - 1.0) * share) as usize].as_secs_f64() * 1e3;
    println!(
        "{kind:10} {callers:4} callers: {:6.0} messages/s, p50 {:6.2} ms, p99 {:6.2} ms, \
         {:.4} ms CPU each",
        count / wall,
        at(0.5),
        at(0.99),
        cpu * 1e3 / count,
    );
}

type Conversation = (kernel::Actor, contract::chat::ChatId);

fn measure(fixture: &ChatFixture, conversations: &[Conversation], time: Duration) -> Vec<Duration> {
    let until = fixture.env.monotonic() + time;
    fixture.runtime.block_on(async {
        let tasks: Vec<_> = conversations
            .iter()
            .map(|(actor, id)| {
                let (chat, env) = (fixture.chat.clone(), fixture.env.clone());
                let (actor, id) = (*actor, *id);
                tokio::spawn(async move {
                    let mut delays = Vec::new();
                    while env.monotonic() < until {
                        let begin = env.monotonic();
                        chat.send_message(&actor, message(id, &env)).await.unwrap();
                        delays.push(env.monotonic() - begin);
                    }
                    delays
                })
            })
            .collect();
        let mut all = Vec::new();
        for task in tasks {
            all.extend(task.await.unwrap());
        }
        all
    })
}

/// User and system time of this process; 0 without `/proc`.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let fields: Vec<f64> = after_name
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|n| n.parse().ok())
        .collect();
    fields.iter().sum::<f64>() / 100.0
}
