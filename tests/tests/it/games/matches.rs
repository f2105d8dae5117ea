//! Matches from an invite, against the computer and at one keyboard.

use e2e::{App, deployments};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::player::{Player, Style};
use super::{invite_and_accept, pair, play_tic_tac_toe, stored, verify_replay};

const SHORT: fn() -> Value = || json!({"score_to_win": 3, "game_speed": "fast", "ranked": true});

/// The winner's part of an event for both.
fn position_of(stored: &Value, username: &str) -> usize {
    let players = stored["players"].as_array().unwrap();
    let is_theirs = |player: &Value| player["user"]["username"] == username;
    players.iter().position(is_theirs).unwrap()
}

async fn play_pong(app: &App) {
    let [ada, bob] = pair(app).await;
    let mut ada_player = app.connect_socket(&ada, 0, "/ws/events/").await;
    let id = invite_and_accept(&ada, &bob, "pong", SHORT()).await;
    let last = app.nodes.len() - 1;
    let at_one = Player::join(app, &ada, &[0], &id, Style::Follow).await;
    let at_other = Player::join(app, &bob, &[last], &id, Style::Corner).await;
    let [won, lost] = <[_; 2]>::try_from(join_all([at_one.play(), at_other.play()]).await).unwrap();
    assert_eq!(won.end, lost.end, "{}", app.name);
    assert_eq!(won.end["reason"], "score");
    assert!(won.states > 100, "{} states", won.states);
    assert_eq!(won.all("point").len(), lost.all("point").len());

    let stored = stored(&ada, &id).await;
    assert_eq!(
        (&stored["state"], &stored["reason"]),
        (&json!("finished"), &json!("score"))
    );
    let winner = position_of(&stored, "ada");
    assert_eq!(stored["winner"], winner, "{stored}");
    assert_eq!(stored["players"][winner]["score"], 3);
    let points = won.all("point").len();
    assert_eq!(stored["timeline"].as_array().unwrap().len(), points);
    let change = &stored["players"][winner]["rating"];
    assert!(
        change["after"].as_i64() > change["before"].as_i64(),
        "{stored}"
    );
    verify_replay(&bob, &id).await;

    let finished = ada_player.next_event("match_finished").await;
    assert_eq!(finished["data"]["match_id"], id.as_str());
    assert_eq!(finished["data"]["result"], "won");
    let listed = bob.get("/api/v1/matches/?result=lost").await.expect(200);
    assert_eq!(listed.data()[0]["id"], id.as_str());
    let statistics = ada.get("/api/v1/stats/").await.expect(200).data();
    assert_eq!(statistics["games"][0]["wins"], 1);
    assert_eq!(statistics["totals"]["matches"], 1);
    invite_and_accept(&bob, &ada, "pong", SHORT()).await;
}

#[tokio::test]
async fn pong_from_invite_to_result() {
    join_all(deployments().await.iter().map(play_pong)).await;
}

async fn tic_tac_toe(app: &App) {
    let [ada, bob] = pair(app).await;
    let id = play_tic_tac_toe(app, &ada, &bob).await;
    let stored = stored(&bob, &id).await;
    assert_eq!(stored["winner"], 0);
    verify_replay(&ada, &id).await;
    let statistics = ada.get("/api/v1/stats/head-to-head/?opponent=bob").await;
    let statistics = statistics.expect(200).data();
    assert_eq!(statistics[0]["game"], "tictactoe");
}

#[tokio::test]
async fn tic_tac_toe_from_invite_to_result() {
    join_all(deployments().await.iter().map(tic_tac_toe)).await;
}

async fn play_alone(app: &App) {
    let ada = app.user("ada").await;
    let options = json!({"score_to_win": 3, "game_speed": "fast"});
    let body = json!({"level": "master", "options": options});
    let started = ada.post("/api/v1/games/pong/practice/", body).await;
    let id = started.expect(201).data()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let player = Player::join(app, &ada, &[0], &id, Style::Corner).await;
    let log = player.play().await;
    assert_eq!(log.end["reason"], "score");
    let stored = stored(&ada, &id).await;
    assert_eq!(stored["players"][0]["result"], "lost", "{stored}");
    assert_eq!(stored["players"][1]["type"], "computer");
    verify_replay(&ada, &id).await;
    let statistics = ada.get("/api/v1/stats/").await.expect(200).data();
    assert_eq!(statistics["games"], json!([]), "practice does not count");
}

#[tokio::test]
async fn practice_against_the_computer() {
    join_all(deployments().await.iter().map(play_alone)).await;
}

#[tokio::test]
async fn resignation_ends_a_match_for_both() {
    for app in deployments().await {
        let [ada, bob] = pair(&app).await;
        let id = invite_and_accept(&ada, &bob, "pong", SHORT()).await;
        let mut ada_player = Player::join(&app, &ada, &[0], &id, Style::Follow).await;
        let bob_player = Player::join(&app, &bob, &[0], &id, Style::Corner).await;
        let resign = async {
            ada_player.play_until("point").await;
            ada_player.act("resign", json!({})).await;
            ada_player.play().await
        };
        let (ada_saw, bob_saw) = tokio::join!(resign, bob_player.play());
        assert_eq!(ada_saw.end, bob_saw.end);
        assert_eq!(ada_saw.end["reason"], "resignation");
        let stored = stored(&bob, &id).await;
        assert_eq!(stored["winner"], position_of(&stored, "bob"));
    }
}
