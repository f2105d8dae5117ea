//! Players who come back, who do not, and who come twice.

use e2e::{App, deployments};
use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;

use super::player::{Player, Style};
use super::{invite_and_accept, pair, stored, verify_replay};

/// How often a player of an invited match may be absent.
const FORGIVEN: usize = 3;
/// Long enough for all absences.
const LONG: fn() -> Value = || json!({"score_to_win": 20, "game_speed": "medium", "ranked": true});

/// Waits until a player is events of this event.
async fn wait_for(events: &mut UnboundedReceiver<(String, Value)>, wanted: &str) -> Value {
    loop {
        let (name, data) = events.recv().await.unwrap();
        assert!(
            !matches!(&*name, "finished" | "canceled"),
            "ended before {wanted}: {data}"
        );
        if name == wanted {
            return data;
        }
    }
}

async fn drop_too_often(app: &App) {
    let [ada, bob] = pair(app).await;
    let id = invite_and_accept(&ada, &bob, "pong", LONG()).await;
    let last = app.nodes.len() - 1;
    let mut ada_player = Player::join(app, &ada, &[0], &id, Style::Follow).await;
    let mut bob_player = Player::join(app, &bob, &[last], &id, Style::Follow).await;
    let mut events = bob_player.listen();
    let leaving = async {
        ada_player.play_states(120).await;
        for drop in 0..=FORGIVEN {
            ada_player.hang_up();
            let paused = wait_for(&mut events, "paused").await;
            let left = paused["remaining"].as_f64().unwrap();
            if drop == FORGIVEN {
                assert!(left <= 5.0, "one absence too many: {paused}");
            } else {
                assert!(left > 5.0, "{paused}");
                ada_player.play_until("resumed").await;
            }
        }
    };
    let ((), log) = tokio::join!(leaving, bob_player.play());
    assert_eq!(log.end["reason"], "forfeit", "{}", app.name);
    assert_eq!(log.end["winner"], log.joined[0]["seat"], "who stayed wins");
    assert_eq!(log.all("resumed").len(), FORGIVEN);
    let found = stored(&ada, &id).await;
    assert_eq!(
        (&found["state"], &found["reason"]),
        (&json!("finished"), &json!("forfeit"))
    );
    verify_replay(&bob, &id).await;
    let statistics = bob.get("/api/v1/stats/").await.expect(200).data();
    let pong = &statistics["games"][0];
    assert_eq!([&pong["wins"], &pong["early_wins"]], [1, 1], "{pong}");
}

#[tokio::test]
async fn absent_player_comes_back_three_times_and_then_forfeits() {
    join_all(deployments().await.iter().map(drop_too_often)).await;
}

async fn open_second_tab(app: &App) {
    let [ada, bob] = pair(app).await;
    let options = json!({"score_to_win": 3, "game_speed": "fast"});
    let id = invite_and_accept(&ada, &bob, "pong", options).await;
    let last = app.nodes.len() - 1;
    let mut first = Player::join(app, &ada, &[0], &id, Style::Follow).await;
    let bob_player = Player::join(app, &bob, &[0], &id, Style::Corner).await;
    let replacing = async {
        first.play_states(120).await;
        let second = Player::join(app, &ada, &[last], &id, Style::Follow).await;
        let closing = async {
            let mut replaced = first.leave().unwrap();
            assert_eq!(replaced.wait_for_close().await.0, 4409, "{}", app.name);
        };
        tokio::join!(second.play(), closing).0
    };
    let (second, log) = tokio::join!(replacing, bob_player.play());
    assert_eq!(second.result(), log.result());
    assert_eq!(log.end["reason"], "score");
    assert_eq!(log.all("paused").len(), 0, "{log:?}");
    assert_eq!(log.all("countdown").len(), 1, "{log:?}");
    let newest = second.sent.last().unwrap().seq;
    assert!(
        second.leads.keys().any(|seq| *seq + 15 >= newest),
        "its inputs count"
    );
    verify_replay(&ada, &id).await;
}

#[tokio::test]
async fn second_tab_goes_on_without_a_pause() {
    join_all(deployments().await.iter().map(open_second_tab)).await;
}
