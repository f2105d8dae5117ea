//! Random and malformed frames. The response is an acknowledgement, an error or a close frame with a code
//! of the contract: the socket never hangs, and the connection never ends without a close frame.

use e2e::{App, RawSocket, SeededRandom, TEXT, TestUser, framed};
use serde_json::{Value, json};

/// The total number of frames.
const FRAMES: usize = 3_000;
/// Frames per socket, below the limit of frames.
const ON_ONE: usize = 50;
/// The allowed close codes.
const CODES: [u16; 6] = [1000, 1002, 1007, 1009, 4400, 4429];

const PATHS: [&str; 5] = [
    "/ws/events/",
    "/ws/notifications/",
    "/ws/friends/status/",
    "/ws/chat/bob/",
    "/ws/chat/lobby/world/",
];

/// Valid actions with their data.
fn templates(chat: &str) -> Vec<(&'static str, Value)> {
    let id = "01890a5d-ac96-774b-bcce-b302099a8057";
    vec![
        (
            "new_message",
            json!({"chat_id": chat, "content": "hello", "client_id": "c", "timestamp": 1}),
        ),
        ("like_message", json!({"id": id, "chat_id": chat})),
        ("unlike_message", json!({"id": id, "chat_id": chat})),
        ("read_message", json!({"id": id})),
        ("edit_message", json!({"id": id, "content": "other"})),
        ("delete_message", json!({"id": id})),
        ("typing", json!({"chat_id": chat, "is_typing": false})),
        (
            "game_invite",
            json!({"username": "nobody", "game": "pong", "options": {"score_to_win": 5}}),
        ),
        (
            "reply_game_invite",
            json!({"username": "bob", "accept": true}),
        ),
        ("game_accepted", json!({"username": "bob"})),
        ("cancel_game_invite", json!({"username": "bob"})),
        (
            "add_new_friend",
            json!({"sender_id": id, "receiver_id": id}),
        ),
        (
            "new_tournament",
            json!({"tournament_id": id, "tournament_name": "Cup", "organizer_id": id}),
        ),
        ("read_notification", json!({"id": id})),
        ("notification", json!({"message": "m", "type": "info"})),
        ("user_online", json!({"username": "ada"})),
        ("join_chat", json!({"chat_id": chat})),
        ("room_created", json!({"chat_id": chat})),
        (
            "resume",
            json!({"streams": {"user:x": {"seq": 1, "epoch": 2}}}),
        ),
        ("ping", json!({})),
    ]
}

/// Random JSON up to this depth.
fn any_json(random: &mut SeededRandom, depth: usize) -> Value {
    match random.below(if depth == 0 { 7 } else { 9 }) {
        0 => Value::Null,
        1 => json!(random.once_in(2)),
        2 => json!(i64::MIN + i64::try_from(random.below(1 << 30)).unwrap()),
        3 => json!(f64::MAX / 2.0),
        4 => json!("\u{0}\u{202E}\"\\\u{1F600}"),
        5 => json!("x".repeat(random.below(3_000))),
        6 => json!(["01890a5d-ac96-774b-bcce-b302099a8057", "", "a b"][random.below(3)]),
        7 => (0..random.below(4))
            .map(|_| any_json(random, depth - 1))
            .collect(),
        _ => json!({"username": any_json(random, depth - 1), "": any_json(random, depth - 1)}),
    }
}

/// A valid frame with a mutation.
fn mutated_frame(
    random: &mut SeededRandom,
    templates: &[(&'static str, Value)],
    cid: &str,
) -> Vec<u8> {
    let (action, data) = random.one_of(templates).clone();
    let key = if random.once_in(3) { "type" } else { "action" };
    let mut frame = json!({key: action, "data": data, "cid": cid});
    for _ in 0..random.below(3) {
        let inside = random.once_in(2) && frame["data"].is_object();
        let place = if inside {
            &mut frame["data"]
        } else {
            &mut frame
        };
        let fields = place.as_object_mut().unwrap();
        let names: Vec<String> = fields.keys().cloned().collect();
        let value = any_json(random, 3);
        match (random.below(3), names.is_empty()) {
            (0, false) => drop(fields.remove(random.one_of(&names))),
            (1, false) => drop(fields.insert(random.one_of(&names).clone(), value)),
            _ => drop(fields.insert("surprise".to_owned(), value)),
        }
    }
    let mut text = frame.to_string();
    if random.once_in(10) {
        // A duplicate key, or a truncated text.
        text = match random.below(2) {
            0 => text.replacen('{', "{\"data\":{},", 1),
            _ => text.chars().take(random.below(text.len())).collect(),
        };
    }
    framed(TEXT, text.as_bytes())
}

/// Random bytes of a frame.
fn random_frame(random: &mut SeededRandom) -> Vec<u8> {
    let length = random.below(200);
    let noise = random.bytes(length);
    let nested = [
        "[".repeat(30_000),
        "{\"a\":".repeat(9_000),
        format!(
            "{{\"action\":\"ping\",\"data\":{}1{}}}",
            "[".repeat(500),
            "]".repeat(500)
        ),
    ];
    let pieces = [framed(0x01, b"{\"action\":"), framed(0x80, b"\"ping\"}")].concat();
    match random.below(14) {
        0 => framed(TEXT, &noise),
        1 => framed(0x82, &noise),
        2 => framed(TEXT, random.one_of(&nested).as_bytes()),
        3 => framed(TEXT, &vec![b' '; 65_537 + random.below(1_000)]),
        4 => [
            framed(0x01, &vec![b' '; 60_000]),
            framed(0x80, &vec![b' '; 60_000]),
        ]
        .concat(),
        5 => pieces,
        6 => framed(0x80, b"a continuation of nothing"),
        7 => [framed(0x01, b"{"), framed(TEXT, b"{}")].concat(),
        8 => framed(0x89, &noise[..noise.len().min(125)]),
        9 => framed(0x8A, &noise[..noise.len().min(125)]),
        10 => framed(*random.one_of(&[0x83, 0x8B, 0xC1, 0xF1, 0x09]), &noise),
        11 => framed(
            0x88,
            random.one_of::<&[u8]>(&[b"", b"\x03", b"\x03\xE8bye", b"\x03\xEE", b"\x0F\xA0\xFF"]),
        ),
        12 => framed(0x89, &[b'x'; 126]),
        // A head with an impossible length.
        _ => vec![
            TEXT, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0,
        ],
    }
}

async fn opened(app: &App, user: &TestUser, path: &str) -> RawSocket {
    let mut socket = RawSocket::open(app.url(), path, &user.access, None).await;
    let hello = socket.next_message().await.expect("a greeting");
    assert_eq!(hello.opcode, 1, "{path} began with {hello:?}");
    socket
}

/// The result of a frame: the close code, 0 if the connection ended without one.
async fn outcome(socket: &mut RawSocket, frame: &[u8]) -> Result<(), u16> {
    let limit = std::time::Duration::from_secs(90);
    let sent = tokio::time::timeout(limit, probe(socket, frame));
    sent.await.unwrap_or(Err(0))
}

/// Sends the frame and a ping, and waits for the response or the close frame.
async fn probe(socket: &mut RawSocket, frame: &[u8]) -> Result<(), u16> {
    socket.write(frame).await;
    socket.send("ping", &json!({}), "probe").await;
    loop {
        let Some(response) = socket.next_message().await else {
            return Err(1006);
        };
        if let Some(code) = response.close_code() {
            return Err(code);
        }
        if response.opcode == 8 {
            return Err(1005);
        }
        if response.json()["data"]["cid"] == "probe" {
            return Ok(());
        }
    }
}

#[tokio::test]
async fn send_random_frames_gets_a_response_or_a_close_code() {
    let app = App::with().embedded();
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    ada.befriend(&bob).await;
    let templates = templates(&ada.chat_with(&bob).await);
    let mut random = SeededRandom::new(4);
    let (mut closed, mut responded) = (0, 0);
    let mut path = PATHS[0];
    let mut socket = opened(&app, &ada, path).await;
    let mut sent_here = 0;
    for n in 0..FRAMES {
        let frame = if random.once_in(4) {
            random_frame(&mut random)
        } else {
            mutated_frame(&mut random, &templates, &format!("f-{n}"))
        };
        let ended = outcome(&mut socket, &frame).await;
        sent_here += 1;
        match ended {
            Ok(()) => responded += 1,
            Err(code) => {
                let shown = String::from_utf8_lossy(&frame[..frame.len().min(300)]).into_owned();
                assert!(
                    CODES.contains(&code),
                    "{code} on {path} after frame {n}: {shown:?}"
                );
                closed += 1;
            }
        }
        if ended.is_err() || sent_here >= ON_ONE {
            path = PATHS[n % PATHS.len()];
            // Sockets of single chats are rate limited; the others are not.
            if closed % 20 > 0 && path.starts_with("/ws/chat/") {
                path = PATHS[0];
            }
            socket = opened(&app, &ada, path).await;
            sent_here = 0;
        }
    }
    assert!(
        closed > 500 && responded > 500,
        "{closed} closed, {responded} answered"
    );
    let log = app.nodes[0].log();
    assert!(!log.contains("panicked"), "{log}");
    ada.get("/healthz").await.expect(200);
}
