//! Opening of sockets, greeting, malformed frames and closing.

use e2e::{App, RawSocket, Socket, TEXT, TestUser, deployments, framed};
use serde_json::json;

async fn open(app: &App, node: usize, user: &TestUser) -> Socket {
    let bearer = ("authorization", format!("Bearer {}", user.access));
    Socket::open(app.nodes[node].url(), "/ws/events/", &[bearer]).await
}

#[tokio::test]
async fn open_socket_accepts_every_credential_and_sends_hello() {
    for app in deployments().await {
        let ada = app.user("ada").await;
        let ticket = ada
            .post("/api/v1/auth/ws-ticket/", json!({}))
            .await
            .expect(201)
            .data();
        let ticket = ticket["ticket"].as_str().unwrap();
        let node = app.nodes[app.nodes.len() - 1].url();
        let protocol = (
            "sec-websocket-protocol",
            format!("courtside.v1, bearer.{}", ada.access),
        );
        let mut sockets = vec![
            open(&app, 0, &ada).await,
            Socket::open(node, "/ws/events", &[protocol]).await,
            Socket::open(node, &format!("/ws/events/?ticket={ticket}"), &[]).await,
            Socket::open(node, &format!("/ws/events/?token={}", ada.access), &[]).await,
        ];
        for socket in &mut sockets {
            let hello = socket.next().await;
            assert_eq!(
                (
                    hello["action"].as_str(),
                    hello["data"]["user"]["username"].as_str()
                ),
                (Some("hello"), Some("ada"))
            );
            assert!(
                hello["data"]["streams"]
                    .as_object()
                    .unwrap()
                    .keys()
                    .any(|name| name.starts_with("user:"))
            );
            let pong = socket.act("ping", json!({})).await;
            assert_eq!(pong["action"], "ack");
        }
        let mut again = Socket::open(node, &format!("/ws/events/?ticket={ticket}"), &[]).await;
        assert_eq!(
            again.wait_for_close().await.0,
            4401,
            "a ticket opens one socket"
        );
    }
}

#[tokio::test]
async fn open_socket_without_permission_closes_with_a_code() {
    for app in deployments().await {
        let ada = app.user("ada").await;
        let node = app.nodes[0].url();
        assert_eq!(
            Socket::open(node, "/ws/events/", &[])
                .await
                .wait_for_close()
                .await
                .0,
            4401
        );
        let mut forged = Socket::open(node, "/ws/events/?token=forged", &[]).await;
        assert_eq!(forged.wait_for_close().await.0, 4401);
        let bearer = || ("authorization", format!("Bearer {}", ada.access));
        let evil = ("origin", "https://evil.example".to_owned());
        let mut evil = Socket::open(node, "/ws/events/", &[bearer(), evil]).await;
        assert_eq!(evil.wait_for_close().await.0, 4403);
        let own = ("origin", node.to_owned());
        let mut own = Socket::open(node, "/ws/events/", &[bearer(), own]).await;
        assert_eq!(own.next().await["action"], "hello");
        ada.get("/ws/events/")
            .await
            .expect_error(400, "not_a_websocket");
    }
}

#[tokio::test]
async fn end_session_closes_its_sockets_on_every_node() {
    for app in deployments().await {
        let ada = app.user("ada").await;
        let bob = app.user("bob").await;
        let mut sockets = vec![];
        for node in 0..app.nodes.len() {
            let mut socket = open(&app, node, &ada).await;
            socket.next_event("hello").await;
            sockets.push(socket);
        }
        let mut other = open(&app, 0, &bob).await;
        other.next_event("hello").await;
        ada.post("/api/v1/auth/logout/", json!({}))
            .await
            .expect(200);
        for socket in &mut sockets {
            assert_eq!(socket.wait_for_close().await.0, 4401, "{}", app.name);
        }
        assert_eq!(
            other.act("ping", json!({})).await["action"],
            "ack",
            "nobody else is touched"
        );
    }
}

#[tokio::test]
async fn malformed_frame_closes_the_socket_and_names_the_field() {
    let app = App::with().embedded();
    let ada = app.user("ada").await;
    let cases = [
        ("{", "invalid JSON"),
        ("[]", "the frame must be an object"),
        (r#"["ping", null, {}]"#, "the frame must be an object"),
        (r#"{"data": {}}"#, "action: is required"),
        (r#"{"action": 7}"#, "action: must be a string"),
        (r#"{"type": {}}"#, "type: must be a string"),
        (r#"{"action": "ping", "cid": 1}"#, "cid: must be a string"),
        (
            r#"{"action": "ping", "data": []}"#,
            "data: must be an object",
        ),
        (
            r#"{"action": "ping", "data": "x"}"#,
            "data: must be an object",
        ),
        (r#"{"action": "no_such"}"#, "no_such is unknown"),
        (
            r#"{"action": "resume", "data": {"streams": {"a": {"seq": "x", "epoch": 1}}}}"#,
            "data.streams.a.seq: must be an integer",
        ),
        (
            r#"{"action": "resume", "data": {"streams": {"a": [1, 1]}}}"#,
            "data.streams.a: must be an object",
        ),
    ];
    for (text, names) in cases {
        let mut socket = open(&app, 0, &ada).await;
        socket.next_event("hello").await;
        socket.send_text(text).await;
        let (code, reason) = socket.wait_for_close().await;
        assert_eq!(code, 4400, "{text}");
        assert!(
            reason.starts_with("BAD_DATA") && reason.contains(names),
            "{text}: {reason}"
        );
    }
    let mut socket = open(&app, 0, &ada).await;
    socket.send_text(&"x".repeat(70_000)).await;
    assert_eq!(socket.wait_for_close().await.0, 1009);
}

#[tokio::test]
async fn protocol_error_closes_with_the_code_of_the_protocol() {
    let app = App::with().embedded();
    let ada = app.user("ada").await;
    for (bytes, code) in [
        (framed(0x83, b"no such kind"), 1002),
        (framed(0x80, b"goes on from nothing"), 1002),
        (vec![TEXT, 0x01, b'x'], 1002),
        (framed(0x88, b"\x03"), 1002),
        (framed(0x88, b"\x03\xEE"), 1002),
        (framed(0x88, b"\x03\xE8\xFF"), 1007),
        (framed(TEXT, b"\xFF"), 1007),
        (framed(0x88, b"\x03\xE8bye"), 1000),
        (framed(0x88, b""), 1000),
        (framed(0x82, b"bytes"), 4400),
    ] {
        let mut socket = RawSocket::open(app.url(), "/ws/events/", &ada.access, None).await;
        socket.write(&bytes).await;
        let closed = loop {
            let frame = socket.next_message().await.expect("a close frame");
            if let Some(code) = frame.close_code() {
                break code;
            }
        };
        assert_eq!(closed, code, "{bytes:?}");
    }
}

#[tokio::test]
async fn empty_fragments_count_as_frames() {
    let app = App::with().embedded();
    let ada = app.user("ada").await;
    let mut socket = RawSocket::open(app.url(), "/ws/events/", &ada.access, None).await;
    let flood = [framed(0x01, b""), framed(0x00, b"").repeat(400)].concat();
    socket.write(&flood).await;
    let closed = loop {
        let frame = socket.next_message().await.expect("a close frame");
        if let Some(code) = frame.close_code() {
            break code;
        }
    };
    assert_eq!(closed, 4429);
}

#[tokio::test]
async fn unknown_fields_in_frames_are_ignored() {
    for app in deployments().await {
        let ada = app.user("ada").await;
        let (mut socket, hello) = app.open_socket(&ada, 0, "/ws/events/").await;
        let frame = json!({"action": "ping", "data": {"more": [1]}, "surprise": {}, "cid": "a"});
        socket.send(frame).await;
        assert_eq!(socket.next_event("ack").await["data"]["cid"], "a");
        let mut streams = hello["streams"].clone();
        for (_, position) in streams.as_object_mut().unwrap() {
            position["node"] = json!("newer");
        }
        socket
            .expect_ack("resume", json!({"streams": streams}))
            .await;
    }
}

#[tokio::test]
async fn out_of_range_value_is_refused_and_keeps_the_socket_open() {
    for app in deployments().await {
        let ada = app.user("ada").await;
        let (mut socket, _) = app.open_socket(&ada, 0, "/ws/events/").await;
        let chat = "01890a5d-ac96-774b-bcce-b302099a8057";
        for client_id in [String::new(), "x".repeat(101)] {
            let post = json!({"chat_id": chat, "content": "a", "client_id": client_id});
            let refused = socket
                .expect_error("new_message", post, "invalid_fields")
                .await;
            assert_eq!(
                refused["fields"]["client_id"][0],
                "must be 1 to 100 characters long"
            );
            let invite = json!({"username": "bob", "client_id": client_id});
            let refused = socket
                .expect_error("game_invite", invite, "invalid_fields")
                .await;
            assert!(refused["fields"]["client_id"][0].is_string());
        }
        socket.expect_ack("ping", json!({})).await;
    }
}

#[tokio::test]
async fn open_unknown_path_closes_with_4404() {
    for app in deployments().await {
        let ada = app.user("ada").await;
        for path in ["/ws/no_such/", "/ws/chat/", "/ws/", "/ws/events/more"] {
            let mut socket = app.connect_socket(&ada, 0, path).await;
            assert_eq!(socket.wait_for_close().await.0, 4404, "{path}");
            ada.get(path).await.expect_error(404, "not_found");
        }
    }
}

#[tokio::test]
async fn too_many_frames_or_sockets_close_with_4429() {
    let app = App::with().embedded();
    let ada = app.user("ada").await;
    let mut socket = open(&app, 0, &ada).await;
    for _ in 0..400 {
        socket.send(json!({"action": "ping"})).await;
    }
    assert_eq!(socket.wait_for_close().await.0, 4429);
    let mut sockets = vec![];
    let refused = loop {
        let mut socket = open(&app, 0, &ada).await;
        let first = socket.first().await;
        match first {
            Ok(_) => sockets.push(socket),
            Err(code) => break code,
        }
    };
    assert_eq!((refused, sockets.len()), (4429, 32));
}

#[tokio::test]
async fn stop_closes_every_socket_with_1012() {
    let app = App::with().embedded();
    let ada = app.user("ada").await;
    let mut socket = open(&app, 0, &ada).await;
    socket.next_event("hello").await;
    app.nodes[0].signal("TERM");
    assert_eq!(socket.wait_for_close().await.0, 1012);
    e2e::until("it has ended", || async { !app.nodes[0].is_running() }).await;
}
