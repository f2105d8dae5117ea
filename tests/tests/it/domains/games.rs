//! Games: the calls of each operation.

use e2e::{App, Socket, TestUser};
use futures_util::FutureExt;
use serde_json::{Value, json};

use super::Domain;
use crate::idempotency::Creation;
use crate::statements::Meter;

const PRACTICE: &str = "/api/v1/games/pong/practice/";
const LOCAL: &str = "/api/v1/games/pong/local/";

pub(super) const DOMAIN: Domain = Domain {
    // Matches take their time; the lists are walked in the tests of their crate.
    fill_lists: |_| async {}.boxed_local(),
    creation: |operation| match operation {
        "start_practice" => Some(Creation::new(PRACTICE, json!({}), 5)),
        "start_local" => Some(Creation::new(LOCAL, json!({"players": ["Mum", "Dad"]}), 5)),
        _ => None,
    },
    measure: |meter| measure(meter).boxed_local(),
};

async fn measure(meter: &Meter<'_>) {
    let [hanna, ines] = [meter.app.user("hanna").await, meter.app.user("ines").await];
    hanna.befriend(&ines).await;
    meter.read(&hanna, "GET /api/v1/games/", &[]).await;
    let practice = "POST /api/v1/games/{game}/practice/";
    let started = meter.call(&hanna, practice, &["pong"], json!({})).await;
    let id = started.data()["id"].as_str().unwrap().to_owned();
    let names = json!({"players": ["Mum", "Dad"]});
    let local = "POST /api/v1/games/{game}/local/";
    meter.call(&hanna, local, &["pong"], names).await;
    measure_queue(meter, &hanna).await;
    meter.read(&hanna, "GET /api/v1/matches/", &[]).await;
    meter.read(&hanna, "GET /api/v1/matches/live/", &[]).await;
    meter
        .read(&hanna, "GET /api/v1/matches/{id}/", &[&id])
        .await;
    let theirs = "GET /api/v1/users/{username}/matches/";
    meter.read(&hanna, theirs, &["ines"]).await;
    let board = "GET /api/v1/leaderboards/{game}/";
    meter.read(&hanna, board, &["pong"]).await;
    meter.read(&hanna, "GET /api/v1/stats/", &[]).await;
    let compare = "GET /api/v1/stats/head-to-head/?opponent=ines";
    meter.read(&hanna, compare, &[]).await;
    meter.read(&hanna, "GET /api/v1/home/", &[]).await;
    measure_replay(meter, &hanna, &ines).await;
    measure_match_sockets(meter, &hanna, &ines).await;
    measure_queue_socket(meter, &hanna).await;
    measure_rematch(meter, &hanna, &ines).await;
}

/// The socket of a match that is played at one keyboard, and of one of two players.
async fn measure_match_sockets(meter: &Meter<'_>, one: &TestUser, other: &TestUser) {
    let names = json!({"players": ["Mum", "Dad"]});
    let local = "/api/v1/games/tictactoe/local/";
    let started = one.post(local, names).await.expect(201).data();
    let mut alone = open_match(meter.app, one, &started).await;
    wait_until_running(&mut alone).await;
    let position = json!({"position": 4});
    meter.act(&mut alone, "action move", position).await;
    alone.expect_ack("resign", json!({})).await;
    alone.close().await;

    let id = crate::games::invite_and_accept(one, other, "pong", json!({})).await;
    let path = format!("/ws/game/{id}/");
    let labels = ["GET /ws/game/{match_id}/", "connect /ws/game/{match_id}/"];
    let opened = meter.measure_all(&labels, meter.app.open_socket(one, 0, &path));
    let mut first = opened.await.0;
    let second = meter.app.open_socket(other, 0, &path).await.0;
    meter.act(&mut first, "action ready", json!({})).await;
    wait_until_running(&mut first).await;
    let input = json!({"seq": 1, "tick": 1, "direction": 1});
    meter.act(&mut first, "action input", input).await;
    let said = json!({"content": "Good luck"});
    meter.act(&mut first, "action chat", said).await;
    for action in ["action pause", "action resync", "action resign"] {
        meter.act(&mut first, action, json!({})).await;
    }
    first.next_event("canceled").await;
    first.close().await;
    second.close().await;
}

/// A match that ends by resignation, and what both may do afterwards.
async fn measure_rematch(meter: &Meter<'_>, one: &TestUser, other: &TestUser) {
    let id = crate::games::invite_and_accept(one, other, "tictactoe", json!({})).await;
    let path = format!("/ws/game/{id}/");
    let mut first = meter.app.open_socket(one, 0, &path).await.0;
    let joined = first.next_event("joined").await;
    let mut second = meter.app.open_socket(other, 0, &path).await.0;
    if joined["data"]["seat"] == "second" {
        std::mem::swap(&mut first, &mut second);
    }
    wait_until_running(&mut first).await;
    first.expect_ack("move", json!({"position": 4})).await;
    second.expect_ack("move", json!({"position": 0})).await;
    first.expect_ack("resign", json!({})).await;
    first.next_event("finished").await;
    meter
        .act(&mut first, "action rematch_offer", json!({}))
        .await;
    meter
        .act(&mut second, "action rematch_decline", json!({}))
        .await;
    first.expect_ack("rematch_offer", json!({})).await;
    meter
        .act(&mut second, "action rematch_accept", json!({}))
        .await;
    first.close().await;
    second.close().await;
}

async fn wait_until_running(socket: &mut Socket) {
    while socket.next_event("state").await["data"]["frozen"] != false {}
}

async fn open_match(app: &App, user: &TestUser, started: &Value) -> Socket {
    let path = format!("/ws/game/{}/", started["id"].as_str().unwrap());
    app.open_socket(user, 0, &path).await.0
}

async fn measure_queue_socket(meter: &Meter<'_>, user: &TestUser) {
    let labels = ["GET /ws/matchmaking/", "connect /ws/matchmaking/"];
    let path = "/ws/matchmaking/?game=tictactoe";
    let opened = meter.measure_all(&labels, meter.app.open_socket(user, 0, path));
    let mut waiting = opened.await.0;
    meter
        .act(&mut waiting, "action leave_queue", json!({}))
        .await;
    waiting.close().await;
}

async fn measure_queue(meter: &Meter<'_>, person: &TestUser) {
    let enter = "POST /api/v1/games/{game}/queue/";
    meter.call(person, enter, &["pong"], json!({})).await;
    let leave = "DELETE /api/v1/games/{game}/queue/";
    meter.read(person, leave, &["pong"]).await;
}

/// A finished match: one of two friends who play tic-tac-toe until the end.
async fn measure_replay(meter: &Meter<'_>, one: &TestUser, other: &TestUser) {
    let id = crate::games::play_tic_tac_toe(meter.app, one, other).await;
    let replay = "GET /api/v1/matches/{id}/replay/";
    meter.read(one, replay, &[&id]).await;
    for (operation, player) in [("rematch", one), ("challenge", other)] {
        let again = format!("POST /api/v1/matches/{{id}}/{operation}/");
        let invited = meter.call(player, &again, &[&id], json!({})).await;
        cancel(player, &invited.data()).await;
    }
}

async fn cancel(sender: &TestUser, invite: &Value) {
    let path = format!("/api/v1/invites/{}/cancel/", invite["id"].as_str().unwrap());
    sender.post(&path, json!({})).await.expect(200);
}
