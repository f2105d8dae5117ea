//! CPU time and memory of the server for sockets: `cargo bench -p e2e --bench sockets`. Words after `--`
//! select benchmarks, such as `-- embedded lobby 500`.
//!
//! CPU time is that of the server processes alone (user and system, from the kernel's own count);
//! the clients run in this process and are not counted, nor are PostgreSQL and Redis. Memory is the
//! resident set. The method and figures are in `tests/benches/README.md`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    missing_docs
)]

mod bare;
mod direct;
mod latencies;
mod lobby;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use e2e::usage::{cpu, cpu_time_of, memory_of};
use e2e::{App, RawSocket, TestUser};
use serde_json::json;

/// Maximum number of sockets of a user on a node.
const OF_ONE: usize = 30;
const EVENTS: &str = "/ws/events/";

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let wanted = SelectedBenches(std::env::args().skip(1).collect());
    let works = wanted.among(&["bare", "lobby", "direct", "connect", "memory", "presence"]);
    if works.contains(&"bare") {
        for members in wanted.among(&["100", "500"]) {
            let members = members.parse().unwrap();
            let (rate, pause) = lobby::pace(members);
            bare::lobby(members, rate, pause).await;
        }
        for count in [100, 1_000] {
            bare::matches(count).await;
        }
    }
    for kind in wanted.among(&["embedded", "cluster"]) {
        for what in &works {
            match *what {
                "bare" => {}
                "lobby" => {
                    for size in wanted.among(&["2", "100", "500", "5000"]) {
                        let members = size.parse().unwrap();
                        on(kind, |app| async move { lobby::lobby(&app, members).await }).await;
                    }
                }
                "direct" => on(kind, |app| async move { direct::direct(&app).await }).await,
                "connect" => on(kind, |app| async move { connect(&app).await }).await,
                "memory" => on(kind, |app| async move { memory(&app).await }).await,
                _ => on(kind, |app| async move { presence(&app).await }).await,
            }
        }
    }
}

/// The selecting words: deployments, benchmarks, sizes of lobbies. Without a word of a kind, all are
/// selected.
struct SelectedBenches(Vec<String>);

impl SelectedBenches {
    fn among<'a>(&self, all: &[&'a str]) -> Vec<&'a str> {
        let is_named = |one: &&str| self.0.iter().any(|word| word == one);
        let named: Vec<_> = all.iter().copied().filter(|one| is_named(one)).collect();
        if named.is_empty() {
            all.to_vec()
        } else {
            named
        }
    }
}

/// Measures on a new deployment of this kind, if this machine can run it.
async fn on<F: Future<Output = ()>>(kind: &str, measure: impl FnOnce(App) -> F) {
    let with = App::with().flag("--email-verification", "optional");
    let app = match kind {
        "embedded" => Some(with.embedded()),
        _ => with.cluster(2),
    };
    if let Some(app) = app {
        measure(app).await;
    }
}

/// Logged-in users with verified addresses.
async fn user_with_future_friends(app: &App, count: usize) -> Vec<TestUser> {
    let mut all = vec![];
    while all.len() < count {
        let some = (all.len()..count.min(all.len() + 4)).map(|n| async move {
            let name = format!("friend{n}");
            app.user(&name).await
        });
        all.extend(futures_util::future::join_all(some).await);
    }
    all
}

/// Logged-in users.
async fn create_users(app: &App, count: usize) -> Vec<TestUser> {
    let mut all = vec![];
    while all.len() < count {
        let some = (all.len()..count.min(all.len() + 4)).map(|n| {
            let mut user = app.anonymous();
            async move {
                user.register(&format!("person{n}")).await;
                user.log_in().await;
                user
            }
        });
        all.extend(futures_util::future::join_all(some).await);
    }
    all
}

/// Opens the nth of many sockets, spread over users and nodes.
async fn open(app: &App, users: &[TestUser], n: usize, path: &str) -> RawSocket {
    let user = &users[n / OF_ONE];
    let node = app.nodes[n % app.nodes.len()].url();
    let mut socket = RawSocket::open(node, path, &user.access, None).await;
    let hello = socket.next_message().await.expect("a greeting");
    assert_eq!(hello.opcode, 1, "{:?}", hello.close_code());
    socket
}

async fn open_all(app: &App, users: &[TestUser], count: usize, path: &str) -> Vec<RawSocket> {
    let mut all = Vec::with_capacity(count);
    while all.len() < count {
        let some = (all.len()..count.min(all.len() + 32)).map(|n| open(app, users, n, path));
        all.extend(futures_util::future::join_all(some).await);
    }
    all
}

/// Sockets that are opened, greeted and closed.
async fn connect(app: &App) {
    const COUNT: usize = 3_000;
    let users = create_users(app, 100).await;
    let connect_all = async {
        let began = Instant::now();
        for round in 0..COUNT / users.len() {
            for some in users.chunks(20) {
                let opened = some.iter().enumerate().map(|(n, user)| {
                    let node = app.nodes[(n + round) % app.nodes.len()].url();
                    async move {
                        let mut socket = RawSocket::open(node, EVENTS, &user.access, None).await;
                        assert_eq!(socket.next_message().await.unwrap().opcode, 1);
                        socket
                    }
                });
                drop(futures_util::future::join_all(opened).await);
            }
        }
        began.elapsed()
    };
    let (spent, took) = cpu_time_of(app, connect_all).await;
    println!(
        "{:<9} connect, greeting, end      {} per socket, {:.0} per second",
        app.name,
        spent.per_operation(COUNT),
        COUNT as f64 / took.as_secs_f64(),
    );
}

/// Memory of idle sockets.
async fn memory(app: &App) {
    let count = 9_000 * app.nodes.len();
    let users = create_users(app, count.div_ceil(OF_ONE)).await;
    let before: u64 = app.nodes.iter().map(|node| memory_of(node.pid())).sum();
    let sockets = open_all(app, &users, count, EVENTS).await;
    tokio::time::sleep(Duration::from_secs(15)).await;
    let after: u64 = app.nodes.iter().map(|node| memory_of(node.pid())).sum();
    let busy = cpu(app);
    tokio::time::sleep(Duration::from_secs(20)).await;
    println!(
        "{:<9} {count} idle sockets        {:>9.2} KiB each; {:?} CPU in 20 s",
        app.name,
        (after - before) as f64 / count as f64,
        cpu(app) - busy,
    );
    drop(sockets);
}

/// A user with many connected friends, who connects and disconnects.
async fn presence(app: &App) {
    const FRIENDS: usize = 1_000;
    let all = user_with_future_friends(app, FRIENDS + 1).await;
    let (star, friends) = all.split_first().unwrap();
    for friend in friends {
        friend.befriend(star).await;
    }
    let latencies = Arc::new(AtomicUsize::new(0));
    for (n, friend) in friends.iter().enumerate() {
        let node = app.nodes[n % app.nodes.len()].url();
        let mut socket = RawSocket::open(node, "/ws/friends/status/", &friend.access, None).await;
        let latencies = Arc::clone(&latencies);
        tokio::spawn(async move {
            while let Some(frame) = socket.next_message().await {
                let text = String::from_utf8_lossy(&frame.payload);
                let came = ["\"user_online\"", "\"user_offline\""];
                let is_change = came.iter().any(|name| text.contains(name));
                latencies.fetch_add(usize::from(is_change), Ordering::Relaxed);
            }
        });
    }
    let mut star_socket =
        RawSocket::open(app.url(), "/ws/friends/status/", &star.access, None).await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    latencies.store(0, Ordering::Relaxed);
    const CHANGES: usize = 50;
    let before = cpu(app);
    for n in 0..CHANGES {
        let action = ["user_offline", "user_online"][n % 2];
        star_socket
            .send(action, &json!({"username": star.name}), "c")
            .await;
        while latencies.load(Ordering::Relaxed) < (n + 1) * FRIENDS {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    let spent = (cpu(app) - before) / u32::try_from(CHANGES).unwrap();
    println!(
        "{:<9} a change seen by {FRIENDS} friends  {spent:>9.2?}, {:.2?} per friend",
        app.name,
        spent / u32::try_from(FRIENDS).unwrap(),
    );
}
