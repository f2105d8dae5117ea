//! Messages to many sockets, and the cost of the same bytes in the kernel alone.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use e2e::usage::cpu;
use e2e::{App, RawSocket};
use serde_json::json;

use crate::latencies::{Latencies, listen, micros};
use crate::{OF_ONE, create_users, open, open_all};

/// Messages to everybody in a lobby: 2,000 deliveries a second (10,000 in the largest), and then
/// as many as the senders may send at once. Storing the message is part of it; what that costs
/// shows in a lobby of two.
pub(crate) async fn lobby(app: &App, members: usize) {
    let users = create_users(app, members.div_ceil(OF_ONE)).await;
    let path = "/ws/chat/lobby/hall/";
    let start = Instant::now();
    let (latencies, mut senders) = (Arc::new(Latencies::default()), vec![]);
    for socket in open_all(app, &users, members, path).await {
        listen(socket, &latencies, start);
    }
    for n in 0..users.len().min(20) {
        senders.push(open(app, &users, n * OF_ONE, path).await);
    }
    for sender in &mut senders {
        sender.send("ping", &json!({}), "p").await;
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    let (rate, pause) = pace(members);
    let count = usize::try_from(Duration::from_secs(10).as_micros() / pause.as_micros()).unwrap();
    let before = cpu(app);
    let mut tick = tokio::time::interval(pause);
    for n in 0..count {
        tick.tick().await;
        let sender = n % senders.len();
        send_message(&mut senders[sender], start).await;
    }
    latencies.wait_for(count * members).await;
    let each = (cpu(app) - before) / u32::try_from(count * members).unwrap();
    println!(
        "{:<9} lobby of {members:>5}, {rate:>6}/s   {each:>9.2?} per delivery, delay p50 {:.1?} p99 {:.1?}",
        app.name,
        latencies.percentile(50),
        latencies.percentile(99),
    );
    if members > 10 {
        burst(app, members, &mut senders, &latencies, start).await;
    }
}

/// The deliveries a second of a steady lobby, and the interval between messages.
pub(crate) fn pace(members: usize) -> (u32, Duration) {
    let rate = match members {
        ..10 => 20,
        10..1_000 => 2_000,
        _ => 10_000,
    };
    let members = u32::try_from(members).unwrap();
    (rate, Duration::from_secs(1) * members / rate)
}

/// As many as the senders may send at once, about 40 each.
async fn burst(
    app: &App,
    members: usize,
    senders: &mut [RawSocket],
    latencies: &Arc<Latencies>,
    start: Instant,
) {
    tokio::time::sleep(Duration::from_secs(6)).await;
    let of_each = 400_000 / members / senders.len();
    let of_each = of_each.clamp(2, 40);
    let now = latencies.messages.load(Ordering::Relaxed);
    let (before, began) = (cpu(app), Instant::now());
    for _ in 0..of_each {
        for sender in &mut *senders {
            send_message(sender, start).await;
        }
    }
    let deliveries = of_each * senders.len() * members;
    latencies.wait_for(now + deliveries).await;
    let took = began.elapsed();
    println!(
        "{:<9} lobby of {members:>5}, all at once {:>9.2?} per delivery, {:.0} deliveries per second beside the clients",
        app.name,
        (cpu(app) - before) / u32::try_from(deliveries).unwrap(),
        deliveries as f64 / took.as_secs_f64(),
    );
}

async fn send_message(socket: &mut RawSocket, start: Instant) {
    let content = format!("Good evening, everybody; sent at {}", micros(start));
    assert!(
        socket
            .send("new_message", &json!({"content": content}), "c")
            .await
    );
}
