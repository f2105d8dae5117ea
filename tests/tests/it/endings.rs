//! How sockets end that should: members who were removed, readers who stall, clients that are
//! gone, connections that break between a message and its answer.

use std::time::Duration;

use e2e::{App, Person, RawSocket, each, name};
use serde_json::json;

const EVENTS: &str = "/ws/events/";
const HALL: &str = "/ws/chat/lobby/hall/";

async fn join_hall(person: &Person) -> String {
    let joined = person.post("/api/v1/chats/lobbies/hall/join/", json!({}));
    let lobby = joined.await.expect(200).data()["chat_id"].clone();
    lobby.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn who_is_no_member_any_more_hears_nothing_more() {
    for app in each().await {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        let hall = join_hall(&ada).await;
        let (mut at_ada, _) = app.greeted(&ada, 0, EVENTS).await;
        let (mut first, hello) = app.greeted(&bob, 0, EVENTS).await;
        let (mut second, _) = app.greeted(&bob, 1, EVENTS).await;
        for socket in [&mut at_ada, &mut first, &mut second] {
            socket.settled().await;
        }
        // Becoming a member while connected is heard at once, on both tabs.
        join_hall(&bob).await;
        let say = |text: &str| json!({"chat_id": hall, "content": text});
        for socket in [&mut first, &mut second] {
            socket.next_named("chat_joined").await;
        }
        at_ada.done("new_message", say("with bob")).await;
        for socket in [&mut first, &mut second] {
            let heard = socket.next_named("new_message").await;
            assert_eq!(heard["data"]["content"], "with bob", "{}", app.name);
        }
        let leave = format!("/api/v1/chats/rooms/{hall}/leave/");
        bob.post(&leave, json!({})).await.expect(200);
        for socket in [&mut first, &mut second] {
            socket.next_named("chat_left").await;
        }
        at_ada.done("new_message", say("without bob")).await;
        at_ada
            .done("typing", json!({"chat_id": hall, "is_typing": true}))
            .await;
        // What comes later on bob's own stream has overtaken nothing.
        ada.befriend(&bob).await;
        for socket in [&mut first, &mut second] {
            let (passed, _) = socket.passing_over("new_friend").await;
            let of_chat = |name: &String| name == "new_message" || name == "typing";
            assert!(!passed.iter().any(of_chat), "{}: {passed:?}", app.name);
        }
        // Nor does catching up tell of it.
        let (mut again, _) = app.greeted(&bob, 1, EVENTS).await;
        let mut streams = hello["streams"].clone();
        streams[format!("chat:{hall}")] = json!({"seq": 1, "epoch": 1});
        let cid = again.mark("resume", json!({"streams": streams})).await;
        let (passed, ack) = again.passing_over("ack").await;
        assert_eq!(ack["data"]["cid"], cid.as_str());
        assert!(passed.contains(&"resync".to_owned()), "{passed:?}");
        assert!(!passed.contains(&"new_message".to_owned()), "{passed:?}");
    }
}

#[tokio::test]
async fn who_joins_and_leaves_in_quick_order_hears_nothing_more() {
    for app in each().await {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        let hall = join_hall(&ada).await;
        let (mut at_ada, _) = app.greeted(&ada, 0, EVENTS).await;
        let (mut first, _) = app.greeted(&bob, 0, EVENTS).await;
        let (mut second, _) = app.greeted(&bob, 1, EVENTS).await;
        for _ in 0..15 {
            join_hall(&bob).await;
            let leave = format!("/api/v1/chats/rooms/{hall}/leave/");
            bob.post(&leave, json!({})).await.expect(200);
        }
        for socket in [&mut first, &mut second] {
            for _ in 0..15 {
                socket.next_named("chat_left").await;
            }
        }
        let say = |text: &str| json!({"chat_id": hall, "content": text});
        at_ada.done("new_message", say("without bob")).await;
        ada.befriend(&bob).await;
        for socket in [&mut first, &mut second] {
            let (passed, _) = socket.passing_over("new_friend").await;
            let heard = passed.iter().any(|name| name == "new_message");
            assert!(!heard, "{}: {passed:?}", app.name);
        }
        // And whoever has joined last is heard again.
        join_hall(&bob).await;
        for socket in [&mut first, &mut second] {
            socket.next_named("chat_joined").await;
        }
        at_ada.done("new_message", say("with bob")).await;
        for socket in [&mut first, &mut second] {
            let heard = socket.next_named("new_message").await;
            assert_eq!(heard["data"]["content"], "with bob", "{}", app.name);
        }
    }
}

#[tokio::test]
async fn a_connection_that_breaks_at_any_step_costs_no_message_and_doubles_none() {
    for app in each().await {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        ada.befriend(&bob).await;
        let chat = ada.chat_with(&bob).await;
        let say = |n: usize| json!({"chat_id": chat, "content": format!("message {n}"), "client_id": format!("m-{n}")});
        for step in 0..4 {
            let (mut socket, hello) = app.greeted(&ada, step, EVENTS).await;
            match step {
                // Before anything was sent; right after; after one's own event; after the answer.
                0 => {}
                1 => drop(socket.mark("new_message", say(step)).await),
                2 => {
                    socket.mark("new_message", say(step)).await;
                    socket.next_named("new_message").await;
                }
                _ => socket.done("new_message", say(step)).await,
            }
            drop(socket);
            let (mut socket, _) = app.greeted(&ada, step + 1, EVENTS).await;
            let resume = json!({"action": "resume", "data": {"streams": hello["streams"]}});
            socket.send(resume).await;
            let (mut heard, cid) = (0, socket.mark("new_message", say(step)).await);
            loop {
                let frame = socket.next().await;
                if name(&frame) == "new_message" {
                    assert_eq!(frame["data"]["client_id"], format!("m-{step}"));
                    heard += 1;
                }
                if frame["data"]["cid"] == cid.as_str() {
                    assert_eq!(name(&frame), "ack", "{frame}");
                    break;
                }
            }
            heard += usize::from(
                heard == 0 && {
                    socket.next_named("new_message").await;
                    true
                },
            );
            assert_eq!(heard, 1, "step {step} in {}", app.name);
        }
        let history = bob.get("/api/v1/chats/ada/messages/").await.json();
        assert_eq!(history["meta"]["total"], 4, "{}", app.name);
    }
}

/// The value of a counter of a node.
async fn counted(app: &App, counter: &str) -> f64 {
    // From this machine itself, whose loopback may read them.
    let request = e2e::client().get(format!("{}/metrics", app.url()));
    let metrics = request.send().await.unwrap().text().await.unwrap();
    let line = metrics.lines().find(|line| line.starts_with(counter));
    let value = line.and_then(|line| line.rsplit(' ').next());
    value.map_or(0.0, |value| {
        value.parse().unwrap_or_else(|_| panic!("{}", app.name))
    })
}

/// Opens a socket to the hall that reads its greeting and then nothing more; its chat's stream.
async fn stall(app: &App, person: &Person) -> (RawSocket, String) {
    let mut socket = RawSocket::open(app.url(), HALL, &person.access, Some(4_096)).await;
    let greeting = socket.next_message().await.unwrap().json();
    let streams = greeting["data"]["streams"].as_object().unwrap();
    let chat = streams.keys().find(|stream| stream.starts_with("chat:"));
    (socket, chat.unwrap().clone())
}

#[tokio::test]
async fn a_reader_that_falls_behind_reads_again_and_nobody_waits_for_it() {
    let app = App::with().flag("--rate-limits", "off").embedded();
    let (slow, stuck) = (app.person("slow").await, app.person("stuck").await);
    let (mut at_slow, hall) = stall(&app, &slow).await;
    let (mut at_stuck, _) = stall(&app, &stuck).await;
    let mut sockets = vec![];
    for n in 0..12 {
        let person = app.person(&format!("reader{n}")).await;
        let mut socket = app.greeted(&person, 0, HALL).await.0;
        socket.next_named("members").await;
        socket.settled().await;
        sockets.push(socket);
    }
    let text = "\u{1F600}".repeat(2_000);
    let skips = "courtside_socket_skips_total";
    // Beyond what the kernels on both sides hold for those who read nothing.
    while counted(&app, skips).await < 2.0 {
        let all = sockets.iter_mut();
        let say = all.map(|socket| socket.done("new_message", json!({"content": text})));
        futures_util::future::join_all(say).await;
    }
    // Who reads on is told what to read again, once it has come so far.
    at_slow.send("ping", &json!({}), "here").await;
    let mut skipped = vec![];
    loop {
        let frame = at_slow.next_message().await.unwrap().json();
        match frame["type"].as_str() {
            Some("resync") => skipped.push(frame["data"]["streams"].clone()),
            Some("pong") => break,
            _ => {}
        }
    }
    assert_eq!(skipped.first(), Some(&json!([hall])));
    // Those who read have heard everything, and it hears what is new.
    let last = json!({"content": "the end"});
    sockets[0].done("new_message", last).await;
    for socket in &mut sockets[1..] {
        loop {
            let heard = socket.next_named("new_message").await;
            if heard["data"]["content"] == "the end" {
                break;
            }
        }
    }
    loop {
        let frame = at_slow.next_message().await.unwrap().json();
        if frame["data"]["content"] == "the end" {
            break;
        }
    }
    // Whoever reads nothing at all is let go after half a minute, however lively they are otherwise.
    // Nothing shorter shows it.
    let connections = || async {
        let sessions = stuck.get("/api/v1/auth/sessions/").await.json();
        sessions["data"][0]["connections"].as_u64().unwrap()
    };
    for _ in 0..3 {
        if connections().await > 0 {
            at_stuck.send("ping", &json!({}), "alive").await;
            tokio::time::sleep(Duration::from_secs(10)).await;
        }
    }
    e2e::until("the other is gone", || async { connections().await == 0 }).await;
}

/// Pings come every 25 seconds, and who answers none is gone after 35. Nothing shorter shows it.
#[tokio::test]
async fn a_client_that_answers_no_ping_is_gone() {
    let app = App::with().embedded();
    let ada = app.person("ada").await;
    let mut dead = RawSocket::open(app.url(), EVENTS, &ada.access, None).await;
    let mut opcodes = vec![];
    let end = async {
        loop {
            while let Some(frame) = dead.take() {
                opcodes.push(frame.close_code().unwrap_or(u16::from(frame.opcode)));
            }
            if !dead.fill().await {
                break;
            }
        }
    };
    let limit = std::time::Duration::from_secs(120);
    tokio::time::timeout(limit, end)
        .await
        .expect("it is never let go");
    assert!(opcodes.contains(&9), "it was asked: {opcodes:?}");
    assert_eq!(opcodes.last(), Some(&4408), "it is told why: {opcodes:?}");
    assert!(
        opcodes.iter().all(|code| [1, 9, 4408].contains(code)),
        "{opcodes:?}"
    );
}
