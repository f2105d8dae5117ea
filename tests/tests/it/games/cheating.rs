//! Clients that break the rules: they harm nobody but themselves.

use e2e::{App, RawSocket, Socket, SocketEvent, TestUser, deployments, framed, name};
use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use super::player::{Player, Style};
use super::record::PongRecord;
use super::{invite_and_accept, pair, stored, verify_replay};

const SHORT: fn() -> Value = || json!({"score_to_win": 3, "game_speed": "fast", "ranked": true});
/// More than a socket may send at once, and less than what a server would lose by closing it.
const FLOOD: u32 = 600;
/// The first byte of an unfragmented binary frame.
const BINARY: u8 = 0x82;

fn input(seq: u32, tick: i64, direction: i64) -> Value {
    json!({"type": "input", "data": {"seq": seq, "tick": tick, "direction": direction}})
}

/// A socket at a match that runs, and its last state.
async fn at_running_match(app: &App, person: &TestUser, node: usize, id: &str) -> (Socket, Value) {
    let path = format!("/ws/game/{id}/");
    let mut socket = app.connect_socket(person, node, &path).await;
    let state = next_state(&mut socket, |state| state["frozen"] == false).await;
    (socket, state)
}

/// The next state like this.
async fn next_state(socket: &mut Socket, is_wanted: impl Fn(&Value) -> bool) -> Value {
    loop {
        let state = socket.next_event("state").await["data"].clone();
        if is_wanted(&state) {
            return state;
        }
    }
}

#[tokio::test]
async fn malformed_inputs_close_the_socket_and_name_the_field() {
    for app in deployments().await {
        let [ada, bob] = pair(&app).await;
        let id = invite_and_accept(&ada, &bob, "pong", SHORT()).await;
        for (data, field) in [
            (json!({"seq": 1, "tick": 1, "direction": 2}), "direction"),
            (json!({"seq": 1, "tick": 1, "direction": "1"}), "direction"),
            (json!({"seq": 1, "tick": 1, "direction": null}), "direction"),
            (json!({"seq": 1, "tick": 1, "direction": 0.5}), "direction"),
            (json!({"seq": 1, "tick": 1}), "direction"),
            (json!({"tick": 1, "direction": 1}), "seq"),
            (json!({"seq": -1, "tick": 1, "direction": 1}), "seq"),
            (json!({"seq": "1", "tick": 1, "direction": 1}), "seq"),
            (json!({"seq": 1, "direction": 1}), "tick"),
            (json!({"seq": 1, "tick": [1], "direction": 1}), "tick"),
        ] {
            let path = format!("/ws/game/{id}/");
            let (mut socket, _) = app.open_socket(&ada, 1, &path).await;
            socket.next_event("joined").await;
            socket.send(json!({"type": "input", "data": data})).await;
            let (code, reason) = socket.wait_for_close().await;
            assert_eq!(code, 4400, "{}: {data}", app.name);
            assert!(reason.contains(field), "{data}: {reason}");
        }
        for (payload, field) in [
            (vec![1, 0, 0, 0, 0, 0, 0], "frame"),
            (vec![1, 1, 1, 0, 1, 0, 0, 0, 0], "frame"),
            (vec![3, 1, 1, 0, 1, 0, 0, 0], "kind"),
            (vec![1, 2, 1, 0, 1, 0, 0, 0], "direction"),
        ] {
            let reason = closed_by_binary(&app, &ada, &id, &payload).await;
            assert!(reason.contains(field), "{payload:?}: {reason}");
        }
    }
}

/// Sends a binary frame, which must close the socket as malformed, and gives the reason.
async fn closed_by_binary(app: &App, person: &TestUser, id: &str, payload: &[u8]) -> String {
    let path = format!("/ws/game/{id}/?frames=binary");
    let mut raw = RawSocket::open(app.url(), &path, &person.access, None).await;
    while !raw
        .next_message()
        .await
        .unwrap()
        .payload
        .starts_with(b"{\"type\":\"joined\"")
    {}
    assert!(raw.write(&framed(BINARY, payload)).await);
    loop {
        let frame = raw.next_message().await.unwrap();
        if let Some(code) = frame.close_code() {
            assert_eq!(code, 4400, "{payload:?}");
            return String::from_utf8(frame.payload[2..].to_vec()).unwrap();
        }
    }
}

#[tokio::test]
async fn actions_of_other_games_are_refused() {
    for app in deployments().await {
        let [ada, bob] = pair(&app).await;
        let [cid, dan] = [app.user("cid").await, app.user("dan").await];
        cid.befriend(&dan).await;
        let turns = invite_and_accept(&ada, &bob, "tictactoe", json!({})).await;
        let ticks = invite_and_accept(&cid, &dan, "pong", SHORT()).await;
        let path = format!("/ws/game/{turns}/");
        let mut players = [
            app.connect_socket(&ada, 0, &path).await,
            app.connect_socket(&bob, 1, &path).await,
        ];
        let data = || input(1, 1, 1)["data"].clone();
        for socket in &mut players {
            next_state(socket, |state| state["frozen"] == false).await;
            socket
                .expect_error("input", data(), "games.move_not_allowed")
                .await;
            socket.send(json!({"type": "input", "data": data()})).await;
            let refused = socket.next_event("error").await;
            assert_eq!(refused["data"]["code"], "games.move_not_allowed");
        }
        let [socket, _] = &mut players;
        let frame = json!({"type": "input", "data": {"seq": 1, "tick": 1}});
        socket.send(frame).await;
        assert_eq!(socket.wait_for_close().await.0, 4400, "{}", app.name);
        let path = format!("/ws/game/{ticks}/");
        let mut waiting = app.connect_socket(&dan, 0, &path).await;
        waiting.next_event("joined").await;
        let (mut socket, _) = at_running_match(&app, &cid, 1, &ticks).await;
        let data = json!({"position": 4});
        socket
            .expect_error("move", data, "games.move_not_allowed")
            .await;
    }
}

async fn lie_about_ticks(app: &App) {
    let [ada, bob] = pair(app).await;
    let id = invite_and_accept(&ada, &bob, "pong", SHORT()).await;
    let last = app.nodes.len() - 1;
    let liar = Player::join(app, &ada, &[last], &id, Style::Lie).await;
    let honest = Player::join(app, &bob, &[0], &id, Style::Corner).await;
    let (liar, honest) = tokio::join!(liar.play(), honest.play());
    assert_eq!(liar.result(), honest.result(), "{}", app.name);
    assert_eq!(honest.end["reason"], "score");
    assert_eq!(honest.all("paused").len(), 0, "{honest:?}");
    assert_eq!(honest.joined.len(), 1);
    verify_replay(&bob, &id).await;
    let record = PongRecord::download(&bob, &id).await;
    let longest = |seat: &Value| record.longest_step(seat.as_str().unwrap());
    let [of_liar, of_honest] = [&liar, &honest].map(|log| longest(&log.joined[0]["seat"]));
    assert!(of_liar <= of_honest, "{of_liar} in a tick, and {of_honest}");
}

#[tokio::test]
async fn ticks_far_off_and_old_numbers_gain_nothing() {
    join_all(deployments().await.iter().map(lie_about_ticks)).await;
}

#[tokio::test]
async fn inputs_with_earlier_numbers_are_ignored() {
    for app in deployments().await {
        let [ada, bob] = pair(&app).await;
        let id = invite_and_accept(&ada, &bob, "pong", json!({"score_to_win": 20})).await;
        let bob_player = Player::join(&app, &bob, &[0], &id, Style::Follow).await;
        let trying = async {
            let path = format!("/ws/game/{id}/");
            let mut socket = app.connect_socket(&ada, 1, &path).await;
            let seat = socket.next_event("joined").await["data"]["seat"].clone();
            let own = usize::from(seat == "second");
            next_state(&mut socket, |state| state["frozen"] == false).await;
            let tick = |state: &Value| state["tick"].as_i64().unwrap() + 2;
            let state = next_state(&mut socket, |_| true).await;
            socket.send(input(100, tick(&state), 1)).await;
            let state = next_state(&mut socket, |state| state["seq"] == 100).await;
            assert_eq!(state["keys"][own], 1, "{state}");
            for seq in [99, 1, 0, 100] {
                socket.send(input(seq, tick(&state), -1)).await;
            }
            socket.sync().await;
            for _ in 0..30 {
                let state = next_state(&mut socket, |_| true).await;
                assert_eq!(
                    (&state["seq"], &state["keys"][own]),
                    (&json!(100), &json!(1))
                );
            }
            socket.send(input(101, tick(&state), -1)).await;
            let state = next_state(&mut socket, |state| state["seq"] == 101).await;
            assert_eq!(state["keys"][own], -1, "{state}");
            socket.expect_ack("resign", json!({})).await;
        };
        let ((), log) = tokio::join!(trying, bob_player.play());
        assert!(!log.end.is_null(), "{}", app.name);
    }
}

/// Everything that a spectator could try.
async fn fault(app: &App, person: &TestUser, id: &str) {
    let (mut socket, state) = at_running_match(app, person, 1, id).await;
    let data = input(1, state["tick"].as_i64().unwrap(), 1)["data"].clone();
    for (action, data) in [
        ("input", data),
        ("ready", json!({})),
        ("pause", json!({})),
        ("resume", json!({})),
        ("resign", json!({})),
        ("rematch_offer", json!({})),
        ("chat", json!({"content": "left!"})),
    ] {
        socket
            .expect_error(action, data, "games.not_a_player")
            .await;
    }
    socket
        .try_send(Message::binary(vec![1, 1, 9, 0, 0, 0, 0, 0]))
        .await;
    socket.sync().await;
    for seq in 0..FLOOD {
        socket
            .try_send(Message::text(input(seq, 1, 1).to_string()))
            .await;
    }
    assert_eq!(end_of(&mut socket).await, Some(4429), "{}", app.name);
}

/// The close code with which a socket ends, if it does not just break.
async fn end_of(socket: &mut Socket) -> Option<u16> {
    loop {
        match socket.receive().await {
            SocketEvent::Frame(frame) => assert_ne!(name(&frame), "finished"),
            SocketEvent::Closed(code, _) => return Some(code),
            SocketEvent::Cut => return None,
        }
    }
}

async fn play_before_meddlers(app: &App) {
    let [ada, bob] = pair(app).await;
    let eve = app.user("eve").await;
    let id = invite_and_accept(&ada, &bob, "pong", SHORT()).await;
    let ada_player = Player::join(app, &ada, &[0], &id, Style::Follow).await;
    let bob_player = Player::join(app, &bob, &[1 % app.nodes.len()], &id, Style::Corner).await;
    let (ada_saw, bob_saw, ()) =
        tokio::join!(ada_player.play(), bob_player.play(), fault(app, &eve, &id));
    assert_eq!(ada_saw.result(), bob_saw.result(), "{}", app.name);
    for log in [&ada_saw, &bob_saw] {
        assert_eq!(log.end["reason"], "score");
        let counts = ["paused", "chat", "countdown"].map(|event| log.all(event).len());
        assert_eq!(counts, [0, 0, 1], "{log:?}");
    }
    verify_replay(&ada, &id).await;
}

#[tokio::test]
async fn spectators_meddle_in_vain() {
    join_all(deployments().await.iter().map(play_before_meddlers)).await;
}

#[tokio::test]
async fn strangers_are_sent_away_from_a_private_match() {
    for app in deployments().await {
        let [ada, bob] = pair(&app).await;
        let eve = app.user("eve").await;
        let id = invite_and_accept(&ada, &bob, "pong", json!({})).await;
        let path = format!("/ws/game/{id}/");
        for node in 0..2 {
            let mut socket = app.connect_socket(&eve, node, &path).await;
            for action in ["ready", "resign"] {
                let frame = json!({"type": action}).to_string();
                socket.try_send(Message::text(frame)).await;
            }
            assert_eq!(end_of(&mut socket).await, Some(4403), "{}", app.name);
        }
        let mut ada_socket = app.connect_socket(&ada, 0, &path).await;
        let joined = ada_socket.next_event("joined").await;
        assert_eq!(joined["data"]["phase"], "open", "{joined}");
    }
}

async fn flood_from_a_seat(app: &App) {
    let [ada, bob] = pair(app).await;
    let id = invite_and_accept(&ada, &bob, "pong", SHORT()).await;
    let bob_player = Player::join(app, &bob, &[0], &id, Style::Corner).await;
    let flooding = async {
        let (mut socket, state) = at_running_match(app, &ada, 1, &id).await;
        let tick = state["tick"].as_i64().unwrap();
        for seq in 1..=FLOOD {
            let frame = input(seq, tick, 1 - i64::from(seq % 3));
            socket.try_send(Message::text(frame.to_string())).await;
        }
        assert_eq!(end_of(&mut socket).await, Some(4429), "{}", app.name);
        drop(socket);
        Player::join(app, &ada, &[0], &id, Style::Follow)
            .await
            .play()
            .await
    };
    let (flooder, log) = tokio::join!(flooding, bob_player.play());
    assert_eq!(flooder.result(), log.result());
    assert_eq!(log.joined.len(), 1, "the opponent stays connected");
    assert_eq!(log.end["reason"], "score");
    verify_replay(&bob, &id).await;
}

#[tokio::test]
async fn flood_closes_its_own_socket_alone() {
    join_all(deployments().await.iter().map(flood_from_a_seat)).await;
}

/// Plays or watches a match, and gives all that was received before its end.
async fn receive_all(app: &App, person: &TestUser, node: usize, path: &str) -> Vec<Vec<u8>> {
    let node = app.nodes[node % app.nodes.len()].url();
    let mut raw = RawSocket::open(node, path, &person.access, None).await;
    let mut received: Vec<Vec<u8>> = vec![];
    while let Some(frame) = raw.next_message().await {
        let is_text = |part: &str| String::from_utf8_lossy(&frame.payload).contains(part);
        if frame.close_code().is_some() || is_text("\"finished\"") {
            break;
        }
        received.push(frame.payload);
        if received.len().is_multiple_of(20) {
            let data = json!({"seq": received.len(), "tick": 0, "direction": 1});
            let frame = json!({"type": "input", "data": data}).to_string();
            raw.write(&framed(e2e::TEXT, frame.as_bytes())).await;
        }
    }
    received
}

fn contains(whole: &[u8], part: &[u8]) -> bool {
    whole.windows(part.len()).any(|window| window == part)
}

async fn look_for_the_seed(app: &App) {
    let [ada, bob] = pair(app).await;
    let eve = app.user("eve").await;
    let id = invite_and_accept(&ada, &bob, "pong", SHORT()).await;
    let path = |query: &str| format!("/ws/game/{id}/{query}");
    let [json, binary, lockstep] = ["", "?frames=binary", "?frames=lockstep"].map(path);
    let (one, two, three) = tokio::join!(
        receive_all(app, &ada, 0, &json),
        receive_all(app, &bob, 1, &binary),
        receive_all(app, &eve, 1, &lockstep),
    );
    e2e::until("the match has ended", || async {
        stored(&ada, &id).await["state"] == "finished"
    })
    .await;
    verify_replay(&ada, &id).await;
    let seed = PongRecord::download(&ada, &id).await.seed();
    let forms = [
        b"seed".to_vec(),
        seed.to_string().into_bytes(),
        seed.cast_signed().to_string().into_bytes(),
        format!("{seed:x}").into_bytes(),
        seed.to_le_bytes().to_vec(),
        seed.to_be_bytes().to_vec(),
    ];
    for received in [one, two, three] {
        assert!(
            received.len() > 60,
            "{} frames at {}",
            received.len(),
            app.name
        );
        for form in &forms {
            let found = received.iter().find(|payload| contains(payload, form));
            assert!(found.is_none(), "{form:?} in {found:?}");
        }
    }
}

#[tokio::test]
async fn no_frame_before_the_end_holds_the_seed() {
    join_all(deployments().await.iter().map(look_for_the_seed)).await;
}
