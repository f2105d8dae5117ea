//! Matches whose server is lost.

use e2e::App;
use futures_util::future::join_all;
use serde_json::json;

use super::player::{Log, Player, Style};
use super::{invite_and_accept, pair, stored, verify_replay};

/// Plays a ranked match and kills the first node after the first point.
async fn play_through_a_kill(app: &App, kill: impl AsyncFnOnce()) -> [Log; 2] {
    let [ada, bob] = pair(app).await;
    let options = json!({"score_to_win": 3, "game_speed": "fast", "ranked": true});
    let id = invite_and_accept(&ada, &bob, "pong", options).await;
    let nodes: Vec<usize> = (0..app.nodes.len()).collect();
    let reversed: Vec<usize> = nodes.iter().rev().copied().collect();
    // The node of the player who joins first runs the match.
    let mut ada_player = Player::join(app, &ada, &nodes, &id, Style::Follow).await;
    ada_player.wait_until_joined().await;
    let bob_player = Player::join(app, &bob, &reversed, &id, Style::Corner).await;
    let playing = async {
        ada_player.play_until("point").await;
        kill().await;
        ada_player.play().await
    };
    let (one, other) = tokio::join!(playing, bob_player.play());
    let [ada, bob] = [&ada, &bob].map(|user| user.at_node(app.nodes.len() - 1));
    let stored = stored(&bob, &id).await;
    assert_eq!(stored["state"], "finished", "{stored}");
    let winner = usize::try_from(stored["winner"].as_u64().unwrap()).unwrap();
    assert_eq!(stored["players"][winner]["user"]["username"], "ada");
    verify_replay(&ada, &id).await;
    let statistics = ada.get("/api/v1/stats/").await.expect(200).data();
    assert_eq!(statistics["games"][0]["wins"], 1);
    assert_eq!(statistics["games"][0]["rating"]["matches"], 1);
    [one, other]
}

#[tokio::test]
async fn match_goes_on_when_its_node_is_killed() {
    let Some(app) = App::with().cluster(2) else {
        return;
    };
    let kill = async || app.nodes[0].signal("KILL");
    let [one, other] = play_through_a_kill(&app, kill).await;
    assert!(one.joined.len() >= 2, "joined again elsewhere");
    let countdowns = other.all("countdown");
    let is_recovery = |data: &&serde_json::Value| data["reason"] == "recovered";
    assert!(countdowns.iter().any(is_recovery), "{countdowns:?}");
}

#[tokio::test]
async fn match_goes_on_when_its_node_stops() {
    let Some(app) = App::with().cluster(2) else {
        return;
    };
    let stop = async || app.nodes[0].signal("TERM");
    let logs = play_through_a_kill(&app, stop).await;
    assert!(logs.iter().all(|log| !log.end.is_null()));
}

#[tokio::test]
async fn matches_of_two_nodes_are_each_played_once() {
    let Some(app) = App::with().cluster(2) else {
        return;
    };
    let people = join_all((0..4).map(|n| {
        let app = &app;
        async move { app.user(&format!("player{n}")).await }
    }))
    .await;
    for pair in people.chunks(2) {
        pair[0].befriend(&pair[1]).await;
    }
    let matches = people.chunks(2).map(|pair| async {
        let options = json!({"score_to_win": 3, "game_speed": "fast"});
        let id = invite_and_accept(&pair[0], &pair[1], "pong", options).await;
        let one = Player::join(&app, &pair[0], &[0], &id, Style::Follow).await;
        let other = Player::join(&app, &pair[1], &[1], &id, Style::Corner).await;
        let logs = join_all([one.play(), other.play()]).await;
        assert_eq!(logs[0].end, logs[1].end);
        verify_replay(&pair[0], &id).await;
    });
    join_all(matches).await;
    let totals = people[0].get("/api/v1/stats/").await.data()["totals"].clone();
    assert_eq!(totals["matches"], 2);
}
