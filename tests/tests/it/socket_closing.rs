//! Sockets of removed members, of stalled readers, of lost clients, and connections that are lost between
//! a message and its response.

use std::time::Duration;

use e2e::{App, RawSocket, TestUser, deployments, name};
use serde_json::json;

const EVENTS: &str = "/ws/events/";
const LOBBY_SOCKET: &str = "/ws/chat/lobby/hall/";

async fn join_lobby(user: &TestUser) -> String {
    let joined = user.post("/api/v1/chats/lobbies/hall/join/", json!({}));
    let lobby = joined.await.expect(200).data()["chat_id"].clone();
    lobby.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn leave_lobby_stops_events() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        let lobby = join_lobby(&ada).await;
        let (mut ada_socket, _) = app.open_socket(&ada, 0, EVENTS).await;
        let (mut first, hello) = app.open_socket(&bob, 0, EVENTS).await;
        let (mut second, _) = app.open_socket(&bob, 1, EVENTS).await;
        for socket in [&mut ada_socket, &mut first, &mut second] {
            socket.sync().await;
        }
        // A new membership takes effect at once on both sockets.
        join_lobby(&bob).await;
        let say = |text: &str| json!({"chat_id": lobby, "content": text});
        for socket in [&mut first, &mut second] {
            socket.next_event("chat_joined").await;
        }
        ada_socket.expect_ack("new_message", say("with bob")).await;
        for socket in [&mut first, &mut second] {
            let received = socket.next_event("new_message").await;
            assert_eq!(received["data"]["content"], "with bob", "{}", app.name);
        }
        let leave = format!("/api/v1/chats/rooms/{lobby}/leave/");
        bob.post(&leave, json!({})).await.expect(200);
        for socket in [&mut first, &mut second] {
            socket.next_event("chat_left").await;
        }
        ada_socket
            .expect_ack("new_message", say("without bob"))
            .await;
        ada_socket
            .expect_ack("typing", json!({"chat_id": lobby, "is_typing": true}))
            .await;
        // Later events on Bob's own stream arrive after these.
        ada.befriend(&bob).await;
        for socket in [&mut first, &mut second] {
            let (passed, _) = socket.skip_to("new_friend").await;
            let of_chat = |name: &String| name == "new_message" || name == "typing";
            assert!(!passed.iter().any(of_chat), "{}: {passed:?}", app.name);
        }
        // A resume does not return it either.
        let (mut again, _) = app.open_socket(&bob, 1, EVENTS).await;
        let mut streams = hello["streams"].clone();
        streams[format!("chat:{lobby}")] = json!({"seq": 1, "epoch": 1});
        let cid = again
            .send_action("resume", json!({"streams": streams}))
            .await;
        let (passed, ack) = again.skip_to("ack").await;
        assert_eq!(ack["data"]["cid"], cid.as_str());
        assert!(passed.contains(&"resync".to_owned()), "{passed:?}");
        assert!(!passed.contains(&"new_message".to_owned()), "{passed:?}");
    }
}

#[tokio::test]
async fn join_and_leave_lobby_in_quick_succession_stops_events() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        let lobby = join_lobby(&ada).await;
        let (mut ada_socket, _) = app.open_socket(&ada, 0, EVENTS).await;
        let (mut first, _) = app.open_socket(&bob, 0, EVENTS).await;
        let (mut second, _) = app.open_socket(&bob, 1, EVENTS).await;
        for _ in 0..15 {
            join_lobby(&bob).await;
            let leave = format!("/api/v1/chats/rooms/{lobby}/leave/");
            bob.post(&leave, json!({})).await.expect(200);
        }
        for socket in [&mut first, &mut second] {
            for _ in 0..15 {
                socket.next_event("chat_left").await;
            }
        }
        let say = |text: &str| json!({"chat_id": lobby, "content": text});
        ada_socket
            .expect_ack("new_message", say("without bob"))
            .await;
        ada.befriend(&bob).await;
        for socket in [&mut first, &mut second] {
            let (passed, _) = socket.skip_to("new_friend").await;
            let received = passed.iter().any(|name| name == "new_message");
            assert!(!received, "{}: {passed:?}", app.name);
        }
        // After joining again, events arrive again.
        join_lobby(&bob).await;
        for socket in [&mut first, &mut second] {
            socket.next_event("chat_joined").await;
        }
        ada_socket.expect_ack("new_message", say("with bob")).await;
        for socket in [&mut first, &mut second] {
            let received = socket.next_event("new_message").await;
            assert_eq!(received["data"]["content"], "with bob", "{}", app.name);
        }
    }
}

#[tokio::test]
async fn send_message_survives_a_lost_connection_once() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        ada.befriend(&bob).await;
        let chat = ada.chat_with(&bob).await;
        let say = |n: usize| json!({"chat_id": chat, "content": format!("message {n}"), "client_id": format!("m-{n}")});
        for step in 0..4 {
            let (mut socket, hello) = app.open_socket(&ada, step, EVENTS).await;
            match step {
                // Before sending; right after it; after the own event; after the response.
                0 => {}
                1 => drop(socket.send_action("new_message", say(step)).await),
                2 => {
                    socket.send_action("new_message", say(step)).await;
                    socket.next_event("new_message").await;
                }
                _ => socket.expect_ack("new_message", say(step)).await,
            }
            drop(socket);
            let (mut socket, _) = app.open_socket(&ada, step + 1, EVENTS).await;
            let resume = json!({"action": "resume", "data": {"streams": hello["streams"]}});
            socket.send(resume).await;
            let (mut received, cid) = (0, socket.send_action("new_message", say(step)).await);
            loop {
                let frame = socket.next().await;
                if name(&frame) == "new_message" {
                    assert_eq!(frame["data"]["client_id"], format!("m-{step}"));
                    received += 1;
                }
                if frame["data"]["cid"] == cid.as_str() {
                    assert_eq!(name(&frame), "ack", "{frame}");
                    break;
                }
            }
            received += usize::from(
                received == 0 && {
                    socket.next_event("new_message").await;
                    true
                },
            );
            assert_eq!(received, 1, "step {step} in {}", app.name);
        }
        let history = bob.get("/api/v1/chats/ada/messages/").await.json();
        assert_eq!(history["meta"]["total"], 4, "{}", app.name);
    }
}

/// The value of a counter of a node.
async fn counted(app: &App, counter: &str) -> f64 {
    // Metrics are served to local clients only.
    let request = e2e::client().get(format!("{}/metrics", app.url()));
    let metrics = request.send().await.unwrap().text().await.unwrap();
    let line = metrics.lines().find(|line| line.starts_with(counter));
    let value = line.and_then(|line| line.rsplit(' ').next());
    value.map_or(0.0, |value| {
        value.parse().unwrap_or_else(|_| panic!("{}", app.name))
    })
}

/// Opens a lobby socket that reads `hello` and nothing more; returns the stream of the chat, too.
async fn stall(app: &App, user: &TestUser) -> (RawSocket, String) {
    let mut socket = RawSocket::open(app.url(), LOBBY_SOCKET, &user.access, Some(4_096)).await;
    let greeting = socket.next_message().await.unwrap().json();
    let streams = greeting["data"]["streams"].as_object().unwrap();
    let chat = streams.keys().find(|stream| stream.starts_with("chat:"));
    (socket, chat.unwrap().clone())
}

#[tokio::test]
async fn slow_reader_is_resynced_and_delays_nobody() {
    let app = App::with().flag("--rate-limits", "off").embedded();
    let (slow, stuck) = (app.user("slow").await, app.user("stuck").await);
    let (mut slow_socket, lobby) = stall(&app, &slow).await;
    let (mut stuck_socket, _) = stall(&app, &stuck).await;
    let mut sockets = vec![];
    for n in 0..12 {
        let user = app.user(&format!("reader{n}")).await;
        let mut socket = app.open_socket(&user, 0, LOBBY_SOCKET).await.0;
        socket.next_event("members").await;
        socket.sync().await;
        sockets.push(socket);
    }
    let text = "\u{1F600}".repeat(2_000);
    let skips = "courtside_socket_skips_total";
    // More than the buffers of the kernel hold.
    while counted(&app, skips).await < 2.0 {
        let all = sockets.iter_mut();
        let say = all.map(|socket| socket.expect_ack("new_message", json!({"content": text})));
        futures_util::future::join_all(say).await;
    }
    // A reader that continues gets a `resync` at that position.
    slow_socket.send("ping", &json!({}), "here").await;
    let mut skipped = vec![];
    loop {
        let frame = slow_socket.next_message().await.unwrap().json();
        match frame["type"].as_str() {
            Some("resync") => skipped.push(frame["data"]["streams"].clone()),
            Some("pong") => break,
            _ => {}
        }
    }
    assert_eq!(skipped.first(), Some(&json!([lobby])));
    // Other readers have received everything, and this one gets new events.
    let last = json!({"content": "the end"});
    sockets[0].expect_ack("new_message", last).await;
    for socket in &mut sockets[1..] {
        loop {
            let received = socket.next_event("new_message").await;
            if received["data"]["content"] == "the end" {
                break;
            }
        }
    }
    loop {
        let frame = slow_socket.next_message().await.unwrap().json();
        if frame["data"]["content"] == "the end" {
            break;
        }
    }
    // A socket that reads nothing is closed after half a minute, even if it sends frames.
    let connections = || async {
        let sessions = stuck.get("/api/v1/auth/sessions/").await.json();
        sessions["data"][0]["connections"].as_u64().unwrap()
    };
    for _ in 0..3 {
        if connections().await > 0 {
            stuck_socket.send("ping", &json!({}), "alive").await;
            tokio::time::sleep(Duration::from_secs(10)).await;
        }
    }
    e2e::until("the other is gone", || async { connections().await == 0 }).await;
}

/// Pings are sent every 25 seconds, and a socket that answers none is closed after 35.
#[tokio::test]
async fn unanswered_ping_closes_the_socket() {
    let app = App::with().embedded();
    let ada = app.user("ada").await;
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
    assert_eq!(
        opcodes.last(),
        Some(&4408),
        "the close code says why: {opcodes:?}"
    );
    assert!(
        opcodes.iter().all(|code| [1, 9, 4408].contains(code)),
        "{opcodes:?}"
    );
}

/// Browsers report the end of a socket when the server has closed its connection, and give it two
/// seconds. Clients that send no close frame are given three.
#[tokio::test]
async fn connection_ends_when_both_sides_have_sent_their_close_frames() {
    const CLOSE: [u8; 8] = [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE8];
    const SOON: Duration = Duration::from_millis(2_500);
    for app in deployments().await {
        let ada = app.user("ada").await;
        // What the client sends first, and the code that it is answered with.
        for (path, first, code) in [
            (EVENTS, &CLOSE[..], 1000),
            (EVENTS, &[0x81, 0x81, 0, 0, 0, 0, b'{'], 4400),
            ("/ws/nowhere/", &[], 4404),
        ] {
            let mut socket = RawSocket::open(app.url(), path, &ada.access, None).await;
            if path == EVENTS {
                assert_eq!(socket.next_message().await.unwrap().opcode, 1);
            }
            assert!(socket.write(first).await);
            let closed = loop {
                let frame = socket.next_message().await.unwrap();
                if let Some(code) = frame.close_code() {
                    break code;
                }
            };
            assert_eq!(closed, code, "{}", app.name);
            if code != 1000 {
                assert!(socket.write(&CLOSE).await);
            }
            let ended = tokio::time::timeout(SOON, socket.next()).await;
            assert_eq!(ended.expect("the connection is still open"), None);
        }
    }
}
