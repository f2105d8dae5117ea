//! Matches during outages of nodes, Redis and PostgreSQL: each ends right, and once.

use e2e::{App, Socket, SocketEvent, TestUser, name};
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;

use super::counted_once::assert_counted_once;
use super::player::{Log, Player, Style};
use super::{invite_and_accept, pair};

const OPTIONS: fn() -> Value = || json!({"score_to_win": 3, "game_speed": "fast", "ranked": true});

/// Two friends in a match.
async fn begin(app: &App) -> ([TestUser; 2], String) {
    let pair = pair(app).await;
    let id = invite_and_accept(&pair[0], &pair[1], "pong", OPTIONS()).await;
    (pair, id)
}

/// Checks that both saw the same result, and that it is stored once.
async fn check(app: &App, [ada, bob]: [&TestUser; 2], id: &str, logs: [&Log; 2], node: usize) {
    assert_eq!(logs[0].result(), logs[1].result());
    assert_eq!(logs[0].end["reason"], "score");
    let [ada, bob] = [ada, bob].map(|user| user.at_node(node));
    assert_counted_once([&ada, &bob], id, 0).await;
    app.run_command("recount");
}

/// What a socket receives until its end.
async fn rest_of(mut socket: Socket) -> Vec<Value> {
    let mut frames = vec![];
    loop {
        match socket.receive().await {
            SocketEvent::Frame(frame) => frames.push(frame),
            SocketEvent::Closed(1012 | 4409 | 4410, _) | SocketEvent::Cut => return frames,
            SocketEvent::Closed(code, reason) => panic!("closed with {code} {reason}"),
        }
    }
}

#[tokio::test]
async fn node_that_wakes_up_has_lost_its_match() {
    let Some(app) = App::with().cluster(2) else {
        return;
    };
    let ([ada, bob], id) = begin(&app).await;
    let mut ada_player = Player::join(&app, &ada, &[0], &id, Style::Follow).await;
    let bob_player = Player::join(&app, &bob, &[1], &id, Style::Corner).await;
    let playing = async {
        ada_player.play_states(150).await;
        app.nodes[0].signal("STOP");
        let before = ada_player.move_to(1).await.unwrap();
        ada_player.play_until("resumed").await;
        app.nodes[0].signal("CONT");
        tokio::join!(ada_player.play(), rest_of(before))
    };
    let ((ada_saw, late), bob_saw) = tokio::join!(playing, bob_player.play());
    let ends = late
        .iter()
        .filter(|frame| matches!(name(frame), "finished" | "canceled"));
    assert_eq!(ends.count(), 0, "of the node that was frozen");
    check(&app, [&ada, &bob], &id, [&ada_saw, &bob_saw], 1).await;
}

#[tokio::test]
async fn match_of_players_elsewhere_is_handed_over() {
    let Some(app) = App::with().cluster(2) else {
        return;
    };
    let ([ada, bob], id) = begin(&app).await;
    let eve = app.user("eve").await;
    // Whoever comes first brings the match to their node.
    let eve_player = Player::join(&app, &eve, &[0, 1], &id, Style::Watch).await;
    let mut ada_player = Player::join(&app, &ada, &[1], &id, Style::Follow).await;
    let bob_player = Player::join(&app, &bob, &[1], &id, Style::Corner).await;
    let playing = async {
        ada_player.play_until("point").await;
        app.nodes[0].signal("TERM");
        ada_player.play().await
    };
    let (ada_saw, bob_saw, eve_saw) = tokio::join!(playing, bob_player.play(), eve_player.play());
    let epochs: Vec<_> = bob_saw
        .joined
        .iter()
        .map(|joined| joined["epoch"].as_i64())
        .collect();
    assert!(epochs.first() < epochs.last(), "{epochs:?}");
    assert_eq!(eve_saw.result(), ada_saw.result());
    check(&app, [&ada, &bob], &id, [&ada_saw, &bob_saw], 1).await;
}

/// Waits until a player is events of this event. Nothing more is events once the match has ended.
async fn wait_for(events: &mut UnboundedReceiver<(String, Value)>, wanted: &str) -> Option<Value> {
    while let Some((name, data)) = events.recv().await {
        if name == wanted {
            return Some(data);
        }
    }
    None
}

#[tokio::test]
async fn redis_outage_stops_matches_of_two_nodes_alone() {
    let Some(server) = testkit::private_redis() else {
        return;
    };
    let Some(app) = App::with().cluster_over(&server) else {
        return;
    };
    let ([ada, bob], split) = begin(&app).await;
    let [cid, dan] = [app.user("cid").await, app.user("dan").await];
    cid.befriend(&dan).await;
    let options = json!({"score_to_win": 6, "game_speed": "medium", "ranked": true});
    let whole = invite_and_accept(&cid, &dan, "pong", options).await;
    let mut ada_player = Player::join(&app, &ada, &[0], &split, Style::Follow).await;
    let bob_player = Player::join(&app, &bob, &[1], &split, Style::Corner).await;
    let cid_player = Player::join(&app, &cid, &[0], &whole, Style::Follow).await;
    let dan_player = Player::join(&app, &dan, &[0], &whole, Style::Corner).await;
    let mut events = ada_player.listen();
    let outage = async {
        wait_for(&mut events, "point").await.unwrap();
        server.stop();
        wait_for(&mut events, "paused").await.unwrap();
        server.restart();
    };
    let (ada_saw, bob_saw, cid_saw, dan_saw, ()) = tokio::join!(
        ada_player.play(),
        bob_player.play(),
        cid_player.play(),
        dan_player.play(),
        outage,
    );
    for log in [&cid_saw, &dan_saw] {
        let counts = ["paused", "countdown"].map(|event| log.all(event).len());
        assert_eq!((counts, log.joined.len()), ([0, 1], 1), "{log:?}");
    }
    check(&app, [&ada, &bob], &split, [&ada_saw, &bob_saw], 0).await;
    check(&app, [&cid, &dan], &whole, [&cid_saw, &dan_saw], 1).await;
}

/// Without Redis, the heartbeats in the database tell that a node is dead.
#[tokio::test]
async fn match_of_a_killed_node_goes_on_without_redis() {
    let Some(server) = testkit::private_redis() else {
        return;
    };
    let Some(app) = App::with().cluster_over(&server) else {
        return;
    };
    let ([ada, bob], id) = begin(&app).await;
    let mut ada_player = Player::join(&app, &ada, &[0, 1], &id, Style::Follow).await;
    let bob_player = Player::join(&app, &bob, &[1], &id, Style::Corner).await;
    let mut events = ada_player.listen();
    let outage = async {
        wait_for(&mut events, "point").await.unwrap();
        server.stop();
        wait_for(&mut events, "paused").await.unwrap();
        app.nodes[0].signal("KILL");
    };
    let (ada_saw, bob_saw, ()) = tokio::join!(ada_player.play(), bob_player.play(), outage);
    let epochs = bob_saw.joined.iter().map(|joined| &joined["epoch"]);
    let epochs: Vec<_> = epochs.map(Value::as_i64).collect();
    assert!(epochs.first() < epochs.last(), "{epochs:?}");
    server.restart();
    check(&app, [&ada, &bob], &id, [&ada_saw, &bob_saw], 1).await;
}

#[tokio::test]
async fn match_goes_on_when_postgres_restarts() {
    let Some(server) = testkit::private_postgres() else {
        return;
    };
    let Some(app) = App::with().cluster_on(&server) else {
        return;
    };
    let ([ada, bob], id) = begin(&app).await;
    let mut ada_player = Player::join(&app, &ada, &[0], &id, Style::Follow).await;
    let bob_player = Player::join(&app, &bob, &[1], &id, Style::Corner).await;
    let playing = async {
        ada_player.play_until("point").await;
        server.crash();
        // A second without a database.
        ada_player.play_states(60).await;
        server.restart();
        ada_player.play().await
    };
    let (ada_saw, bob_saw) = tokio::join!(playing, bob_player.play());
    wait_for_postgres([&ada, &bob]).await;
    check(&app, [&ada, &bob], &id, [&ada_saw, &bob_saw], 0).await;
}

#[tokio::test]
async fn result_waits_for_postgres() {
    let Some(server) = testkit::private_postgres() else {
        return;
    };
    let Some(app) = App::with().cluster_on(&server) else {
        return;
    };
    let ([ada, bob], id) = begin(&app).await;
    let mut ada_player = Player::join(&app, &ada, &[0], &id, Style::Follow).await;
    let bob_player = Player::join(&app, &bob, &[1], &id, Style::Corner).await;
    let playing = async {
        let mut events = ada_player.listen();
        let decided = async {
            loop {
                let point = wait_for(&mut events, "point").await.unwrap();
                let most = point["score"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .max_by_key(|n| n.as_u64());
                match most.and_then(Value::as_u64) {
                    Some(2) => server.stop(),
                    Some(3) => return server.restart(),
                    _ => {}
                }
            }
        };
        tokio::join!(ada_player.play(), decided).0
    };
    let (ada_saw, bob_saw) = tokio::join!(playing, bob_player.play());
    wait_for_postgres([&ada, &bob]).await;
    check(&app, [&ada, &bob], &id, [&ada_saw, &bob_saw], 1).await;
}

/// Each node answers again.
async fn wait_for_postgres(users: [&TestUser; 2]) {
    for node in 0..2 {
        for user in users.map(|user| user.at_node(node)) {
            e2e::until("requests are answered again", || async {
                user.get("/api/v1/users/profile/").await.status == 200
            })
            .await;
        }
    }
}
