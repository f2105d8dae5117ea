//! CPU time of the server for accounts and for the list of conversations:
//! `cargo bench -p e2e --bench accounts`.
//!
//! CPU time of the server and of the database (user and system, from the kernel's own count), divided
//! by the requests answered; the client runs in another process and is not counted, nor what an idle
//! server uses. The login is
//! compared with the bare hash, measured in the same run with the same parameters.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    missing_docs
)]

use std::time::Duration;

use argon2::{Argon2, PasswordHasher};
use e2e::usage::{CpuTime, cpu_of, cpu_time_of, memory_of};
use e2e::{App, PASSWORD, TestUser, deployments};
use serde_json::json;

const READS: usize = 20_000;
const LOGINS: usize = 200;
const AT_ONCE: usize = 16;
/// As the bare hash: two at once would share the bandwidth of the memory.
const LOGINS_AT_ONCE: usize = 1;

#[tokio::main]
async fn main() {
    let bare = bare_hash();
    println!("bare hash                    {bare:>10.3?}");
    for app in deployments().await {
        let ada = app.user("ada").await;
        let read = cost(&app, &ada, (READS, AT_ONCE), |ada| async move {
            assert_eq!(ada.get("/api/v1/users/profile/").await.status, 200);
        })
        .await;
        println!("{:<10} profile read       {read}", app.name);
        converse(&app, &ada).await;
        let list = cost(&app, &ada, (READS, AT_ONCE), |ada| async move {
            let list = ada.get("/api/v1/chats/?limit=10").await;
            assert_eq!(list.status, 200);
        })
        .await;
        println!("{:<10} 10 conversations   {list}", app.name);
        let login = cost(&app, &ada, (LOGINS, LOGINS_AT_ONCE), |ada| async move {
            let body = json!({"username": "ada", "password": PASSWORD});
            // Each from an IP address of its own, so that no rate limit is reached.
            assert_eq!(ada.post("/api/v1/token/", body).await.status, 200);
        })
        .await;
        println!(
            "{:<10} login              {login}, {:.3} x the bare hash",
            app.name,
            login.server.as_secs_f64() / bare.as_secs_f64()
        );
        let memory = memory_of(app.nodes[0].pid());
        println!(
            "{:<10} resident memory    {memory:>8} KiB after that",
            app.name
        );
    }
    start_up();
}

/// Creates ten conversations with a message each.
async fn converse(app: &App, ada: &TestUser) {
    for number in 0..10 {
        let friend = app.user(&format!("friend{number}")).await;
        ada.befriend(&friend).await;
        let chat = ada.chat_with(&friend).await;
        let path = format!("/api/v1/chats/rooms/{chat}/messages/");
        let written = friend.post(&path, json!({"content": "Ready when you are"}));
        written.await.expect(201);
    }
}

/// The CPU time of one hash in this process.
fn bare_hash() -> Duration {
    let params = argon2::Params::new(19_456, 2, 1, None).unwrap();
    let argon2 = Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
    let before = cpu_of(std::process::id());
    for _ in 0..100 {
        argon2.hash_password(PASSWORD.as_bytes()).unwrap();
    }
    (cpu_of(std::process::id()) - before) / 100
}

/// The average cost of a call.
async fn cost<F, W>(
    app: &App,
    user: &TestUser,
    (count, at_once): (usize, usize),
    call: F,
) -> CpuTime
where
    F: Fn(TestUser) -> W + Copy + Send + 'static,
    W: Future<Output = ()> + Send,
{
    let callers: Vec<TestUser> = (0..at_once)
        .map(|_| {
            let mut caller = app.anonymous();
            caller.access.clone_from(&user.access);
            caller
        })
        .collect();
    let tasks = callers.into_iter().map(|caller| {
        tokio::spawn(async move {
            let mut caller = caller;
            for _ in 0..count / at_once {
                caller = caller.from_another_address();
                call(caller.duplicate()).await;
            }
        })
    });
    let called = async {
        let responded = futures_util::future::join_all(tasks).await;
        responded.into_iter().for_each(Result::unwrap);
    };
    let (spent, ()) = cpu_time_of(app, called).await;
    spent.per_operation(count / at_once * at_once)
}

/// The time from the start of the process until it is ready, with existing data.
#[allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn start_up() {
    let mut app = App::with().embedded();
    let idle = memory_of(app.nodes[0].pid());
    println!("embedded   idle memory        {idle:>8} KiB");
    let mut times = vec![];
    for _ in 0..10 {
        app.nodes.clear();
        let started = std::time::Instant::now();
        app.add_node();
        times.push(started.elapsed());
    }
    times.sort_unstable();
    println!(
        "embedded   start to ready     {:>10.3?} median of 10",
        times[5]
    );
}
