//! Matches over real sockets: from an invite or the queue to a stored result, and what clients must not do.

use e2e::{App, RawSocket, Socket, TestUser, deployments, framed, name};
use serde_json::{Value, json};

fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value}"))
        .to_owned()
}

/// A match of these two, by an invite.
async fn invited(ada: &TestUser, bob: &TestUser, game: &str, options: Value) -> String {
    let invite = json!({"username": bob.name, "game": game, "options": options});
    let sent = ada
        .post("/api/v1/invites/", invite)
        .await
        .expect(201)
        .data();
    let accept = format!("/api/v1/invites/{}/accept/", text(&sent["id"]));
    let accepted = bob.post(&accept, json!({})).await.expect(200).data();
    text(&accepted["match_id"])
}

async fn friends(app: &App) -> (TestUser, TestUser) {
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    ada.befriend(&bob).await;
    (ada, bob)
}

/// A socket at a match, and its `joined`.
async fn at(app: &App, who: &TestUser, node: usize, id: &str, query: &str) -> (Socket, Value) {
    let path = format!("/ws/game/{id}/{query}");
    let (mut socket, _) = app.open_socket(who, node, &path).await;
    let joined = socket.next_event("joined").await;
    (socket, joined["data"].clone())
}

/// Waits until the match runs.
async fn running(socket: &mut Socket) -> Value {
    loop {
        let state = socket.next_event("state").await;
        if state["data"]["frozen"] == false {
            return state["data"].clone();
        }
    }
}

#[tokio::test]
async fn tic_tac_toe_is_played_from_the_invite_to_the_stored_result() {
    for app in deployments().await {
        let (ada, bob) = friends(&app).await;
        let id = invited(&ada, &bob, "tictactoe", json!({})).await;
        let (mut ada_socket, joined) = at(&app, &ada, 0, &id, "").await;
        let (mut bob_socket, other) = at(&app, &bob, 1, &id, "").await;
        assert_eq!(
            joined["opponent"]["user"]["username"], "bob",
            "{}",
            app.name
        );
        assert_eq!(other["you"]["user"]["username"], "bob");
        assert_ne!(joined["seat"], other["seat"]);
        let ada_is_first = joined["seat"] == "first";
        let (first, second) = if ada_is_first {
            (&mut ada_socket, &mut bob_socket)
        } else {
            (&mut bob_socket, &mut ada_socket)
        };
        for socket in [&mut *first, &mut *second] {
            socket.expect_ack("ready", json!({})).await;
        }
        let state = running(first).await;
        assert_eq!(
            (&state["board"], &state["turn"]),
            (&json!("_________"), &json!("X"))
        );
        running(second).await;
        let too_early = json!({"position": 0});
        second
            .expect_error("move", too_early, "games.not_your_turn")
            .await;
        for (mover, position) in [(0, 0), (1, 3), (0, 1), (1, 4), (0, 2)] {
            let mover = if mover == 0 {
                &mut *first
            } else {
                &mut *second
            };
            mover
                .expect_ack("move", json!({"position": position}))
                .await;
        }
        for socket in [first, second] {
            let finished = socket.next_event("finished").await;
            assert_eq!(
                finished["data"]["winner"], "first",
                "{}: {finished}",
                app.name
            );
        }
        let stored = ada
            .get(&format!("/api/v1/matches/{id}/"))
            .await
            .expect(200)
            .data();
        assert_eq!(
            (&stored["state"], &stored["winner"]),
            (&json!("finished"), &json!(0))
        );
        // A match that is over is told at once, and the socket closed.
        let (mut again, joined) = at(&app, &ada, 1, &id, "").await;
        assert_eq!(joined["result"]["winner"], "first");
        assert_eq!(again.wait_for_close().await.0, 4410);
    }
}

#[tokio::test]
async fn pong_is_played_from_the_invite_to_the_stored_result() {
    for app in deployments().await {
        let (ada, bob) = friends(&app).await;
        let options = json!({"score_to_win": 3, "game_speed": "fast"});
        let id = invited(&ada, &bob, "pong", options).await;
        let (mut ada_socket, joined) = at(&app, &ada, 0, &id, "?rate=20").await;
        let (mut bob_socket, _) = at(&app, &bob, 1, &id, "?rate=auto").await;
        assert_eq!(joined["tick_rate"], 60);
        for socket in [&mut ada_socket, &mut bob_socket] {
            socket.expect_ack("ready", json!({})).await;
        }
        running(&mut ada_socket).await;
        // One holds the paddle at the wall, so that points are scored.
        let mut seq = 0;
        let play = async {
            loop {
                let frame = ada_socket.next().await;
                match name(&frame) {
                    "state" => {
                        seq += 1;
                        let tick = frame["data"]["tick"].clone();
                        let input = json!({"seq": seq, "tick": tick, "direction": 1});
                        ada_socket
                            .send(json!({"type": "input", "data": input}))
                            .await;
                    }
                    "finished" => break frame["data"].clone(),
                    _ => {}
                }
            }
        };
        // A match may take longer than a socket stays open whose frames are not read.
        let (finished, seen) = tokio::join!(play, bob_socket.next_event("finished"));
        assert_eq!(seen["data"]["score"], finished["score"]);
        let stored = bob
            .get(&format!("/api/v1/matches/{id}/"))
            .await
            .expect(200)
            .data();
        assert_eq!(stored["state"], "finished", "{}", app.name);
        assert_eq!(stored["players"][0]["score"], finished["score"][0]);
        let verify = format!("/api/v1/matches/{id}/replay/?verify=1");
        let verified = ada.get(&verify).await.expect(200).data();
        assert_eq!(verified["verified"], true, "{}: {verified}", app.name);
    }
}

#[tokio::test]
async fn malformed_frames_close_the_socket_of_a_match() {
    for app in deployments().await {
        let (ada, bob) = friends(&app).await;
        let id = invited(&ada, &bob, "pong", json!({})).await;
        for (frame, field) in [
            (json!({"seq": 1, "tick": 1, "direction": 2}), "direction"),
            (json!({"seq": 1, "tick": 1, "direction": "1"}), "direction"),
            (json!({"tick": 1, "direction": 1}), "seq"),
        ] {
            let (mut socket, _) = at(&app, &ada, 0, &id, "").await;
            socket.send(json!({"type": "input", "data": frame})).await;
            let (code, reason) = socket.wait_for_close().await;
            assert_eq!(code, 4400, "{}", app.name);
            assert!(reason.contains(field), "{reason}");
        }
        for (query, reason) in [("?frames=xml", "frames"), ("?rate=61", "rate")] {
            let path = format!("/ws/game/{id}/{query}");
            let (code, told) = app
                .connect_socket(&ada, 0, &path)
                .await
                .wait_for_close()
                .await;
            assert_eq!(code, 4400);
            assert!(told.contains(reason), "{told}");
        }
        let path = format!("/ws/game/{id}/?frames=binary");
        let mut raw = RawSocket::open(app.url(), &path, &ada.access, None).await;
        assert_eq!(raw.next_message().await.unwrap().opcode, 1);
        assert!(raw.write(&framed(0x82, &[1, 0, 0, 0, 0, 0, 0])).await);
        let close = loop {
            let frame = raw.next_message().await.unwrap();
            if let Some(code) = frame.close_code() {
                break code;
            }
        };
        assert_eq!(close, 4400);
    }
}

#[tokio::test]
async fn strangers_and_second_tabs_are_told_apart_by_close_codes() {
    for app in deployments().await {
        let (ada, bob) = friends(&app).await;
        let cid = app.user("cid").await;
        let id = invited(&ada, &bob, "pong", json!({"ranked": false})).await;
        let nobodys = "/ws/game/01890a5d-ac96-774b-bcce-b302099a8060/";
        assert_eq!(
            app.connect_socket(&ada, 0, nobodys)
                .await
                .wait_for_close()
                .await
                .0,
            4404
        );
        let bad = app
            .connect_socket(&ada, 0, "/ws/game/7/")
            .await
            .wait_for_close()
            .await;
        assert_eq!(bad.0, 4400);
        let path = format!("/ws/game/{id}/");
        assert_eq!(
            app.connect_socket(&cid, 0, &path)
                .await
                .wait_for_close()
                .await
                .0,
            4403
        );
        let (mut first, _) = at(&app, &ada, 0, &id, "").await;
        let (_second, _) = at(&app, &ada, 1, &id, "").await;
        assert_eq!(first.wait_for_close().await.0, 4409, "{}", app.name);
    }
}

#[tokio::test]
async fn spectators_see_a_ranked_match_and_change_nothing() {
    for app in deployments().await {
        let (ada, bob) = friends(&app).await;
        let cid = app.user("cid").await;
        let id = invited(&ada, &bob, "pong", json!({"ranked": true})).await;
        let (mut ada_socket, _) = at(&app, &ada, 0, &id, "").await;
        let (_bob_socket, _) = at(&app, &bob, 0, &id, "").await;
        let (mut at_cid, joined) = at(&app, &cid, 1, &id, "").await;
        assert_eq!(
            (&joined["seat"], &joined["you"]),
            (&Value::Null, &Value::Null)
        );
        let input = json!({"seq": 1, "tick": 1, "direction": 1});
        at_cid
            .expect_error("input", input, "games.not_a_player")
            .await;
        at_cid
            .expect_error("resign", json!({}), "games.not_a_player")
            .await;
        ada_socket.expect_ack("ready", json!({})).await;
    }
}

#[tokio::test]
async fn queue_pairs_users_on_any_nodes() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        let path = "/ws/matchmaking/?game=pong&ranked=true";
        let (mut ada_socket, _) = app.open_socket(&ada, 0, path).await;
        let queued = ada_socket.next_event("queued").await;
        assert_eq!(
            (&queued["data"]["position"], &queued["data"]["paused"]),
            (&json!(1), &json!(false))
        );
        let (mut bob_socket, _) = app.open_socket(&bob, 1, "/ws/matchmaking/?game=pong").await;
        let one = ada_socket.next_event("game_found").await;
        let other = bob_socket.next_event("game_found").await;
        assert_eq!(
            one["data"]["match_id"], other["data"]["match_id"],
            "{}",
            app.name
        );
        assert_eq!(one["data"]["opponent"]["username"], "bob");
        let again = ada.post("/api/v1/games/pong/queue/", json!({})).await;
        again.expect_error(409, "games.engaged");
    }
}

#[tokio::test]
async fn queue_over_http_names_the_ticket_and_is_left() {
    for app in deployments().await {
        let ada = app.user("ada").await;
        let queue = "/api/v1/games/pong/queue/";
        let options = json!({"options": {"game_speed": "slow"}});
        ada.post(queue, options.clone()).await.expect(200);
        ada.post(queue, options)
            .await
            .expect_error(409, "games.queued");
        let unknown = json!({"options": {"game_speed": "hyper"}});
        ada.post(queue, unknown)
            .await
            .expect_error(422, "games.options_invalid");
        ada.delete(queue).await.expect(200);
        ada.delete(queue).await.expect(200);
        let text = json!({"options": {"score_to_win": "5"}});
        ada.post(queue, text)
            .await
            .expect_error(422, "games.options_invalid");
        let path = "/ws/matchmaking/?game=pong&score_to_win=21";
        let mut socket = app.connect_socket(&ada, 0, path).await;
        let (code, reason) = socket.wait_for_close().await;
        assert_eq!(code, 4400);
        assert!(reason.contains("options.score_to_win"), "{reason}");
        ada.post("/api/v1/games/chess/queue/", json!({}))
            .await
            .expect_error(404, "games.game_not_found");
    }
}
