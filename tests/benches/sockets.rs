//! What the server itself spends on sockets: `cargo bench -p e2e --bench sockets`, with words after
//! `--` only what they name, as in `-- embedded lobby 500`.
//!
//! CPU time is that of the server processes alone (user and system, from the kernel's own count);
//! the clients run in this process and are not counted, nor are PostgreSQL and Redis. Memory is the
//! resident set. Method and figures stand in `tests/benches/README.md`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    missing_docs
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use e2e::{App, Person, RawSocket};
use serde_json::json;
use tokio::task::JoinHandle;

/// Sockets that one person may have on one node.
const OF_ONE: usize = 30;
const EVENTS: &str = "/ws/events/";

#[tokio::main]
async fn main() {
    let wanted = Wanted(std::env::args().skip(1).collect());
    for kind in wanted.among(&["embedded", "cluster"]) {
        for what in wanted.among(&["lobby", "direct", "connect", "memory", "presence"]) {
            match what {
                "lobby" => {
                    for size in wanted.among(&["2", "100", "500", "5000"]) {
                        let members = size.parse().unwrap();
                        on(kind, |app| async move { lobby(&app, members).await }).await;
                    }
                }
                "direct" => on(kind, |app| async move { direct(&app).await }).await,
                "connect" => on(kind, |app| async move { connect(&app).await }).await,
                "memory" => on(kind, |app| async move { memory(&app).await }).await,
                _ => on(kind, |app| async move { presence(&app).await }).await,
            }
        }
    }
}

/// The words that choose: deployments, works, sizes of lobbies. Where none of a kind is named, all
/// are meant.
struct Wanted(Vec<String>);

impl Wanted {
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

/// Measures on a fresh deployment of this kind, if this machine can run it.
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

/// So many people who are signed in, with proven addresses.
async fn friends_to_be(app: &App, count: usize) -> Vec<Person> {
    let mut all = vec![];
    while all.len() < count {
        let name = format!("friend{}", all.len());
        all.push(app.person(&name).await);
    }
    all
}

/// So many people who are signed in.
async fn people(app: &App, count: usize) -> Vec<Person> {
    let mut all = vec![];
    while all.len() < count {
        let some = (all.len()..count.min(all.len() + 4)).map(|n| {
            let mut person = app.visitor();
            async move {
                person.register(&format!("person{n}")).await;
                person.sign_in().await;
                person
            }
        });
        all.extend(futures_util::future::join_all(some).await);
    }
    all
}

/// One of many sockets: which person's, and on which node.
async fn open(app: &App, people: &[Person], n: usize, path: &str) -> RawSocket {
    let person = &people[n / OF_ONE];
    let node = app.nodes[n % app.nodes.len()].url();
    let mut socket = RawSocket::open(node, path, &person.access, None).await;
    let hello = socket.next_message().await.expect("a greeting");
    assert_eq!(hello.opcode, 1, "{:?}", hello.close_code());
    socket
}

async fn open_all(app: &App, people: &[Person], count: usize, path: &str) -> Vec<RawSocket> {
    let mut all = Vec::with_capacity(count);
    while all.len() < count {
        let some = (all.len()..count.min(all.len() + 32)).map(|n| open(app, people, n, path));
        all.extend(futures_util::future::join_all(some).await);
    }
    all
}

/// What the sockets of a run have heard.
#[derive(Default)]
struct Heard {
    messages: AtomicUsize,
    /// The delay of each in microseconds.
    delays: std::sync::Mutex<Vec<u64>>,
}

/// Reads a socket to its end and notes each message, with how long ago its sender had sent it.
fn listen(mut socket: RawSocket, heard: &Arc<Heard>, start: Instant) -> JoinHandle<()> {
    let heard = Arc::clone(heard);
    tokio::spawn(async move {
        while socket.fill().await {
            let mut delays = vec![];
            while let Some(frame) = socket.take() {
                let text = String::from_utf8_lossy(&frame.payload);
                let Some((_, sent)) = text.split_once("sent at ") else {
                    continue;
                };
                let digits = sent.split(|c: char| !c.is_ascii_digit()).next();
                let sent: u64 = digits.unwrap().parse().unwrap();
                delays.push(micros(start).saturating_sub(sent));
            }
            heard.messages.fetch_add(delays.len(), Ordering::Relaxed);
            heard.delays.lock().unwrap().extend(delays);
        }
    })
}

fn micros(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_micros()).unwrap()
}

impl Heard {
    async fn wait_for(&self, count: usize) {
        while self.messages.load(Ordering::Relaxed) < count {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    fn percentile(&self, percent: usize) -> Duration {
        let mut delays = self.delays.lock().unwrap();
        delays.sort_unstable();
        Duration::from_micros(delays[(delays.len() - 1) * percent / 100])
    }
}

/// Messages to everybody in a lobby: 2,000 deliveries a second (10,000 in the largest), and then
/// as many as the senders may send at once. Storing the message is part of it; what that costs
/// shows in a lobby of two.
async fn lobby(app: &App, members: usize) {
    let people = people(app, members.div_ceil(OF_ONE)).await;
    let path = "/ws/chat/lobby/hall/";
    let start = Instant::now();
    let (heard, mut senders) = (Arc::new(Heard::default()), vec![]);
    for socket in open_all(app, &people, members, path).await {
        listen(socket, &heard, start);
    }
    for n in 0..people.len().min(20) {
        senders.push(open(app, &people, n * OF_ONE, path).await);
    }
    for sender in &mut senders {
        sender.send("ping", &json!({}), "p").await;
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    let rate = match members {
        ..10 => 20,
        10..1_000 => 2_000,
        _ => 10_000,
    };
    let pause = Duration::from_secs(1) * u32::try_from(members).unwrap() / rate;
    let count = usize::try_from(Duration::from_secs(10).as_micros() / pause.as_micros()).unwrap();
    let before = cpu(app);
    let mut tick = tokio::time::interval(pause);
    for n in 0..count {
        tick.tick().await;
        let sender = n % senders.len();
        say(&mut senders[sender], start).await;
    }
    heard.wait_for(count * members).await;
    let each = (cpu(app) - before) / u32::try_from(count * members).unwrap();
    println!(
        "{:<9} lobby of {members:>5}, {rate:>6}/s   {each:>9.2?} per delivery, delay p50 {:.1?} p99 {:.1?}",
        app.name,
        heard.percentile(50),
        heard.percentile(99),
    );
    if members > 10 {
        burst(app, members, &mut senders, &heard, start).await;
    }
}

/// As many as the senders may send at once: about 40 each.
async fn burst(
    app: &App,
    members: usize,
    senders: &mut [RawSocket],
    heard: &Arc<Heard>,
    start: Instant,
) {
    tokio::time::sleep(Duration::from_secs(6)).await;
    let of_each = 400_000 / members / senders.len();
    let of_each = of_each.clamp(2, 40);
    let so_far = heard.messages.load(Ordering::Relaxed);
    let (before, began) = (cpu(app), Instant::now());
    for _ in 0..of_each {
        for sender in &mut *senders {
            say(sender, start).await;
        }
    }
    let deliveries = of_each * senders.len() * members;
    heard.wait_for(so_far + deliveries).await;
    let took = began.elapsed();
    println!(
        "{:<9} lobby of {members:>5}, all at once {:>9.2?} per delivery, {:.0} deliveries per second beside the clients",
        app.name,
        (cpu(app) - before) / u32::try_from(deliveries).unwrap(),
        deliveries as f64 / took.as_secs_f64(),
    );
}

async fn say(socket: &mut RawSocket, start: Instant) {
    let content = format!("Good evening, everybody; sent at {}", micros(start));
    assert!(
        socket
            .send("new_message", &json!({"content": content}), "c")
            .await
    );
}

/// Messages of two, stored before they are told: a hundred pairs, each waiting for its answer.
async fn direct(app: &App) {
    const PAIRS: usize = 100;
    const OF_EACH: usize = 50;
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
    let (before, began) = (cpu(app), Instant::now());
    let tasks: Vec<_> = senders
        .into_iter()
        .map(|(mut from, chat)| {
            tokio::spawn(async move {
                for n in 0..OF_EACH {
                    let content = format!("Good evening; sent at {}", micros(start));
                    let said =
                        json!({"chat_id": chat, "content": content, "client_id": format!("{n}")});
                    let cid = format!("cid-{n}");
                    assert!(from.send("new_message", &said, &cid).await);
                    loop {
                        let frame = from.next_message().await.expect("an answer").json();
                        if frame["data"]["cid"] == cid.as_str() {
                            assert_eq!(frame["action"], "ack", "{frame}");
                            break;
                        }
                    }
                }
                from
            })
        })
        .collect();
    let mut open = vec![];
    for task in tasks {
        open.push(task.await.unwrap());
    }
    heard.wait_for(PAIRS * OF_EACH).await;
    let (took, spent) = (began.elapsed(), cpu(app) - before);
    println!(
        "{:<9} direct messages, {PAIRS} pairs   {:>9.2?} per message, {:.0} per second beside the clients, delay p50 {:.1?} p99 {:.1?}",
        app.name,
        spent / u32::try_from(PAIRS * OF_EACH).unwrap(),
        (PAIRS * OF_EACH) as f64 / took.as_secs_f64(),
        heard.percentile(50),
        heard.percentile(99),
    );
}

/// Sockets that come, are greeted and go.
async fn connect(app: &App) {
    const COUNT: usize = 3_000;
    let people = people(app, 100).await;
    let before = cpu(app);
    let began = Instant::now();
    for round in 0..COUNT / people.len() {
        for some in people.chunks(20) {
            let opened = some.iter().enumerate().map(|(n, person)| {
                let node = app.nodes[(n + round) % app.nodes.len()].url();
                async move {
                    let mut socket = RawSocket::open(node, EVENTS, &person.access, None).await;
                    assert_eq!(socket.next_message().await.unwrap().opcode, 1);
                    socket
                }
            });
            drop(futures_util::future::join_all(opened).await);
        }
    }
    println!(
        "{:<9} connect, greeting, end      {:>9.2?} per socket, {:.0} per second",
        app.name,
        (cpu(app) - before) / u32::try_from(COUNT).unwrap(),
        COUNT as f64 / began.elapsed().as_secs_f64(),
    );
}

/// Memory of sockets that do nothing.
async fn memory(app: &App) {
    let count = 9_000 * app.nodes.len();
    let people = people(app, count.div_ceil(OF_ONE)).await;
    let before: u64 = app.nodes.iter().map(|node| memory_of(node.pid())).sum();
    let sockets = open_all(app, &people, count, EVENTS).await;
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

/// Somebody with many friends, all connected, who comes and goes.
async fn presence(app: &App) {
    const FRIENDS: usize = 300;
    let all = friends_to_be(app, FRIENDS + 1).await;
    let (star, friends) = all.split_first().unwrap();
    for friend in friends {
        friend.befriend(star).await;
    }
    let heard = Arc::new(AtomicUsize::new(0));
    for (n, friend) in friends.iter().enumerate() {
        let node = app.nodes[n % app.nodes.len()].url();
        let mut socket = RawSocket::open(node, "/ws/friends/status/", &friend.access, None).await;
        let heard = Arc::clone(&heard);
        tokio::spawn(async move {
            while let Some(frame) = socket.next_message().await {
                let text = String::from_utf8_lossy(&frame.payload);
                let came = ["\"user_online\"", "\"user_offline\""];
                let is_change = came.iter().any(|name| text.contains(name));
                heard.fetch_add(usize::from(is_change), Ordering::Relaxed);
            }
        });
    }
    let mut at_star = RawSocket::open(app.url(), "/ws/friends/status/", &star.access, None).await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    heard.store(0, Ordering::Relaxed);
    const CHANGES: usize = 50;
    let before = cpu(app);
    for n in 0..CHANGES {
        let action = ["user_offline", "user_online"][n % 2];
        at_star
            .send(action, &json!({"username": star.name}), "c")
            .await;
        while heard.load(Ordering::Relaxed) < (n + 1) * FRIENDS {
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

/// User and system time of the servers.
fn cpu(app: &App) -> Duration {
    app.nodes.iter().map(|node| cpu_of(node.pid())).sum()
}

/// User and system time of a process, in the kernel's ticks of 10 ms.
fn cpu_of(pid: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    Duration::from_millis(ticks * 10)
}

fn memory_of(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let mut lines = status.lines();
    let line = lines.find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
